"""A link that the desk made for a customer: who opens it in Telegram is that customer there."""

import re

import pytest
from django.test import Client

from conversations.actions.people import reassign_identity
from conversations.envelopes import MessageDetails
from conversations.models import Message
from customers.models import Claim, Customer, Identity, MergeEntry
from integrations.inbound import started
from integrations.models import Connector
from tests.adapters.social.messengers import hear
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db

ANN, BO = 5171248, 9171248


@pytest.fixture
def ann(mail):
    from conversations.inbound.receive import receive

    return receive(from_ann(mail)).identity.customer


def opened(telegram, bot, number, word):
    telegram.write(number, f"/start {word}")
    hear(bot, telegram)


def test_who_opens_the_link_is_the_customer(bot, telegram, ann):
    opened(telegram, bot, ANN, started.word_for(bot, ann))
    message = Message.objects.get(channel=bot.channel)
    assert message.identity.customer == ann
    assert message.text == "/start"
    assert Identity.objects.get(kind="telegram").brought_by.kind == "email"


def test_word_fits_into_a_link(bot, ann):
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", started.word_for(bot, ann))


def test_account_that_wrote_before_is_joined_as_an_entry_that_can_be_undone(bot, telegram, ann):
    telegram.write(ANN, "Hello")
    hear(bot, telegram)
    assert Customer.objects.filter(merged_into=None).count() == 2
    opened(telegram, bot, ANN, started.word_for(bot, ann))
    assert Customer.objects.filter(merged_into=None).count() == 1
    assert MergeEntry.objects.get().by is None


def test_link_that_went_to_somebody_else_joins_nobody_a_second_time(bot, telegram, ann):
    word = started.word_for(bot, ann)
    opened(telegram, bot, ANN, word)
    opened(telegram, bot, BO, word)
    assert Identity.objects.get(kind="telegram", value=str(BO)).customer != ann
    assert Identity.objects.get(kind="telegram", value=str(ANN)).customer == ann


def test_link_that_was_sent_to_somebody_whom_the_desk_knows_joins_nobody(bot, telegram, ann):
    """Ann sends her link to Bo: were the two one, what Bo writes would be answered to Ann's address."""
    telegram.write(BO, "My address is 1 Elm Row")
    hear(bot, telegram)
    bo = Identity.objects.get(kind="telegram").customer
    Identity.objects.create(customer=bo, kind="email", value="bo@example.com", is_verified=True)
    opened(telegram, bot, BO, started.word_for(bot, ann))
    assert Identity.objects.get(kind="telegram").customer == bo and not MergeEntry.objects.exists()
    assert Claim.objects.get(customer=bo).source == "link"  # an agent sees it, and decides


def test_link_that_came_into_other_hands_works_for_nobody_any_more(bot, telegram, ann, ada):
    word = started.word_for(bot, ann)
    opened(telegram, bot, BO, word)
    reassign_identity(Identity.objects.get(kind="telegram"), to=None, by=ada)
    opened(telegram, bot, BO, word)
    opened(telegram, bot, BO + 1, word)
    assert not Identity.objects.filter(kind="telegram", customer=ann).exists()


@pytest.mark.parametrize("spoil", [lambda word: word[:-2] + "AA", lambda word: "promo2026", lambda word: "=" * 64])
def test_word_that_is_not_ours_proves_nothing(bot, telegram, ann, spoil):
    opened(telegram, bot, ANN, spoil(started.word_for(bot, ann)))
    assert Message.objects.get(channel=bot.channel).identity.customer != ann


def test_word_of_another_connector_or_an_old_one_proves_nothing(bot, ann, monkeypatch):
    other = Connector.objects.create(name="Other", adapter="telegram")
    inbound = from_ann(bot.channel, details=MessageDetails(started_with=started.word_for(bot, ann)))
    assert len(started.linked(bot, inbound).handles) == 2
    assert started.linked(other, inbound) == inbound
    monkeypatch.setattr(started.time, "time", lambda: __import__("datetime").datetime.now().timestamp() + 8 * 24 * 3600)
    assert started.linked(bot, inbound) == inbound


def test_agent_finds_the_link_on_the_customers_page(bot, ann, ada):
    client = Client()
    client.force_login(ada)
    page = client.get(f"/customers/{ann.pk}/links/", HTTP_HX_REQUEST="true").content.decode()
    word = re.search(r"https://t\.me/hollinfell_bot\?start=([\w-]+)", page)[1]
    inbound = from_ann(bot.channel, details=MessageDetails(started_with=word))
    assert len(started.linked(bot, inbound).handles) == 2
