"""Agents give back, take the next, and pass on; what they choose by hand is kept beside what routing chose."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from conversations.actions.assigning import assign
from conversations.inbound.receive import receive
from conversations.models import Activity, Conversation, Draft, Follow, Message, RoutingDecision, Waiting
from conversations.routing.drain import drain
from conversations.routing.facts import Outcome
from conversations.tasks import PASSED_FOR, look_through
from customers.identify import Handle
from tests.conftest import from_ann
from tests.conversations.routing.desk import in_force, is_there

pytestmark = pytest.mark.django_db


def from_person(channel, number):
    return from_ann(channel, handles=(Handle("email", f"p{number}@home.example", f"Person {number}"),))


@pytest.fixture
def adas(mail, ada):
    """Given to Ada by routing."""
    in_force()
    is_there(ada)
    conversation = receive(from_ann(mail)).conversation
    drain(room=False)
    return Conversation.objects.get(pk=conversation.pk)


def test_what_is_given_back_goes_to_another_and_not_to_who_gave_it_back(client, adas, ada, grace):
    is_there(grace)
    client.force_login(ada)
    answer = client.post(reverse("decline", args=[adas.pk]), {"reason": "language"})
    assert answer.status_code == 302
    assert drain(room=True) == 1
    adas.refresh_from_db()
    assert adas.assignee == grace
    line = Activity.objects.get(verb="declined")
    assert (line.by, line.reason) == (ada, "I do not read the language")
    assert RoutingDecision.objects.order_by("-pk").first().trigger == "declined"


def test_nobody_gives_back_without_a_reason_or_what_they_do_not_have(client, adas, ada, grace):
    client.force_login(ada)
    assert client.post(reverse("decline", args=[adas.pk]), {"reason": ""}).status_code == 422
    client.force_login(grace)
    assert client.post(reverse("decline", args=[adas.pk]), {"reason": "busy"}).status_code == 422
    adas.refresh_from_db()
    assert adas.assignee == ada


def test_with_nobody_else_there_it_waits_and_does_not_come_back(adas, ada, client):
    client.force_login(ada)
    client.post(reverse("decline", args=[adas.pk]), {"other": "My grandmother"})
    assert drain(room=True) == 0
    assert Waiting.objects.get().passed == [ada.pk]


def test_with_nobody_else_for_long_it_is_offered_once_more_to_who_gave_it_back(adas, ada, client):
    """Else it would wait for ever."""
    client.force_login(ada)
    client.post(reverse("decline", args=[adas.pk]), {"reason": "busy"})
    look_through()
    assert Waiting.objects.get().passed == [ada.pk]
    Waiting.objects.update(passed_at=timezone.now() - PASSED_FOR - timedelta(seconds=1))
    look_through()
    adas.refresh_from_db()
    assert adas.assignee == ada
    assert not Waiting.objects.exists()


def test_the_next_is_the_one_who_waits_longest(client, mail, ada):
    in_force(Outcome(assigns=False))
    first = receive(from_person(mail, 1)).conversation
    receive(from_person(mail, 2))
    drain(room=True)
    is_there(ada)
    client.force_login(ada)
    answer = client.post(reverse("take_next"))
    assert answer.url == reverse("conversation", args=[first.pk])
    first.refresh_from_db()
    assert first.assignee == ada and Waiting.objects.count() == 1
    assert RoutingDecision.objects.order_by("-pk").first().trigger == "pulled"


def test_who_is_full_or_away_takes_no_next(client, mail, ada):
    in_force(Outcome(assigns=False))
    receive(from_ann(mail))
    drain(room=True)
    client.force_login(ada)
    assert "Say that you are online" in client.post(reverse("take_next"), follow=True).content.decode()
    is_there(ada)
    ada.capacity = 0.5
    ada.save()
    assert "as much as you can take" in client.post(reverse("take_next"), follow=True).content.decode()
    assert Waiting.objects.count() == 1


def test_nobody_takes_what_they_may_not_see(client, mail, linus):
    in_force(Outcome(assigns=False))
    receive(from_ann(mail))
    drain(room=True)
    is_there(linus)
    client.force_login(linus)
    client.post(reverse("take_next"))
    assert Conversation.objects.get().assignee is None


def test_without_rules_the_next_is_the_first_that_nobody_has(client, mail, ada):
    conversation = receive(from_ann(mail)).conversation
    client.force_login(ada)
    client.post(reverse("take_next"))
    conversation.refresh_from_db()
    assert conversation.assignee == ada
    assert RoutingDecision.objects.get().trigger == "pulled"


def test_passed_on_to_a_colleague_with_a_note_and_what_was_begun(client, adas, ada, grace):
    Draft.objects.create(conversation=adas, agent=ada, mode="reply", html="<p>Dear Ann</p>")
    client.force_login(ada)
    words = {"pass_to": f"agent:{grace.pk}", "note": "She rang <twice>", "draft": "on", "follow": "on"}
    client.post(reverse("transfer", args=[adas.pk]), words)
    adas.refresh_from_db()
    assert adas.assignee == grace and Draft.objects.get().agent == grace
    note = Message.objects.get(kind="note")
    assert "She rang <twice>" in note.text and "<twice>" not in note.html
    assert Follow.objects.get().agent == ada
    decision = RoutingDecision.objects.order_by("-pk").first()
    assert (decision.trigger, decision.agent, decision.by) == ("transferred", grace, ada)


def test_without_consent_the_draft_stays(client, adas, ada, grace):
    Draft.objects.create(conversation=adas, agent=ada, mode="reply", html="<p>Dear Ann</p>")
    client.force_login(ada)
    client.post(reverse("transfer", args=[adas.pk]), {"pass_to": f"agent:{grace.pk}"})
    assert Draft.objects.get().agent == ada


def test_passed_on_to_a_team_routing_chooses_in_it_whatever_the_rules_say(client, adas, ada, billing, linus):
    is_there(linus)
    client.force_login(ada)
    client.post(reverse("transfer", args=[adas.pk]), {"pass_to": f"team:{billing.pk}", "note": "An invoice"})
    assert drain(room=False) == 1
    adas.refresh_from_db()
    assert (adas.assignee, adas.team) == (linus, billing)


@pytest.mark.parametrize("to", ["", "agent:0", "team:x", "nobody"])
def test_passing_on_to_nobody_is_refused(client, adas, ada, to):
    client.force_login(ada)
    assert client.post(reverse("transfer", args=[adas.pk]), {"pass_to": to}).status_code == 422


def test_what_a_person_assigns_has_a_decision_and_says_that_it_overrode_the_last(adas, ada, grace, sam):
    assign(adas, to=grace, by=sam, reason="She knows them")
    made, by_hand = RoutingDecision.objects.order_by("pk")
    assert (made.changed_by, made.changed_to, made.changed_reason) == (sam, grace, "She knows them")
    assert (by_hand.trigger, by_hand.agent, by_hand.by) == ("by_hand", grace, sam)


def test_who_takes_what_was_given_to_their_teams_queue_overrides_nothing(mail, ada):
    in_force(Outcome(assigns=False))
    conversation = receive(from_ann(mail)).conversation
    drain(room=True)
    assign(Conversation.objects.get(pk=conversation.pk), to=ada, by=ada)
    assert RoutingDecision.objects.order_by("pk").first().changed_at is None
    assert not Waiting.objects.exists()


def test_the_forms_are_in_the_menus(client, adas, ada):
    client.force_login(ada)
    assert "Give back" in client.get(reverse("menu", args=[adas.pk, "decline"])).content.decode()
    assert "goes along" in client.get(reverse("menu", args=[adas.pk, "pass"])).content.decode()
    page = client.get(reverse("conversation", args=[adas.pk])).content.decode()
    page += client.get(reverse("inbox_view", args=["mine"])).content.decode()
    assert [key for key in "dfw" if f'data-key="{key}"' not in page] == []
