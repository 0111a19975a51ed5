"""Rasa by its REST channel: its messages, its tracker, its pauses."""

import pytest

from conversations.bots.acts import Do, Finish, HandOver, Say
from integrations.adapters import adapter_named
from integrations.adapters.base import AwayError
from integrations.models import Connector
from integrations.simulators.brains.rasa import TOKEN, RasaServer, Tracker, understood
from integrations.simulators.server import Reply
from tests.adapters.bots.asking import NAME, question
from tests.adapters.bots.contract import BrainContract, BrainProvider


class Rasa(BrainProvider):
    adapter = "rasa"
    settings = {"channel": "rest", "reads_tracker": True, "names": ["order_number=order"]}
    secrets = {"token": TOKEN}

    def answer(self, *messages):
        self.server.says = lambda _tracker, _text: list(messages)

    def says(self, text, buttons=()):
        shown = [{"title": label, "payload": f"/choose{{{label}}}"} for label in buttons]
        self.answer({"text": text, **({"buttons": shown} if shown else {})})

    def says_nothing(self):
        self.answer()

    def says_much(self, times):
        self.answer(*[{"text": "word " * 100}] * times)

    def hands_over(self, detail):
        self.answer({"text": "One moment."}, {"custom": {"handoff": {"reason": "out_of_scope", "detail": detail}}})

    def asks_for(self, deed, values):
        self.answer({"custom": {"deed": deed, "values": values}})

    def revokes(self, connector):
        self.server.token = "another"


@pytest.fixture
def provider(db):
    with RasaServer() as server:
        yield Rasa(server)


class TestRasa(BrainContract):
    pass


@pytest.fixture
def thinks(provider):
    connector = provider.connect()
    return lambda *texts, **more: adapter_named("rasa").think(connector, question(*texts, **more))


def test_what_it_understood_is_read_from_its_tracker(provider, thinks):
    def says(tracker, text):
        tracker.slots = {
            "order_number": "4471",
            "size": None,
            "session_started_metadata": {"a": 1},
            "email": "a@b.example",
        }
        tracker.understood = understood("Delivery status", 0.91, ("Returns", 0.05))
        return [{"text": "It is on its way."}, {"text": "Anything else?"}]

    provider.server.says = says
    thought = thinks("Where is 4471?")
    assert thought.acts == (Say("It is on its way.\n\nAnything else?"),)
    assert thought.slots == {"order": "4471", "email": "a@b.example"}
    assert thought.topics == (("Delivery status", 0.91), ("Returns", 0.05)) and thought.understood


def test_its_fallback_is_not_understood(provider, thinks):
    def says(tracker, text):
        tracker.understood = understood("nlu_fallback", 0.3, ("Returns", 0.2))
        return [{"text": "Sorry?"}]

    provider.server.says = says
    thought = thinks("blorp")
    assert not thought.understood and thought.topics == (("Returns", 0.2),)


def test_a_button_says_to_rasa_what_it_stands_for(provider, thinks):
    provider.says("Which one?", ("The coat", "The hat"))
    state = thinks("Hello").state
    thinks("The hat", state=state)
    thinks("the hat, I mean", state=state)
    assert provider.server.trackers[NAME].said == ["Hello", "/choose{The hat}", "the hat, I mean"]


def test_a_pause_is_a_person_and_it_is_resumed_when_people_give_it_back(provider, thinks):
    def pauses(tracker, text):
        tracker.paused = True
        return [{"text": "I fetch somebody."}]

    provider.server.says = pauses
    thought = thinks("A person please")
    assert thought.acts == (Say("I fetch somebody."), HandOver("asked"))
    provider.says("Here I am again.")
    assert thinks("Hello again", state=thought.state).acts == (Say("Here I am again."),)
    assert not provider.server.trackers[NAME].paused
    provider.server.trackers[NAME].paused = True  # by an admin of Rasa's, meanwhile: it says nothing, and people come
    assert [type(act) for act in thinks("Hello?").acts] == [HandOver]


def test_it_ends_a_talk_and_leaves_what_is_for_others(provider, thinks):
    provider.answer(
        {"text": "Bye."},
        {"custom": {"finish": True}},
        {"custom": {"play": "a sound"}},
        {"image": "https://i.example/a.png"},
    )
    assert thinks("Thanks").acts == (Say("Bye."), Finish(), Say("https://i.example/a.png"))
    provider.answer({"custom": {"type": "human_handoff"}})
    assert thinks("Hm").acts == (HandOver("asked"),)
    provider.answer({"custom": {"deed": "status", "values": "all of them"}})
    assert thinks("Hm").acts == (Do("status", {}),)


def test_without_a_tracker_nothing_is_asked_of_its_api(provider, thinks):
    Connector.objects.update(settings={**Connector.objects.get().settings, "reads_tracker": False})
    provider.says("Yes")
    assert adapter_named("rasa").think(Connector.objects.get(), question("Hello")).acts == (Say("Yes"),)
    assert [call.path for call in provider.server.calls] == ["/webhooks/rest/webhook"]


def test_its_check_says_that_a_failing_action_answers_nothing(provider):
    provider.says_nothing()
    *_well, last = adapter_named("rasa").check(provider.connect())
    assert not last.is_well and "log" in str(last.fix)


def test_a_server_without_a_model_is_away(provider, thinks):
    provider.answers(Reply({"reason": "Conflict", "code": 409}, 409))
    with pytest.raises(AwayError, match="no model"):
        thinks("Hello")


def test_halves_of_signs_are_dropped(provider, thinks):
    provider.answer({"text": "Yes \ud83d", "buttons": [{"title": "Go\udc00", "payload": "/go\x00\ud83d"}]})
    thought = thinks("Hello")
    assert thought.acts == (Say("Yes", ("Go",)),) and thought.state["pressed"] == {"Go": "/go"}


def test_what_it_is_told_beside_the_words(provider, thinks):
    provider.says("Yes")
    thinks("Hello")
    [told] = provider.server.metadata
    assert told["language"] == "en" and told["known"] == {"order": "4471"} and set(provider.server.trackers) == {NAME}
    assert isinstance(provider.server.trackers[NAME], Tracker)
