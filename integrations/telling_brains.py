"""Tells a brain that handed a conversation over by its own protocol what became of it: taken on by a person, ended."""

from datetime import timedelta
from typing import cast

import structlog
from django.utils import timezone

from conversations.models import Handoff, Status
from integrations import health, turns
from integrations.adapters import adapter_named
from integrations.adapters.base import AdapterError, CredentialError
from integrations.adapters.bots.base import Tells
from integrations.brains import name_of
from integrations.models import BrainTalk

log = structlog.get_logger(__name__)

AT_ONCE = 100
GIVEN_UP_AFTER = timedelta(days=7)  # nobody has taken it on, or it was never ended


def tell_each() -> int:
    """Gives how many words were said. One that cannot be told now is come back to."""
    waiting = BrainTalk.objects.exclude(waits_for="").select_related("connector", "conversation").order_by("since")
    waiting.filter(since__lt=timezone.now() - GIVEN_UP_AFTER).update(waits_for="")
    return sum(_tell(talk) for talk in waiting[:AT_ONCE])


def _tell(talk: BrainTalk) -> bool:
    words = _due(talk)
    if not words or not turns.is_open(talk.connector, timezone.now()):
        return False
    adapter = cast(Tells, adapter_named(talk.connector.adapter))
    try:
        for word in words:
            adapter.tell(talk.connector, name_of(talk.connector, talk.conversation_id), talk.state, word)
    except CredentialError as error:
        health.broken(talk.connector, str(error))
        return False
    except AdapterError as error:
        log.info("a brain was not told", connector=talk.connector_id, error=str(error), said=error.said[:400])
        if error.permanent:
            BrainTalk.objects.filter(pk=talk.pk).update(waits_for="")
        return False
    after = "" if "completed" in words else "completed"
    BrainTalk.objects.filter(pk=talk.pk, waits_for=talk.waits_for).update(waits_for=after, since=timezone.now())
    return True


def _due(talk: BrainTalk) -> list[str]:
    """The words that are true by now and were not said yet."""
    passed_on = Handoff.objects.filter(conversation=talk.conversation, to_people=True)
    handoff = passed_on.order_by("-created_at", "-pk").first()
    if handoff is None:
        return []
    is_taken_on = bool(handoff.accepted_at or handoff.answered_at)
    back = Handoff.objects.filter(conversation=talk.conversation, to_people=False, created_at__gt=handoff.created_at)
    is_ended = talk.conversation.status == Status.RESOLVED or back.exists()
    words = ["accepted"] if talk.waits_for == "accepted" and (is_taken_on or is_ended) else []
    return [*words, *(["completed"] if is_ended else [])]
