"""A segment decides who answers: from the form of a rule to the agent who has the conversation."""

import pytest
from django.urls import reverse

from conversations.inbound.receive import receive
from conversations.models import RoutingDecision
from conversations.routing import drafting, kept
from conversations.routing.drain import drain
from conversations.routing.facts import Outcome, Policy
from conversations.routing.policy import decide
from customers import segments
from customers.identify import Handle, identify
from customers.models import Segment
from tests.conftest import from_ann
from tests.conversations.routing.desk import is_there

pytestmark = pytest.mark.django_db


def test_who_is_in_a_segment_is_answered_by_another_team(client, sam, mail, ada, linus, returns, billing):
    ann, _ = identify([Handle("email", "ann@home.example", "Ann Bell")])
    ann.language = "no"
    ann.save()
    norwegian = Segment.objects.create(
        name="Norwegians", conditions={"match": "all", "rules": [{"field": "language", "is": "is", "value": "no"}]}
    )
    segments.fill(norwegian)
    client.force_login(sam)
    draft = drafting.draft(Policy(otherwise=Outcome(team=returns.pk)), by=sam)
    form = {
        "name": "Norwegians first", "when-match": "all", "when-row": ["0"], "when-0-ask": "segment.is",
        "when-0-was": "segment", "when-0-value": [str(norwegian.pk)], "then-to": "team",
        "then-team": str(billing.pk), "then-assigns": "on", "then-language": "any",
    }  # fmt: skip
    client.post(reverse("new_policy_rule", args=[draft.pk]), form)
    assert "When segment is Norwegians" in client.get(reverse("policy", args=[draft.pk])).content.decode()
    client.post(reverse("policy_publication", args=[draft.pk]))
    is_there(ada, linus)
    hers = receive(from_ann(mail)).conversation
    his = receive(from_ann(mail, handles=(Handle("email", "bob@home.example", "Bob Hart"),))).conversation
    drain(room=False)
    hers.refresh_from_db()
    his.refresh_from_db()
    assert (hers.team, hers.assignee) == (billing, linus)
    assert (his.team, his.assignee) == (returns, ada)
    rules = {made.conversation: made.rule for made in RoutingDecision.objects.all()}
    assert rules[his] == "" and rules[hers] == drafting.policy_of(drafting.published()).rules[0].key
    for made in RoutingDecision.objects.select_related("policy", "roster"):
        assert decide(kept.snapshot_of(made), kept.policy_of(made.policy)) == kept.decision_of(made)


def test_who_leaves_the_segment_is_answered_as_everybody(sam, mail, ada, linus, returns, billing):
    ann, _ = identify([Handle("email", "ann@home.example", "Ann Bell")])
    asked = {"match": "all", "rules": [{"field": "city", "is": "is", "value": "Oslo"}]}
    oslo = Segment.objects.create(name="Oslo", conditions=asked)
    ann.city = "Oslo"
    ann.save()
    segments.place([ann.pk])
    conditions = {"match": "all", "rules": [{"field": "segment", "is": "is", "value": [str(oslo.pk)]}]}
    rule = drafting.Rule("oslo", "Oslo", conditions, Outcome(team=billing.pk))
    version = drafting.draft(Policy(rules=(rule,), otherwise=Outcome(team=returns.pk)), by=sam)
    drafting.publish(version.pk, by=sam)
    is_there(ada, linus)
    ann.city = "Bergen"
    ann.save()
    segments.place([ann.pk])
    conversation = receive(from_ann(mail)).conversation
    drain(room=False)
    conversation.refresh_from_db()
    assert conversation.assignee == ada
