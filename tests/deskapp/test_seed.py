"""The demo's past: written once, whole, and in every state that a screen must show."""

import re
from collections import Counter
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from conversations.condition_lists import Lists
from conversations.handoff.card import card_of
from conversations.handoff.packet import packet_of
from conversations.models import (
    AgentState,
    ArticleVerdict,
    Attachment,
    BotMistake,
    BotTalk,
    CallBack,
    CannedReply,
    Conversation,
    Delivery,
    Handoff,
    Lease,
    Macro,
    Medium,
    Message,
    RoutingDecision,
    RoutingPolicy,
    Rule,
    SavedView,
    Status,
    Team,
    Work,
)
from conversations.models.delivery import DeliveryStatus
from conversations.routing import past as routed
from conversations.routing.checking import House, problems
from conversations.routing.diff import differences
from conversations.routing.drafting import policy_of
from conversations.routing.figures import figures, tally
from conversations.routing.simulation import simulate
from customers.models import Customer, Identity, Order, Return, Suggestion
from customers.profile import compute
from deskapp.demo import reached
from deskapp.demo.brains import BRAINS
from deskapp.models import Role, User
from deskapp.sign_ins import SIGN_INS
from integrations.adapters import ADAPTERS
from integrations.models import Connector, RawEvent

MODELS = [
    Attachment,
    CannedReply,
    Connector,
    Conversation,
    Customer,
    Delivery,
    Identity,
    Message,
    SavedView,
    Team,
    User,
]


@pytest.fixture(scope="module")
def past(django_db_setup, django_db_blocker, tmp_path_factory):
    """Seeded once for all who only look; each test's own changes are undone, and all of it in the end."""
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    files = tmp_path_factory.mktemp("files")
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(PASSWORD_HASHERS=hashers, MEDIA_ROOT=files):
            call_command("seed", customers=60, verbosity=0)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def seeded(past, db):
    return None


def counts():
    return {model.__name__: model.objects.count() for model in MODELS}


def test_second_seed_changes_nothing(seeded):
    before = counts()
    call_command("seed", customers=60, verbosity=0)
    assert counts() == before
    assert all(before.values())


def test_the_orders_that_customers_name_are_theirs_and_were_placed_before(seeded):
    named = 0
    for message in Message.objects.filter(kind="inbound", text__contains="HF-").select_related("conversation"):
        for number in re.findall(r"HF-\d{5}", message.text):
            order = Order.objects.select_related("identity").get(number=number)
            assert order.identity.customer_id == message.conversation.customer_id
            assert order.placed_at < message.created_at
            named += 1
    assert named > 20


def test_ingrid_has_the_orders_of_the_design(seeded):
    ingrid = Customer.objects.get(name="Ingrid Sørensen")
    profile = compute([ingrid.pk])[0]
    assert (profile.orders, profile.lifetime_value, profile.tier, profile.points) == (20, 2340, "Gold", 1840)
    back = Return.objects.of(ingrid.pk).get()
    assert (back.number, back.order.number, back.order.lines[0]["name"]) == (
        "RT-2207",
        "HF-48213",
        "Kestrel Trail Jacket",
    )


def test_every_state_that_a_screen_shows_is_there(seeded):
    assert {Status.OPEN, Status.SNOOZED, Status.RESOLVED} <= set(Conversation.objects.values_list("status", flat=True))
    states = set(Delivery.objects.values_list("status", flat=True))
    assert states == set(DeliveryStatus.values) - {DeliveryStatus.SENDING}  # what is being sent would be sent twice
    kinds = Counter(Message.objects.values_list("kind", flat=True))
    assert kinds["inbound"] and kinds["outbound"] and kinds["note"]
    open_now = Conversation.objects.open()
    assert open_now.filter(assignee=None).exists() and open_now.exclude(assignee=None).exists()
    assert Message.objects.exclude(html="").filter(kind="inbound").exists()
    assert Message.objects.exclude(quoted=[]).exists()
    assert {"image/png", "application/pdf"} <= set(Attachment.objects.values_list("content_type", flat=True))


def test_nothing_is_said_in_the_future_and_nothing_twice_in_one_conversation(seeded):
    for conversation in Conversation.objects.prefetch_related("messages"):
        said = sorted(conversation.messages.all(), key=lambda message: (message.created_at, message.pk))
        spoken = [message for message in said if message.kind != "note"]
        assert spoken[-1].created_at == conversation.last_message_at
        openings = [message.text for message in said if message.kind == "inbound"]
        assert len(set(openings)) == len(openings), conversation.pk


def test_ingrid_waits_in_one_thread_of_mail_whatsapp_a_call_and_chat(seeded):
    ingrid = Customer.objects.get(name="Ingrid Sørensen")
    conversation = ingrid.conversations.get()
    assert conversation.media == ["email", "whatsapp", "voice", "chat"]
    assert conversation.assignee.email == SIGN_INS[0].email
    assert conversation.waiting_since is not None


def test_ingrid_is_known_in_six_ways_and_one_more_is_asked_about(seeded):
    ingrid = Customer.objects.get(name="Ingrid Sørensen")
    assert ingrid.identities.count() == 6
    assert ingrid.merges_kept.get().evidence == "she told me on the phone"
    double = Suggestion.objects.get(one=ingrid)
    assert double.other.name == "I. Sørensen" and 80 < double.certainty < 99


def test_every_medium_has_something_that_waits_and_one_missed_call_is_to_be_called_back(seeded):
    waiting = {medium for each in Conversation.objects.open() for medium in each.media}
    assert waiting >= set(Medium.values)
    owed = CallBack.objects.get(done_at=None)
    assert owed.conversation.customer.name == "Desmond Tully" and owed.conversation.call_back_at
    calls = Message.objects.filter(kind="call", details__call__seconds__gt=0)
    assert calls.count() == 3 and all(call.text and call.author for call in calls)
    assert Message.objects.filter(is_public=True).count() == 3


def test_those_who_sign_in_are_there_with_their_roles(seeded):
    for who in SIGN_INS:
        user = User.objects.get(email=who.email)
        assert user.role == who.role
        assert user.check_password(who.password)
    assert User.objects.filter(role=Role.AGENT).count() >= 8


def test_the_channels_are_wired_to_adapters_that_exist(seeded):
    adapters = {connector.adapter for connector in Connector.objects.all()}
    media = {line.adapter for line in reached.LINES}
    assert {"x", "line", "messenger", "instagram", "twilio_voice"} < media
    brains = {brain.adapter for brain in BRAINS}
    assert adapters == {"imap", "chat", "form", "orders", "segment", "libretranslate", *media, *brains} <= set(ADAPTERS)
    assert not RawEvent.objects.exists()


def test_the_rules_that_hold_have_nothing_wrong_and_a_draft_waits_to_be_tried(seeded):
    lists = Lists()
    before, holds, draft = RoutingPolicy.objects.order_by("number")
    assert (before.state, holds.state, draft.state) == ("retired", "published", "draft")
    for version in (holds, draft):
        assert problems(policy_of(version), House.read(lists)) == []
    assert differences(policy_of(holds), policy_of(draft), lists)


def test_automation_and_macros_are_there_to_be_tried(seeded):
    assert Rule.objects.filter(is_active=True).count() == 4
    assert Macro.objects.get(name="To the workshop").team.name == "Repairs"
    assert Macro.objects.filter(resolves=True).exists() and Macro.objects.filter(snooze_hours__gt=0).exists()


def test_whoever_was_given_something_was_there_and_few_took_it_themselves(seeded):
    made = RoutingDecision.objects.filter(trigger="arrived", agent__isnull=False)
    running = dict(AgentState.objects.filter(until=None).values_list("agent", "since"))
    for agent, at in made.filter(changed_at=None).values_list("agent", "created_at"):
        there = AgentState.objects.filter(agent=agent, since__lte=at, until__gt=at)
        assert at >= running[agent] or [each.state for each in there] == ["online"]
    by_hand = RoutingDecision.objects.filter(trigger="by_hand").count()
    assert by_hand < RoutingDecision.objects.count() * 0.2
    assert 0 < made.filter(is_unsure=True).count() < made.count() / 2


def test_a_replay_of_the_past_finds_a_desk_that_copes(seeded):
    until = timezone.now()
    since = until - timedelta(days=14)
    stage = routed.stage(since, until)
    run = simulate(stage, routed.arrivals(since, until), policy_of(RoutingPolicy.objects.get(state="published")))
    capacities = {agent.agent: agent.capacity for agent in stage.agents}
    found = figures(tally(run, since=since, until=until, end=until, capacities=capacities))
    assert found.arrivals and found.busiest and found.busiest.load <= 1
    assert found.median_wait is not None and found.median_wait < 3600
    assert found.late is not None and found.late < 0.5


def test_fern_has_a_past_of_talks_that_helped_left_and_went_to_people_with_a_packet(seeded):
    ends = Counter(BotTalk.objects.values_list("end", flat=True))
    assert ends["helped"] and ends["left"] and ends["handed"] and ends[""] == 1
    assert Lease.objects.filter(holder="bot").get().conversation.status == Status.PENDING
    for handoff in Handoff.objects.exclude(conversation__customer__name="Ingrid Sørensen"):
        packet = packet_of(handoff.packet)
        assert packet.goal and packet.topic and packet.first and packet.last
        said = set(handoff.conversation.messages.values_list("pk", flat=True))
        assert {each.source for each in (*packet.told, *packet.tried) if each.source} <= said
        assert handoff.answered_at and handoff.opened_at <= handoff.answered_at
    assert ArticleVerdict.objects.filter(helped=True).exists() and BotMistake.objects.exists()
    chosen = Counter(RoutingDecision.objects.values_list("trigger", "kind"))
    assert chosen["arrived", "bot"] and chosen["handed_over", "agent"]


def test_ingrids_card_is_that_of_the_design(seeded):
    ingrid = Customer.objects.get(name="Ingrid Sørensen")
    card = card_of(ingrid.conversations.get(), User.objects.get(email=SIGN_INS[0].email))
    assert card and (card.goal, card.sure, card.bot) == (
        "Wants her Kestrel jacket in large before she leaves on Saturday.", 86, "Fern",
    )  # fmt: skip
    assert any(line.value == "HF-48213" and line.after.startswith("delivered") for line in card.told)
    assert [tried.how for tried in card.tried] == ["online, L is due in two weeks", "she said no", "too late for her"]
    assert card.step and card.step.text == "Oslo Torggata shows 2 × L, Moss."


def test_whoever_wrote_in_the_past_was_at_work(seeded):
    wrote = Message.objects.filter(kind="outbound", author__isnull=False, is_bot=False, is_automatic=False)
    wrote = wrote.exclude(conversation__merged_into__isnull=False)
    message = wrote.latest("pk")
    work = Work.objects.get(conversation=message.conversation, agent=message.author, hour__hour=message.created_at.hour)
    assert work.hour <= message.created_at and 75 <= work.seconds <= 3600
    assert message.conversation.episodes.latest("began_at").worked >= work.seconds
