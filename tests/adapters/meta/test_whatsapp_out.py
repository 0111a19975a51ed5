"""WhatsApp, out: what an agent says, in WhatsApp's own forms; and what WhatsApp says of it."""

from dataclasses import replace

import pytest

from conversations.envelopes import OutboundReaction, Template
from conversations.models import Delivery, MessageTemplate
from integrations.adapters import adapter_named
from integrations.adapters.base import AdapterError, AwayError
from integrations.models import Connector
from integrations.offered import sync, sync_each
from integrations.outbound import seen
from integrations.outbound.deliver import envelope
from tests.adapters.meta.talking import ANN, answer, go, hear, theirs

pytestmark = [pytest.mark.django_db, pytest.mark.urls("integrations.urls")]
JPEG = b"\xff\xd8\xff" + b"\x00" * 60


@pytest.fixture
def asked(whatsapp, graph):
    """Ann has asked something."""
    graph.write(ANN, "Where is it?")
    hear(whatsapp, graph)
    return theirs()[0]


@pytest.fixture
def said(whatsapp, graph, asked, ada):
    """Hands an envelope to the adapter; gives what went to WhatsApp."""
    written = envelope(answer(asked, ada))

    def send(**changed):
        graph.said.clear()
        adapter_named("whatsapp").send(whatsapp, replace(written, **{"text": "", **changed}))
        return [each["body"] for each in graph.said]

    return send


def test_a_text_goes_with_a_preview_of_its_link_and_to_the_message_it_answers(said, asked):
    [body] = said(text="See https://hollinfell.example", answers=asked.external_id)
    assert body["text"] == {"body": "See https://hollinfell.example", "preview_url": True}
    assert body["context"] == {"message_id": asked.external_id}
    assert (body["to"], body["recipient_type"], body["messaging_product"]) == (ANN, "individual", "whatsapp")
    assert said(text="Soon")[0]["text"]["preview_url"] is False


def test_a_long_text_is_cut_between_words(said):
    text = "wool " * 2000
    bodies = said(text=text)
    parts = [body["text"]["body"] for body in bodies]
    assert len(parts) == 3 and all(len(part) <= 4096 for part in parts)
    assert " ".join(parts).split() == text.split()


def test_files_go_one_by_one_the_text_as_the_caption_of_the_first(asked, graph, ada):
    files = [("a.jpg", "image/jpeg", JPEG), ("bill.pdf", "application/pdf", b"%PDF"), ("list.csv", "text/csv", b"a,b")]
    delivery = answer(asked, ada, "<p>Here they are</p>", attach=files)
    assert delivery.status == "sent"
    bodies = [each["body"] for each in graph.said]
    assert [body["type"] for body in bodies] == ["image", "document", "document"]
    assert bodies[0]["image"]["caption"] == "Here they are"
    assert [body["document"]["filename"] for body in bodies[1:]] == ["bill.pdf", "list.csv"]
    assert graph.files[bodies[0]["image"]["id"]] == ("image/jpeg", JPEG)
    assert graph.files[bodies[2]["document"]["id"]] == ("text/plain", b"a,b")


def test_a_voice_message_takes_no_caption(asked, graph, ada):
    answer(asked, ada, "<p>Listen</p>", attach=[("v.ogg", "audio/ogg", b"OggS")])
    assert [each["body"]["type"] for each in graph.said] == ["text", "audio"]


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (("a.exe", "application/x-msdownload", b"MZ"), "does not carry files like “a.exe”"),
        (("a.jpg", "image/jpeg", b"\xff" * (5 * 1024 * 1024 + 1)), "takes up to 5 MB"),
    ],
    ids=["kind", "size"],
)
def test_what_whatsapp_takes_not_is_refused_before_anything_goes(asked, graph, ada, file, words):
    delivery = answer(asked, ada, "<p>Here</p>", attach=[file])
    assert delivery.status == "failed" and words in delivery.error and not graph.said


def test_up_to_three_choices_are_buttons_up_to_ten_a_list(said):
    [body] = said(text="Which?", buttons=("Red", "Blue", "Green"))
    shown = body["interactive"]["action"]["buttons"]
    assert [each["reply"]["title"] for each in shown] == ["Red", "Blue", "Green"]
    [body] = said(text="Which?", buttons=("1", "2", "3", "4"))
    assert [row["title"] for row in body["interactive"]["action"]["sections"][0]["rows"]] == ["1", "2", "3", "4"]
    with pytest.raises(AdapterError, match="at most ten"):
        said(text="Which?", buttons=tuple(map(str, range(11))))
    with pytest.raises(AdapterError, match="24 characters"):
        said(text="Which?", buttons=("x" * 25,))


def test_templates_are_read_page_by_page_and_kept_as_whatsapp_has_them(whatsapp, graph):
    assert sync(whatsapp) == 3
    known = MessageTemplate.objects.get(name="order_on_its_way")
    assert (known.header, known.footer, known.category) == ("Your order {{1}}", "Hollin & Fell", "utility")
    assert known.examples == ["Ann", "HF-48213"] and [each["kind"] for each in known.buttons] == ["url", "quick_reply"]
    assert MessageTemplate.objects.get(name="winter_sale").is_usable is False
    graph.templates.pop()
    sync_each()
    assert set(MessageTemplate.objects.values_list("name", flat=True)) == {"order_on_its_way", "may_we_answer"}
    graph.outage = True
    sync_each()
    assert MessageTemplate.objects.count() == 2
    graph.outage, graph.revoked = False, True
    sync_each()
    whatsapp.refresh_from_db()
    assert whatsapp.broken_at


def test_a_template_goes_with_its_values_where_they_belong(whatsapp, said, graph):
    sync(whatsapp)
    filled = Template("order_on_its_way", "en_GB", ("Ann", "HF-7"), header="HF-7", buttons=("HF-7", ""))
    [body] = said(template=filled)
    assert body["template"]["language"] == {"code": "en_GB"}
    assert body["template"]["components"] == [
        {"type": "header", "parameters": [{"type": "text", "text": "HF-7"}]},
        {"type": "body", "parameters": [{"type": "text", "text": "Ann"}, {"type": "text", "text": "HF-7"}]},
        {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "HF-7"}]},
    ]
    [body] = said(template=Template("may_we_answer", "en_GB", ("Ann",)))
    [part] = body["template"]["components"]
    assert part["parameters"] == [{"type": "text", "parameter_name": "first_name", "text": "Ann"}]
    with pytest.raises(AdapterError, match="paused this template"):
        said(template=Template("winter_sale", "en_GB"))
    with pytest.raises(AdapterError, match="values do not fit"):
        said(template=Template("order_on_its_way", "en_GB", ("Ann",)))


def test_an_emoji_is_put_on_and_taken_off(whatsapp, graph, asked):
    reaction = OutboundReaction(whatsapp.channel_id, asked.external_id, f"+{ANN}", "👍", is_ours=False)
    adapter_named("whatsapp").react(whatsapp, reaction)
    adapter_named("whatsapp").react(whatsapp, replace(reaction, emoji=""))
    told = [each["body"]["reaction"] for each in graph.acted]
    assert told == [{"message_id": asked.external_id, "emoji": "👍"}, {"message_id": asked.external_id, "emoji": ""}]


def test_what_an_agent_sees_is_marked_once_and_only_where_the_shop_wants_it(whatsapp, graph, asked):
    seen.tell(asked.conversation_id)
    seen.tell(asked.conversation_id)
    assert [each["message_id"] for each in graph.acted] == [asked.external_id]
    graph.write(ANN, "Hello?")
    hear(whatsapp, graph)
    Connector.objects.update(settings={**whatsapp.settings, "marks_read": False})
    seen.tell(asked.conversation_id)
    assert len(graph.acted) == 1


def test_outside_the_window_the_failure_says_what_is_the_way_out(whatsapp, graph, asked, ada):
    graph.heard_at.clear()
    delivery = answer(asked, ada)
    assert delivery.status == "sent"
    hear(whatsapp, graph)
    delivery.refresh_from_db()
    assert delivery.status == "failed" and "takes only a template" in delivery.error
    sync(whatsapp)
    filled = {"name": "may_we_answer", "language": "en_GB", "values": ["Ann"]}
    assert answer(asked, ada, "<p>May we?</p>", details={"template": filled}).status == "sent"
    assert graph.said[-1]["body"]["type"] == "template"
    hear(whatsapp, graph)
    assert Delivery.objects.order_by("-pk")[0].status == "delivered"


def test_a_failure_of_one_of_its_files_is_the_whole_deliverys(whatsapp, graph, asked, ada):
    delivery = answer(asked, ada, "<p>Both</p>", attach=[("a.jpg", "image/jpeg", JPEG), ("b.jpg", "image/jpeg", JPEG)])
    first, second = graph.said
    graph.owed.clear()
    graph.report(first, "delivered")
    graph.report(second, "failed", code=131053, title="Media upload error")
    graph.report(first, "read")
    hear(whatsapp, graph)
    delivery.refresh_from_db()
    assert delivery.status == "failed" and "could not take the file" in delivery.error
    assert delivery.external_id == first["id"]


def test_a_try_that_broke_off_goes_on_behind_what_went_out(whatsapp, graph, asked, ada):
    """Of three messages the second is refused for a while: nothing is sent twice."""
    graph.reports = False
    files = [(f"{name}.jpg", "image/jpeg", JPEG + name.encode()) for name in "abc"]
    send = graph.send_on_whatsapp
    graph.send_on_whatsapp = lambda body: (_after(graph, 1), send(body))[1]
    delivery = answer(asked, ada, "<p>Three</p>", attach=files)
    assert delivery.status == "queued" and len(graph.said) == 1
    graph.send_on_whatsapp = send
    assert go(delivery).status == "sent"
    assert [graph.files[each["body"]["image"]["id"]][1][-1:] for each in graph.said] == [b"a", b"b", b"c"]
    assert delivery.external_id == graph.said[0]["id"]


def _after(graph, number):
    if len(graph.said) >= number:
        from integrations.simulators.meta_graph import Refusal

        raise Refusal(131056, "(#131056) (Business Account, Consumer Account) pair rate limit hit")


@pytest.mark.parametrize(
    ("code", "is_for_all", "wait"),
    [(130429, True, 5.0), (131056, False, 8.0), (80007, True, 900.0), (131048, True, 3600.0), (131000, False, None)],
    ids=["throughput", "pair", "account", "spam", "unknown"],
)
def test_limits_are_obeyed_for_as_long_as_they_last(whatsapp, graph, said, code, is_for_all, wait):
    graph.refusing = [(code, 0)]
    with pytest.raises(AdapterError) as failed:
        said(text="Hello")
    error = failed.value
    assert (isinstance(error, AwayError), error.wait, error.permanent) == (is_for_all, wait, False)


def test_how_long_meta_asks_to_be_left_in_peace_is_heard(graph, said):
    graph.busy = 1
    with pytest.raises(AwayError) as failed:
        said(text="Hello")
    assert failed.value.wait == 120.0  # two minutes, in its header


def test_a_revoked_token_stops_the_channel_and_loses_nothing(whatsapp, graph, asked, ada):
    graph.revoked = True
    delivery = answer(asked, ada)
    whatsapp.refresh_from_db()
    assert delivery.status == "queued" and whatsapp.broken_at
    assert "access token" in delivery.error


@pytest.mark.parametrize("code", [131026, 131047, 131051, 470, 100, 132001, 131050], ids=str)
def test_what_cannot_be_mended_by_waiting_is_said_at_once(whatsapp, graph, asked, ada, code):
    graph.refusing = [(code, 0)]
    delivery = answer(asked, ada)
    assert delivery.status == "failed" and delivery.error.endswith(".") and "%(" not in delivery.error


def test_calls_prove_that_they_know_the_apps_secret(whatsapp, graph, asked, ada):
    answer(asked, ada)
    call = graph.calls[-1]
    assert call.path == "/v25.0/106540352242922/messages" and len(call.query["appsecret_proof"]) == 64
    Connector.objects.update(settings={**whatsapp.settings, "api_version": "v26.0"})
    answer(asked, ada)
    assert graph.calls[-1].path.startswith("/v26.0/")


def test_a_simulator_is_reached_from_ones_own_machine_only(whatsapp, settings):
    from integrations.adapters.media.meta.graph import base_of

    assert base_of(whatsapp).startswith("http://127.0.0.1")
    settings.LOCAL = False
    assert base_of(whatsapp) == "https://graph.facebook.com"


def test_a_delivery_that_fell_silent_is_for_a_person_to_judge(whatsapp, graph, asked, ada):
    graph.breaks = 1
    delivery = answer(asked, ada)
    assert delivery.status == "uncertain" and len(graph.said) == 1
