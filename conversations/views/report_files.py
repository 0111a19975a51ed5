"""Reports as files: a sheet as CSV, XLSX or PDF, and the rows behind a number as CSV or XLSX, streamed."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from conversations.reports.sheets import tables, workbook
from conversations.reports.sheets.files import TYPES, XLSX, made, name_of
from conversations.reports.sheets.opened import Opened
from conversations.views.reports import found
from conversations.views.streaming import streamed


@login_required
@require_GET
def report_file(request: HttpRequest, key: str, form: str) -> HttpResponseBase:
    """`form`: csv, xlsx or pdf."""
    one = _wanted(request, key, form, ("csv", "xlsx", "pdf"))
    if isinstance(one, HttpResponse):
        return one
    file = made(one, one.report.sheet(one.asked), form)
    return streamed(iter([file]), content_type=TYPES[form], name=name_of(one, form))


@login_required
@require_GET
def rows_file(request: HttpRequest, key: str, form: str) -> HttpResponseBase:
    """`cell` as the list of rows has it; `form`: csv or xlsx."""
    one = _wanted(request, key, form, ("csv", "xlsx"))
    if isinstance(one, HttpResponse):
        return one
    behind = one.behind(request.GET.get("cell", ""))
    rows = tables.behind(behind, one.asked.agent, one.asked.zone)
    name = name_of(one, form).replace(one.report.key, f"{one.report.key}-rows", 1)
    if form == "csv":
        return streamed(tables.as_csv(rows), content_type=TYPES[form], name=name)
    return streamed(workbook.streamed([workbook.Page(str(behind.title), rows)]), content_type=XLSX, name=name)


def _wanted(request: HttpRequest, key: str, form: str, forms: tuple[str, ...]) -> Opened | HttpResponse:
    if form not in forms:
        raise Http404
    return found(request, key)
