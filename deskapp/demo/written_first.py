"""The demo's rules that write first: one of late parcels that is on, with what it has done in half a year to who waited
for one; and a draft of carts that nobody has tried yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db.models import Max

from conversations.models import (
    Channel,
    Conversation,
    Delivery,
    DeliveryAttempt,
    Medium,
    Message,
    Occasion,
    OutreachRecord,
    OutreachRule,
    Status,
    UsualDays,
)
from conversations.models.conversation import place_in_queue
from conversations.models.message import MessageKind
from conversations.models.outreach import Goal, OccasionKind
from conversations.outbound.reach import Choice
from conversations.outreach import lists
from conversations.outreach.judging import Verdict, holds_out
from conversations.outreach.saying import worded_for
from conversations.outreach.standard_words import STANDARD
from conversations.outreach.ways import Way
from conversations.outreach.words import language_for
from conversations.plain import html_to_text
from conversations.quiet_hours import quiet_until
from conversations.reports import episodes
from customers import commerce
from customers.models import Identity, Order
from customers.models.identity import Kind
from customers.models.order import OrderStatus

FOR = timedelta(days=170)  # that the rule has been on
REST = timedelta(days=30)
TALKS = timedelta(days=5)  # after their last word, somebody is taken to be in a conversation


@dataclass(frozen=True)
class Late:
    """A parcel that came later than usual, and the moment at which the rule came to it."""

    order: Order
    due_at: datetime
    at: datetime


def build(now: datetime) -> None:
    """Once."""
    if OutreachRule.objects.exists():
        return
    commerce.leave_silent_carts(now=now, silent=timedelta(minutes=settings.CART_LEFT_MINUTES))
    for kind in lists.EVERY:
        lists.refresh(kind, now=now)
    rule = _late_parcels(now)
    _carts()
    talks = [talk for late in _lates(rule, now) if (talk := _reach_out(rule, late))]
    episodes.refresh_each(talks)


def _late_parcels(now: datetime) -> OutreachRule:
    begun = now - FOR
    return OutreachRule.objects.create(
        name="Late parcels, before they ask", kind=OccasionKind.PARCEL, is_active=True, wait_minutes=60,
        words={code: dict(said) for code, said in STANDARD[OccasionKind.PARCEL].items()}, goal=Goal.CALM, goal_days=7,
        held_out=20, quiet_from=time(21), quiet_until=time(8), daily_most=50, rest_days=3, own_rest_days=REST.days,
        tried_at=begun, switched_on_at=begun,
    )  # fmt: skip


def _carts() -> None:
    OutreachRule.objects.create(
        name="Carts left at the checkout", kind=OccasionKind.CART, filters={"value": "50", "since": "7"},
        words={code: dict(said) for code, said in STANDARD[OccasionKind.CART].items()}, goal=Goal.BOUGHT, goal_days=7,
        wait_minutes=180, quiet_from=time(21), quiet_until=time(8),
    )  # fmt: skip


def _lates(rule: OutreachRule, now: datetime) -> Iterator[Late]:
    """In the order of time, as far as the rule would have come to them then."""
    usual = dict(UsualDays.objects.filter(kind="carrier").values_list("key", "days"))
    came = Order.objects.filter(status=OrderStatus.DELIVERED, changed_at__gte=now - FOR, is_collected=False)
    found = []
    for order in came.exclude(shipments=[]).select_related("identity__customer").order_by("pk"):
        parcel = order.shipments[0]
        days = usual.get(str(parcel.get("carrier", "")).lower()) or usual.get("")
        if not days or not parcel.get("at"):
            continue
        due = datetime.fromisoformat(str(parcel["at"])) + timedelta(days=days)
        at = due + timedelta(minutes=rule.wait_minutes)
        at = quiet_until(order.identity.customer, rule.quiet_from, rule.quiet_until, at) or at
        if at < min(order.changed_at, now):
            found.append(Late(order, due, at))
    yield from sorted(found, key=lambda late: late.at)


def _reach_out(rule: OutreachRule, late: Late) -> Conversation | None:
    """None for who was in a conversation, has no address, was come to not long before, or is held out."""
    customer = late.order.identity.customer
    address = Identity.objects.filter(customer=customer, kind=Kind.EMAIL, is_verified=True).order_by("pk").first()
    channel = Channel.objects.filter(medium=Medium.EMAIL, is_active=True).order_by("pk").first()
    said = Message.objects.filter(conversation__customer=customer, kind=MessageKind.INBOUND, created_at__lt=late.at)
    last = said.aggregate(at=Max("created_at"))["at"]
    lately = OutreachRecord.objects.filter(customer=customer, at__gt=late.at - REST)
    if address is None or channel is None or (last and last > late.at - TALKS) or lately.exists():
        return None
    parcel, is_held_out = late.order.shipments[0], holds_out(rule, customer.pk)
    record = OutreachRecord.objects.create(
        rule=rule, customer=customer, key=f"parcel:{late.order.pk}:{parcel['number']}", is_held_out=is_held_out,
        medium=Medium.EMAIL, language=language_for(rule, customer), goal=rule.goal, at=late.at,
        until=late.at + timedelta(days=rule.goal_days),
    )  # fmt: skip
    return None if is_held_out else _say(rule, late, record, Choice(channel, address))


def _say(rule: OutreachRule, late: Late, record: OutreachRecord, choice: Choice) -> Conversation:
    order = late.order
    about = {name: order.shipments[0].get(name, "") for name in ("carrier", "url")}
    about |= {"number": order.number, "parcel": order.shipments[0].get("number", "")}
    occasion = Occasion(kind=rule.kind, key=record.key, customer=record.customer, at=late.due_at, about=about)
    verdict = Verdict(occasion, None, Way(choice), record.language)
    subject, html, details = worded_for(rule, verdict, record, record.customer)
    talk = Conversation.objects.create(
        customer=record.customer, subject=subject[:300], language=record.language, team=choice.channel.team,
        status=Status.RESOLVED, resolved_at=late.at, created_at=late.at, last_message_at=late.at,
        media=[Medium.EMAIL], snippet=html_to_text(html)[:160], queue_at=place_in_queue(None, late.at),
    )  # fmt: skip
    record.message = Message.objects.create(
        conversation=talk, kind=MessageKind.OUTBOUND, channel=choice.channel, identity=choice.identity, subject=subject,
        html=html, text=html_to_text(html), details=details, is_automatic=True, created_at=late.at,
    )  # fmt: skip
    record.save(update_fields=["message"])
    delivery = Delivery.objects.create(
        message=record.message, channel=choice.channel, conversation=talk, status=Delivery.Status.SENT, tries=1,
        due_at=late.at, settled_at=late.at,
    )  # fmt: skip
    DeliveryAttempt.objects.create(delivery=delivery, started_at=late.at, finished_at=late.at, outcome="sent")
    return talk
