"""The demo's bots of other makers, each at its simulator: they answer, hand over with what was sent, and break."""

import pytest

from conversations.envelopes import InboundAttachment
from conversations.models import Bot, Channel, Handoff, Team
from deskapp.demo.brains import BRAINS, build
from integrations.models import Connector
from integrations.simulators.world import SERVERS
from tests.conversations.bots.stage import asks, said, takes_turn, with_bot, writes
from tests.journeys.test_brains import is_asked, knock, passed_on

pytestmark = [pytest.mark.django_db, pytest.mark.urls("integrations.urls")]


@pytest.fixture(params=BRAINS, ids=[each.adapter for each in BRAINS])
def talk(request, chat, mail):
    """Says something by the chat of this brain, whose server then thinks; gives all that was said."""
    with_bot(chat)
    for name in ("Orders", "Repairs"):
        Team.objects.get_or_create(name=name)
    build(mail, "shop")
    build(mail, "shop")  # each once
    assert Bot.objects.count() == 1 + len(BRAINS)
    brain = request.param
    connector = Connector.objects.get(adapter=brain.adapter)
    server = SERVERS[brain.adapter](port=0)
    server.trust(connector.secrets)
    connector.settings["brain_url"] = server.url
    connector.save()
    channel = Channel.objects.get(address=brain.key)

    def says(text, conversation=None, **fields):
        if conversation is None:
            conversation = asks(channel, text, **fields)
        else:
            writes(channel, text, **fields)
        is_asked(conversation)
        while server.owed:
            assert knock(server.owed.pop()) == 200
        return conversation

    with server:
        yield says


def test_each_answers_and_hands_over_what_it_was_sent(talk):
    conversation = talk("How do I wash wool?")
    who, words = said(conversation)[-1]
    assert who == "bot" and "a bot" in words and "30 °C" in words
    boots = InboundAttachment("boots.jpg", "image/jpeg", 3, read=lambda: b"jpg")
    talk("", conversation, attachments=(boots,))
    assert passed_on(conversation)[:2] == ("open", "people")
    assert "boots.jpg" in Handoff.objects.get().detail


def test_one_that_breaks_ends_in_a_handoff(talk):
    conversation = talk("Please fall over")
    assert passed_on(conversation) == ("open", "people", "brain")
    assert "person" in said(conversation)[-1][1]


def test_one_that_says_nothing_ends_in_a_handoff(talk):
    Bot.objects.update(patience=1)
    conversation = talk("Now be silent")
    takes_turn(conversation)  # of one that promised to call, its silence is found when its time is over
    assert passed_on(conversation) == ("open", "people", "brain")
