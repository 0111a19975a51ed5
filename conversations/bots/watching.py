"""Certainty beside speed: turns that nobody came for, customers whom nobody answers, and talks that were left."""

from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.actions.change import locked, save
from conversations.actions.states import resolve
from conversations.bots import waking
from conversations.handoff import handing, lease
from conversations.models import BotTalk, BotTurn, Conversation, Lease, Medium, Status
from conversations.models.bot import TalkEnd
from conversations.models.handoff import HandoffReason
from conversations.models.lease import Holder
from conversations.required import LackingError

log = structlog.get_logger(__name__)

MISSED_AFTER = timedelta(seconds=30)  # who waits so long, and for whom no turn is written down, was forgotten
LEFT_AFTER = {Medium.CHAT: timedelta(hours=12)}  # they said nothing more
LEFT_ELSEWHERE = timedelta(days=3)
AT_ONCE = 200


def due() -> list[int]:
    """Turns whose time has come: their task was lost with the broker, or whoever was at it has died."""
    waiting = BotTurn.objects.filter(due_at__lte=timezone.now()).order_by("due_at")
    return list(waiting.values_list("pk", flat=True)[:AT_ONCE])


def look_round() -> int:
    """Nobody is with the bot and waits for ever: how many did."""
    return sum(map(_mend, _forgotten())) + sum(map(_leave, _left()))


def _forgotten() -> list[int]:
    """With the bot, and no turn although they wait; or said to be, and nobody has the word."""
    rows = Conversation.objects.filter(status=Status.PENDING, merged_into=None)
    waits = Q(waiting_since__lt=timezone.now() - MISSED_AFTER, bot_turn=None)
    nobody = ~Q(pk__in=Lease.objects.filter(holder=Holder.BOT).values("conversation"))
    nobody |= ~Q(pk__in=BotTalk.objects.filter(ended_at=None, bot__isnull=False).values("conversation"))
    return list(rows.filter(waits | nobody).order_by("pk").values_list("pk", flat=True)[:AT_ONCE])


@transaction.atomic
def _mend(pk: int) -> bool:
    conversation = locked(Conversation(pk=pk))
    if conversation.status != Status.PENDING or BotTurn.objects.filter(pk=pk).exists():
        return False
    talk = BotTalk.objects.filter(conversation=conversation, ended_at=None).select_related("bot").first()
    if talk and talk.bot and lease.has(conversation, talk.term):
        waking.wake(conversation)
    else:
        handing.hand_over(conversation, HandoffReason.BRAIN, talk=talk, detail=_("It was not there any more."))
    log.warning("somebody with the bot was forgotten", conversation=pk)
    return True


def _left() -> list[int]:
    """Talks in which the bot has the last word, since long."""
    now = timezone.now()
    late = Q(spoke_at__lt=now - LEFT_ELSEWHERE)
    for medium, after in LEFT_AFTER.items():
        late |= Q(channel__medium=medium, spoke_at__lt=now - after)
    rows = BotTalk.objects.filter(late, ended_at=None, conversation__waiting_since=None)
    return list(rows.order_by("spoke_at").values_list("conversation", flat=True)[:AT_ONCE])


@transaction.atomic
def _leave(pk: int) -> bool:
    """It is solved for now, and never counted as the bot's doing: they may have got nothing out of it."""
    conversation = locked(Conversation(pk=pk))
    if conversation.waiting_since or not lease.take(conversation, by=None, why=TalkEnd.LEFT, end=TalkEnd.LEFT):
        return False
    save(conversation)
    try:
        with transaction.atomic():
            resolve(conversation, by=None, reason=_("The customer left."))
    except LackingError:
        log.info("a talk that was left stays open: something must be known first", conversation=pk)
    return True
