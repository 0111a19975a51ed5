"""/settings/topics/: topics and their examples, a text tried at once, learning once, mistakes, and offered examples."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from conversations.actions.topics import set_topic
from conversations.bots import judging, learning, suggesting, teaching
from conversations.inbound.receive import receive
from conversations.models import AuditEntry, Conversation, Topic, TopicExample, TopicLesson, TopicModel
from tests.conftest import from_ann
from tests.conversations.bots.test_intents import examples

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_sam(client, sam):
    client.force_login(sam)
    return client


@pytest.fixture
def topics():
    made = {name: Topic.objects.create(name=name) for name in ("parcel", "refund", "size")}
    TopicExample.objects.bulk_create(TopicExample(topic=made[label], text=text) for text, label in examples())
    return made


def of(topic):
    return list(TopicExample.objects.filter(topic=topic).order_by("pk").values_list("text", "language"))


def test_a_topic_is_made_changed_and_deleted_and_each_is_written_down(as_sam):
    as_sam.post(reverse("topics"), {"name": "Late", "about": "Where is it?", "complexity": "2", "is_active": "on"})
    one = Topic.objects.get()
    assert (one.about, one.complexity) == ("Where is it?", 2)
    assert as_sam.post(reverse("topics"), {"name": "late", "complexity": "1"}).status_code == 422
    as_sam.post(reverse("topic_settings", args=[one.pk]), {"name": "Late", "about": "Where is it?", "complexity": "3"})
    assert AuditEntry.objects.latest("pk").after == {"complexity": 3, "is_active": False}
    as_sam.delete(reverse("topic_settings", args=[one.pk]))
    assert not Topic.objects.exists() and AuditEntry.objects.latest("pk").verb == "removed"


def test_lines_are_pasted_once_each_with_their_language(as_sam, topics):
    one = Topic.objects.create(name="Late")
    lines = "Wo bleibt mein Paket, ich warte seit Montag darauf\n\n  where   is it \nwhere is it\n"
    as_sam.post(reverse("topic_examples", args=[one.pk]), {"lines": lines})
    assert of(one) == [("Wo bleibt mein Paket, ich warte seit Montag darauf", "de"), ("where is it", "")]
    answer = as_sam.post(reverse("topic_examples", args=[one.pk]), {"lines": "where is it\nmore", "language": "en"})
    answer = as_sam.get(answer["Location"]).content.decode()
    assert "1 example added. 1 was there already." in answer and of(one)[-1] == ("more", "en")
    assert as_sam.post(reverse("topic_examples", args=[one.pk]), {"lines": " \n "}).status_code == 422
    as_sam.post(reverse("topic_examples", args=[one.pk]), {"lines": "🧦" * 5000})
    assert of(one)[-1][0] == "🧦" * suggesting.LONGEST


def test_an_example_is_moved_told_its_language_and_deleted_and_the_log_keeps_no_words(as_sam, topics):
    mine = TopicExample.objects.filter(topic=topics["size"])
    one, twin, other = mine.order_by("pk")[:3]
    TopicExample.objects.create(topic=topics["refund"], text=twin.text)
    for each in (one, twin):
        as_sam.post(reverse("topic_example", args=[topics["size"].pk, each.pk]), {"to": topics["refund"].pk})
    assert TopicExample.objects.filter(topic=topics["refund"], text__in=[one.text, twin.text]).count() == 2
    where = reverse("topic_example", args=[topics["size"].pk, other.pk])
    as_sam.post(where, {"language": "nb"})
    as_sam.post(where, {"language": "no"})
    assert TopicExample.objects.get(pk=other.pk).language == "no"
    before = mine.count()
    as_sam.post(where, {"_method": "DELETE"})
    assert mine.count() == before - 1 and as_sam.post(where, {"_method": "DELETE"}).status_code == 404
    log = str(list(AuditEntry.objects.values_list("note", "label", "before", "after")))
    assert "An example was deleted." in log and other.text not in log


def test_examples_come_page_by_page(as_sam):
    one = Topic.objects.create(name="Late")
    TopicExample.objects.bulk_create(TopicExample(topic=one, text=f"line no. {n}.") for n in range(60))
    first = as_sam.get(reverse("topic_settings", args=[one.pk]))
    assert "line no. 59." in first.content.decode() and "line no. 9." not in first.content.decode()
    then = as_sam.get(reverse("topic_settings", args=[one.pk]), {"after": first.context["after"]}).content.decode()
    assert "line no. 9." in then and "line no. 59." not in then


def test_a_text_is_tried_at_once(as_sam, topics):
    ask = {"HTTP_HX_REQUEST": "true"}
    assert b"Nothing was learnt yet." in as_sam.post(reverse("guess_topic"), {"said": "hello"}, **ask).content
    teaching.teach()
    said = {"said": "where is my parcel, it has not arrived"}
    answer = as_sam.post(reverse("guess_topic"), said, **ask).content.decode()
    assert "About: parcel," in answer and "% sure" in answer and "Next: " in answer
    assert "I do not know." in as_sam.post(reverse("guess_topic"), {"said": "zzzz qqqq 🤷"}, **ask).content.decode()
    assert said["said"] in as_sam.post(reverse("guess_topic"), said).content.decode()


def test_learning_runs_once_however_often_it_is_pressed_and_says_how_long_it_took(as_sam, topics):
    for _press in range(5):
        answer = as_sam.post(reverse("learn_topics"), HTTP_HX_REQUEST="true").content.decode()
    assert "It begins in a moment." in answer
    assert learning.run() == 1 and learning.run() == 0 and TopicModel.objects.count() == 1
    answer = as_sam.get(reverse("learn_topics")).content.decode()
    assert "from 72 examples" in answer and " seconds." in answer and "have changed since" not in answer
    TopicExample.objects.create(topic=topics["size"], text="it pinches at the toes")
    assert "have changed since" in as_sam.get(reverse("learn_topics")).content.decode()


def test_what_is_pressed_while_it_learns_counts_only_if_the_examples_have_changed(topics):
    learning.ask()
    assert learning._begin() and not learning._begin()
    learning.ask()
    assert learning.lesson().asked_at is None
    TopicExample.objects.create(topic=topics["size"], text="it pinches at the toes")
    learning.ask()
    assert learning.lesson().asked_at is not None and not learning._begin()
    learning._learn()
    assert learning.run() == 1


def test_a_lesson_whose_worker_died_is_learnt_by_another(topics):
    learning.ask()
    assert learning._begin() and learning.run() == 0
    TopicLesson.objects.update(begun_at=timezone.now() - learning.GIVEN_UP_AFTER - timedelta(seconds=1))
    assert learning.run() == 1 and learning.lesson().begun_at is None


def test_too_few_examples_are_said_plainly_and_what_was_learnt_stays(as_sam, topics):
    teaching.teach()
    TopicExample.objects.exclude(topic=topics["size"]).delete()
    learning.ask()
    learning.run()
    assert "Too few examples" in as_sam.get(reverse("learn_topics")).content.decode()
    assert TopicModel.objects.count() == 1


def test_mistakes_are_shown_with_their_texts_and_link_to_both_topics(as_sam, topics):
    size, refund = topics["size"], topics["refund"]
    tried = [["too small, money back", size.pk, refund.pk, 0.5, True], ["fits", size.pk, size.pk, 0.9, True],
             ["hm", refund.pk, refund.pk, 0.2, False], ["gone", 0, size.pk, 0.2, False]]  # fmt: skip
    TopicModel.objects.create(body=b"", examples=4, seconds=1, tried=tried)
    page = as_sam.get(reverse("mistaken_topics")).content.decode()
    assert "too small, money back" in page and "3 examples were kept aside" in page and "gone" not in page
    assert reverse("topic_settings", args=[size.pk]) in page and reverse("topic_settings", args=[refund.pk]) in page
    judged = judging.judged()
    assert (judged.whole.asked, judged.whole.found, judged.whole.strangers) == (3, 1, 1)
    assert "too small, money back" in as_sam.get(reverse("topic_settings", args=[refund.pk])).content.decode()


@pytest.fixture
def talks(mail, ada, topics):
    """What a person named, what nobody knew and is solved, what nobody knows yet, and what the desk knew itself."""
    said = ["it is too wide", "what about   this\nthen", "still open", "where is my parcel"]
    made = [receive(from_ann(mail, text, address=f"ann{n}@home.example")).conversation for n, text in enumerate(said)]
    set_topic(made[0], topic=topics["size"], by=ada)
    Conversation.objects.filter(pk=made[1].pk).update(status="resolved")
    Conversation.objects.filter(pk=made[3].pk).update(topic=topics["parcel"], certainty=0.9, status="resolved")
    return made


def test_examples_are_offered_from_what_people_named_and_nobody_knew(as_sam, talks, topics, sam):
    teaching.teach()
    page = as_sam.get(reverse("topic_offers")).content.decode()
    assert "it is too wide" in page and "what about this then" in page
    assert "still open" not in page and "where is my parcel" not in page
    told = {offer.conversation.pk: (offer.topic, offer.is_said) for offer in suggesting.offers(sam).offers}
    assert told[talks[0].pk] == (topics["size"], True) and told[talks[1].pk][1] is False


def test_an_offer_is_taken_or_refused_once_and_for_good(as_sam, talks, topics, sam):
    ask = {"HTTP_HX_REQUEST": "true"}
    taken = {"conversation": talks[0].pk, "topic": topics["size"].pk, "answer": "take"}
    answer = as_sam.post(reverse("topic_offers"), taken, **ask).content.decode()
    assert "it is too wide" not in answer and "An example of “size” now." in answer
    made = TopicExample.objects.get(conversation=talks[0])
    assert (made.topic, made.text) == (topics["size"], "it is too wide")
    assert b"answered that already" in as_sam.post(reverse("topic_offers"), taken, **ask).content
    refused = {"conversation": talks[1].pk, "answer": "refuse"}
    as_sam.post(reverse("topic_offers"), refused)
    assert suggesting.offers(sam).offers == [] and TopicExample.objects.filter(conversation=talks[1]).count() == 0
    assert made.text not in str(list(AuditEntry.objects.values_list("note", "label")))


def test_offers_come_page_by_page(mail, sam, topics, ada):
    for n in range(suggesting.PAGE + 3):
        talk = receive(from_ann(mail, f"words {n}", address=f"ann{n}@home.example")).conversation
        set_topic(talk, topic=topics["size"], by=ada)
    first = suggesting.offers(sam)
    then = suggesting.offers(sam, after=first.after)
    assert (len(first.offers), len(then.offers), then.after) == (suggesting.PAGE, 3, 0)
    assert len({each.conversation.pk for each in [*first.offers, *then.offers]}) == suggesting.PAGE + 3


def test_an_offer_is_only_of_what_one_may_see(client, talks, linus, topics):
    assert suggesting.offers(linus).offers == [] and suggesting.offered(linus, talks[0].pk) is None


@pytest.mark.parametrize("name", ["topics", "topic_offers", "mistaken_topics", "learn_topics", "guess_topic"])
def test_agents_without_the_permission_find_nothing_there(client, ada, name):
    client.force_login(ada)
    assert client.get(reverse(name)).status_code == 404 and client.post(reverse(name)).status_code == 404
