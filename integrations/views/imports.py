"""/settings/imports/: files of customers, agents and old conversations: uploaded, looked at, brought in, undone."""

import csv
from collections.abc import Iterator

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from conversations import audit
from conversations.models import Channel
from conversations.typed import whole_number
from conversations.views.acting import agent_of
from conversations.views.as_typed import WHOLE, is_typed, told
from integrations.imports import fields, running
from integrations.imports.choices import Choices
from integrations.imports.files import ENCODINGS, LARGEST, LARGEST_UPLOAD, RefusedError
from integrations.imports.items import defused
from integrations.imports.preview import Line, preview
from integrations.imports.uploading import read_columns, take
from integrations.models import Export, Import, ImportRow
from integrations.views.admins import MOVES, needs

AT_ONCE = 30
MOST_CHANNELS = 200
MEGA = 1024 * 1024
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}


@needs(MOVES)
@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """POST takes a `file`. GET lists what came so far, or of it what `q` is in; `?after` is
    the next page."""
    wrong = ""
    if request.method == "POST":
        upload = request.FILES.get("file")
        try:
            if upload is None:
                raise RefusedError(_("Choose a file first."))
            one = take(upload, upload.name or "", upload.size or 0, by=agent_of(request), most=LARGEST_UPLOAD)
            return redirect("import", pk=one.pk)
        except RefusedError as error:
            wrong = str(error)
    after = request.GET.get("after", "")
    found = _theirs(request).order_by("-pk")
    words = request.GET.get("q", "").replace("\x00", "").strip()
    found = found.filter(Q(name__icontains=words) | Q(by__name__icontains=words)) if words else found
    found = found if (last := whole_number(after)) is None else found.filter(pk__lt=last)
    rows = list(found[: AT_ONCE + 1])
    context = {
        "imports": rows[:AT_ONCE],
        "after": rows[AT_ONCE - 1].pk if len(rows) > AT_ONCE else 0,
        "wrong": wrong,
        "q": words,
        "most": LARGEST_UPLOAD // MEGA,
        "most_unpacked": LARGEST // MEGA,
        "exports": Export.objects.select_related("by").order_by("-pk")[:5],
        "tab": "imports",
    }
    return render(request, "integrations/imports/imports.html", context, status=422 if wrong else 200)


@needs(MOVES)
@require_http_methods(["GET", "POST"])
def import_(request: HttpRequest, pk: int) -> HttpResponse:
    """POST says what the file is and what its columns mean, and does `act`: look (the first rows), run, or discard."""
    one = _found(request, pk)
    if request.method == "GET":
        return _page(request, one)
    if one.state != Import.State.DRAFT:
        raise Http404
    if request.POST.get("act") == "discard":
        return _discarded(request, one)
    wrong = _taken(request, one)
    if is_typed(request):
        return told(request, {WHOLE: wrong or _lacking(one)})
    if wrong:
        return _page(request, one, wrong)
    one.save(update_fields=["what", "encoding", "delimiter", "columns", "mapping", "options", "total"])
    if request.POST.get("act") != "run":
        return redirect("import", pk=pk)
    if wrong := _lacking(one):
        return _page(request, one, wrong)
    running.start(one, by=agent_of(request))
    return redirect("import", pk=pk)


@needs(MOVES)
@require_safe
def import_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is; the page asks for it while it runs."""
    one = _found(request, pk)
    return render(request, "integrations/imports/progress.html", _how_far(one))


@needs(MOVES)
@require_POST
def import_act(request: HttpRequest, pk: int) -> HttpResponse:
    """`act`: undo what was brought in, or go on where it stopped."""
    one = _found(request, pk)
    if request.POST.get("act") == "undo":
        running.undo(one, by=agent_of(request))
    elif one.state == Import.State.STOPPED:
        running.start(one, by=agent_of(request))
    return redirect("import", pk=pk)


@needs(MOVES)
@require_safe
def import_aside(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What was set aside, as a table that can be mended and brought in again."""
    one = _found(request, pk)
    answer = StreamingHttpResponse(_aside(one), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="set-aside-{one.pk}.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _theirs(request: HttpRequest) -> QuerySet[Import]:
    """Agents are the admin's alone: who brings them in could bring in an admin."""
    found = Import.objects.select_related("by")
    return found if agent_of(request).is_admin else found.exclude(what=Import.What.AGENTS)


def _found(request: HttpRequest, pk: int) -> Import:
    return get_object_or_404(_theirs(request), pk=pk)


def _whats(request: HttpRequest) -> list[tuple[str, str]]:
    is_admin = agent_of(request).is_admin
    return [(value, str(label)) for value, label in Import.What.choices if is_admin or value != Import.What.AGENTS]


class _Echo:
    def write(self, text: str) -> str:
        return text


def _aside(one: Import) -> Iterator[str]:
    """The file's own columns, so that it can be uploaded as it is, and behind them the line and the reason."""
    out = csv.writer(_Echo())
    yield "\ufeff" + out.writerow([*map(defused, one.columns), _("Line"), _("Why")])
    for row in one.rows.filter(state=ImportRow.State.ASIDE).order_by("number").iterator(500):
        for cells in row.said or [[]]:
            padded = [*cells, *[""] * (len(one.columns) - len(cells))][: max(len(one.columns), len(cells))]
            yield out.writerow([*map(defused, padded), row.number, defused(row.why)])


def _taken(request: HttpRequest, one: Import) -> str:
    """Takes what the form says, and saves nothing; gives what is wrong with it."""
    given = {name: str(value) for name, value in request.POST.items()}
    one.options = Choices.read(given, agent_of(request).get_timezone()).kept()
    if one.form == "csv":
        what = given["what"] if given.get("what") in dict(_whats(request)) else one.what
        encoding = given["encoding"] if given.get("encoding") in ENCODINGS else one.encoding
        delimiter = DELIMITERS.get(given.get("delimiter", ""), one.delimiter)
        if (what, encoding, delimiter) != (one.what, one.encoding, one.delimiter):
            one.encoding, one.delimiter = encoding, delimiter
            try:
                read_columns(one, what)
            except (RefusedError, LookupError) as error:
                return str(error)
        else:
            names = {field.name for field in fields.fields_of(one.what)}
            picked = {str(place): given.get(f"column-{place}", "") for place in range(len(one.columns))}
            one.mapping = {place: name if name in names else "" for place, name in picked.items()}
    one.total = one.total if one.form == "desk" else 0
    return ""


def _lacking(one: Import) -> str:
    if one.form == "csv":
        if missing := fields.missing(one.what, one.mapping):
            groups = "; ".join(_(" or ").join(group) for group in missing)
            return _("Say which column has this: %(groups)s.") % {"groups": groups}
        if twice := fields.twice(one.what, one.mapping):
            return _("Two columns cannot both be this: %(fields)s.") % {"fields": ", ".join(twice)}
    if one.what == Import.What.CONVERSATIONS:
        channel = Choices.of(one).channel
        if not channel or not Channel.objects.filter(pk=channel).exists():
            return _("Say by which channel these conversations went.")
    return ""


def _discarded(request: HttpRequest, one: Import) -> HttpResponse:
    audit.record(agent_of(request), one, before={"file": one.name, "size": one.size}, after=None)
    if one.file:
        one.file.delete(save=False)
    one.delete()
    messages.success(request, _("The file was thrown away. Nothing of it was brought in."))
    return redirect("imports")


def _page(request: HttpRequest, one: Import, wrong: str = "") -> HttpResponse:
    context: dict[str, object] = {**_how_far(one), "wrong": wrong, "tab": "imports"}
    if one.state == Import.State.DRAFT:
        context |= {**_draft(one), "whats": _whats(request)}
    else:
        aside = one.rows.filter(state=ImportRow.State.ASIDE).order_by("number")
        context |= {"aside": aside[:AT_ONCE], "stayed": one.rows.filter(state=ImportRow.State.STAYED)[:200]}
    return render(request, "integrations/imports/import.html", context, status=422 if wrong else 200)


def _draft(one: Import) -> dict[str, object]:
    lines, unread = list[Line](), ""
    try:
        lines = preview(one)
    except (OSError, ValueError) as error:
        unread = str(error)
    columns = [(place, name, one.mapping.get(str(place), "")) for place, name in enumerate(one.columns)]
    return {
        "lines": lines,
        "unread": unread,
        "columns": columns,
        "fields": fields.fields_of(one.what),
        "lacking": _lacking(one),
        "choices": Choices.of(one),
        "encodings": ENCODINGS,
        "delimiters": [("comma", ",", ","), ("semicolon", ";", ";"), ("tab", "\t", _("tab")), ("bar", "|", "|")],
        "channels": Channel.objects.order_by("-is_active", "name")[:MOST_CHANNELS],
        "wrong_lines": sum(bool(line.wrong) for line in lines),
    }


def _how_far(one: Import) -> dict[str, object]:
    return {"one": one, "gone": one.rows.filter(state=ImportRow.State.GONE).count() if one.undone_at else 0}
