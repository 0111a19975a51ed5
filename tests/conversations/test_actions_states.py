"""Resolve, reopen, snooze, wake, assign, tag, prioritise, rename, spam, follow: each once, logged and shown."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from conversations.actions.assigning import assign, follow, unfollow
from conversations.actions.change import NotPossibleError
from conversations.actions.labels import prioritise, rename, tag, untag
from conversations.actions.spam import mark_spam, unmark_spam
from conversations.actions.states import reopen, resolve, snooze, wake_snoozed
from conversations.inbound.receive import receive
from conversations.models import NOT_WAITING, Activity, BlockedSender, Conversation, Follow, Status, Tag
from conversations.panel import snoozes
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(mail):
    return receive(from_ann(mail, "Where is my parcel?")).conversation


def verbs(conversation):
    return list(conversation.activities.order_by("pk").values_list("verb", flat=True))


def test_resolving_ends_the_waiting_and_is_logged_once(conversation, ada):
    resolve(conversation, by=ada)
    resolve(conversation, by=ada)
    conversation.refresh_from_db()
    assert conversation.status == Status.RESOLVED and conversation.resolved_at
    assert conversation.waiting_since is None
    assert conversation.queue_at > NOT_WAITING - timedelta(days=365 * 100)
    assert verbs(conversation) == ["resolved"]
    assert conversation.activities.get().by == ada


def test_reopening_brings_the_waiting_back(conversation, ada):
    waited = conversation.waiting_since
    resolve(conversation, by=ada)
    again = reopen(conversation, by=ada)
    reopen(conversation, by=ada)
    assert again.status == Status.OPEN and again.resolved_at is None
    assert again.waiting_since == waited == again.queue_at
    assert verbs(conversation) == ["resolved", "reopened"]


def test_a_word_after_solving_waits_from_itself_and_not_from_the_solved_question(conversation, ada, mail):
    resolve(conversation, by=ada)
    later = receive(from_ann(mail, "One more thing", at=timezone.now() + timedelta(seconds=5)))
    snooze(later.conversation, until=timezone.now() + timedelta(hours=1), by=ada)
    assert reopen(later.conversation, by=ada).waiting_since == later.created_at


def test_snoozing_into_the_past_is_refused(conversation, ada):
    with pytest.raises(NotPossibleError):
        snooze(conversation, until=timezone.now() - timedelta(minutes=1), by=ada)
    conversation.refresh_from_db()
    assert conversation.status == Status.OPEN


def test_the_snoozed_wakes_when_its_time_has_come_and_only_once(conversation, ada):
    snooze(conversation, until=timezone.now() + timedelta(hours=1), by=ada)
    assert wake_snoozed() == 0
    Conversation.objects.update(snoozed_until=timezone.now() - timedelta(seconds=1))
    assert wake_snoozed() == 1
    assert wake_snoozed() == 0
    conversation.refresh_from_db()
    assert conversation.status == Status.OPEN and conversation.snoozed_until is None
    assert verbs(conversation) == ["snoozed", "woke"]


def test_the_beat_finds_the_door_to_waking():
    import conversations.tasks  # noqa: F401
    from deskapp.celery import app

    assert app.conf.beat_schedule["wake snoozed conversations"]["task"] in app.tasks


def test_assigning_is_logged_and_the_same_again_is_not(conversation, ada, grace):
    assign(conversation, to=grace, by=ada)
    assign(conversation, to=grace, by=ada)
    conversation.refresh_from_db()
    assert conversation.assignee == grace
    assert [entry.to for entry in conversation.activities.all()] == ["Grace Lind"]


def test_a_team_that_loses_a_conversation_is_told_to_drop_the_row(
    conversation, ada, billing, told, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        assign(conversation, to=None, team=billing, by=ada)
    assert [group for group, frame in told if frame["type"] == "desk.gone"] == [f"desk.team.{conversation.team_id}"]
    assert f"desk.team.{billing.pk}" in [group for group, frame in told if frame["type"] == "desk.row"]


def test_nobody_is_assigned_who_has_left(conversation, ada, grace):
    grace.is_active = False
    grace.save()
    with pytest.raises(NotPossibleError):
        assign(conversation, to=grace, by=ada)


def test_a_tag_is_one_whatever_its_case(conversation, ada):
    first = tag(conversation, name=" VIP ", by=ada)
    assert tag(conversation, name="vip", by=ada) == first
    assert Tag.objects.count() == 1 and verbs(conversation) == ["tagged"]
    untag(conversation, mark=first, by=ada)
    untag(conversation, mark=first, by=ada)
    assert not conversation.tags.exists() and verbs(conversation) == ["tagged", "untagged"]


def test_a_tag_without_a_name_is_refused(conversation, ada):
    with pytest.raises(NotPossibleError):
        tag(conversation, name=" # ", by=ada)


def test_priority_and_subject_change_once(conversation, ada):
    for _ in range(2):
        prioritise(conversation, priority=3, by=ada)
        rename(conversation, subject="Parcel  lost\nagain", by=ada)
    conversation.refresh_from_db()
    assert conversation.priority == 3 and conversation.subject == "Parcel lost again"
    assert verbs(conversation) == ["prioritised", "renamed"]


def test_spam_leaves_the_lists_and_comes_back(conversation, ada):
    mark_spam(conversation, by=ada, block="sender")
    assert not Conversation.objects.open().exists() and Conversation.objects.spam().exists()
    assert BlockedSender.objects.get().value == "ann@home.example"
    unmark_spam(conversation, by=ada)
    assert Conversation.objects.open().exists() and not BlockedSender.objects.exists()


def test_a_blocked_domain_files_the_next_sender_as_spam(conversation, ada, mail):
    mark_spam(conversation, by=ada, block="domain")
    other = receive(from_ann(mail, "Buy now", address="other@home.example"))
    assert other.conversation.is_spam


def test_a_domain_of_millions_is_not_blocked(mail, ada):
    conversation = receive(from_ann(mail, "Win", address="win@gmail.com")).conversation
    with pytest.raises(NotPossibleError):
        mark_spam(conversation, by=ada, block="domain")
    conversation.refresh_from_db()
    assert not conversation.is_spam and not BlockedSender.objects.exists()


def test_following_twice_is_following_once(conversation, ada):
    follow(conversation, by=ada)
    follow(conversation, by=ada)
    assert Follow.objects.count() == 1
    unfollow(conversation, by=ada)
    assert not Follow.objects.exists()
    assert not Activity.objects.exists()


def test_no_time_to_snooze_until_is_offered_twice():
    for day in range(1, 8):
        offered = [at for _, at in snoozes(datetime(2026, 11, day, 10, 15, tzinfo=UTC))]
        assert len(offered) == len(set(offered)) >= 3
