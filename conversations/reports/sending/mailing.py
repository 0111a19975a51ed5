"""A report as a mail: its figures in words, its link, and its files, in its owner's language and with their rights."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.http import Http404, QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from conversations.models import ReportSchedule
from conversations.models.report_schedule import Pause
from conversations.reports.sheets import asking, files, written
from conversations.reports.sheets.asking import NotUnderstoodError
from conversations.reports.sheets.opened import Opened, opened
from conversations.reports.sheets.sheet import Sheet, Tiles


class NotNowError(Exception):
    """It cannot go out, and will not the next time: `pause` says why."""

    def __init__(self, pause: Pause) -> None:
        super().__init__(str(pause.label))
        self.pause = pause


def mail(schedule: ReportSchedule, due_at: datetime, key: int) -> EmailMessage:
    """As its owner may see it now, of the moment when it was due. Raises NotNowError."""
    owner = schedule.owner
    if not owner.is_active:
        raise NotNowError(Pause.LEFT)
    with translation.override(owner.locale), timezone.override(ZoneInfo(owner.get_timezone())):
        one = _opened(schedule, due_at)
        to = recipients(schedule)
        if not to:
            raise NotNowError(Pause.NOBODY)
        subject = f"{one.report.title}: {written.days(one.asked.begins, one.asked.ends)}"
        sheet = one.report.sheet(one.asked)
        message = EmailMessage(subject, _words(schedule, one, sheet), None, to)
        host = settings.SITE_URL.split("//")[-1].split(":")[0]
        message.extra_headers = {"Message-ID": f"<report-{key}@{host}>", "Auto-Submitted": "auto-generated"}
        for form in schedule.forms:
            message.attach(files.name_of(one, form), files.made(one, sheet, form), files.TYPES[form].split(";")[0])
    return message


def recipients(schedule: ReportSchedule) -> list[str]:
    """Agents who have left get nothing more, nor does anybody outside when its owner is no admin any more."""
    theirs: Iterable[str] = schedule.agents.filter(is_active=True).order_by("pk").values_list("email", flat=True)
    outside = schedule.addresses if schedule.owner.is_admin else []
    return list(dict.fromkeys([*theirs, *outside]))


def _opened(schedule: ReportSchedule, due_at: datetime) -> Opened:
    try:
        return opened(schedule.report, schedule.owner, QueryDict(schedule.query), due_at)
    except Http404:
        raise NotNowError(Pause.RIGHTS) from None
    except NotUnderstoodError:
        raise NotNowError(Pause.LINK) from None


def _words(schedule: ReportSchedule, one: Opened, sheet: Sheet) -> str:
    page = reverse("report", args=[one.report.key])
    context = {
        "title": one.report.title,
        "asked": one.in_words(),
        "figures": list(_figures(sheet)),
        "link": f"{settings.SITE_URL}{page}?{asking.query_of(one.pinned)}",
        "schedules": f"{settings.SITE_URL}{reverse('report_schedules', args=[one.report.key])}",
        "owner": schedule.owner,
        "often": schedule.get_often_display(),
        "desk": settings.DESK_NAME,
    }
    return render_to_string("conversations/reports/mail.txt", context)


def _figures(sheet: Sheet) -> Iterable[str]:
    for part in sheet.parts:
        if isinstance(part, Tiles):
            for cell in part.cells:
                change = written.change(cell)
                said = _("%(label)s: %(value)s") % {"label": cell.figure.label, "value": written.shown(cell)}
                yield f"{said} ({change.text})" if change else said
