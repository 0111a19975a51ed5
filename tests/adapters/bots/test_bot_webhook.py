"""Our own signed bot webhook: what it is told, what it may answer, now or later."""

import json
from pathlib import Path

import pytest

from conversations.bots.acts import Do, Finish, HandOver, Say
from conversations.bots.deeds import OFFERED
from integrations.adapters import adapter_named, signed
from integrations.adapters.bots import schema
from integrations.adapters.bots.base import RudeError
from integrations.adapters.bots.thoughts import Answered, Later, Thought
from integrations.models import RawEvent
from integrations.simulators.brains.webhook import SECRET, OwnBotServer
from tests.adapters.bots.asking import line, question
from tests.adapters.bots.contract import BrainContract, BrainProvider

ADDRESS = "the-last-word-of-the-address"


class OwnBot(BrainProvider):
    adapter = "bot_webhook"
    secrets = {"signing_secret": SECRET, "webhook_secret": ADDRESS}

    def act(self, *acts, **more):
        self.server.says = lambda _question: {"acts": list(acts), **more}

    def says(self, text, buttons=()):
        self.act({"kind": "say", "text": text, "buttons": list(buttons)})
        self.server._answered.clear()

    def says_nothing(self):
        self.act()

    def says_much(self, times):
        self.act(*[{"kind": "say", "text": "word " * 100}] * times)

    def hands_over(self, detail):
        self.act({"kind": "hand_over", "reason": "out_of_scope", "detail": detail, "team": "Returns"})

    def asks_for(self, deed, values):
        self.act({"kind": "do", "deed": deed, "values": values})

    def revokes(self, connector):
        self.server.secret = "another"


@pytest.fixture
def provider(db):
    with OwnBotServer() as server:
        yield OwnBot(server)


class TestOwnBot(BrainContract):
    pass


@pytest.fixture
def thinks(provider):
    connector = provider.connect()
    return lambda *texts, **more: adapter_named("bot_webhook").think(connector, question(*texts, **more))


def test_it_is_told_the_whole_talk_and_what_it_may_ask_for(provider, thinks):
    provider.says("Yes")
    thinks(
        "And now?",
        before=(line(8, "Hello"), line(9, "Hello, I am Fern, a bot.", who="bot")),
        page="https://s.example/x",
    )
    [told] = provider.server.questions
    assert [(each["who"], each["text"]) for each in told["lines"]] == [
        ("customer", "Hello"), ("bot", "Hello, I am Fern, a bot."), ("customer", "And now?"),
    ]  # fmt: skip
    assert told["new"] == [10] and told["known"] == {"order": "4471"} and told["is_proven"] is False
    assert {each["deed"] for each in told["deeds"]} == set(OFFERED) and told["page"] == "https://s.example/x"
    assert told["answer_to"].endswith(f"/{ADDRESS}/") and 0 < told["seconds"] <= 30
    [call] = provider.server.calls
    assert call.headers["idempotency-key"] == told["id"]


def test_all_that_it_may_answer(provider, thinks):
    provider.act(
        {"kind": "say", "text": "One."},
        {"kind": "say", "text": "Two.", "buttons": ["Yes", "No"]},
        {"kind": "do", "deed": "status", "values": {"order": "4471"}},
        known={"size": "L", "order": "4472"}, topics=[{"name": "Returns", "certainty": 0.7}], understood=False,
    )  # fmt: skip
    assert thinks("Hello") == Thought(
        acts=(Say("One.\n\nTwo.", ("Yes", "No")), Do("status", {"order": "4471"})),
        slots={"size": "L", "order": "4472"}, topics=(("Returns", 0.7),), understood=False,
    )  # fmt: skip
    provider.server._answered.clear()
    provider.act({"kind": "hand_over", "team": "Returns"}, {"kind": "finish"})
    thought = thinks("Hello")
    assert thought.acts == (HandOver("asked"), Finish()) and thought.skill == "Returns"


@pytest.mark.parametrize(
    "answer",
    [{"acts": [{"kind": "pay", "amount": 100}]}, {"acts": [{"kind": "say", "text": ""}]}, {"act": []},
     {"acts": [{"kind": "hand_over", "reason": "stepped_in"}]},
     {"acts": [{"kind": "say", "text": "a", "html": "<b>"}]}],
    ids=["unknown act", "no words", "unknown name", "a reason of the people's", "markup"],
)  # fmt: skip
def test_what_the_schema_does_not_have_is_rude_and_named(provider, thinks, answer):
    provider.server.says = lambda _question: answer
    with pytest.raises(RudeError) as failed:
        thinks("Hello")
    assert "acts" in failed.value.said or "act:" in failed.value.said


def test_it_may_answer_later_by_the_door(provider, thinks):
    provider.says("Here it is.")
    provider.server.is_slow = True
    assert thinks("Hello") == Later()
    [webhook] = provider.server.owed
    raw = RawEvent(body=webhook.body)
    [answered] = adapter_named("bot_webhook").understand(None, raw)
    assert answered == Answered(question().key, Thought(acts=(Say("Here it is."),)))
    assert webhook.url.endswith(f"/{ADDRESS}/") and signed.SIGNATURE in webhook.headers


@pytest.mark.parametrize("body", [b"{no", b'{"acts": []}', b'{"id": "1", "acts": []}', b'{"id": "1", "acts": [1]}'])
def test_a_late_answer_that_says_nothing_is_set_aside(db, body):
    with pytest.raises(ValueError):
        list(adapter_named("bot_webhook").understand(None, RawEvent(body=body)))


def test_the_schema_is_written_down_as_it_is():
    path = Path(__file__).resolve().parents[3] / "docs" / "bots.schema.json"
    assert json.loads(path.read_text()) == schema.described()
