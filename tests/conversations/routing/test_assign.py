"""From arrival to an agent: once, whoever runs the task and however often, with a decision kept for each."""

from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.actions.change import NotPossibleError
from conversations.actions.pulling import pull_next
from conversations.actions.states import resolve, snooze
from conversations.inbound.receive import receive, receive_each
from conversations.models import Activity, Conversation, RoutingDecision, Waiting
from conversations.routing import drain as draining
from conversations.routing import kept, waiting
from conversations.routing.drain import drain
from conversations.routing.facts import Outcome, Overflow
from conversations.routing.policy import decide
from conversations.routing.snapshot import World
from customers.identify import Handle
from tests.conftest import agent, from_ann
from tests.conversations.routing.desk import in_force, is_there

pytestmark = pytest.mark.django_db


def from_person(channel, number, text="Hello"):
    return from_ann(channel, text, handles=(Handle("email", f"p{number}@home.example", f"Person {number}"),))


def test_what_arrives_goes_to_an_agent_of_its_team_who_is_there(mail, ada, grace):
    in_force()
    is_there(grace)
    conversation = receive(from_ann(mail)).conversation
    assert drain(room=False) == 1
    conversation.refresh_from_db()
    decision = RoutingDecision.objects.get()
    line = Activity.objects.get(verb="routed")
    assert conversation.assignee == grace and not Waiting.objects.exists()
    assert (decision.kind, decision.agent, decision.trigger) == ("agent", grace, "arrived")
    assert line.to == "Grace Lind" and line.reason


def test_who_arrive_right_after_another_are_come_for_together(monkeypatch):
    pauses = []
    monkeypatch.setattr(waiting.current_app, "send_task", lambda name, *, countdown, retry: pauses.append(countdown))
    waiting.begun()
    waiting.ask()
    waiting.ask()  # a task waits that nobody has begun
    monkeypatch.setattr(waiting, "PACE", 0.0)  # long ago
    waiting.begun()
    waiting.ask()
    waiting.begun()
    assert len(pauses) == 2 and 0 < pauses[0] <= 0.1 and pauses[1] == 0


def test_who_does_not_answer_by_mail_is_given_none(mail, ada, grace):
    in_force()
    is_there(ada, grace)
    ada.media = ["chat", "voice"]
    ada.save()
    for number in range(3):
        receive(from_person(mail, number))
    assert drain(room=False) == 3 and Conversation.objects.filter(assignee=grace).count() == 3
    made = RoutingDecision.objects.select_related("policy", "roster").first()
    verdict = next(each for each in kept.decision_of(made).verdicts if each.agent == ada.pk)
    assert [reason.code for reason in verdict.out] == ["medium"]
    assert decide(kept.snapshot_of(made), kept.policy_of(made.policy)) == kept.decision_of(made)
    with pytest.raises(NotPossibleError, match="Nobody is waiting whom you can answer"):
        receive(from_person(mail, 9)) and pull_next(ada)


def test_without_published_rules_nobody_is_chosen_and_nothing_waits(mail, ada):
    in_force(state="draft")
    is_there(ada)
    receive(from_ann(mail))
    assert not Waiting.objects.exists() and drain(room=True) == 0
    assert Conversation.objects.get().assignee is None


def test_the_kept_decision_is_made_again_to_the_letter(mail, ada, grace):
    in_force()
    is_there(ada, grace)
    for number in range(6):
        receive(from_person(mail, number))
    drain(room=False)
    for made in RoutingDecision.objects.select_related("policy", "roster"):
        assert decide(kept.snapshot_of(made), kept.policy_of(made.policy)) == kept.decision_of(made)
    assert RoutingDecision.objects.count() == 6


def test_equal_agents_differ_by_at_most_one(mail, ada, grace):
    in_force()
    is_there(ada, grace)
    receive_each([from_person(mail, number) for number in range(7)])
    assert drain(room=False) == 7
    given = [Conversation.objects.filter(assignee=each).count() for each in (ada, grace)]
    assert sorted(given) == [3, 4]


def test_nobody_gets_more_than_they_can_take_and_the_rest_waits_in_order(mail, ada):
    in_force()
    is_there(ada)
    for number in range(8):
        receive(from_person(mail, number))
    assert drain(room=False) == 6
    rows = Waiting.objects.order_by("since")
    assert Conversation.objects.filter(assignee=ada).count() == 6 and rows.count() == 2
    resolve(Conversation.objects.filter(assignee=ada).first(), by=ada)
    oldest = rows.first().conversation
    assert drain(room=True) == 1
    oldest.refresh_from_db()
    assert oldest.assignee == ada


def test_a_look_that_changes_nothing_is_not_kept(mail, ada, grace):
    in_force()
    is_there(ada, state="away")
    receive(from_ann(mail))
    drain(room=False)
    assert RoutingDecision.objects.get().is_fallback
    is_there(grace)
    grace.teams.clear()
    for _again in range(3):
        drain(room=True)
    assert RoutingDecision.objects.count() == 1 and Waiting.objects.count() == 1


def test_an_urgent_one_goes_before_an_older_one(mail, ada):
    in_force()
    old = receive(from_person(mail, 1)).conversation
    urgent = receive(from_person(mail, 2)).conversation
    Waiting.objects.filter(conversation=urgent).update(priority=3)
    ada.capacity = 1
    ada.save()
    is_there(ada)
    drain(room=True)
    assert Conversation.objects.get(pk=urgent.pk).assignee == ada
    assert Conversation.objects.get(pk=old.pk).assignee is None


def test_running_it_twice_gives_each_once(mail, ada):
    in_force()
    is_there(ada)
    receive(from_ann(mail))
    assert [drain(room=True), drain(room=True)] == [1, 0]
    assert RoutingDecision.objects.count() == 1


def test_what_ended_meanwhile_leaves_the_queue(mail, ada):
    in_force()
    conversation = receive(from_ann(mail)).conversation
    Conversation.objects.filter(pk=conversation.pk).update(status="resolved")
    is_there(ada)
    assert drain(room=True) == 0 and not Waiting.objects.exists()


def test_overflow_is_looked_at_when_its_minutes_are_over(mail, returns, billing, ada, linus):
    in_force(Outcome(overflow=(Overflow(5, billing.pk),)))
    is_there(linus)
    conversation = receive(from_ann(mail)).conversation
    drain(room=True)
    row = Waiting.objects.get()
    assert row.look_at is not None and row.look_at > timezone.now()
    earlier = timezone.now() - timedelta(minutes=6)
    Waiting.objects.update(since=earlier, look_at=earlier)
    assert drain(room=False) == 1
    conversation.refresh_from_db()
    assert conversation.assignee == linus


def test_one_that_breaks_the_choice_is_set_aside_alone(mail, ada, monkeypatch):
    in_force()
    is_there(ada)
    poison = receive(from_person(mail, 1)).conversation
    sound = receive(from_person(mail, 2)).conversation

    def breaking(snapshot, policy):
        if snapshot.matter.conversation == poison.pk:
            raise ValueError("no such thing")
        return decide(snapshot, policy)

    monkeypatch.setattr(draining, "decide", breaking)
    assert drain(room=True) == 1
    sound.refresh_from_db()
    assert sound.assignee == ada and Waiting.objects.get().conversation == poison
    assert Waiting.objects.get().look_at > timezone.now()


def test_the_world_is_read_in_as_many_queries_however_many_agents_there_are(
    mail, returns, ada, django_assert_max_num_queries
):
    for number in range(30):
        agent(f"Agent{number} X", team=returns)
    with django_assert_max_num_queries(World.MOST_QUERIES_ANEW):
        World(timezone.now())
    with django_assert_max_num_queries(World.MOST_QUERIES):
        World(timezone.now())


@pytest.mark.parametrize("how_many", [1, 20])
def test_many_are_decided_in_as_many_queries_as_one(how_many, mail, ada, django_assert_max_num_queries):
    in_force()
    ada.capacity = 100
    ada.save()
    is_there(ada)
    receive_each([from_person(mail, number) for number in range(how_many)])
    with django_assert_max_num_queries(36):  # of a process that has read nothing of this desk yet
        assert drain(room=False) == how_many


def test_who_wrote_again_to_what_was_solved_is_given_to_somebody_when_its_agent_is_away(mail, ada, grace):
    in_force()
    is_there(ada)
    conversation = receive(from_ann(mail)).conversation
    drain(room=False)
    resolve(Conversation.objects.get(pk=conversation.pk), by=ada)
    is_there(ada, state="away")
    is_there(grace)
    receive(from_ann(mail, "And another thing"))
    assert drain(room=False) == 1
    conversation.refresh_from_db()
    assert conversation.assignee == grace
    assert RoutingDecision.objects.order_by("-pk").first().trigger == "replied"


def test_who_wrote_again_stays_with_their_agent_who_is_there(mail, ada, grace):
    in_force()
    is_there(ada)
    conversation = receive(from_ann(mail)).conversation
    drain(room=False)
    snooze(Conversation.objects.get(pk=conversation.pk), until=timezone.now() + timedelta(days=1), by=ada)
    is_there(grace)
    receive(from_ann(mail, "And another thing"))
    drain(room=False)
    conversation.refresh_from_db()
    assert conversation.assignee == ada and not Waiting.objects.exists()


def test_an_arrival_is_pushed_once_to_each_group(mail, ada, told, django_capture_on_commit_callbacks):
    in_force()
    is_there(ada)
    conversation = receive(from_ann(mail)).conversation
    told.clear()
    with django_capture_on_commit_callbacks(execute=True):
        drain(room=False)
    rows = [group for group, frame in told if frame["type"] == "desk.row"]
    lines = [group for group, frame in told if frame["type"] == "desk.event"]
    assert sorted(rows) == sorted(set(rows)) and f"desk.agent.{ada.pk}" in rows
    assert lines == [f"desk.conversation.{conversation.pk}"]
