"""What is known of a conversation when somebody is chosen for it."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.actions.labels import tag
from conversations.inbound.receive import receive
from conversations.models import Conversation, Topic, Waiting
from conversations.outbound.compose import reply
from conversations.routing.asked_for import Names
from conversations.routing.facts import AgentFacts, Policy
from conversations.routing.matters import matters_of, with_all
from conversations.routing.snapshot import World
from customers.models import Membership, Order, Profile, Return, Segment
from tests.conftest import from_ann
from tests.conversations.routing.desk import in_force, is_there

pytestmark = pytest.mark.django_db


def matter():
    [row] = with_all(Waiting.objects.all())
    return matters_of([row], World(timezone.now()))[row.pk]


@pytest.fixture
def ann(mail):
    in_force()
    return receive(from_ann(mail, "Where is my jacket?", subject="HF-1", language="nb")).conversation


def test_what_she_wrote_where_and_when(ann, mail, returns):
    known = matter()
    assert known.words == "HF-1\nWhere is my jacket?"
    assert (known.medium, known.channel, known.channel_team, known.team) == ("email", mail.pk, returns.pk, returns.pk)
    assert (known.language, known.is_new_customer, known.trigger) == ("nb", True, "arrived")
    assert known.since == ann.waiting_since and known.queued_at == known.since


def test_what_is_known_of_her_and_her_orders(ann):
    customer, now = ann.customer, timezone.now()
    segment = Segment.objects.create(name="Gold")
    Membership.objects.create(segment=segment, customer=customer)
    Profile.objects.update_or_create(
        customer=customer, defaults={"lifetime_value": 120, "orders": 2, "tier": "Gold", "attributes": {"shoe": 38}}
    )
    identity = customer.identities.get()
    of_hers = {"identity": identity, "currency": "GBP", "total": 1, "changed_at": now}
    Order.objects.create(**of_hers, external_id="1", number="1", status="shipped", placed_at=now - timedelta(days=1))
    Order.objects.create(**of_hers, external_id="2", number="2", status="held", placed_at=now)
    long_ago = now - timedelta(days=200)
    Order.objects.create(
        **{**of_hers, "changed_at": long_ago}, external_id="3", number="3", status="cancelled", placed_at=long_ago
    )
    Return.objects.create(identity=identity, external_id="r", currency="GBP", opened_at=now, changed_at=now)
    known = matter()
    assert known.order_states == ("return", "held", "shipped")
    assert (known.tier, known.value, known.segments) == ("Gold", 120.0, (segment.pk,))
    assert known.attributes == {"shoe": "38"} and not known.is_new_customer


def test_topic_tags_mood_and_deadline(ann, ada):
    topic = Topic.objects.create(name="Late parcel", complexity=2)
    due = timezone.now() + timedelta(minutes=30)
    Conversation.objects.filter(pk=ann.pk).update(topic=topic, certainty=0.8, mood=-0.5, due_at=due)
    tag(Conversation.objects.get(pk=ann.pk), name="courier", by=ada)
    known = matter()
    assert (known.topic, known.certainty, known.complexity, known.mood) == ("Late parcel", 0.8, 2, -0.5)
    assert known.tags == ("courier",) and known.due_at == due
    Conversation.objects.filter(pk=ann.pk).update(certainty=None)
    assert matter().certainty == 1.0  # a person said so


def test_who_spoke_with_her_before(ann, ada, mail):
    message = ann.messages.get()
    reply(ann, channel=mail, identity=message.identity, html="<p>Soon</p>", by=ada, client_id=uuid.uuid4())
    [known] = matter().known
    assert (known.agent, known.talks) == (ada.pk, 1)


def test_load_is_of_open_conversations_by_medium(ann, mail, chat, ada):
    policy_costs = {"chat": 2.0}
    in_force(number=2, state="trial", costs=policy_costs)
    for media, status in (
        (["email"], "open"),
        (["email", "chat"], "open"),
        (["chat"], "snoozed"),
        (["chat"], "pending"),
    ):
        Conversation.objects.create(customer=ann.customer, assignee=ada, media=media, status=status)
    is_there(ada)
    facts = World(timezone.now()).snapshot(matter(), Policy(costs=policy_costs)).agents
    assert [agent.load for agent in facts if agent.agent == ada.pk] == [3.0]


AGENTS = [AgentFacts(1, "Ada Okafor"), AgentFacts(2, "Grace Lind"), AgentFacts(3, "Ada Berg")]


@pytest.mark.parametrize(
    ("text", "known", "meant"),
    [
        ("Could Ada Okafor ring me?", (), 1),
        ("could ada  okafor ring me?", (), 1),
        ("Hi Ada,\nit came.", (1,), 1),
        ("Hi Ada,\nit came.", (), None),
        ("Hi Ada,", (1, 3), None),
        ("Adamant", (1,), None),
        ("Ada Okafor or Grace Lind", (), None),
        ("Thanks\n\nAda", (1,), None),
        ("Lind's parcel", (), None),
        ("", (1,), None),
    ],
)
def test_whom_a_customer_asks_for(text, known, meant):
    assert Names(AGENTS).asked_for("", text, known) == meant
