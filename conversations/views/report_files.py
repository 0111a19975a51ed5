"""Reports as files: a sheet as CSV, XLSX or PDF, and the rows behind a number as CSV or XLSX, streamed."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from conversations.reports.sheets import tables, workbook
from conversations.reports.sheets.opened import Opened
from conversations.views.reports import found
from conversations.views.streaming import streamed

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX, "pdf": "application/pdf"}


@login_required
@require_GET
def report_file(request: HttpRequest, key: str, form: str) -> HttpResponseBase:
    """`form`: csv, xlsx or pdf."""
    one = _wanted(request, key, form, ("csv", "xlsx", "pdf"))
    if isinstance(one, HttpResponse):
        return one
    return streamed(request, iter([made(one, form)]), content_type=TYPES[form], name=name_of(one, form))


@login_required
@require_GET
def rows_file(request: HttpRequest, key: str, form: str) -> HttpResponseBase:
    """`cell` as the list of rows has it; `form`: csv or xlsx."""
    one = _wanted(request, key, form, ("csv", "xlsx"))
    if isinstance(one, HttpResponse):
        return one
    behind = one.behind(request.GET.get("cell", ""))
    rows = tables.behind(behind, one.asked.zone)
    name = name_of(one, form).replace(one.report.key, f"{one.report.key}-rows", 1)
    if form == "csv":
        return streamed(request, tables.as_csv(rows), content_type=TYPES[form], name=name)
    return streamed(request, workbook.streamed([workbook.Page(str(behind.title), rows)]), content_type=XLSX, name=name)


def made(one: Opened, form: str) -> bytes:
    """The sheet as a file of that form, in the language that is spoken just now."""
    sheet = one.report.sheet(one.asked)
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


def _wanted(request: HttpRequest, key: str, form: str, forms: tuple[str, ...]) -> Opened | HttpResponse:
    if form not in forms:
        raise Http404
    return found(request, key)
