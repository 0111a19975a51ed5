"""What agents do with what the bot handed over: take it, give it back to people or to the bot, do the next step."""

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _

from conversations.actions import orders
from conversations.actions.assigning import assign
from conversations.actions.change import NotPossibleError, locked, log
from conversations.actions.declining import decline
from conversations.actions.orders import Wish
from conversations.bots.deeds import DEEDS, Deed, Outcome, do
from conversations.bots.deeds.cancel import CANCEL
from conversations.bots.deeds.deed import Matter
from conversations.bots.deeds.whose import order_meant
from conversations.bots.memory import Need
from conversations.bots.words import say
from conversations.handoff import lease
from conversations.handoff.card import LABELS, current
from conversations.handoff.handing import hand_over
from conversations.handoff.opening import opened, tell_of_handover
from conversations.handoff.packet import Packet, Tried, packet_of
from conversations.models import Activity, Bot, BotTalk, Conversation, Handoff, Status
from conversations.models.handoff import HandoffReason
from conversations.models.order_act import OrderActKind
from conversations.outbound import compose, speaking
from conversations.outbound.way import Way
from conversations.routing import waiting
from customers.models import Order

if TYPE_CHECKING:
    from deskapp.models import User

MOST_SIGNS = 400  # of instructions
_STEP = uuid.UUID("4f0c1a52-9f0b-4a54-8d4b-1a7f6f1d8c11")  # what makes the same step of one handoff one deed


@transaction.atomic
def take_over(conversation: Conversation, *, by: "User") -> Handoff:
    """From the bot, in the middle of its talk: nothing of what it thinks of right now is said any more."""
    conversation = locked(conversation)
    if conversation.status != Status.PENDING:
        raise NotPossibleError(_("The bot does not have it any more."))
    if conversation.assignee_id != by.pk:
        assign(conversation, to=by, by=by)
        conversation = locked(conversation)
    handoff = hand_over(conversation, HandoffReason.STEPPED_IN, by=by)
    opened(conversation, by=by)
    return handoff


@transaction.atomic
def accept(conversation: Conversation, *, by: "User") -> Handoff:
    """It is theirs, and the customer hears who has read their words. What a colleague has is theirs: it is asked of
    them, not taken."""
    handoff, conversation = _current(conversation)
    if conversation.assignee_id not in (None, by.pk):
        raise NotPossibleError(_("%(agent)s has it already.") % {"agent": conversation.assignee})
    conversation = assign(conversation, to=by, by=by)
    if handoff.accepted_at is None:
        handoff.accepted_by, handoff.accepted_at = by, timezone.now()
        handoff.save(update_fields=["accepted_by", "accepted_at"])
    opened(conversation, by=by)
    return handoff


@transaction.atomic
def turn_down(conversation: Conversation, *, by: "User", reason: str) -> None:
    """Somebody else is chosen, also where nobody had it yet. Raises NotPossibleError without a reason."""
    handoff, conversation = _current(conversation)
    if not reason.strip():
        raise NotPossibleError(_("Say why you give it back."))
    if conversation.assignee_id == by.pk:
        decline(conversation, by=by, reason=reason)
    elif conversation.assignee_id is None:
        log(conversation, Activity.Verb.DECLINED, by=by, reason=reason.strip())
        waiting.enqueue(conversation, "declined", passed=[by.pk])
    else:
        raise NotPossibleError(_("%(agent)s has it already.") % {"agent": conversation.assignee})
    handoff.declines += 1
    handoff.accepted_by, handoff.accepted_at = None, None
    handoff.save(update_fields=["declines", "accepted_by", "accepted_at"])


@transaction.atomic
def hand_back(conversation: Conversation, *, by: "User", instructions: str = "", only_step: str = "") -> BotTalk:
    """To the bot that had it, which goes on by `instructions`, or collects the one detail `only_step` and gives it back
    then. Whoever has it keeps it. Raises NotPossibleError."""
    conversation = locked(conversation)
    instructions = instructions.replace("\x00", "").strip()[:MOST_SIGNS]
    if only_step and only_step not in LABELS:
        raise NotPossibleError(_("Choose what the bot is to ask for."))
    if not (instructions or only_step):
        raise NotPossibleError(_("Say what the bot is to do."))
    if conversation.status == Status.PENDING:
        raise NotPossibleError(_("The bot has it already."))
    bot = _bot_for(conversation)
    talk = lease.give(conversation, bot, by=by, instructions=instructions, only_step=only_step)
    wanted = instructions or _("ask for: %(detail)s") % {"detail": str(LABELS[Need(only_step)]).lower()}
    Handoff.objects.create(
        conversation=conversation,
        talk=talk,
        to_people=False,
        reason=HandoffReason.BACK,
        detail=wanted,
        packet={"instructions": instructions, "only_step": only_step},
        term=talk.term,
        by=by,
    )
    log(conversation, Activity.Verb.HANDED_BACK, by=by, to=bot.name, reason=wanted)
    tell_of_handover(conversation)
    return talk


def do_next(conversation: Conversation, *, by: "User") -> Outcome:
    """The deed that the card names, once however often it is pressed; what came of it stands on the card. Call it
    outside any transaction, since a shop may be asked."""
    handoff, conversation = _at_hand(conversation)
    packet = packet_of(handoff.packet)
    step = packet.next_step
    if step is None or step.deed not in DEEDS or handoff.talk is None:
        raise NotPossibleError(_("There is nothing more to do here."))
    _check_may(conversation, DEEDS[step.deed], step.values, by=by)
    outcome = do(handoff.talk, DEEDS[step.deed], dict(step.values), uuid.uuid5(_STEP, f"{handoff.pk} {step.deed}"))
    if outcome.result != "under_way":
        _note_step(handoff, packet, outcome, by=by)
    if outcome.result == "done":
        _tell_customer(handoff, outcome, by=by)
    return outcome


def _check_may(conversation: Conversation, deed: Deed, values: Mapping[str, str], *, by: "User") -> None:
    """By the bot's hand nobody sees or gives back more than by their own."""
    if not deed.wants_proof:
        return
    if not by.sees_purchases:
        raise NotPossibleError(_("You may not see what customers bought."))
    if deed.key == CANCEL.key:
        order = order_meant(Matter(conversation, values, conversation.language, timezone.now()))
        if isinstance(order, Order):
            orders.check(order, Wish(OrderActKind.CANCEL), by=by)


@transaction.atomic
def _at_hand(conversation: Conversation) -> tuple[Handoff, Conversation]:
    return _current(conversation)


@transaction.atomic
def _note_step(handoff: Handoff, packet: Packet, outcome: Outcome, *, by: "User") -> None:
    step = packet.next_step
    assert step
    conversation = locked(handoff.conversation)
    handoff = Handoff.objects.select_for_update(of=("self",), no_key=True).get(pk=handoff.pk)
    written = dict(handoff.packet)
    tried = Tried(step.deed, outcome.result, None, outcome.about)
    written["tried"] = [*written.get("tried", []), vars(tried)]
    if outcome.result == "done":
        written["next_step"] = None
    handoff.packet = written
    handoff.save(update_fields=["packet"])
    log(conversation, Activity.Verb.BOT_DID, by=by, to=str(DEEDS[step.deed].name), reason=outcome.about)


@transaction.atomic
def _tell_customer(handoff: Handoff, outcome: Outcome, *, by: "User") -> None:
    """They wait for it: what came of it goes to them as the word of the agent who had it done, as any other of theirs
    (so it can be taken back for some seconds). Not where nothing reaches them: then the card alone says it."""
    conversation = locked(handoff.conversation)
    path = speaking.path_to(conversation, lease.last_line(conversation))
    language = (handoff.talk.language if handoff.talk else "") or conversation.language
    texts = [say(each.key, language, **each.values) for each in outcome.said]
    if path is None or not any(texts):
        return
    compose.reply(
        conversation,
        html="".join(f"<p>{escape(text)}</p>".replace("\n", "<br>") for text in texts if text),
        by=by,
        channel=path.channel,
        identity=path.identity,
        client_id=uuid.uuid5(_STEP, f"{handoff.pk} told"),
        way=Way(answers=path.answers),
    )


def _current(conversation: Conversation) -> tuple[Handoff, Conversation]:
    """Under lock. Raises NotPossibleError where the bot has the word, or nobody handed anything over."""
    conversation = locked(conversation)
    handoff = current(conversation) if conversation.is_open else None
    if handoff is None:
        raise NotPossibleError(_("It is not with the people any more."))
    return handoff, conversation


def _bot_for(conversation: Conversation) -> Bot:
    talk = BotTalk.objects.filter(conversation=conversation, bot__is_active=True).order_by("-began_at", "-pk").first()
    bot = talk.bot if talk else Bot.objects.filter(is_active=True).order_by("pk").first()
    if bot is None:
        raise NotPossibleError(_("There is no bot to give it to."))
    return bot
