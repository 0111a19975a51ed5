"""LibreTranslate and DeepL: what is asked, in their words for languages, and each way in which they fail."""

import pytest

from conversations.helping import translating
from conversations.helping.translating import CannotTranslateError
from conversations.inbound.receive import receive
from conversations.models import Hint, Translation
from conversations.outbound.compose import note
from integrations import trials
from integrations.models import Connector
from integrations.simulators.translators import KEY, DeepLServer, LibreTranslateServer
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db
NO = "Hei! Har dere fått inn Kestrel i large?"


@pytest.fixture(params=["libretranslate", "deepl"])
def server(request):
    with {"libretranslate": LibreTranslateServer, "deepl": DeepLServer}[request.param]() as one:
        yield one


@pytest.fixture
def connector(server, db):
    one = Connector(name="Words", adapter="deepl" if isinstance(server, DeepLServer) else "libretranslate")
    one.settings, one.secrets = {"api_url": server.url}, {"api_key": KEY}
    one.save()
    return one


@pytest.fixture
def conversation(mail):
    found = receive(from_ann(mail, NO)).conversation
    found.language = "no"
    found.save()
    return found


def test_the_connection_is_tested_by_a_translation(connector):
    trials.run(trials.begin(connector).pk)
    steps = connector.trials.get().steps
    assert all(step["is_well"] for step in steps) and "Guten Morgen" in steps[-1]["text"]


def test_a_thread_is_translated_once_and_never_its_notes(server, connector, conversation, ada, client):
    import uuid

    note(conversation, html="<p>Hun er sint, men det sier vi ikke til noen.</p>", by=ada, client_id=uuid.uuid4())
    client.force_login(ada)
    for _twice in range(2):
        page = client.post(f"/conversations/{conversation.pk}/translation/", headers={"HX-Request": "true"})
    assert (
        "Hi! Have you got the Kestrel in large?" in page.content.decode()
        and "Translated by Words" in page.content.decode()
    )
    [asked] = [call for call in server.calls if call.path.endswith("/translate")]
    assert "sint" not in asked.body.decode()
    assert Translation.objects.get().by == "Words" and Hint.objects.get().verdict == "taken"


def test_an_agents_words_go_to_the_customers_language(server, connector, conversation):
    found = translating.draft("It comes on Friday.", conversation, written_in="en")
    assert found.texts == ("Den kommer på fredag.",) and found.by == "Words"
    [asked] = [call.json for call in server.calls]
    assert (asked.get("target") or asked.get("target_lang")).lower() == "nb"


@pytest.mark.parametrize(
    ("trouble", "words", "is_broken"),
    [
        ({"outage": True}, "out of order", False),
        ({"busy": 1}, "busy", False),
        ({"breaks": 1}, "does not answer", False),
        ({"key": "another"}, "does not know the desk's key", True),
    ],
)
def test_each_way_to_fail_is_said_in_words(server, connector, conversation, trouble, words, is_broken):
    vars(server).update(trouble)
    with pytest.raises(CannotTranslateError, match=words):
        translating.thread(conversation, "en")
    connector.refresh_from_db()
    assert bool(connector.broken_at) == is_broken and not Translation.objects.exists()
    assert translating.translator() == ("" if is_broken else "Words")


def test_a_quota_that_is_used_up_is_no_fault_of_the_key(conversation, db):
    with DeepLServer() as server:
        one = Connector(name="Words", adapter="deepl", settings={"api_url": server.url})
        one.secrets = {"api_key": KEY}
        one.save()
        server.used = server.limit
        with pytest.raises(CannotTranslateError, match="used up"):
            translating.thread(conversation, "en")
        one.refresh_from_db()
        assert one.broken_at is None


def test_free_keys_of_deepl_go_to_the_free_server():
    from integrations.adapters.translators import deepl

    one = Connector(adapter="deepl")
    one.secrets = {"api_key": KEY}
    assert deepl._base(one) == deepl.FREE
    one.secrets = {"api_key": KEY.removesuffix(":fx")}
    assert deepl._base(one) == deepl.PAID


def test_without_a_translator_nothing_offers_it(conversation, ada, client):
    client.force_login(ada)
    page = client.get(f"/conversations/{conversation.pk}/help/", headers={"HX-Request": "true"}).content.decode()
    assert "data-translates" not in page and "Norwegian" in page
    refused = client.post(f"/conversations/{conversation.pk}/translation/", headers={"HX-Request": "true"})
    assert refused.status_code == 422 and b"No translator is connected" in refused.content
