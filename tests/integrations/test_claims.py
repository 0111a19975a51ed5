"""One delivery, one worker: a claim is given up only while it is the one that was found dead."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.inbound.receive import receive
from conversations.models import Activity, Delivery
from conversations.outbound.compose import reply
from integrations.outbound import deliver
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db


@pytest.fixture
def delivery(mail, ada):
    heard = receive(from_ann(mail))
    words = {"html": "<p>Of course.</p>", "by": ada, "channel": mail, "identity": heard.identity}
    made = reply(heard.conversation, client_id=uuid.uuid4(), **words).delivery
    dead_since = timezone.now() - deliver.STALE - timedelta(seconds=1)
    Delivery.objects.filter(pk=made.pk).update(status="sending", tries=1, claimed_at=dead_since)
    made.refresh_from_db()
    return made


def test_what_a_dead_worker_had_is_uncertain_once_and_work_again(delivery):
    assert deliver.give_up_on_the_dead() == 1
    assert deliver.give_up_on_the_dead() == 0
    delivery.refresh_from_db()
    assert delivery.status == "uncertain" and "may have arrived" in delivery.error and delivery.settled_at
    assert Activity.objects.filter(verb=Activity.Verb.FAILED).count() == 1


@pytest.mark.parametrize("status", ["queued", "sending"])
def test_one_that_went_on_since_it_was_found_is_left_alone(delivery, status):
    Delivery.objects.filter(pk=delivery.pk).update(status=status, claimed_at=timezone.now())
    assert not deliver._give_up(delivery)
    assert Delivery.objects.get(pk=delivery.pk).status == status
