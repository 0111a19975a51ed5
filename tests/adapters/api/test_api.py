"""Any source that speaks our own signed webhook: it holds to the contract, and its manual is true."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from conversations.inbound.receive import receive
from conversations.models import Medium, Message
from integrations.adapters import calling, signed
from integrations.adapters.base import AwayError
from integrations.adapters.media.api import schema, sending
from integrations.models import Connector, RawEvent
from integrations.simulators.source import Source
from tests.adapters.contract import Contract, Provider, Sent, work_off
from tests.conftest import from_ann

SECRET = "known to the app's back end and to the desk"
AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class App(Provider):
    adapter, medium, address = "api", Medium.API, "app"
    secrets = {"signing_secret": SECRET}
    to = "app:23"
    largest = 31_000_000

    @property
    def settings(self):
        return {"source": "app", "send_url": f"{self.server.url}/desk"} if self.server else {"source": "app"}

    def sent(self, *items, at=None, secret=SECRET):
        body = json.dumps({"items": items}).encode()
        return Sent(body, headers=signed.signed(secret, body, at=at))

    def message(self, text="Hello", number=1, **more):
        return {
            "kind": "message", "id": f"m{number}", "from": {"id": "17", "name": "Ann Bell"}, "text": text,
            "sent_at": (AT + timedelta(minutes=number)).isoformat(), **more,
        }  # fmt: skip

    def changed(self, what, number, minute=60, **more):
        at = (AT + timedelta(minutes=minute)).isoformat()
        return self.sent({"kind": "change", "what": what, "id": f"m{number}", "from": {"id": "17"}, "at": at, **more})

    def said(self, text="Hello", number=1):
        return self.sent(self.message(text, number))

    def forged(self):
        return self.sent(self.message(), secret="guessed")

    def old(self):
        return self.sent(self.message(), at=datetime.now(UTC).timestamp() - 86_400)

    def album(self, files):
        content = base64.b64encode(b"one").decode()
        return self.sent(self.message(files=[{"name": f"{n}.txt", "content": content} for n in range(files)]))

    def answering(self, number, answered):
        return self.sent(self.message("Yes", number, answers=f"m{answered}"))

    def edited(self, number, text, version):
        return self.changed("edited", number, 60 + version, text=text)

    def taken_back(self, number):
        return self.changed("taken_back", number)

    def reacted(self, number, emoji):
        return self.changed("reacted", number, emoji=emoji)

    def reported(self, delivery, status):
        error = {"error": "The phone is off."} if status == "failed" else {}
        return self.sent({"kind": "report", "id": delivery.external_id, "status": status, **error})

    def garbage(self):
        for body in (b"{no json", b"\xff\xfe", b"[]", b"7", b'{"items": 7}', b"[[[[" * 2000):
            yield Sent(body, headers=signed.signed(SECRET, body))

    def revokes(self, connector):
        self.server.secret = "another"

    def refuses(self):
        self.server.gone.add("23")


class TestApi(Contract):
    @pytest.fixture
    def provider(self, db):
        with Source(SECRET) as server:
            yield App(server)


@pytest.fixture
def app(db):
    with Source(SECRET) as server:
        yield App(server)


@pytest.fixture
def connector(app):
    return app.connect()


def test_one_wrong_item_is_set_aside_and_the_others_go_in(app, connector, urls):
    wrong = app.message(number=2) | {"from": {}}
    assert app.arrives(connector, app.sent(app.message(), wrong, app.message("Third", 3))) == 200
    work_off()
    assert sorted(Message.objects.values_list("text", flat=True)) == ["Hello", "Third"]
    aside = RawEvent.objects.get(state="aside")
    assert "from.id: Field required" in aside.error


def test_who_the_source_vouches_for_is_one_with_the_mail_and_a_typed_address_is_not(app, connector, urls, mail):
    ann = receive(from_ann(mail)).conversation.customer
    claimed = app.message(number=1) | {"from": {"id": "5", "email": "ann@home.example"}}
    confirmed = app.message(number=2) | {"from": {"id": "6", "email": "ann@home.example", "email_confirmed": True}}
    app.arrives(connector, app.sent(claimed, confirmed))
    work_off()
    first, second = Message.objects.filter(channel=connector.channel).order_by("external_id")
    assert first.conversation.customer != ann and second.conversation.customer == ann


@pytest.mark.parametrize("file", [{"name": "a.txt"}, {"name": "a.txt", "content": "%%%"}], ids=["neither", "no base64"])
def test_a_file_that_is_none_is_said(app, connector, urls, file):
    app.arrives(connector, app.sent(app.message(files=[file])))
    work_off()
    assert "a.txt" in RawEvent.objects.get(state="aside").error


def test_a_file_by_its_address_is_fetched_later(app, connector, urls):
    app.arrives(connector, app.sent(app.message(files=[{"name": "a.pdf", "url": "https://app.example/a.pdf"}])))
    work_off()
    attachment = Message.objects.get().attachments.get()
    assert (attachment.state, attachment.source) == ("waiting", {"url": "https://app.example/a.pdf"})


def test_the_answer_is_signed_and_comes_once_however_often_it_is_tried(app, connector):
    said = {"kind": "message", "id": "k1", "to": {"id": "17"}, "text": "On its way"}
    for _try in range(2):
        assert sending.call(connector, said) == {"id": "source-k1"}
    assert app.server.taken == {"k1": said}


def test_an_agent_is_told_which_source_does_not_answer(app, connector):
    connector.name = "The forum"
    app.server.outage = True
    with pytest.raises(AwayError, match="The source “The forum” is out of order"):
        sending.call(connector, {"kind": "message", "id": "k1"})


def test_the_schema_in_the_docs_is_the_one_that_is_checked():
    written = Path(settings.BASE_DIR / "docs" / "api.schema.json").read_text()
    assert json.loads(written) == schema.described()


@pytest.fixture
def urls(settings):
    settings.ROOT_URLCONF = "integrations.urls"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("7f-1", "7f-1"),
        ("msg/17 a%b", "msg/17 a%b"),
        ("x\r\nX-Other: 1", "x%0D%0AX-Other: 1"),
        ("便り", "%E4%BE%BF%E3%82%8A"),
    ],
    ids=["plain", "signs", "lines", "letters"],
)
def test_whatever_a_source_calls_a_message_fits_into_a_header(monkeypatch, name, key):
    asked = {}

    def call(method, url, **given):
        asked.update(given["headers"])
        return calling.Answer(200, b"{}", {})

    monkeypatch.setattr(calling, "call", call)
    one = Connector(adapter="api", settings={"send_url": "https://app.example/desk"})
    sending.call(one, {"kind": "reaction", "id": name})
    assert asked["Idempotency-Key"] == key and asked["Idempotency-Key"].isprintable()
