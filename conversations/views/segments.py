"""Segments: what there is, and an editor of their conditions with a live count. Supervisors change them."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from conversations import audit
from conversations.typed import whole_number
from conversations.views.acting import agent_of, is_delete
from customers import segments
from customers.models import Segment


@dataclass(frozen=True)
class Row:
    """One line of the editor. `ask` is "field.is"."""

    ask: str
    value: str

    @property
    def field(self) -> segments.Field | None:
        return segments.FIELDS.get(self.ask.partition(".")[0])

    @property
    def takes(self) -> str:
        field = self.field
        known = field.asks.get(self.ask.partition(".")[2]) if field else None
        return known.takes if known else "text"

    @property
    def choices(self) -> tuple[tuple[str, object], ...]:
        return self.field.choices if self.field else ()

    @property
    def rule(self) -> dict[str, str]:
        field, _dot, is_ = self.ask.partition(".")
        return {"field": field, "is": is_, "value": self.value}


FIRST = Row("value.over", "")


@login_required
@require_GET
def segment_list(request: HttpRequest) -> HttpResponse:
    _may_look(request)
    known = [{"segment": each, "says": segments.described(each.conditions)} for each in segments.with_counts()]
    return render(request, "conversations/segments/page.html", {"known": known})


@login_required
@require_http_methods(["GET", "POST", "DELETE"])
def segment(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The editor. POST `name`, `match`, and for each condition `ask` ("field.is") and `value`; `add` and `remove`
    (a row's number) change the rows and save nothing, which is how it works without JavaScript."""
    _may_change(request)
    one = get_object_or_404(Segment, pk=pk) if pk else None
    if one and is_delete(request):
        with audit.watched(agent_of(request), one):
            one.delete()
        messages.success(request, _("Segment deleted."))
        return redirect("segments")
    if request.method != "POST":
        return _editor(request, one, *_stored(one))
    rows, match = _typed(request.POST)
    if "add" in request.POST or "remove" in request.POST:
        return _editor(request, one, _changed(rows, request.POST), match)
    name, conditions = request.POST.get("name", "").replace("\x00", "").strip()[:80], _conditions(rows, match)
    wrong = _wrong(name, conditions, one)
    if wrong:
        return _editor(request, one, rows, match, wrong=wrong, status=422)
    one = one or Segment(by=agent_of(request))
    with audit.watched(agent_of(request), one):
        one.name, one.conditions = name, conditions
        one.save(update_fields=["name", "conditions"] if one.pk else None)
    size = segments.fill(one)
    words = ngettext("Saved: %(n)s customer is in it.", "Saved: %(n)s customers are in it.", size)
    messages.success(request, words % {"n": size})
    return redirect("segments")


@login_required
@require_POST
def segment_rows(request: HttpRequest) -> HttpResponse:
    """While one edits: the rows anew, since a field changes what stands beside it, and the count."""
    _may_change(request)
    rows, match = _typed(request.POST)
    if "add" in request.POST or "remove" in request.POST:
        rows = _changed(rows, request.POST)
    context: dict[str, object] = {"rows": rows, "match": match, "fields": segments.FIELDS, **_counted(rows, match)}
    return render(request, "conversations/segments/rows.html", context)


def _may_look(request: HttpRequest) -> None:
    if not agent_of(request).sees_purchases:
        raise Http404


def _may_change(request: HttpRequest) -> None:
    _may_look(request)
    if not agent_of(request).may("segments.change"):
        raise Http404


def _stored(one: Segment | None) -> tuple[list[Row], str]:
    if one is None:
        return [FIRST], "all"
    rules = [rule for rule in one.conditions.get("rules", []) if isinstance(rule, dict) and "field" in rule]
    rows = [Row(f"{rule['field']}.{rule['is']}", str(rule.get("value", ""))) for rule in rules]
    return rows or [FIRST], str(one.conditions.get("match", "all"))


def _typed(post: QueryDict) -> tuple[list[Row], str]:
    asks = post.getlist("ask")[: segments.MOST_RULES + 1]
    values = [value.replace("\x00", "") for value in post.getlist("value")]
    values += [""] * (len(asks) - len(values))
    rows = [Row(ask, value) for ask, value in zip(asks, values, strict=False)]
    return rows, "any" if post.get("match") == "any" else "all"


def _changed(rows: list[Row], post: QueryDict) -> list[Row]:
    if (gone := whole_number(post.get("remove", ""))) is not None:
        return [row for number, row in enumerate(rows) if number != gone] or [FIRST]
    return [*rows, FIRST]


def _conditions(rows: list[Row], match: str) -> dict[str, object]:
    return {"match": match, "rules": [row.rule for row in rows]}


def _wrong(name: str, conditions: dict[str, object], one: Segment | None) -> str:
    if not name:
        return _("Give it a name.")
    same = Segment.objects.filter(name__iexact=name)
    if (same.exclude(pk=one.pk) if one else same).exists():
        return _("There is a segment of this name already.")
    try:
        segments.matching(conditions)
    except segments.BadConditionsError as error:
        return str(error)
    return ""


def _counted(rows: list[Row], match: str) -> dict[str, object]:
    try:
        return {"count": segments.count(_conditions(rows, match)), "unclear": ""}
    except segments.BadConditionsError as error:
        return {"count": None, "unclear": str(error)}


def _editor(
    request: HttpRequest, one: Segment | None, rows: list[Row], match: str, *, wrong: str = "", status: int = 200
) -> HttpResponse:
    context: dict[str, object] = {"segment": one, "rows": rows, "match": match, "wrong": wrong}
    context["fields"] = segments.FIELDS
    context |= {"name": request.POST.get("name", one.name if one else ""), **_counted(rows, match)}
    return render(request, "conversations/segments/edit.html", context, status=status)
