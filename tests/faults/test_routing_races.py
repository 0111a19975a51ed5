"""What happens to the very rows that routing holds: each meeting is staged, and nobody loses what they did."""

import threading
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from conversations.actions.assigning import assign
from conversations.inbound.receive import receive
from conversations.models import Activity, Conversation, RoutingDecision
from conversations.routing import availability, drafting
from conversations.routing import drain as draining
from conversations.routing.drain import drain
from conversations.routing.facts import Policy
from customers.identify import Handle
from tests.conftest import from_ann
from tests.conversations.routing.desk import in_force, is_there
from tests.journeys.test_locks import Other, answer

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_its_agent_answers_at_that_very_moment_stays_theirs(chat, ada, grace):
    in_force(silent_after={"chat": 3.0})
    is_there(ada, grace)
    message = receive(from_ann(chat, handles=(Handle("visitor", "v1", "Visitor"),)))
    assign(message.conversation, to=ada, by=None)
    an_hour_ago = timezone.now() - timedelta(hours=1)
    RoutingDecision.objects.update(created_at=an_hour_ago)
    Conversation.objects.update(waiting_since=an_hour_ago)
    with transaction.atomic():
        answer(message, ada)
        late = Other(availability._take_back_unanswered)
        assert late.start_and_wait_until_it_waits()
    late.finish()
    message.conversation.refresh_from_db()
    assert message.conversation.assignee == ada and not Activity.objects.filter(verb="declined").exists()


def test_rules_are_published_while_a_worker_decides_by_the_former_ones(mail, ada, sam, monkeypatch):
    in_force()
    is_there(ada)
    receive(from_ann(mail))
    draft = drafting.draft(Policy(), by=sam)
    holds, go_on, write = threading.Event(), threading.Event(), draining.write

    def slowly(choices):
        holds.set()
        assert go_on.wait(60)
        return write(choices)

    monkeypatch.setattr(draining, "write", slowly)
    worker = Other(lambda: drain(room=False))
    worker.start()
    assert holds.wait(60)
    publisher = Other(lambda: drafting.publish(draft.pk, by=sam))
    publisher.start_and_wait_until_it_waits()
    go_on.set()
    worker.finish()
    publisher.finish()
    assert Conversation.objects.get().assignee == ada and drafting.published() == draft
