"""Topics are learnt from examples, sure where they may be, and strangers to all of them are told apart."""

import random

import pytest

from conversations.bots import intents
from conversations.bots.teaching import packed, unpacked

OPENINGS = ["hello", "hi there", "good morning", "please help", "sorry to bother you", "quick question"]
TALK = {
    "parcel": ["where is my parcel", "my order has not arrived", "tracking shows nothing", "the courier never came"],
    "refund": [
        "I want my money back",
        "when do I get the refund",
        "please refund me",
        "you charged me twice, pay it back",
    ],
    "size": [
        "the jacket is too small",
        "can I swap for a bigger size",
        "does the boot run large",
        "which size fits me",
    ],
}
STRANGERS = ["what is the capital of Peru", "play some jazz", "is it going to rain tomorrow", "write a poem on whales"]


def examples() -> list[tuple[str, str]]:
    return [(f"{opening}, {text}", topic) for topic, texts in TALK.items() for text in texts for opening in OPENINGS]


def test_what_was_learnt_is_found_and_the_confidence_is_a_probability() -> None:
    model = intents.learn(examples()).model
    guess = model.guess("Good evening, my parcel has not arrived")
    assert (guess.label, guess.is_known) == ("parcel", True)
    assert 0.5 < guess.confidence <= 1
    assert 0 <= guess.next_confidence <= 1 - guess.confidence + 1e-6
    assert guess.next_label in {"refund", "size"}


def test_all_that_somebody_wrote_counts_and_not_the_last_line_alone() -> None:
    model = intents.learn(examples()).model
    said = ["thanks a lot", "the jacket is too small, can I swap it for a bigger size"]
    assert model.guess_all(said).label == "size"


def test_known_strangers_are_refused() -> None:
    model = intents.learn(examples(), strangers=STRANGERS).model
    assert not any(model.guess(text).is_known for text in ["play a song by Nina Simone", "will it rain in Peru"])
    assert model.guess("please refund me the money").is_known


def test_slips_of_the_finger_are_forgiven() -> None:
    assert intents.learn(examples()).model.guess("wher is my parcell").label == "parcel"


def test_the_order_of_the_examples_does_not_matter_to_what_is_found() -> None:
    shuffled = examples()
    random.Random(3).shuffle(shuffled)
    texts = ["where is it", "money back", "bigger size please"]
    first, second = intents.learn(examples()).model, intents.learn(shuffled).model
    assert [first.guess(text).label for text in texts] == [second.guess(text).label for text in texts]


def test_what_was_kept_aside_is_tried() -> None:
    lesson = intents.learn(examples())
    assert len(lesson.tried) >= 3 * 4
    assert {each.wanted for each in lesson.tried} == set(TALK)
    assert sum(each.wanted == each.guess.label for each in lesson.tried) / len(lesson.tried) > 0.8


def test_a_model_is_the_same_after_it_was_kept() -> None:
    model = intents.learn(examples(), strangers=STRANGERS).model
    again = unpacked(packed(model))
    for text in ["where is my parcel", "pay me back", "play some jazz", "", "🤷", "x" * 20_000]:
        before, after = model.guess(text), again.guess(text)
        assert (before.label, before.is_known) == (after.label, after.is_known)
        assert before.confidence == pytest.approx(after.confidence, abs=0.01)


@pytest.mark.parametrize("few", [[], [("hello", "parcel")], [("hello", "parcel"), ("where is it", "parcel")]])
def test_one_topic_cannot_be_told_apart(few: list[tuple[str, str]]) -> None:
    with pytest.raises(intents.TooFewExamplesError):
        intents.learn(few)


def test_two_topics_of_one_example_each_are_enough_to_begin() -> None:
    model = intents.learn([("where is my parcel", "parcel"), ("I want my money back", "refund")]).model
    assert model.guess("my parcel?").label == "parcel"
