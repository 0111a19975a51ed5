"""Deadlines kept in the transaction of each deed are what the history says, and who must hear of them does, once."""

import random
import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conversations import clocks, escalating, promises, recounting, sla
from conversations.actions.assigning import assign
from conversations.actions.labels import prioritise, tag
from conversations.actions.merging import merge, unmerge
from conversations.actions.spam import mark_spam, unmark_spam
from conversations.actions.splitting import split
from conversations.actions.states import reopen, resolve, snooze
from conversations.inbound.receive import receive
from conversations.models import (
    Activity,
    Conversation,
    Deadline,
    Delivery,
    Hours,
    Message,
    Recount,
    RoutingPolicy,
    SlaPolicy,
    Status,
    Waiting,
)
from conversations.outbound import outbox
from conversations.outbound.compose import reply
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def gold(returns, billing):
    """Gold customers: an answer in ten minutes, the next in five, a solution in an hour; escalated to Billing."""
    gold = SlaPolicy.objects.create(
        name="Gold", first_response=10, next_response=5, resolution=60, warn_at=50, order=1,
        conditions={"match": "all", "rules": [{"field": "tier", "is": "is", "value": ["Gold"]}]},
        escalate_after=10, raise_to=3, escalate_to=billing,
    )  # fmt: skip
    promises.forget()
    return gold


@pytest.fixture
def everybody(gold):
    promises.forget()
    return SlaPolicy.objects.create(name="Everybody", first_response=240, order=2)


def heard(mail, text="Hello", **said):
    return Conversation.objects.get(pk=receive(from_ann(mail, text, **said)).conversation_id)


def of_gold(mail):
    """Ann, who is of the tier Gold, as soon as we know of her."""
    conversation = heard(mail)
    conversation.customer.tier = "Gold"
    conversation.customer.save()
    return conversation


def asked(mail, at=None):
    """A conversation of Ann's, whose customer was known before it began."""
    of_gold(mail)
    Conversation.objects.update(status=Status.RESOLVED, resolved_at=timezone.now() - timedelta(days=90))
    return heard(mail, "And now?", at=at)


def answer(conversation, ada, mail):
    identity = conversation.messages.filter(kind="inbound").first().identity
    return reply(conversation, html="<p>Yes</p>", by=ada, channel=mail, identity=identity, client_id=uuid.uuid4())


def again(conversation):
    return Conversation.objects.get(pk=conversation.pk)


def kept(conversation):
    """What is on its row, and what its history says should be."""
    row = again(conversation)
    with transaction.atomic():
        rows = list(Deadline.objects.filter(conversation=row).order_by("kind", "since").values())
        fresh = again(conversation)
        sla.keep(fresh)
        after = list(Deadline.objects.filter(conversation=row).order_by("kind", "since").values())
        transaction.set_rollback(True)
    shown = ("sla_id", "clocks", "due_at", "at_risk_at", "sla_look_at")
    return [[getattr(each, name) for name in shown] for each in (row, fresh)], (rows, after)


def test_a_mail_starts_the_clock_of_the_first_answer(mail, gold, everybody):
    conversation = asked(mail)
    said_at = conversation.messages.get(text="And now?").created_at
    assert conversation.sla == gold and conversation.due_at == said_at + 10 * MINUTE
    assert (conversation.at_risk_at, conversation.is_late) == (said_at + 5 * MINUTE, False)


def test_the_first_policy_that_holds_is_the_one(mail, gold, everybody):
    conversation = heard(mail)
    assert conversation.sla == everybody and conversation.due_at == conversation.waiting_since + 240 * MINUTE


def test_an_answer_ends_it_and_is_written_down(mail, gold, ada):
    conversation = asked(mail)
    answer(conversation, ada, mail)
    conversation = again(conversation)
    assert (conversation.due_at, conversation.sla_look_at) == (None, None)
    row = Deadline.objects.get(conversation=conversation)
    assert (row.kind, row.agent, row.is_met, row.policy) == ("first", ada, True, gold)
    conversation = heard(mail, "Thanks, and the other?")
    assert conversation.due_at == conversation.waiting_since + 5 * MINUTE


def test_an_answer_that_is_taken_back_or_fails_has_answered_nobody(mail, gold, ada):
    conversation = asked(mail)
    due = conversation.due_at
    delivery = Delivery.objects.get(message=answer(conversation, ada, mail))
    assert again(conversation).due_at is None
    outbox.undo(delivery)
    assert again(conversation).due_at == due and not Deadline.objects.exists()
    outbox.retry(delivery)
    assert again(conversation).due_at is None and Deadline.objects.get().is_met


def test_solving_and_opening_again(mail, gold, ada):
    conversation = asked(mail)
    resolve(conversation, by=ada)
    assert again(conversation).due_at is None
    assert set(Deadline.objects.values_list("kind", "agent")) == {("first", ada.pk), ("resolution", ada.pk)}
    reopen(again(conversation), by=ada)
    assert not Deadline.objects.exists() and again(conversation).due_at
    resolve(again(conversation), by=ada)
    heard(mail, "It is not!")
    assert set(Deadline.objects.values_list("kind", flat=True)) == {"first"}
    assert again(conversation).clocks["clocks"][0]["kind"] == "next"


def test_snoozing_does_not_stop_the_clock(mail, gold, ada):
    conversation = asked(mail)
    snooze(conversation, until=timezone.now() + timedelta(days=1), by=ada)
    assert again(conversation).due_at == conversation.due_at


def test_spam_has_no_deadline(mail, gold, ada):
    conversation = asked(mail)
    mark_spam(conversation, by=ada)
    assert again(conversation).due_at is None
    unmark_spam(conversation, by=ada)
    assert again(conversation).due_at == conversation.due_at


def test_with_the_bot_nothing_is_due(mail, gold):
    conversation = asked(mail)
    conversation.status = Status.PENDING
    sla.keep(conversation)
    assert (conversation.due_at, conversation.sla_id) == (None, None)


def test_merged_and_taken_apart(mail, gold, ada):
    older = asked(mail)
    newer = Conversation.objects.create(customer=older.customer, team=older.team)
    entry = merge(older, into=newer, by=ada)
    assert again(older).due_at is None and again(newer).due_at == older.due_at
    unmerge(entry, by=ada)
    assert again(older).due_at == older.due_at and again(newer).due_at is None


def test_a_mail_that_was_late_on_its_way_is_reckoned_anew(mail, gold, ada):
    conversation = asked(mail)
    answer(conversation, ada, mail)
    heard(mail, "I forgot to say", at=timezone.now() - 3 * MINUTE)
    escalating.watch()
    row, history = kept(conversation)[0]
    assert row == history and again(conversation).due_at is None


def test_whatever_is_done_the_row_is_what_the_history_says(mail, gold, everybody, ada, sam):
    chance = random.Random(4)
    conversation = asked(mail, at=timezone.now() - 30 * MINUTE)
    for _number in range(40):
        conversation = again(conversation)
        deed = chance.choice(["mail", "mail", "answer", "answer", "undo", "solve", "open", "snooze", "raise", "tag"])
        if deed == "mail":
            heard(mail, "More")
        elif deed == "answer":
            answer(conversation, ada, mail)
        elif deed == "undo":
            delivery = Delivery.objects.filter(conversation=conversation, status="queued").last()
            if delivery:
                outbox.undo(delivery)
        elif deed == "solve":
            resolve(conversation, by=ada)
        elif deed == "open":
            reopen(conversation, by=ada)
        elif deed == "snooze":
            snooze(conversation, until=timezone.now() + timedelta(days=1), by=ada)
        elif deed == "raise":
            prioritise(conversation, priority=chance.randint(0, 3), by=ada)
        else:
            tag(conversation, name=chance.choice("abc"), by=ada)
        (row, history), (rows, after) = kept(conversation)
        assert row == history, deed
        assert [{**each, "id": 0} for each in rows] == [{**each, "id": 0} for each in after], deed


def test_what_is_split_off_has_its_own_deadline(mail, gold, ada):
    conversation = asked(mail)
    second = receive(from_ann(mail, "Another matter"))
    answer(conversation, ada, mail)
    other = split(again(conversation), messages=[second.pk], by=ada)
    assert again(other).due_at == second.created_at + 10 * MINUTE and again(conversation).due_at is None


def test_the_hours_of_channel_team_and_desk_count(mail, returns, everybody):
    always = heard(mail)
    assert always.due_at == always.waiting_since + 240 * MINUTE
    closed = {"mon": [["00:00", "00:01"]]}
    returns.hours = Hours.objects.create(name="Rarely", zone="UTC", week=closed)
    returns.save()
    promises.forget()
    conversation = heard(mail, "Hello", address="bea@home.example")
    assert conversation.due_at > conversation.waiting_since + timedelta(days=20)
    SlaPolicy.objects.filter(pk=everybody.pk).update(is_round_the_clock=True)
    promises.forget()
    conversation = heard(mail, "Hello", address="cia@home.example")
    assert conversation.due_at == conversation.waiting_since + 240 * MINUTE


def test_a_mail_costs_no_query_more(mail, gold, everybody):
    asked(mail)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            receive(from_ann(mail, "Once more"))
        return len(captured)

    promises.book()
    with_policies = queries()
    SlaPolicy.objects.all().delete()
    Conversation.objects.update(clocks={}, sla=None)
    promises.forget()
    promises.book()
    assert queries() == with_policies


def late(conversation, by):
    """As if it had been asked so much earlier."""
    Message.objects.filter(conversation=conversation).update(created_at=timezone.now() - by)
    with transaction.atomic():
        row = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
        sla.keep(row)
        sla.save(row)


def pushed(told, group):
    return [frame for to, frame in told if to == group and frame["type"] == "desk.deadline"]


def test_at_risk_its_agent_hears_of_it_once(mail, gold, ada, told, django_capture_on_commit_callbacks):
    conversation = assign(asked(mail), to=ada, by=ada)
    late(conversation, 6 * MINUTE)
    with django_capture_on_commit_callbacks(execute=True):
        assert escalating.watch() == 1
        assert escalating.watch() == 0
    assert len(pushed(told, f"desk.agent.{ada.pk}")) == 1
    assert not Activity.objects.filter(verb=Activity.Verb.LATE).exists() and not again(conversation).is_late


def test_at_risk_routing_hears_of_what_nobody_has(mail, gold):
    RoutingPolicy.objects.create(number=1, state="published")
    conversation = asked(mail)
    Waiting.objects.all().delete()
    late(conversation, 6 * MINUTE)
    escalating.watch()
    waits = Waiting.objects.get(conversation=conversation)
    assert (waits.trigger, waits.due_at) == ("overdue", again(conversation).due_at)


def test_one_that_breaks_keeps_nobody_else_from_being_told(mail, everybody, ada, monkeypatch):
    broken, whole = heard(mail), assign(heard(mail, address="bo@home.example"), to=ada, by=ada)
    for each in (broken, whole):
        late(each, 250 * MINUTE)
    keep = sla.keep
    monkeypatch.setattr(sla, "keep", lambda row, **more: 1 / 0 if row.pk == broken.pk else keep(row, **more))
    Conversation.objects.filter(pk=broken.pk).update(sla_look_at=timezone.now() - 999 * MINUTE)  # the first of all
    assert escalating.watch() == 2
    assert Activity.objects.filter(verb=Activity.Verb.LATE, conversation=whole).exists()
    assert again(broken).sla_look_at > timezone.now() and escalating.watch() == 0


def test_late_it_says_so_in_the_thread(mail, gold, ada, sam, billing, told, django_capture_on_commit_callbacks):
    conversation = assign(asked(mail), to=ada, by=ada)
    late(conversation, 12 * MINUTE)
    with django_capture_on_commit_callbacks(execute=True):
        escalating.watch()
    said = Activity.objects.get(verb=Activity.Verb.LATE)
    assert said.by is None and "“Gold”" in said.reason and "10 minutes" in said.reason
    assert again(conversation).is_late and not pushed(told, f"desk.agent.{sam.pk}")


def test_later_it_is_escalated(mail, gold, ada, sam, billing, told, django_capture_on_commit_callbacks):
    conversation = assign(asked(mail), to=ada, by=ada)
    late(conversation, 21 * MINUTE)
    with django_capture_on_commit_callbacks(execute=True):
        escalating.watch()
        escalating.watch()
    moved = again(conversation)
    assert (moved.priority, moved.team, moved.assignee) == (3, billing, None)
    assert len(pushed(told, f"desk.agent.{sam.pk}")) == 1
    assert Activity.objects.filter(verb=Activity.Verb.LATE).count() == 1


def test_an_answer_that_comes_between_is_seen_before_anybody_is_told(mail, gold, ada, told):
    conversation = assign(asked(mail), to=ada, by=ada)
    late(conversation, 12 * MINUTE)
    answer(again(conversation), ada, mail)
    Conversation.objects.filter(pk=conversation.pk).update(sla_look_at=timezone.now(), is_late=True)
    escalating.watch()
    assert not Activity.objects.filter(verb=Activity.Verb.LATE).exists() and not again(conversation).is_late
    assert not Deadline.objects.get().is_met


def settle_recount():
    Recount.objects.update(asked_at=timezone.now() - timedelta(minutes=1))
    return recounting.walk()


def test_a_change_of_policies_reaches_every_open_conversation_and_alarms_nobody(
    mail, everybody, gold, ada, monkeypatch
):
    monkeypatch.setattr(recounting, "AT_ONCE", 2)
    rows = [heard(mail, address=f"{name}@home.example") for name in ("a", "b", "c", "d", "e")]
    Message.objects.update(created_at=timezone.now() - 9 * MINUTE)
    SlaPolicy.objects.filter(pk=everybody.pk).update(first_response=5)
    recounting.ask()
    assert recounting.walk() == 0, "processes still know the policies of before"
    assert settle_recount() == 5 and recounting.under_way() is None
    for row in rows:
        assert again(row).is_late and again(row).due_at < timezone.now()
    escalating.watch()
    assert not Activity.objects.filter(verb=Activity.Verb.LATE).exists()


def test_a_walk_that_was_interrupted_goes_on(mail, everybody, monkeypatch):
    monkeypatch.setattr(recounting, "AT_ONCE", 2)
    for name in ("a", "b", "c"):
        heard(mail, address=f"{name}@home.example")
    SlaPolicy.objects.filter(pk=everybody.pk).update(first_response=5)
    recounting.ask()
    monkeypatch.setattr(recounting, "MOST", 1)
    assert settle_recount() == 2 and recounting.under_way().counted == 2
    assert recounting.walk() == 1 and recounting.under_way() is None


def test_without_policies_it_ends(mail, everybody):
    conversation = heard(mail)
    SlaPolicy.objects.all().delete()
    recounting.ask()
    settle_recount()
    row = again(conversation)
    assert (row.due_at, row.clocks, row.sla_look_at) == (None, {}, None)


def test_clocks_on_a_row_that_cannot_be_read_are_made_anew(mail, gold):
    conversation = asked(mail)
    Conversation.objects.filter(pk=conversation.pk).update(clocks={"clocks": 7})
    heard(mail, "Still here")
    escalating.watch()
    assert again(conversation).due_at == conversation.due_at and clocks.read(again(conversation).clocks)
