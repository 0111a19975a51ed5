"""Who has a customer's page open hears that something changed; who may not see them hears nothing."""

import time

import pytest
from channels.db import database_sync_to_async as in_database
from django.core.cache import cache
from django.db import transaction

from conversations import refreshing
from conversations.inbound.receive import receive
from conversations.live import consumers, wire
from conversations.live.customers import push_customer
from conversations.models import Conversation
from customers import profile
from customers.models import Profile
from tests.conftest import from_ann
from tests.journeys.test_live import desk_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ann(mail):
    return receive(from_ann(mail, "Hello")).conversation.customer


async def test_the_open_page_is_told_that_and_not_what(ada, ann):
    desk = await desk_of(ada)
    await desk.says({"customer": ann.pk})
    await desk.is_settled()
    await in_database(push_customer)([ann.pk])
    heard = await desk.hears("desk.customer", customer=ann.pk)
    assert set(heard) <= {"type", "customer", "language"}
    await desk.disconnect()


async def test_a_message_is_told_to_the_page_of_its_customer(ada, ann, mail):
    desk = await desk_of(ada)
    await desk.says({"customer": ann.pk})
    await desk.is_settled()
    await in_database(receive)(from_ann(mail, "One more thing"))
    assert (await desk.hears("desk.customer", customer=ann.pk))["said"]
    await desk.disconnect()


async def test_figures_are_told_once_they_are_computed(ada, ann):
    desk = await desk_of(ada)
    await desk.says({"customer": ann.pk})
    await desk.is_settled()
    await in_database(transaction.atomic(profile.changed))([ann.pk])
    await desk.hears_nothing_of("desk.customer")
    await in_database(refreshing.refresh)()
    await desk.hears("desk.customer", customer=ann.pk)
    await desk.disconnect()


@pytest.fixture
def asked(monkeypatch):
    """What the workers are asked to do; who comes asks routing for work besides."""
    tasks = []
    cache.delete(profile.ASKED)

    def send_task(name, *args, **how):
        if name != "conversations.route":
            tasks.append(name)

    monkeypatch.setattr(profile.current_app, "send_task", send_task, raising=False)
    yield tasks
    cache.delete(profile.ASKED)


async def test_the_figures_of_who_is_looked_at_do_not_wait_for_the_sweep(ada, ann, mail, asked):
    desk = await desk_of(ada)
    await in_database(receive)(from_ann(mail, "Nobody looks at her"))
    assert asked == []
    await desk.says({"customer": ann.pk})
    await desk.is_settled()
    await in_database(receive)(from_ann(mail, "Ada does"))
    assert asked == ["conversations.refresh_profiles"]
    await in_database(refreshing.refresh)()
    assert (await in_database(Profile.objects.get)(customer=ann)).media == {"email": 3}
    await desk.disconnect()


async def test_with_a_redis_that_is_late_the_sweep_is_waited_for(ann, mail, asked, monkeypatch):
    monkeypatch.setattr(wire, "_rests_until", time.monotonic() + 60)
    await in_database(receive)(from_ann(mail, "One more thing"))
    assert asked == []


def test_one_task_that_waits_is_enough_until_it_begins(ann, asked):
    for _ in range(3):
        transaction.atomic(profile.changed)([ann.pk])
    assert len(asked) == 1
    refreshing.refresh()
    transaction.atomic(profile.changed)([ann.pk])
    assert len(asked) == 2


@pytest.mark.parametrize("wish", ["ann", "another", 0])
async def test_who_may_not_see_her_or_has_turned_away_hears_nothing(ada, linus, ann, wish):
    desk = await desk_of(linus if wish == "ann" else ada)
    await desk.says({"customer": ann.pk})
    if wish != "ann":
        await desk.says({"customer": 10**20 if wish == "another" else 0})
    await desk.is_settled()
    await in_database(push_customer)([ann.pk])
    await desk.hears_nothing_of("desk.customer")
    await desk.disconnect()


async def test_who_loses_sight_of_her_hears_no_more(grace, linus, ann, monkeypatch):
    monkeypatch.setattr(consumers, "LOOK_AGAIN", -1)  # at every ping
    await in_database(Conversation.objects.update)(team=None)
    desk = await desk_of(linus)
    await desk.says({"customer": ann.pk})
    await desk.is_settled()
    await in_database(Conversation.objects.update)(team=await in_database(grace.teams.get)())
    await desk.is_settled()
    await in_database(push_customer)([ann.pk])
    await desk.hears_nothing_of("desk.customer")
    await desk.disconnect()
