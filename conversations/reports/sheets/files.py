"""A report as a file: its sheet as CSV, XLSX or PDF, for a download and for a mail."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from conversations.reports.sheets import tables, workbook
from conversations.reports.sheets.opened import Opened
from conversations.reports.sheets.sheet import Sheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX, "pdf": "application/pdf"}


def made(one: Opened, sheet: Sheet, form: str) -> bytes:
    """Its sheet as a file of that form, in the language that is spoken just now."""
    if form == "csv":
        return b"".join(tables.as_csv(tables.long(sheet, one.asked)))
    if form == "xlsx":
        return b"".join(workbook.streamed(tables.pages(sheet, one.asked)))
    from conversations.reports.sheets import paper  # with its fonts: only where a page is printed

    foot = _("%(desk)s, %(report)s, as of %(at)s") % {
        "desk": settings.DESK_NAME,
        "report": one.report.title,
        "at": date_format(timezone.now().astimezone(one.asked.zone), "j M Y H:i"),
    }
    return paper.pdf(sheet, one.asked, title=str(one.report.title), says=one.in_words(), foot=foot)


def name_of(one: Opened, form: str) -> str:
    """ "service-2026-05-01-2026-05-31.pdf"."""
    return f"{one.report.key}-{'-'.join(_days(one.asked.begins, one.asked.ends))}.{form}"


def _days(begins: datetime, ends: datetime) -> Iterator[str]:
    yield begins.date().isoformat()
    yield (ends - timedelta(hours=12)).date().isoformat()
