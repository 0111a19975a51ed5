"""Has an order's shop do something, exactly once: begun as a row that is committed first, ended as the shop says.

Who can reach shops puts itself into CARRY_OUT and POSSIBLE (integrations.outbound.deeds): this app imports none of it.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.actions.change import log
from conversations.bots.deeds.deed import Matter, Outcome, Words
from conversations.models import Activity, BotDeed, BotTalk, OrderAct
from conversations.models.deed import DeedState
from conversations.models.handoff import HandoffReason
from conversations.models.order_act import OrderActState
from customers.models import Order

SILENT = timedelta(minutes=3)  # after so long nobody waits for the shop any more: our process died over it
MOST_OF_ONE_TALK = 6  # changes that one talk may make
UNSURE_FOR = timedelta(days=2)  # what is perhaps done is not tried again by a bot
CARRY_OUT: list[Callable[[BotDeed], None]] = []  # each ends the row, if the order is of a shop that it reaches
POSSIBLE: list[Callable[[Order], frozenset[str]]] = []  # the acts that an order's shop takes

logger = structlog.get_logger(__name__)


class BusyError(Exception):
    """Somebody is doing something to this order right now, or did so much that a person is to look."""


@dataclass(frozen=True)
class Errand:
    """`act` is a word of the shops' (integrations.adapters.shops.base.OrderAct), `values` what it is to be done with:
    plain JSON, kept on the row. `amount` is what goes back."""

    what: str  # the deed's key
    act: str
    values: Mapping[str, object] = field(default_factory=dict)
    amount: Decimal | None = None


def can(order: Order, act: str) -> bool:
    return any(act in possible(order) for possible in POSSIBLE)


def is_unsure(order: Order, what: str) -> bool:
    """Perhaps it is done already: a person looks, before anybody does it again."""
    lately = timezone.now() - UNSURE_FOR
    return BotDeed.objects.filter(
        order=order, what=what, state=DeedState.UNCERTAIN, created_at__gt=max(lately, order.changed_at)
    ).exists()


def run(matter: Matter, order: Order, errand: Errand, key: uuid.UUID) -> BotDeed | Outcome:
    """The row as it ended, or what to say where it did not begin. Call it outside any transaction."""
    assert matter.talk is not None
    try:
        row, is_new = begin(matter.talk, order, errand, key)
    except BusyError as error:
        return Outcome("refused", (Words("shop_busy"),), str(error), hand_over=str(HandoffReason.NOT_ALLOWED))
    if is_new:
        _carry_out(row)
        row.refresh_from_db()
    return row


def told(row: BotDeed, done: Outcome) -> Outcome:
    """`done` where it is; else what is said of a refusal, of a doubt, or nothing yet."""
    if row.state == DeedState.DONE:
        return done
    if row.state == DeedState.DOING:
        return Outcome("under_way")
    if row.state == DeedState.UNCERTAIN:
        return Outcome("uncertain", (Words("shop_unsure"),), row.error, hand_over=str(HandoffReason.FAILED))
    return Outcome("failed", (Words("shop_refused"),), row.error, hand_over=str(HandoffReason.FAILED))


@transaction.atomic(durable=True)
def begin(talk: BotTalk, order: Order, errand: Errand, key: uuid.UUID) -> tuple[BotDeed, bool]:
    """The row under this key, and whether it is new and now to be done. A key that was used stands for what was done
    with it. Nothing begins in a `talk` that went on and does not any more; in one that had ended, people press the
    button. Raises BusyError."""
    order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    if talk.ended_at is None and not _goes_on(talk):
        raise BusyError(_("A person has taken over."))
    of_order = BotDeed.objects.filter(order=order)
    give_up_on_the_dead(of_order)
    if known := BotDeed.objects.filter(key=key).first():
        if (known.order_id, known.what) != (order.pk, errand.what):
            raise BusyError(_("This was asked for as something else."))
        return known, False
    if (
        of_order.filter(state=DeedState.DOING).exists()
        or OrderAct.objects.filter(order=order, state=OrderActState.DOING).exists()
    ):
        raise BusyError(_("Somebody is doing something to this order right now."))
    if BotDeed.objects.filter(talk=talk).count() >= MOST_OF_ONE_TALK:
        raise BusyError(_("It has changed as much as it may in one conversation."))
    values = {"act": errand.act, **errand.values}
    if errand.amount is not None:
        values["amount"] = str(errand.amount)
    return BotDeed.objects.create(talk=talk, order=order, what=errand.what, key=key, values=values), True


def _goes_on(talk: BotTalk) -> bool:
    """Locked: who takes the word waits, and then sees on the card what was begun before."""
    return BotTalk.objects.select_for_update(of=("self",), no_key=True).filter(pk=talk.pk, ended_at=None).exists()


@transaction.atomic
def end(row: BotDeed, state: str, *, result: Mapping[str, object] | None = None, error: str = "") -> None:
    """Notes how it ended, once; where it may have been done, it is written in the conversation's log."""
    doing = BotDeed.objects.filter(pk=row.pk, state=DeedState.DOING)
    if not doing.update(state=state, result=dict(result or {}), error=error[:400], ended_at=timezone.now()):
        return
    row.state, row.error = state, error
    if state == DeedState.REFUSED:
        return
    from conversations.bots.deeds import DEEDS

    name = str(DEEDS[row.what].name) if row.what in DEEDS else row.what
    unsure = _("perhaps: the shop fell silent") if state == DeedState.UNCERTAIN else ""
    about = f"{name} · {row.order.number}" if row.order else name
    log(row.talk.conversation, Activity.Verb.BOT_DID, by=None, to=about[:200], reason=unsure)


def give_up_on_the_dead(rows: QuerySet[BotDeed]) -> None:
    """Nobody waits for these any more, and whether the shop did them is for a person to see."""
    dead = rows.filter(state=DeedState.DOING, created_at__lt=timezone.now() - SILENT)
    for row in dead.select_related("order", "talk__conversation"):
        end(row, DeedState.UNCERTAIN, error=_("The desk was interrupted: look at the order in the shop."))


def _carry_out(row: BotDeed) -> None:
    for carry_out in CARRY_OUT:
        try:
            carry_out(row)
        except Exception:
            # Whatever the shop's answer provokes: it may be done, so nobody may take it for undone.
            logger.exception("a deed at a shop failed", deed=row.pk)
            end(row, DeedState.UNCERTAIN, error=_("Something unexpected happened: look at the order in the shop."))
    end(row, DeedState.REFUSED, error=_("This order’s shop is not connected any more."))
