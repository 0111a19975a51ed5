"""The already-answered guard: what customers have told, and which drafts ask for it again, in eight languages."""

import pytest

from conversations.handoff import guard, slots
from conversations.handoff.asking_words import Slot
from conversations.handoff.slots import Given, Said
from conversations.models.repeat import Detail
from deskapp.bench import guard as bench


@pytest.mark.parametrize("language", bench.LANGUAGES)
def test_of_planted_repeats_95_in_100_are_caught_with_the_right_answer(language):
    dialogues = [each for each in [*bench.planted(), *bench.planted(later=True)] if each.language == language]
    assert len(dialogues) >= 50 and bench.share(dialogues) >= 95


@pytest.mark.parametrize("language", bench.LANGUAGES)
def test_false_alarms_are_below_3_in_100(language):
    innocent = [each for each in bench.innocent() if each.language == language]
    not_told = [each for each in bench.not_told() if each.language == language]
    assert len(innocent) >= 30 and bench.share(innocent) < 3
    assert len(not_told) >= 250 and bench.share(not_told) < 3


def test_the_bench_can_fail():
    asked = next(bench.planted())
    assert bench.alarmed(asked)
    assert not bench.alarmed(bench.Dialogue("en", (Said(1, "Hello"),), asked.draft, asked.slot, asked.expected))
    assert bench.alarmed(bench.Dialogue("en", asked.said, asked.draft, asked.slot, ""))


@pytest.mark.parametrize("language", bench.LANGUAGES)
def test_corrections_win_over_earlier_values(language):
    for slot, texts, value in bench.LANGUAGES[language].corrected:
        given = slots.given([Said(at, text) for at, text in enumerate(texts)])
        newest = next((each.value for each in given if each.slot is slot), "")
        assert newest == value


def test_each_value_names_the_message_it_came_from():
    given = slots.given([Said(7, "Order HF-48213"), Said(9, "Mail me at ann@home.example")])
    assert {(each.slot, each.source) for each in given} == {(Slot.ORDER, 7), (Slot.EMAIL, 9)}


def test_what_the_customer_wrote_wins_over_the_profile():
    known = [Given(Slot.EMAIL, "old@home.example", where="profile")]
    given = slots.given([Said(1, "Write to new@home.example")], known=known)
    (repeat,) = guard.repeats("What is your e-mail address?", given)
    assert (repeat.given.value, repeat.given.source) == ("new@home.example", 1)


def test_addresses_of_the_desk_are_nobodys():
    assert slots.given([Said(1, "I wrote to Help@desk.example")], ours=frozenset({"help@desk.example"})) == []


@pytest.mark.parametrize(
    "slot, text, value",
    [
        (Slot.SIZE, "M", "M"),
        (Slot.DEVICE, "a Nokia 3310", "a Nokia 3310"),
        (Slot.ORDER, "it says 48213", "it says 48213"),
    ],
)
def test_a_short_line_answers_what_was_asked_right_before(slot, text, value):
    assert [each.value for each in slots.given([Said(1, text, answering=frozenset({slot}))])] == [value]
    assert slots.given([Said(1, text)]) == []


@pytest.mark.parametrize("text", ["I do not know", "Why do you need it?", "no"])
def test_no_answer_is_taken_for_one(text):
    assert slots.given([Said(1, text, answering=frozenset({Slot.ORDER}))]) == []


def test_a_question_that_names_the_answer_repeats_nothing():
    given = slots.given([Said(1, "My order is HF-48213")])
    assert guard.repeats("Is hf 48213 your order number?", given) == []
    assert guard.repeats("What is your order number?", given)


def test_only_the_date_that_was_told_answers():
    given = slots.given([Said(1, "I ordered it on 3 March 2026.")])
    assert guard.repeats("When did you order it?", given) and not guard.repeats("When did the parcel arrive?", given)


def test_quoted_lines_ask_nothing():
    assert guard.asks("> What is your order number?\nHere it is.") == []


def test_several_details_are_each_said_once_in_the_order_of_asking():
    given = slots.given([Said(1, "Order HF-48213, size M, ann@home.example", images=2)])
    draft = "Could you send me your order number and a photo? And again: what is your order number?"
    assert [each.asked.slot for each in guard.repeats(draft, given)] == [Slot.ORDER, Slot.PHOTO]


@pytest.mark.parametrize("text", ["1" * 20_000, "a@" * 8_000, "ul. " + "A " * 9_000, "size " * 4_000, "? " * 9_000])
def test_hostile_text_is_read_in_time(text):
    import time

    started = time.process_time()
    slots.given([Said(1, text)])
    guard.asks(text)
    assert time.process_time() - started < 2


def test_every_detail_can_be_counted():
    assert {each.value for each in Slot} == set(Detail.values)
