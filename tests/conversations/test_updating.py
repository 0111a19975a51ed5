"""Several rows by one statement: each has its own values, of every type, and no other row has any."""

from datetime import UTC, datetime

import pytest

from conversations.models import Conversation, Team, Waiting
from conversations.updating import update_each
from customers.models import Customer

pytestmark = pytest.mark.django_db


def test_each_row_has_its_own_values_and_the_others_none(django_assert_num_queries):
    rows = [Conversation.objects.create(customer=Customer.objects.create(name="Ann")) for _ in range(3)]
    team = Team.objects.create(name="Returns")
    rows[0].team, rows[0].mood, rows[0].language, rows[0].priority = team, -0.25, 'n"o,{}', 3
    rows[1].team, rows[1].mood, rows[1].language = None, None, ""
    with django_assert_num_queries(1):
        update_each(rows[:2], ["team", "mood", "language", "priority"])
    kept = list(Conversation.objects.order_by("pk").values_list("team", "mood", "language", "priority"))
    assert kept[0] == (team.pk, -0.25, 'n"o,{}', 3)
    assert kept[1] == (None, None, "", rows[1].priority)
    assert kept[2] == (None, None, rows[2].language, rows[2].priority)


def test_moments_and_truths_come_back_as_they_were():
    conversation = Conversation.objects.create(customer=Customer.objects.create(name="Ann"))
    row = Waiting.objects.create(conversation=conversation)
    row.due_at, row.look_at, row.is_pulled = datetime(2026, 3, 29, 1, 30, 0, 7, tzinfo=UTC), None, True
    update_each([row], ["due_at", "look_at", "is_pulled"])
    assert Waiting.objects.values_list("due_at", "look_at", "is_pulled").get() == (row.due_at, None, True)


def test_nothing_is_asked_for_no_rows(django_assert_num_queries):
    with django_assert_num_queries(0):
        update_each([], ["team"])
