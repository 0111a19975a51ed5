"""The Bot Framework by Direct Line: activities, cards, pages, and the handoff protocol both ways."""

import pytest

from conversations.bots.acts import Finish, HandOver, Say
from integrations.adapters import adapter_named
from integrations.adapters.base import AwayError
from integrations.simulators.brains.direct_line import SECRET, DirectLineServer, handoff
from tests.adapters.bots.asking import NAME, question
from tests.adapters.bots.contract import BrainContract, BrainProvider

CARD = "application/vnd.microsoft.card.hero"


class BotFramework(BrainProvider):
    adapter = "bot_framework"
    secrets = {"secret": SECRET}

    def answer(self, *activities):
        self.server.says = lambda activity: list(activities) if activity["type"] == "message" else []

    def says(self, text, buttons=()):
        actions = [{"type": "imBack", "title": label, "value": f"choose {label}"} for label in buttons]
        self.answer(
            {"type": "message", "text": text, **({"suggestedActions": {"actions": actions}} if actions else {})}
        )

    def says_nothing(self):
        self.answer({"type": "typing"})

    def says_much(self, times):
        self.answer(*[{"type": "message", "text": "word " * 100}] * times)

    def hands_over(self, detail):
        self.answer(handoff({"Skill": "Returns", "va_AgentMessage": detail}, [{"type": "message", "text": "Hi"}]))

    def revokes(self, connector):
        self.server.secret = "another"


@pytest.fixture
def provider(db):
    with DirectLineServer() as server:
        yield BotFramework(server)


class TestBotFramework(BrainContract):
    pass


@pytest.fixture
def thinks(provider):
    connector = provider.connect()
    return lambda *texts, **more: adapter_named("bot_framework").think(connector, question(*texts, **more))


def test_a_talk_is_one_conversation_read_on_from_where_it_was(provider, thinks):
    first = thinks("One")
    second = thinks("Two", state=first.state)
    assert [act.text for act in (*first.acts, *second.acts)] == ["You said: One", "You said: Two"]
    assert len(provider.server.talks) == 1
    [activity, _other] = provider.server.heard
    assert activity["from"] == {"id": NAME, "role": "user"} and activity["channelData"]["known"] == {"order": "4471"}


def test_a_conversation_that_direct_line_has_forgotten_is_begun_anew(provider, thinks):
    first = thinks("One")
    provider.server.forget()
    second = thinks("Two", state=first.state)
    assert second.acts == (Say("You said: Two"),) and second.state["conversation"] != first.state["conversation"]


def test_what_it_says_in_pieces_and_a_little_later_is_one_message(provider, thinks):
    provider.server.thinks_for = 0.2
    provider.answer(*({"type": "message", "text": f"Part {n}"} for n in range(3)))
    assert thinks("Hello").acts == (Say("Part 0\n\nPart 1\n\nPart 2"),)


def test_the_words_of_cards_are_said_and_their_buttons_offered(provider, thinks):
    buttons = [
        {"type": "postBack", "title": "Track", "value": "/track 4471"},
        {"type": "openUrl", "title": "Open", "value": "https://elsewhere.example"},
    ]
    content = {"title": "Order 4471", "subtitle": "Two coats", "buttons": buttons}
    provider.answer({"type": "message", "attachments": [{"contentType": CARD, "content": content}]})
    thought = thinks("Hello")
    assert thought.acts == (Say("Order 4471\nTwo coats", ("Track",)),)
    thinks("Track", state=thought.state)
    assert provider.server.heard[-1]["text"] == "/track 4471"


def test_a_handoff_brings_its_context_and_hears_what_became_of_it(provider, thinks):
    transcript = [{"type": "message", "text": f"line {n}"} for n in range(50)]
    context = {"Skill": "Returns", "order": "4471", "va_AgentMessage": "Broken zip", "va_Topics": ["a"], "n": 7}
    provider.answer({"type": "message", "text": "I fetch somebody."}, handoff(context, transcript))
    thought = thinks("A person")
    assert thought.acts == (Say("I fetch somebody."), HandOver("asked", "Returns · Broken zip"))
    assert thought.slots == {"order": "4471"} and thought.skill == "Returns"
    for word in ("accepted", "completed"):
        adapter_named("bot_framework").tell(provider.connect(), NAME, thought.state, word)
    assert provider.server.statuses == ["accepted", "completed"]
    told = provider.server.heard[-1]
    assert told["conversation"] == {"id": thought.state["conversation"]} and told["type"] == "event"


@pytest.mark.parametrize(
    ("activity", "act"),
    [
        ({"type": "endOfConversation", "code": "completedSuccessfully"}, Finish()),
        ({"type": "endOfConversation"}, Finish()),
        ({"type": "endOfConversation", "code": "botTimedOut"}, HandOver("brain", "endOfConversation: botTimedOut")),
        ({"type": "handoff", "value": "please"}, HandOver("asked", "please")),
        ({"type": "event", "name": "handoff.initiate"}, HandOver("asked", "")),
    ],
    ids=["done", "ended", "timed out", "older", "bare"],
)
def test_the_ends_of_a_talk(provider, thinks, activity, act):
    provider.answer(activity, {"type": "event", "name": "of somebody else", "value": 1}, {"type": "trace"})
    assert thinks("Hello").acts == (act,)


def test_a_bot_that_throws_is_away(provider, thinks):
    provider.server.fails = True
    with pytest.raises(AwayError, match="returned an error"):
        thinks("Hello")
