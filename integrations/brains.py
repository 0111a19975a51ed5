"""Asks the brain of another maker that a bot has, and hands its answer to the turn; whatever goes wrong, to people.

It listens to conversations.bots.turn.brain_asked. A question is asked once; its answer comes at once, or by the door
(`late`). The turn itself notices who says nothing at all.
"""

import uuid
from datetime import datetime
from typing import cast

import structlog
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from conversations.bots import brain, turn
from conversations.bots.acts import Asked, HandOver
from integrations import health, turns
from integrations.adapters import adapter_named
from integrations.adapters.base import AdapterError, AwayError, CredentialError
from integrations.adapters.bots.base import Brain, Costs, RudeError, SilentBrainError
from integrations.adapters.bots.thoughts import Answered, Later, Question, Thought
from integrations.files_told import with_files
from integrations.models import BrainCall, BrainTalk, Connector
from integrations.queueing import queue_brain_again
from integrations.thinking import answer_of, is_ours

log = structlog.get_logger(__name__)

MARGIN = 0.5  # seconds before the turn gives up, in which what was answered is still acted on
FORGIVEN = 2  # times in a row that it may be silent before it is left in peace for a while


def ask(key: uuid.UUID, until: datetime) -> None:
    """May be called again: a key is asked once."""
    asked = turn.question_of(key)
    if asked is None:
        return
    connector = Connector.objects.filter(bot=asked.bot).first()
    if connector is None or not hasattr(adapter_named(connector.adapter), "think"):
        turn.fail(key, _("Its brain is not connected any more."))
        return
    own = brain.think(asked)
    takes_instructions = getattr(adapter_named(connector.adapter), "takes_instructions", False)
    if is_ours(asked, own, takes_instructions=takes_instructions):
        turn.heard(key, own)
    elif connector.is_draft or not turns.is_open(connector, timezone.now()):
        turn.fail(key, _("%(name)s is not there now.") % {"name": connector.name})
    else:
        _in_turn(key, until, asked, connector)


def late(connector: Connector, answered: Answered) -> None:
    """An answer that came by the door. Raises ValueError for one to what this connector was never asked."""
    key = _key(answered.key)
    call = BrainCall.objects.filter(connector=connector, key=key).first() if key else None
    if call is None:
        raise ValueError(f"It was never asked “{answered.key}”.")
    asked = turn.question_of(call.key)
    if asked is None or not _act_on(connector, call.key, asked, answered.thought):
        _end(call, error=_("It came too late, or twice."))
        return
    _end(call)


def _in_turn(key: uuid.UUID, until: datetime, asked: Asked, connector: Connector) -> None:
    """A brain that answers slowly holds up few workers: who finds them all at it comes again."""
    left = (until - timezone.now()).total_seconds() - MARGIN
    if left <= 0:
        turn.fail(key, _("%(name)s had too much to do.") % {"name": connector.name})
        return
    with turns.turn(connector.pk, turns.OF_BRAINS) as is_free:
        if is_free:
            _ask(key, asked, connector, left)
            return
    queue_brain_again(key, until)


def _ask(key: uuid.UUID, asked: Asked, connector: Connector, seconds: float) -> None:
    talk, _is_new = BrainTalk.objects.get_or_create(connector=connector, conversation_id=asked.conversation)
    question = Question(str(key), with_files(asked), seconds, name_of(connector, asked.conversation), talk.state)
    call, why_not = _begun(connector, question)
    if call is None:
        if why_not:
            turn.fail(key, why_not)
        return
    try:
        thought = cast(Brain, adapter_named(connector.adapter)).think(connector, question)
        _answered(connector, call, talk, asked, thought)
    except AdapterError as error:
        _end(call, error=str(error))
        _note(connector, error)
        turn.fail(key, f"{error}"[:400])
    except Exception:
        log.exception("a brain could not be asked", connector=connector.pk)
        _end(call, error=_("Something unexpected happened."))
        turn.fail(key, _("Something unexpected happened with %(name)s.") % {"name": connector.name})


def _answered(connector: Connector, call: BrainCall, talk: BrainTalk, asked: Asked, thought: Thought | Later) -> None:
    Connector.objects.filter(pk=connector.pk).update(last_out_at=timezone.now())
    health.mended(connector)
    turns.wake(connector)
    if thought.state is not None:
        BrainTalk.objects.filter(pk=talk.pk).update(state=dict(thought.state))
    if isinstance(thought, Later):
        return
    _end(call, tokens=thought.tokens)
    _act_on(connector, call.key, asked, thought)


def _act_on(connector: Connector, key: uuid.UUID, asked: Asked, thought: Thought) -> bool:
    is_heard = turn.heard(key, answer_of(asked, brain.think(asked), thought))
    hands_over = any(isinstance(act, HandOver) for act in thought.acts)
    if is_heard and hands_over and hasattr(adapter_named(connector.adapter), "tell"):
        those = BrainTalk.objects.filter(connector=connector, conversation=asked.conversation)
        those.update(waits_for="accepted", since=timezone.now())
    return is_heard


def _begun(connector: Connector, question: Question) -> tuple[BrainCall | None, str]:
    """None where it was asked before, or may cost no more: then with the words why."""
    adapter, key = adapter_named(connector.adapter), uuid.UUID(question.key)
    with transaction.atomic():
        Connector.objects.select_for_update(of=("self",), no_key=True).get(pk=connector.pk)
        if BrainCall.objects.filter(key=key).exists():
            return None, ""
        tokens = 0
        if hasattr(adapter, "cost"):
            cost = cast(Costs, adapter).cost(connector, question)
            tokens, asked = cost.tokens, BrainCall.objects.filter(connector=connector)
            if _spent(asked.filter(asked_at__gte=_today())) + tokens > cost.most_a_day:
                return None, _("%(name)s has used up what it may cost today.") % {"name": connector.name}
            if _spent(asked.filter(conversation=question.asked.conversation)) + tokens > cost.most_a_talk:
                return None, _("%(name)s has used up what one conversation may cost.") % {"name": connector.name}
        row = BrainCall(connector=connector, conversation_id=question.asked.conversation, key=key, tokens=tokens)
        row.save()
        return row, ""


def _spent(calls: QuerySet[BrainCall]) -> int:
    return calls.aggregate(tokens=Sum("tokens"))["tokens"] or 0


def _today() -> datetime:
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def _end(call: BrainCall, *, tokens: int = 0, error: str = "") -> None:
    """One whose cost nobody told stands for what it might have cost."""
    ended = {"ended_at": timezone.now(), "error": error[:400]}
    BrainCall.objects.filter(pk=call.pk, ended_at=None).update(**ended, **({"tokens": tokens} if tokens else {}))


def _note(connector: Connector, error: AdapterError) -> None:
    """What it says of the connector: a refused key is told to the admins; who is away, or was silent again and again,
    is left in peace for some seconds, in which conversations go to people at once."""
    log.warning("a brain failed", connector=connector.pk, error=str(error), said=error.said[:400])
    if isinstance(error, CredentialError):
        health.broken(connector, str(error))
    elif isinstance(error, SilentBrainError | RudeError) and connector.failures < FORGIVEN:
        Connector.objects.filter(pk=connector.pk, failures=connector.failures).update(failures=connector.failures + 1)
    elif isinstance(error, AwayError | RudeError):
        turns.rest(connector, error.wait)


def name_of(connector: Connector, conversation: int) -> str:
    """Of a conversation, at a brain: the same each time, and nobody can guess another's."""
    digest = salted_hmac("integrations.brains", f"{connector.pk} {conversation}", algorithm="sha256").hexdigest()
    return f"throughline-{conversation}-{digest[:20]}"


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
