"""What a conversation is about, by a person's word: it stays, is undone, is shown, and filters the inbox."""

import pytest
from django.urls import reverse

from conversations.actions.change import NotPossibleError
from conversations.actions.topics import guess_topic, set_topic
from conversations.bots import teaching
from conversations.bots.understanding import understand_each
from conversations.inbound.receive import receive
from conversations.models import Activity, Topic, TopicExample
from tests.conftest import from_ann
from tests.conversations.bots.test_intents import examples

pytestmark = pytest.mark.django_db


@pytest.fixture
def topics():
    made = {name: Topic.objects.create(name=name) for name in ("parcel", "refund", "size")}
    TopicExample.objects.bulk_create(TopicExample(topic=made[label], text=text) for text, label in examples())
    teaching.teach()
    return made


@pytest.fixture
def talk(mail):
    return receive(from_ann(mail, "where is my parcel, it has not arrived")).conversation


def understood(talk):
    understand_each([(talk, ["where is my parcel, it has not arrived"])])
    talk.refresh_from_db()
    return talk


def test_a_persons_word_stays_and_is_written_down(topics, talk, ada, told):
    set_topic(understood(talk), topic=topics["size"], by=ada)
    talk = understood(talk)
    assert (talk.topic, talk.certainty) == (topics["size"], None)
    assert talk.activities.filter(verb=Activity.Verb.TOPIC, by=ada, to="size").count() == 1
    set_topic(talk, topic=topics["size"], by=ada)
    assert talk.activities.filter(verb=Activity.Verb.TOPIC).count() == 1


def test_what_was_said_is_taken_back_and_the_desk_guesses_again(topics, talk, ada):
    before = understood(talk).certainty
    set_topic(talk, topic=topics["size"], by=ada)
    guess_topic(talk, by=ada)
    talk.refresh_from_db()
    assert talk.topic == topics["parcel"] and talk.certainty == pytest.approx(before, abs=0.05)


def test_a_topic_that_is_switched_off_is_not_set(topics, talk, ada):
    topics["size"].is_active = False
    with pytest.raises(NotPossibleError):
        set_topic(talk, topic=topics["size"], by=ada)


def test_the_panel_shows_it_and_one_click_corrects_it_with_a_way_back(client, topics, talk, ada):
    talk = understood(talk)
    client.force_login(ada)
    page = client.get(reverse("conversation", args=[talk.pk])).content.decode()
    assert "parcel, " in page and " % sure" in page
    menu = client.get(reverse("menu", args=[talk.pk, "topic"]), HTTP_HX_REQUEST="true").content.decode()
    assert menu.index("parcel") < menu.index("refund") and menu.index("parcel") < menu.index("size")
    where = reverse("topic", args=[talk.pk])
    answer = client.post(where, {"topic": topics["refund"].pk}, HTTP_HX_REQUEST="true").content.decode()
    assert "About: refund." in answer and "Said by a person" in answer and where in answer
    answer = client.post(where, {"topic": topics["size"].pk}, HTTP_HX_REQUEST="true").content.decode()
    assert f'name="topic" value="{topics["refund"].pk}"' in answer  # the way back is to what was said before
    client.post(where, {"_method": "DELETE"}, HTTP_HX_REQUEST="true")
    talk.refresh_from_db()
    assert talk.topic == topics["parcel"] and talk.certainty is not None


@pytest.mark.parametrize("nonsense", ["", "x", "0", "9" * 40])
def test_nonsense_is_refused_beside_the_field(client, talk, ada, nonsense):
    client.force_login(ada)
    answer = client.post(reverse("topic", args=[talk.pk]), {"topic": nonsense}, HTTP_HX_REQUEST="true")
    assert answer.status_code == 422 and b"Choose a topic of the list." in answer.content


def test_the_inbox_is_filtered_by_topic_and_by_what_nobody_knows(client, topics, talk, mail, ada):
    set_topic(talk, topic=topics["size"], by=ada)
    receive(from_ann(mail, "zanzibar", address="bob@home.example"))
    client.force_login(ada)
    rows = client.get(reverse("inbox_view", args=["all"]), {"topic": topics["size"].pk}).content.decode()
    assert "Ann Bell" in rows and "zanzibar" not in rows and "size" in rows
    rows = client.get(reverse("inbox_view", args=["all"]), {"topic": "none"}).content.decode()
    assert "zanzibar" in rows and "has not arrived" not in rows
    assert client.get(reverse("inbox_view", args=["all"]), {"topic": "9" * 40}).status_code == 200


def test_the_palette_names_topics(client, topics, talk, ada):
    client.force_login(ada)
    found = client.get(reverse("palette"), {"q": "refund", "conversation": talk.pk}).content.decode()
    assert "About: refund" in found
