"""The bot's talk is one sheet of the thread, with what was done and the handoff in sight below."""

import re

import pytest
from django.urls import reverse

from conversations.models import Bot, BotTalk, Message
from tests.conversations.bots.stage import asks, takes_turn, with_bot, writes

pytestmark = pytest.mark.django_db


@pytest.fixture
def talked(chat):
    """Three of theirs and three of Fern's, who hands over with the last."""
    with_bot(chat)
    conversation = asks(chat, "Hello")
    takes_turn(conversation)
    for text in ("Thank you", "A person, please"):
        writes(chat, text)
        takes_turn(conversation)
    writes(chat, "I am still here")
    conversation.refresh_from_db()
    return conversation


def thread(client, conversation):
    return client.get(reverse("conversation", args=[conversation.pk])).content.decode()


def test_a_talk_that_ended_is_one_closed_sheet_and_the_handoff_stands_below(client, ada, talked):
    client.force_login(ada)
    page = thread(client, talked)
    talk = BotTalk.objects.get()
    [(within, after)] = re.findall(
        rf'<li class="event talk" id="talk-{talk.pk}-\d+".*?<ol>(.*?)</ol></details></li>(.*)', page, re.S
    )
    spoken = list(Message.objects.filter(conversation=talked).order_by("pk"))
    assert [f"message-{each.pk}" for each in spoken[:6]] == re.findall(r'<li[^>]* id="(message-\d+)"', within)
    assert "Talk with Fern" in page and "6 lines" in page and '<details class="record" open' not in page
    assert 'data-verb="handed_over"' in after and f'id="message-{spoken[6].pk}"' in after, "what is not the bot's stays"


def test_a_talk_that_goes_on_is_not_folded(client, ada, chat):
    with_bot(chat)
    conversation = asks(chat, "Hello")
    for _ in range(2):
        takes_turn(conversation)
        writes(chat, "Hello again")
    client.force_login(ada)
    assert 'class="event talk"' not in thread(client, conversation) and Bot.objects.exists()
