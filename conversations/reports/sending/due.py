"""What is due goes out once: a row for each time it was due, and one word more before the mail leaves us."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_noop

from conversations.models import ReportSchedule, ReportSending
from conversations.models.report_schedule import SendingState
from conversations.reports.sending.mailing import NotNowError, mail
from conversations.reports.sending.times import next_after

MOST = 100  # at once; the next sweep takes the others
DEAD_AFTER = timedelta(minutes=10)  # who took it and says nothing is gone
MOST_TRIES = 5
KEPT = timedelta(days=400)

log = structlog.get_logger(__name__)


def take_due(now: datetime | None = None) -> list[int]:
    """Keys of sendings that are to be made now: those that come due, once, and those that somebody left lying."""
    at = now or timezone.now()
    with transaction.atomic():
        rows = ReportSchedule.objects.select_for_update(skip_locked=True, of=("self",))
        for schedule in rows.filter(paused="", next_at__lte=at).order_by("next_at")[:MOST]:
            ReportSending.objects.get_or_create(schedule=schedule, due_at=schedule.next_at, defaults={"said_at": at})
            schedule.next_at = next_after(schedule, at)  # whatever was missed meanwhile goes out once
            schedule.save(update_fields=["next_at"])
    ReportSending.objects.filter(due_at__lt=at - KEPT).delete()
    waiting = ReportSending.objects.filter(state=SendingState.QUEUED, schedule__paused="")
    fresh = waiting.filter(tries=0) | waiting.filter(said_at__lt=at - DEAD_AFTER)
    return list(fresh.order_by("due_at").values_list("pk", flat=True)[:MOST])


def send_now(schedule: ReportSchedule) -> ReportSending:
    """Besides its times; where it is paused, it goes on being so."""
    return ReportSending.objects.create(schedule=schedule, due_at=timezone.now())


def send(key: int) -> None:
    """Makes it and hands it over. Whoever comes second, or comes again after that, does nothing."""
    now = timezone.now()
    with transaction.atomic():
        rows = ReportSending.objects.select_for_update(skip_locked=True, of=("self",)).select_related("schedule__owner")
        one = rows.filter(pk=key, state=SendingState.QUEUED).first()
        if one is None or one.tries and one.said_at > now - DEAD_AFTER:
            return
        if one.tries >= MOST_TRIES:
            _say(one, SendingState.FAILED, error=gettext_noop("It was begun five times, and nobody ended it."))
            return
        one.tries, one.said_at = F("tries") + 1, now
        one.save(update_fields=["tries", "said_at"])
    try:
        made = mail(one.schedule, one.due_at, one.pk)
    except NotNowError as reason:
        ReportSchedule.objects.filter(pk=one.schedule_id, paused="").update(paused=reason.pause)
        _say(one, SendingState.LEFT_OUT, error=str(reason))
        return
    _say(one, SendingState.HANDED)  # from here on nobody sends it again
    try:
        made.send()
    except OSError as error:  # of SMTP, of the net: the mail has not been taken
        _say(one, SendingState.FAILED, error=str(error)[:400])
        log.warning("a report was not sent", schedule=one.schedule_id, error=str(error))
        return
    _say(one, SendingState.SENT, sent_to=len(made.recipients()))


def _say(one: ReportSending, state: SendingState, *, error: str = "", sent_to: int = 0) -> None:
    """At once, for everybody: outside of any transaction."""
    ReportSending.objects.filter(pk=one.pk).update(
        state=state, said_at=timezone.now(), error=error[:400], sent_to=sent_to
    )
