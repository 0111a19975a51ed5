"""Telegram, Mastodon and X from the customer's device to the agent's page and back, by the providers' own protocols."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from conversations.models import Conversation, Delivery, Medium, Message
from integrations.adapters.media.mastodon import watching
from integrations.inbound import listening
from integrations.models import Connector
from integrations.outbound.deliver import deliver
from integrations.simulators.mastodon import DOMAIN, TOKEN, US, MastodonServer
from integrations.simulators.telegram import BOT, TelegramServer
from integrations.simulators.telegram import TOKEN as BOT_TOKEN
from integrations.simulators.x import SECRETS, XServer
from integrations.simulators.x import US as X_US
from tests.adapters.social.messengers import connect, hear, work_off

pytestmark = pytest.mark.django_db

ANN, ANN_AT_X = 5171248, "2222222222222222222"


def answers(client, message, text, **fields):
    """By the composer; sent at once. Gives the message of ours."""
    url = reverse("replies", args=[message.conversation_id])
    way = f"{message.channel_id}:{message.identity_id}"
    data = {"text": text, "client_id": str(uuid.uuid4()), "channel": way, **fields}
    assert client.post(url, data, headers={"HX-Request": "true"}).status_code == 200
    delivery = Delivery.objects.order_by("pk").last()
    Delivery.objects.filter(pk=delivery.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    assert deliver(delivery.pk).status == Delivery.Status.SENT
    return Message.objects.get(pk=delivery.message_id)


def theirs():
    return Message.objects.filter(kind="inbound").order_by("pk").last()


def in_team(connector, team):
    connector.channel.team = team
    connector.channel.save()
    return connector


def test_a_telegram_talk_with_buttons(client, ada, returns):
    client.force_login(ada)
    with TelegramServer() as server:
        bot = connect("telegram", Medium.TELEGRAM, server, {"token": BOT_TOKEN, "secret_token": "s" * 32})
        in_team(bot, returns)
        kinds = ["message", "edited_message", "callback_query", "message_reaction", "my_chat_member"]
        url = f"https://desk.example/hooks/{bot.pk}/"
        server.webhook = {"url": url, "secret_token": "s" * 32, "allowed_updates": kinds}
        server.write(ANN, "My boots came in the wrong colour 🥾")
        hear(bot, server)
        ours = answers(client, theirs(), "Which shall we send?", buttons=["The blue ones", "The red ones"])
        asked = server.said[0]
        assert [row[0]["text"] for row in asked["reply_markup"]["inline_keyboard"]] == ["The blue ones", "The red ones"]
        server.press(ANN, asked, "The red ones")
        server.react(ANN, asked, "❤️")
        hear(bot, server)
    chosen = theirs()
    assert (chosen.text, chosen.answers, chosen.conversation) == ("The red ones", ours, ours.conversation)
    assert ours.reactions.get().emoji == "❤️"
    page = client.get(reverse("conversation", args=[ours.conversation_id])).content.decode()
    assert "My boots came in the wrong colour" in page and "The red ones" in page
    assert BOT["username"] not in page


def look(connector):
    connector = Connector.objects.select_related("channel").get(pk=connector.pk)
    for news in watching.caught_up(connector):
        listening.take(connector, news)
    work_off()


def test_a_public_complaint_is_answered_in_public_once_and_moved_to_private(client, ada, returns):
    client.force_login(ada)
    with MastodonServer() as server:
        noted = {"site": server.url, "domain": DOMAIN, "account": US["username"], "account_id": US["id"]}
        wired = connect("mastodon", Medium.MASTODON, server, {"access_token": TOKEN}, start="all", **noted)
        desk = in_team(wired, returns)
        server.write("ann@elsewhere.example", "Three weeks and no boots! Stay away!")
        look(desk)
        complaint = theirs()
        public = answers(client, complaint, "We are sorry. We write to you.", visibility="public", publicly="1")
        private = answers(client, complaint, "May we have the order's number?")
        assert [(said["visibility"], said["in_reply_to_id"]) for said in server.said] == [
            ("public", complaint.external_id),
            ("direct", complaint.external_id),
        ]
        assert (public.is_public, private.is_public) == (True, False)
        server.write("ann@elsewhere.example", "It is 4711", visibility="direct", reply_to=private.external_id)
        look(desk)
        number = theirs()
        assert (number.is_public, number.answers, number.conversation) == (False, private, complaint.conversation)
        answers(client, number, "It comes tomorrow.")
        assert server.said[2]["visibility"] == "direct"
    assert Conversation.objects.count() == 1


def test_a_direct_message_at_x_and_a_post_are_one_thread(client, ada, returns):
    client.force_login(ada)
    with XServer() as server:
        secrets = {**SECRETS, "access_ends": str(timezone.now().timestamp() + 7000)}
        wired = {"way": "webhook", "auth": "oauth2", "account_id": X_US["id"], "account": X_US["username"]}
        desk = in_team(connect("x", Medium.X, server, secrets, **wired), returns)
        server.mention(ANN_AT_X, "where are my boots?")
        server.write(ANN_AT_X, "It is order 4711")
        hear(desk, server)
        message = theirs()
        answers(client, message, "On its way.")
        assert (server.said[0]["to"], server.said[0]["text"]) == (ANN_AT_X, "On its way.")
    assert Conversation.objects.count() == 1
    page = client.get(reverse("conversation", args=[message.conversation_id])).content.decode()
    assert "where are my boots?" in page and "It is order 4711" in page
