"""How an answer goes: in public only when it is said twice, by a template where the time is over, never past a STOP."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from conversations.inbound.receive import receive
from conversations.models import Channel, Delivery, Draft, Message, MessageTemplate, Reaction
from conversations.outbound import reactions
from customers.consent import say
from customers.facts import ConsentFact
from customers.identify import Handle
from integrations import offered
from integrations.adapters.base import AdapterError
from integrations.models import Connector
from integrations.outbound import react
from integrations.outbound.deliver import envelope
from integrations.views import templates
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db

VALUES = {"mastodon": "ann@social.example", "whatsapp": "+447700900123", "sms": "+447700900123", "telegram": "23"}
KINDS = {"sms": "phone"}


@pytest.fixture
def heard(returns):
    """Ann writes by a medium, so many hours ago."""

    def hear(medium, *, hours=1, **fields):
        channel, _new = Channel.objects.get_or_create(name=medium, medium=medium, address=f"us-{medium}", team=returns)
        handle = Handle(KINDS.get(medium, medium), VALUES[medium], "Ann Bell")
        at = timezone.now() - timedelta(hours=hours)
        named = {"external_id": f"{medium}-{uuid.uuid4()}", **fields}
        return receive(from_ann(channel, "Help", handles=(handle,), at=at, **named))

    return hear


def send(client, message, **fields):
    url = reverse("replies", args=[message.conversation_id])
    way = f"{message.channel_id}:{message.identity_id}"
    data = {"text": "Coming", "client_id": str(uuid.uuid4()), "channel": way, **fields}
    return client.post(url, data, headers={"HX-Request": "true"})


def ours():
    return Message.objects.filter(kind="outbound").first()


def page(client, message):
    return client.get(reverse("conversation", args=[message.conversation_id])).content.decode()


# -- public and private


def test_an_answer_to_a_public_post_is_private_unless_said_otherwise(client, ada, heard):
    client.force_login(ada)
    post = heard("mastodon", is_public=True)
    assert 'value="private" checked' in page(client, post)
    assert send(client, post).status_code == 200
    assert not ours().is_public and ours().answers == post and not envelope(ours().delivery).is_public


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"visibility": "public"}, "Post publicly"),
        ({"publicly": "1"}, "Choose first"),
        ({"visibility": "private", "publicly": "1"}, "Choose first"),
    ],
    ids=["no button", "no choice", "other choice"],
)
def test_half_a_word_posts_nothing_and_loses_nothing(client, ada, heard, fields, words):
    client.force_login(ada)
    answer = send(client, heard("mastodon", is_public=True), **fields)
    assert answer.status_code == 422 and words in answer.content.decode() and "Coming" in answer.content.decode()
    assert ours() is None


def test_a_public_answer_is_public_all_the_way(client, ada, heard):
    client.force_login(ada)
    post = heard("mastodon", is_public=True)
    at = (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    assert send(client, post, visibility="public", publicly="1", send_at=at).status_code == 200
    sent = envelope(ours().delivery)
    assert sent.is_public and sent.answers == post.external_id and "Public" in page(client, post)


def test_what_was_said_in_private_is_never_answered_in_public(client, ada, heard):
    client.force_login(ada)
    heard("mastodon", is_public=True, hours=2)
    whisper = heard("mastodon", hours=1)
    assert "visibility" not in page(client, whisper)
    assert send(client, whisper, visibility="public", publicly="1").status_code == 422 and ours() is None


def test_a_draft_keeps_who_may_read_it(client, ada, heard):
    client.force_login(ada)
    post = heard("mastodon", is_public=True)
    url = reverse("draft", args=[post.conversation_id, "reply"])
    client.post(
        url, {"html": "<p>Sorry</p>", "visibility": "public", "channel": f"{post.channel_id}:{post.identity_id}"}
    )
    assert 'value="public" checked' in page(client, post)


def test_a_private_message_of_a_public_talk_is_not_answered_in_public(client, ada, heard):
    client.force_login(ada)
    whisper = heard("mastodon", hours=2)
    post = heard("mastodon", is_public=True)
    answer = send(client, post, visibility="public", publicly="1", answers=whisper.pk)
    assert answer.status_code == 422 and "cannot be answered in public" in answer.content.decode() and ours() is None


def test_what_was_asked_in_a_group_is_answered_there_where_it_is_wanted_so(client, ada, heard):
    client.force_login(ada)
    asked = heard("telegram", is_public=True, external_id="-100:7")
    assert send(client, asked).status_code == 200 and ours().answers is None and not ours().is_public
    assert send(client, asked, text="To all", visibility="public", publicly="1").status_code == 200
    said = envelope(Delivery.objects.get(message__text="To all"))
    assert said.is_public and said.answers == "-100:7"


def test_a_post_that_they_deleted_is_answered_in_private_alone(client, ada, heard):
    client.force_login(ada)
    post = heard("mastodon", is_public=True)
    send(client, post)
    Message.objects.filter(pk=post.pk).update(taken_back_at=timezone.now())
    waiting = Delivery.objects.get()
    assert waiting.message.answers == post and envelope(waiting).answers == ""
    assert send(client, post, text="Again").status_code == 200
    assert Message.objects.get(text="Again").answers is None
    assert send(client, post, visibility="public", publicly="1").status_code == 422


def test_a_draft_whose_way_is_gone_comes_back_private(client, ada, heard):
    client.force_login(ada)
    post = heard("mastodon", is_public=True)
    url = reverse("draft", args=[post.conversation_id, "reply"])
    client.post(url, {"html": "<p>Sorry</p>", "visibility": "public", "channel": "1:1"})
    assert 'value="private" checked' in page(client, post)


def test_a_public_answer_that_is_taken_back_comes_back_as_one(client, ada, heard):
    client.force_login(ada)
    post = heard("mastodon", is_public=True)
    send(client, post, visibility="public", publicly="1")
    client.delete(reverse("delivery", args=[ours().delivery.pk]), headers={"HX-Request": "true"})
    assert Draft.objects.get().way["visibility"] == "public"
    assert 'value="public" checked' in page(client, post)


# -- the window, and templates


@pytest.fixture
def template(heard):
    def make(message):
        return MessageTemplate.objects.create(
            channel=message.channel, name="order_update", language="en_GB",
            body="Hello {{1}}, order {{2}} is on its way.", header="News for {{1}}", footer="Hollin & Fell",
            examples=["Ann", "1001"],
            buttons=[{"kind": "URL", "text": "Track", "value": "https://shop.example/{{1}}"}],
        )  # fmt: skip

    return make


def test_a_closed_window_wants_a_template_and_sends_it(client, ada, heard, template):
    client.force_login(ada)
    message = heard("whatsapp", hours=30)
    known = template(message)
    assert "order_update" in page(client, message)
    refused = send(client, message)
    assert refused.status_code == 422 and "Choose a template" in refused.content.decode()
    missing = send(client, message, template=known.pk, **{f"value-{known.pk}": ["News", "Ann", "", "x"]})
    assert missing.status_code == 422 and ours() is None and 'value="Ann"' in missing.content.decode()
    assert (
        send(client, message, template=known.pk, **{f"value-{known.pk}": ["you", "Ann", "1001", "t/1001"]}).status_code
        == 200
    )
    sent = envelope(ours().delivery).template
    assert (sent.name, sent.language, sent.values) == ("order_update", "en_GB", ("Ann", "1001"))
    assert (sent.header, sent.buttons) == ("you", ("t/1001",))
    assert ours().text == "News for you\n\nHello Ann, order 1001 is on its way.\n\nHollin & Fell"


def test_an_open_window_says_how_long_and_cannot_be_outlived(client, ada, heard):
    client.force_login(ada)
    message = heard("whatsapp", hours=22.5)
    assert '<small class="warn">1 h left</small>' in page(client, message)
    at = (timezone.now() + timedelta(hours=20)).strftime("%Y-%m-%dT%H:%M")
    late = send(client, message, send_at=at)
    assert late.status_code == 422 and "over by then" in late.content.decode()


def test_what_waited_too_long_is_not_sent_after_all(ada, heard, client, monkeypatch):
    client.force_login(ada)
    message = heard("whatsapp", hours=23)
    send(client, message)
    Connector.objects.create(name="WhatsApp", adapter="chat", channel=message.channel)
    Message.objects.filter(pk=message.pk).update(created_at=timezone.now() - timedelta(hours=25))
    Delivery.objects.update(due_at=timezone.now())
    from integrations.outbound.deliver import deliver

    delivery = deliver(ours().delivery.pk)
    assert delivery.status == "failed" and "must write first" in delivery.error


class Offering:
    def templates(self, connector):
        from conversations.envelopes import OfferedTemplate

        return [OfferedTemplate("hello", "de", "Hallo {{1}}", examples=("Ann",))]


def test_templates_are_read_from_the_provider_and_those_that_went_are_not_usable(
    client, ada, heard, template, monkeypatch
):
    client.force_login(ada)
    message = heard("whatsapp", hours=30)
    template(message)
    Connector.objects.create(name="WhatsApp", adapter="whatsapp", channel=message.channel)
    for module in (templates, offered):
        monkeypatch.setattr(module, "adapter_named", lambda name: Offering())
    url = reverse("message_templates", args=[message.conversation_id, message.channel_id])
    answer = client.post(url, headers={"HX-Request": "true"}).content.decode()
    assert "hello" in answer and "order_update" not in answer and "1 template may go now." in answer
    known = MessageTemplate.objects.get(name="hello")
    again = client.post(url, {"template": known.pk, f"value-{known.pk}": "Ann"}, headers={"HX-Request": "true"})
    assert "selected" in again.content.decode() and 'value="Ann"' in again.content.decode()


# -- STOP


def test_stop_closes_the_number_to_every_written_way_and_start_opens_it(client, ada, heard):
    client.force_login(ada)
    message = heard("sms")
    handles = (Handle("phone", VALUES["sms"]),)
    now = timezone.now()
    say(ConsentFact(0, handles, "any_message", False, now, "STOP by text message"))
    refused = send(client, message)
    assert refused.status_code == 422 and "STOP" in refused.content.decode() and "Coming" in refused.content.decode()
    assert "STOP" in page(client, message) and ours() is None
    unchosen = send(client, message, channel="").content.decode()
    assert unchosen.count("They asked for no more messages there") > 1 and "required" not in unchosen
    say(ConsentFact(0, handles, "any_message", True, now + timedelta(seconds=1), "START by text message"))
    assert send(client, message).status_code == 200


# -- one message, buttons, emoji


def test_one_message_is_answered_by_itself_and_shows_it(client, ada, heard):
    client.force_login(ada)
    first, _second = heard("telegram", external_id="1"), heard("telegram", external_id="2")
    assert send(client, first, answers=first.pk, buttons="Yes\nNo").status_code == 200
    sent = envelope(ours().delivery)
    assert sent.answers == "1" and sent.buttons == ("Yes", "No")
    shown = page(client, first)
    assert f'class="quoted" href="#message-{first.pk}"' in shown and ">Yes</li>" in shown


def test_more_buttons_than_the_medium_has_are_refused(client, ada, heard):
    client.force_login(ada)
    answer = send(client, heard("whatsapp"), buttons="1\n2\n3\n4")
    assert answer.status_code == 422 and "3 buttons at most" in answer.content.decode()


class Reacting:
    def __init__(self, error=None):
        self.said, self.error = [], error

    def react(self, connector, reaction):
        self.said.append((reaction.external_id, reaction.emoji, reaction.is_ours))
        if self.error:
            raise self.error


def test_an_emoji_is_sent_before_it_says_so_and_can_be_taken_off(client, ada, heard, monkeypatch):
    client.force_login(ada)
    message = heard("telegram", external_id="1")
    Connector.objects.create(name="Bot", adapter="telegram", channel=message.channel)
    provider = Reacting()
    monkeypatch.setattr(react, "adapter_named", lambda name: provider)
    url = reverse("reactions", args=[message.pk])
    assert client.post(url, {"emoji": "👍"}, headers={"HX-Request": "true"}).status_code == 204
    assert Reaction.objects.get().state == "sending" and "Sending" in page(client, message)
    for _twice in range(2):
        [react.react(pk) for pk in react.due()]
    assert Reaction.objects.get().state == "sent" and provider.said == [("1", "👍", False)]
    client.post(url, {"_method": "DELETE"}, headers={"HX-Request": "true"})
    [react.react(pk) for pk in react.due()]
    assert provider.said[-1] == ("1", "", False) and 'class="reactions"' not in page(client, message)


def test_an_emoji_that_cannot_be_sent_says_why(client, ada, heard, monkeypatch):
    client.force_login(ada)
    message = heard("telegram", external_id="1")
    Connector.objects.create(name="Bot", adapter="telegram", channel=message.channel)
    monkeypatch.setattr(react, "adapter_named", lambda name: Reacting(AdapterError("Not here.", permanent=True)))
    reaction = reactions.react(message, emoji="👍", by=ada)
    react.react(reaction.pk)
    assert Reaction.objects.get().state == "failed" and "Not here." in page(client, message)


def test_mail_has_no_emoji_to_put_on(client, ada, mail):
    client.force_login(ada)
    message = receive(from_ann(mail))
    answer = client.post(reverse("reactions", args=[message.pk]), {"emoji": "👍"}, headers={"HX-Request": "true"})
    assert "no reactions" in answer.content.decode() and not Reaction.objects.exists()
