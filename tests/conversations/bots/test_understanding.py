"""What customers write is understood when it is routed: topic, language and mood; and a person's word stays."""

import pytest

from conversations.bots import teaching, understanding
from conversations.bots.understanding import Understood, understand_each
from conversations.models import Conversation, Topic, TopicExample
from customers.models import Customer
from tests.conversations.bots.test_intents import examples

pytestmark = pytest.mark.django_db


@pytest.fixture
def topics() -> dict[str, Topic]:
    made = {name: Topic.objects.create(name=name, complexity=2) for name in ("parcel", "refund", "size")}
    TopicExample.objects.bulk_create(TopicExample(topic=made[label], text=text) for text, label in examples())
    teaching.teach()
    return made


def a_conversation(**facts: object) -> Conversation:
    return Conversation.objects.create(customer=Customer.objects.create(), **facts)


def understood(conversation: Conversation, *words: str) -> Understood:
    return understand_each([(conversation, words)])[conversation.pk]


def test_topic_language_and_mood_are_kept_on_the_conversation(topics: dict[str, Topic]) -> None:
    conversation = a_conversation()
    found = understood(conversation, "This is horrible, where is my parcel? It has not arrived!")
    conversation.refresh_from_db()
    assert (found.topic, conversation.topic) == ("parcel", topics["parcel"])
    assert found.complexity == 2
    assert conversation.certainty == pytest.approx(found.certainty)
    assert found.next_topic in {"refund", "size"}
    assert conversation.language == "en"
    assert conversation.mood is not None
    assert conversation.mood < -0.3


def test_a_topic_that_a_person_set_stays(topics: dict[str, Topic]) -> None:
    conversation = a_conversation(topic=topics["size"], certainty=None)
    assert understood(conversation, "where is my parcel, it has not arrived").topic == "size"
    conversation.refresh_from_db()
    assert conversation.topic == topics["size"]


def test_before_anything_is_taught_nothing_is_guessed() -> None:
    conversation = a_conversation()
    assert understood(conversation, "Wo bleibt mein Paket, ich warte seit Montag darauf").topic == ""
    conversation.refresh_from_db()
    assert (conversation.topic, conversation.certainty, conversation.language) == (None, None, "de")


def test_a_few_words_do_not_change_the_language_that_is_known(topics: dict[str, Topic]) -> None:
    conversation = a_conversation(language="pl")
    understood(conversation, "ok, HF-48213")
    assert conversation.language == "pl"


def test_a_topic_that_is_no_longer_used_is_not_found(topics: dict[str, Topic]) -> None:
    topics["parcel"].is_active = False
    topics["parcel"].save()
    assert understood(a_conversation(), "where is my parcel").topic != "parcel"


def test_unchanged_conversations_are_not_written(topics: dict[str, Topic], django_assert_num_queries: object) -> None:
    conversation = a_conversation()
    understood(conversation, "where is my parcel, it has not arrived")
    with django_assert_num_queries(1):  # type: ignore[operator]  # whether anything was taught anew
        understood(conversation, "where is my parcel, it has not arrived")


def test_words_that_break_what_reads_them_keep_nobody_elses_from_being_understood(
    topics: dict[str, Topic], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = understanding.mood_of

    def breaks(text: str, language: str) -> float | None:
        if "poison" in text:
            raise ZeroDivisionError
        return read(text, language)

    monkeypatch.setattr(understanding, "mood_of", breaks)
    bad, good = a_conversation(), a_conversation()
    found = understand_each([(bad, ["poison, where is my parcel?"]), (good, ["where is my parcel?"])])
    assert found[bad.pk] == Understood()
    assert found[good.pk].topic == "parcel"
