"""/settings/bots/ and /settings/articles/: a bot's form, articles by language with what customers said of them."""

import uuid

import pytest
from django.db import transaction
from django.urls import reverse

from conversations.bots import learning, shelf, teaching
from conversations.bots.markdown import as_html
from conversations.handoff import lease
from conversations.inbound.receive import receive
from conversations.models import (
    Article,
    ArticleText,
    ArticleVerdict,
    AuditEntry,
    Bot,
    BotMistake,
    BotTalk,
    Conversation,
    Message,
    Topic,
    TopicExample,
)
from conversations.outbound import speaking
from integrations.adapters import ADAPTERS
from integrations.models import Connector
from tests.conftest import from_ann
from tests.conversations.bots.test_intents import examples

pytestmark = pytest.mark.django_db

FERN = {
    "name": "Fern", "is_active": "on", "brain": "own", "most_turns": "12", "most_misunderstood": "2",
    "unsure_below": "40", "patience": "20", "tiers": "Gold, gold card ,Gold", "people_first_from": "900",
}  # fmt: skip


@pytest.fixture
def as_sam(client, sam):
    client.force_login(sam)
    return client


@pytest.fixture
def written():
    article = Article.objects.create(name="Sending back", topic=Topic.objects.create(name="Return"))
    return ArticleText.objects.create(
        article=article, language="en", title="Sending it back", body="You have **30** days."
    )


def test_a_bot_is_made_changed_and_deleted_and_each_is_written_down(as_sam, chat, mail):
    as_sam.post(reverse("new_bot"), {**FERN, "channels": [chat.pk], "languages": ["de", "no"]})
    fern = Bot.objects.get()
    assert (fern.unsure_below, fern.people_first_tiers, fern.languages) == (0.4, ["Gold", "gold card"], ["de", "no"])
    assert list(fern.channels.all()) == [chat] and AuditEntry.objects.latest("pk").after["channels"] == ["Shop chat"]
    as_sam.post(reverse("bot", args=[fern.pk]), {**FERN, "channels": [chat.pk, mail.pk]})
    changed = AuditEntry.objects.latest("pk")
    assert changed.after == {"languages": [], "channels": ["Support", "Shop chat"]}
    as_sam.delete(reverse("bot", args=[fern.pk]))
    assert not Bot.objects.exists() and AuditEntry.objects.latest("pk").verb == "removed"


def test_two_bots_do_not_share_a_channel_and_a_name_is_one_bots(as_sam, chat, mail):
    fern = Bot.objects.create(name="Fern")
    fern.channels.add(chat)
    answer = as_sam.post(reverse("new_bot"), {**FERN, "name": "FERN", "channels": [chat.pk, mail.pk]})
    assert answer.status_code == 422 and Bot.objects.count() == 1
    assert {"name", "channels"} == set(answer.context["form"].errors)
    as_sam.post(reverse("new_bot"), {**FERN, "name": "Moss", "channels": [mail.pk]})
    assert Bot.objects.count() == 2


def test_while_one_types_the_form_says_what_is_wrong(as_sam):
    answer = as_sam.post(reverse("new_bot"), {**FERN, "patience": "1000"}, HTTP_AS_TYPED="patience")
    assert "120" in answer.content.decode() and not Bot.objects.exists()


def test_another_brain_is_one_that_is_connected_and_thinks_for_nobody_else(as_sam, monkeypatch):
    monkeypatch.setitem(ADAPTERS, "moss", "integrations.adapters.bots.Moss")
    brain = Connector.objects.create(name="Moss", adapter="moss")
    assert as_sam.post(reverse("new_bot"), {**FERN, "brain": "connector"}).status_code == 422
    as_sam.post(reverse("new_bot"), {**FERN, "brain": "connector", "connector": brain.pk})
    fern = Bot.objects.get()
    assert fern.connector == brain
    answer = as_sam.post(reverse("new_bot"), {**FERN, "name": "Ivy", "brain": "connector", "connector": brain.pk})
    assert answer.status_code == 422 and Bot.objects.count() == 1
    as_sam.post(reverse("bot", args=[fern.pk]), FERN)
    brain.refresh_from_db()
    assert brain.bot is None


def test_a_bot_that_talks_is_not_deleted_and_its_talks_are_shown_to_who_may_see_them(as_sam, mail, sam):
    fern = Bot.objects.create(name="Fern")
    talk = receive(from_ann(mail, "Where is it?")).conversation
    BotTalk.objects.create(bot=fern, conversation=talk, term=1)
    as_sam.delete(reverse("bot", args=[fern.pk]))
    assert Bot.objects.exists()
    page = as_sam.get(reverse("bot", args=[fern.pk])).content.decode()
    assert reverse("conversation", args=[talk.pk]) in page and "it goes on" in page
    assert "No rule of routing gives anything to a bot yet." in as_sam.get(reverse("bots")).content.decode()


def test_an_article_is_written_in_two_languages_and_each_change_is_written_down(as_sam, sam):
    as_sam.post(reverse("articles"), {"name": "Hours", "is_active": "on"})
    hours = Article.objects.get()
    new = reverse("new_article_text", args=[hours.pk])
    as_sam.post(new, {"language": "de", "title": "Geöffnet", "body": "Von **acht** bis acht."})
    text = hours.texts.get()
    assert (text.language, text.title, text.by) == ("de", "Geöffnet", sam)
    assert as_sam.post(new, {"language": "de", "title": "Noch einmal", "body": "x"}).status_code == 422
    assert as_sam.post(new, {"language": "fr", "title": "", "body": "x"}).status_code == 422
    where = reverse("article_text", args=[hours.pk, text.pk])
    as_sam.post(where, {"title": "Offen", "body": "Von acht bis acht."})
    assert AuditEntry.objects.latest("pk").before["title"] == "Geöffnet"
    page = as_sam.get(reverse("article", args=[hours.pk])).content.decode()
    assert "Offen" in page and '<option value="fr">' in page and '<option value="de">' not in page
    assert as_sam.get(reverse("article", args=[hours.pk]), {"language": "de"}).status_code == 404
    as_sam.delete(where)
    assert not hours.texts.exists() and as_sam.get(reverse("article", args=[hours.pk])).status_code == 200


def test_an_article_is_found_by_its_words_and_shows_how_often_it_helped(as_sam, written, mail):
    talks = [receive(from_ann(mail, "How?", address=f"ann{n}@home.example")) for n in range(3)]
    for message, helped in zip(talks, (True, False, None), strict=True):
        ArticleVerdict.objects.create(text=written, message=message, helped=helped)
    found = as_sam.get(reverse("articles"), {"q": "30"})
    [row] = found.context["rows"]
    assert (row["counted"].shown, row["counted"].helped, row["counted"].not_helped) == (3, 1, 1)
    assert as_sam.get(reverse("articles"), {"q": "zanzibar"}).context["rows"] == []
    page = as_sam.get(reverse("article", args=[written.article_id])).content.decode()
    assert reverse("conversation", args=[talks[1].conversation_id]) in page
    assert reverse("conversation", args=[talks[0].conversation_id]) not in page


def test_what_is_typed_is_shown_as_customers_read_it_and_nothing_runs(as_sam):
    body = (
        "# Back\n\n- **30** days\n- [here](https://shop.example)\n\n<b onclick=x>no</b> ![a](https://x.example/a.png)"
    )
    answer = as_sam.post(reverse("article_preview"), {"title": "Back", "body": body}).content.decode()
    assert "<strong>30</strong>" in answer and 'href="https://shop.example"' in answer
    assert "&lt;b onclick" in answer and "<img" not in answer and "– 30 days" in answer
    assert "href" not in as_html("[x](javascript:alert(1)) <javascript:alert(1)> [y](data:text/html,z)")
    assert as_html("> " * 50 + "deep").count("<blockquote>") <= 50


@pytest.mark.parametrize("name", ["bots", "new_bot", "articles", "article_preview"])
def test_agents_without_the_permission_find_nothing_there(client, ada, name):
    client.force_login(ada)
    assert client.get(reverse(name)).status_code == 404 and client.post(reverse(name)).status_code == 404


@pytest.fixture
def taught():
    made = {name: Topic.objects.create(name=name) for name in ("parcel", "refund", "size")}
    TopicExample.objects.bulk_create(TopicExample(topic=made[label], text=text) for text, label in examples())
    teaching.teach()
    Topic.objects.filter(name="refund").update(bot_does="people")
    return made


def test_one_talks_with_a_bot_and_nothing_of_it_is_kept(as_sam, taught):
    fern = Bot.objects.create(name="Fern", unsure_below=0.2)
    where, ask = reverse("try_bot", args=[fern.pk]), {"HTTP_HX_REQUEST": "true"}
    first = as_sam.post(where, {"said": "Hello"}, **ask)
    assert first.context["lines"][0] == ("customer", "Hello") and "Fern" in first.context["lines"][1][1]
    then = as_sam.post(where, {"said": "I want to talk to a person", "state": first.context["state"]}, **ask)
    assert then.context["is_over"] and "asked for a person" in then.content.decode()
    assert len(then.context["lines"]) > len(first.context["lines"])
    over = as_sam.post(where, {"said": "And now?", "state": then.context["state"]}, **ask)
    assert "lines" not in over.context
    forged = as_sam.post(where, {"said": "Hello", "state": first.context["state"] + "x"}, **ask)
    assert forged.context["lines"][0] == ("customer", "Hello") and not BotTalk.objects.exists()
    assert "Fern" in as_sam.post(where, {"said": "Hello"}).content.decode()


def test_topics_say_what_the_bot_does_and_how_it_would_answer_a_line(as_sam, taught):
    Bot.objects.create(name="Fern", unsure_below=0.2)
    where = reverse("topic_settings", args=[taught["parcel"].pk])
    as_sam.post(where, {"name": "parcel", "complexity": "1", "bot_does": "status", "is_active": "on"})
    assert Topic.objects.get(name="parcel").bot_does == "status"
    assert as_sam.post(where, {"name": "parcel", "complexity": "1", "bot_does": "magic"}).status_code == 422
    page = as_sam.get(reverse("topics")).content.decode()
    assert "How an order stands" in page and "Hands it to people" in page
    told = as_sam.post(reverse("guess_topic"), {"said": "I want my money back"}, HTTP_HX_REQUEST="true")
    assert "Fern would answer" in told.content.decode() and told.context["ends"]


@pytest.fixture
def answered(mail, taught):
    """Ann asked something, and the bot answered about something else."""
    asked = receive(from_ann(mail, "it pinches at the toes"))
    talk = BotTalk.objects.create(conversation=asked.conversation, term=2, began_at=asked.created_at)
    words = {"text": "Where is your parcel?", "is_bot": True, "details": {"term": 2}}
    said = Message.objects.create(conversation=asked.conversation, kind="outbound", channel=mail, **words)
    return talk, said


def test_an_agent_calls_an_answer_wrong_and_takes_that_back(client, ada, linus, answered):
    _talk, said = answered
    where = reverse("bot_mistake", args=[said.pk])
    client.force_login(linus)
    assert client.get(where).status_code == 404 and client.post(where, {"why": "x"}).status_code == 404
    client.force_login(ada)
    assert where in client.get(reverse("conversation", args=[said.conversation_id])).content.decode()
    assert "it pinches at the toes" in client.get(where).content.decode()
    client.post(where, {"why": "It is about a size.", "right": ""})
    client.post(where, {"why": "It is about the size.", "right": ""})
    one = BotMistake.objects.get()
    assert (one.message, one.why, one.by) == (said, "It is about the size.", ada)
    client.post(where, {"_method": "DELETE"})
    assert not BotMistake.objects.exists()


def test_a_wrong_answer_is_taught_from_the_list_and_the_log_keeps_no_words(as_sam, answered, taught, ada):
    talk, said = answered
    one = BotMistake.objects.create(message=said, talk=talk, why="It is about the size.", by=ada)
    talk_words = "it pinches at the toes"
    page = as_sam.get(reverse("bot_mistakes"), {"q": "the size"}).content.decode()
    assert "it pinches at the toes" in page and "Where is your parcel?" in page
    assert as_sam.get(reverse("bot_mistakes"), {"q": "zanzibar"}).context["rows"] == []
    where = reverse("bot_correction", args=[one.pk])
    told = as_sam.post(where, {"topic": "0"}, follow=True).content.decode()
    assert "Choose what it was about." in told and not TopicExample.objects.filter(text=talk_words).exists()
    as_sam.post(where, {"topic": taught["size"].pk})
    made = TopicExample.objects.get(text="it pinches at the toes")
    assert (made.topic, made.conversation) == (taught["size"], said.conversation)
    one.refresh_from_db()
    assert one.right == taught["size"] and learning.lesson().asked_at
    assert "pinches" not in str(list(AuditEntry.objects.values_list("note", "label", "before", "after")))
    as_sam.post(where, {"_method": "DELETE"})
    assert not BotMistake.objects.exists()


def test_an_article_keeps_its_look_where_a_medium_shows_it(mail, written):
    asked = receive(from_ann(mail, "How do I send it back?"))
    with transaction.atomic():
        conversation = Conversation.objects.select_for_update().get(pk=asked.conversation_id)
        lease.give(conversation, Bot.objects.create(name="Fern"))
        text = f"Hello <you>\n\n{written.title}\n\n{shelf.plain(written.body)}\n\nDid this help?"
        words = speaking.Words(text, uuid.uuid4(), article=written.pk)
        [said] = speaking.speak(conversation, [words], speaking.path_to(conversation, asked))
    assert "<p>Hello &lt;you&gt;</p>" in said.html and "<strong>30</strong>" in said.html
    assert said.html.endswith("<p>Did this help?</p>") and "**" not in said.text
