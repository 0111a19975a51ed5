"""A deed of the bot's, asked for by several workers at once: begun once, whatever they race for."""

import threading
import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from conversations.bots.deeds import DEEDS, at_shop, do
from conversations.models import Bot, BotDeed, BotTalk, Conversation, ProofCode
from conversations.models.deed import DeedState
from customers.models import Customer, Identity, Order

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS, AT_ONCE = 25, 3


@pytest.fixture
def shop(monkeypatch):
    """A shop that counts what it is asked for."""
    asked, lock = [], threading.Lock()

    def carry_out(row):
        with lock:
            asked.append(str(row.key))
        at_shop.end(row, DeedState.DONE)

    monkeypatch.setattr(at_shop, "CARRY_OUT", [carry_out])
    monkeypatch.setattr(at_shop, "POSSIBLE", [lambda order: frozenset({"invoice", "cancel"})])
    return asked


@pytest.fixture
def ann():
    customer = Customer.objects.create(name="Ann")
    return Identity.objects.create(customer=customer, kind="email", value="ann@home.example", is_verified=True)


def talk_about(ann, number, bot):
    at = timezone.now() - timedelta(hours=1)
    Order.objects.create(
        identity=ann, source=1, external_id=number, number=number, status="paid", currency="GBP",
        total=Decimal("10"), placed_at=at, changed_at=at,
    )  # fmt: skip
    conversation = Conversation.objects.create(customer=ann.customer, language="en")
    conversation.messages.create(kind="inbound", identity=ann, text="yes", details={"authentic": True})
    return BotTalk.objects.create(conversation=conversation, bot=bot, term=1, language="en")


def at_once(*calls):
    ready, ends = threading.Barrier(len(calls)), []

    def run(call):
        try:
            ready.wait()
            ends.append(call())
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def test_doubled_tasks_do_it_once_and_two_deeds_on_one_order_never_at_once(shop, ann):
    bot = Bot.objects.create(name="Fern")
    for number in range(ROUNDS):
        talk, key = talk_about(ann, f"HF-{number}", bot), uuid.uuid4()
        other = key if number % 2 else uuid.uuid4()  # the same yes twice, or two of them

        def asks(deed, key, talk=talk, number=number):
            return lambda: do(talk, DEEDS[deed], {"order": f"HF-{number}"}, key).result

        ends = at_once(asks("invoice", key), asks("invoice", other), asks("cancel", uuid.uuid4()))
        assert len(ends) == AT_ONCE and set(ends) <= {"done", "under_way", "refused"}
    assert len(shop) == len(set(shop)) == BotDeed.objects.count(), "no key reached the shop twice"
    assert BotDeed.objects.filter(state="done").count() == BotDeed.objects.count()


def test_guesses_at_a_code_all_at_once_are_no_more_guesses(ann):
    from conversations.bots import codes

    bot = Bot.objects.create(name="Fern")
    talk = talk_about(ann, "HF-1", bot)
    row = ProofCode.objects.create(
        conversation=talk.conversation, identity=ann, speaker=ann, digest="none fits",
        expires_at=timezone.now() + timedelta(minutes=5),
    )  # fmt: skip
    ends = at_once(*[lambda: codes.check_code(talk.conversation, "123456") for _ in range(12)])
    assert ends.count("wrong") == codes.MOST_TRIES - 1 and ends.count("over") == 12 - codes.MOST_TRIES + 1
    row.refresh_from_db()
    assert row.tries == codes.MOST_TRIES


def test_many_conversations_at_once_fill_nobodys_mailbox_with_codes(ann):
    from conversations.bots import codes

    bot = Bot.objects.create(name="Fern")
    talks = [talk_about(ann, f"HF-{number}", bot) for number in range(12)]
    at_once(*[lambda talk=talk: codes.send_code(talk.conversation, email="ann@home.example") for talk in talks])
    assert ProofCode.objects.count() == 12 and ProofCode.objects.filter(identity=ann).count() == codes.MOST_THERE
