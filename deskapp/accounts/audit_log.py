"""/settings/audit/: every change of how the desk is set up: who, what, and each field before and after."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlencode

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext as _

from conversations.audit import Plain
from conversations.models import AuditEntry
from conversations.typed import whole_number
from deskapp.models import User
from integrations.views.admins import needs

AT_ONCE = 50
MOST_PEOPLE = 500
LONGEST = 300  # characters of one value on the page
NONE = "–"


@dataclass(frozen=True)
class Wanted:
    """`after`: the entry that the page before ended with."""

    words: str = ""
    by: str = ""
    kind: str = ""
    after: int = 0

    @property
    def query(self) -> str:
        named = {"q": self.words, "by": self.by, "kind": self.kind}
        return urlencode({name: value for name, value in named.items() if value})


@dataclass(frozen=True)
class Line:
    """One field that differs."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Told:
    entry: AuditEntry
    kind: str
    lines: list[Line]


@needs("settings.audit")
def audit_log(request: HttpRequest) -> HttpResponse:
    """GET `q` (names, notes and values), `by` (an agent's number, or "desk"), `kind` and `after`."""
    wanted = wanted_in(request.GET)
    rows = list(matching(wanted).order_by("-id")[: AT_ONCE + 1])
    kinds = sorted(AuditEntry.objects.values_list("kind", flat=True).order_by().distinct())
    context = {
        "wanted": wanted,
        "found": [Told(entry, kind_name(entry.kind), list(lines_of(entry))) for entry in rows[:AT_ONCE]],
        "next": rows[AT_ONCE - 1].pk if len(rows) > AT_ONCE else 0,
        "people": User.objects.order_by("name").only("name", "email")[:MOST_PEOPLE],
        "kinds": sorted(((kind, kind_name(kind)) for kind in kinds), key=lambda pair: pair[1].lower()),
        "tab": "audit",
    }
    return render(request, "deskapp/audit.html", context)


def wanted_in(given: QueryDict) -> Wanted:
    after = given.get("after", "")
    return Wanted(
        given.get("q", "").replace("\x00", "").strip()[:100],
        given.get("by", "") if given.get("by") == "desk" else str(whole_number(given.get("by", "")) or ""),
        given.get("kind", "").replace("\x00", "")[:40],
        whole_number(after) or 0,
    )


def matching(wanted: Wanted) -> QuerySet[AuditEntry]:
    found = AuditEntry.objects.all()
    if wanted.after:
        found = found.filter(pk__lt=wanted.after)
    if wanted.by:
        found = found.filter(by=None, by_name="") if wanted.by == "desk" else found.filter(by=int(wanted.by))
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.words:
        found = found.annotate(was=Cast("before", TextField()), now=Cast("after", TextField()))
        named = Q(label__icontains=wanted.words) | Q(by_name__icontains=wanted.words) | Q(note__icontains=wanted.words)
        found = found.filter(named | Q(was__icontains=wanted.words) | Q(now__icontains=wanted.words))
    return found


def lines_of(entry: AuditEntry) -> Iterator[Line]:
    """What was made or removed: only what was set. A field of several values is told value by value."""
    for name in {**entry.before, **entry.after}:
        label = field_name(entry.kind, name)
        before, after = entry.before.get(name), entry.after.get(name)
        if isinstance(before, dict) or isinstance(after, dict):
            yield from _within(label, before, after)
        elif (said := (worded(before), worded(after))) != (NONE, NONE):
            yield Line(label, *said)


def _within(label: str, before: Plain, after: Plain) -> Iterator[Line]:
    was, now = (each if isinstance(each, dict) else {} for each in (before, after))
    for key in {**was, **now}:
        if was.get(key) != now.get(key):
            yield Line(f"{label}: {str(key).replace('_', ' ')}", worded(was.get(key)), worded(now.get(key)))


def worded(value: Plain) -> str:
    """As one would say it: yes and no, a time of day in one's own zone, a list with commas."""
    if value is None or value == "" or value == [] or value == {}:
        return NONE
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        pairs = [each if isinstance(each, list) else [each] for each in value]
        return ", ".join("–".join(worded(one) for one in pair) for pair in pairs)[:LONGEST]
    if isinstance(value, dict):
        return ", ".join(f"{key}: {worded(one)}" for key, one in value.items())[:LONGEST]
    return _moment(str(value))[:LONGEST]


def _moment(text: str) -> str:
    try:
        moment = parse_datetime(text) if "T" in text else None
    except ValueError:
        return text
    return date_format(localtime(moment), "SHORT_DATETIME_FORMAT") if moment and is_aware(moment) else text


def kind_name(kind: str) -> str:
    model = _models().get(kind)
    return capfirst(str(model._meta.verbose_name)) if model else kind


def field_name(kind: str, name: str) -> str:
    model = _models().get(kind)
    try:
        field = model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        field = None
    return capfirst(str(getattr(field, "verbose_name", "") or name.replace("_", " ")))


@cache
def _models() -> dict[str, type[Model]]:
    return {str(model._meta.model_name): model for model in apps.get_models()}
