"""The versions of the routing rules: read, drafted, ordered, tried, published, rolled back, taken out, brought in."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from conversations.condition_lists import Lists
from conversations.condition_words import said
from conversations.models import RoutingPolicy
from conversations.routing import drafting
from conversations.routing.checking import House, Problem, problems
from conversations.routing.diff import differences, has_conditions
from conversations.routing.drafting import NotPossibleError, State
from conversations.routing.facts import Policy, Rule
from conversations.routing.outcome_words import outcome_phrases, settings_phrases
from conversations.routing.yaml_form import MOST_SIGNS, BadYamlError, from_yaml, to_yaml
from conversations.typed import whole_number
from conversations.views.acting import agent_of, is_delete, is_htmx

if TYPE_CHECKING:
    from deskapp.models import User

MOST_EARLIER = 30  # of the versions that are no longer in force
ONE_IN = 10
_PLACE = re.compile(r"-?[0-9]{1,4}")


@dataclass(frozen=True)
class Shown:
    """A rule as the page has it."""

    rule: Rule
    when: str
    then: list[str]
    problems: list[Problem]


@login_required
@require_http_methods(["GET", "POST"])
def routing_rules(request: HttpRequest) -> HttpResponse:
    """GET: what holds now. POST: a draft of the version `from`; of what holds now without one."""
    agent = editor_of(request)
    if request.method == "POST":
        return _drafted(request, agent)
    return policy_page(request, drafting.published())


@login_required
@require_http_methods(["GET", "POST", "DELETE"])
def policy(request: HttpRequest, pk: int) -> HttpResponse:
    """One version. POST `name` renames a draft; DELETE throws it away."""
    agent = editor_of(request)
    version = get_object_or_404(RoutingPolicy, pk=pk)
    if is_delete(request):
        return done(request, None, lambda: drafting.throw_away(pk, by=agent), _("Draft thrown away."))
    if request.method == "POST":
        name = request.POST.get("name", "").replace("\x00", "").strip()
        return done(request, pk, lambda: drafting.rename(pk, name, by=agent), _("Renamed."))
    return policy_page(request, version)


@login_required
@require_POST
def policy_order(request: HttpRequest, pk: int) -> HttpResponse:
    """POST `key` of a rule, and `place`, from 0."""
    agent, key, place = editor_of(request), request.POST.get("key", ""), request.POST.get("place", "")
    version = get_object_or_404(RoutingPolicy, pk=pk)
    try:
        if not _PLACE.fullmatch(place):
            raise NotPossibleError(_("Say where it goes."))
        version = drafting.change(pk, lambda rules: drafting.moved(rules, key, int(place)), by=agent)
    except NotPossibleError as refusal:
        return _refused(request, version, refusal)
    if not is_htmx(request):
        return redirect("policy", pk)
    return policy_page(request, version, told=_told_place(version, key))


@login_required
@require_POST
def policy_publication(request: HttpRequest, pk: int) -> HttpResponse:
    agent = editor_of(request)
    get_object_or_404(RoutingPolicy, pk=pk)
    return done(request, pk, lambda: drafting.publish(pk, by=agent), _("Published: these rules hold from now on."))


@login_required
@require_http_methods(["POST", "DELETE"])
def policy_trial(request: HttpRequest, pk: int) -> HttpResponse:
    """POST `one_in`: until tonight, by the clock of who asks, so many of them are decided by this version."""
    agent = editor_of(request)
    get_object_or_404(RoutingPolicy, pk=pk)
    if is_delete(request):
        return done(request, pk, lambda: drafting.end_trial(pk, by=agent), _("The trial has ended."))
    typed = request.POST.get("one_in", "")
    one_in = int(typed) if typed.isdecimal() and len(typed) < 6 else 0
    until = _tonight(agent)
    words = _("On trial until tonight: one of %(n)s is decided by these rules.") % {"n": one_in}
    return done(request, pk, lambda: drafting.try_on(pk, one_in=one_in, until=until, by=agent), words)


@login_required
@require_GET
def policy_yaml(request: HttpRequest, pk: int) -> HttpResponse:
    editor_of(request)
    version = get_object_or_404(RoutingPolicy, pk=pk)
    text = to_yaml(drafting.policy_of(version), name=version.name, lists=Lists())
    names = {"Content-Disposition": f'attachment; filename="rules-{version.number}.yaml"'}
    return HttpResponse(text, content_type="application/yaml; charset=utf-8", headers=names)


@login_required
@require_http_methods(["GET", "POST"])
def import_rules(request: HttpRequest) -> HttpResponse:
    """POST a `file`, or `text`: a draft is made of it."""
    agent = editor_of(request)
    if request.method != "POST":
        return render(request, "conversations/rules/import.html", {})
    text = _brought(request)
    try:
        name, rules = from_yaml(text, lists=Lists())
        version = drafting.draft(rules, by=agent, name=name, based_on=drafting.published())
    except (BadYamlError, NotPossibleError) as refusal:
        context = {"wrong": str(refusal), "text": text[:MOST_SIGNS]}
        return render(request, "conversations/rules/import.html", context, status=422)
    messages.success(request, _("Brought in as a draft."))
    return redirect("policy", version.pk)


def editor_of(request: HttpRequest) -> "User":
    agent = agent_of(request)
    if not agent.may("routing.rules"):
        raise Http404
    return agent


def done(request: HttpRequest, pk: int | None, deed: Callable[[], object], words: str) -> HttpResponse:
    """Does it and leads to the version; says beside it why it cannot be done."""
    try:
        deed()
    except NotPossibleError as refusal:
        return _refused(request, RoutingPolicy.objects.filter(pk=pk).first() if pk else None, refusal)
    messages.success(request, words)
    return redirect("policy", pk) if pk else redirect("routing_rules")


def policy_page(
    request: HttpRequest, version: RoutingPolicy | None, *, told: str = "", wrong: str = "", status: int = 200
) -> HttpResponse:
    lists, live = Lists(), drafting.published()
    rules = drafting.policy_of(version)
    found = problems(rules, House.read(lists))
    context = {
        "version": version,
        "versions": _versions(),
        "is_draft": version is not None and version.state == State.DRAFT,
        "rules": [_shown(rule, lists, found) for rule in rules.rules],
        "otherwise": outcome_phrases(rules.otherwise, lists),
        "settings": list(settings_phrases(rules).values()),
        "problems": found,
        "has_errors": any(each.grade == "error" for each in found),
        "changes": differences(drafting.policy_of(live), rules, lists) if version and version != live else None,
        "live": live,
        "one_in": version.one_in if version else ONE_IN,
        "now": timezone.now(),
        "told": told,
        "wrong": wrong,
    }
    name = "conversations/rules/columns.html" if is_htmx(request) else "conversations/rules/page.html"
    return render(request, name, context, status=status)


def _shown(rule: Rule, lists: Lists, found: list[Problem]) -> Shown:
    when = said(rule.conditions, lists) if has_conditions(rule) else ""
    return Shown(rule, when, outcome_phrases(rule.outcome, lists), [each for each in found if each.key == rule.key])


def _versions() -> dict[str, list[RoutingPolicy]]:
    """What holds, what is on trial, drafts, and the newest of the earlier ones."""
    rows = RoutingPolicy.objects.select_related("by", "published_by").defer("body").order_by("-number")
    in_force = list(rows.filter(state__in=[State.PUBLISHED, State.TRIAL]))
    return {
        "in_force": sorted(in_force, key=lambda row: row.state != State.PUBLISHED),
        "drafts": list(rows.filter(state=State.DRAFT)),
        "earlier": list(rows.filter(state=State.RETIRED)[:MOST_EARLIER]),
    }


def _drafted(request: HttpRequest, agent: "User") -> HttpResponse:
    chosen = whole_number(request.POST.get("from", ""))
    base = drafting.published() if chosen is None else get_object_or_404(RoutingPolicy, pk=chosen)
    rules: Policy = drafting.policy_of(base)
    try:
        version = drafting.draft(rules, by=agent, based_on=base)
    except NotPossibleError as refusal:
        return _refused(request, base, refusal)
    return redirect("policy", version.pk)


def _refused(request: HttpRequest, version: RoutingPolicy | None, refusal: NotPossibleError) -> HttpResponse:
    return policy_page(request, version, wrong=str(refusal), status=422)


def _told_place(version: RoutingPolicy, key: str) -> str:
    keys = [rule.key for rule in drafting.policy_of(version).rules]
    if key not in keys:
        return ""
    words = _("Now in place %(place)s of %(count)s.")
    return words % {"place": keys.index(key) + 1, "count": len(keys)}


def _tonight(agent: "User") -> datetime:
    zone = ZoneInfo(agent.get_timezone())
    tomorrow = timezone.now().astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), tzinfo=zone)


def _brought(request: HttpRequest) -> str:
    """At most as much as rules can be, and a little for the one who is told that it is too long."""
    file = request.FILES.get("file")
    if file is None:
        return request.POST.get("text", "").replace("\x00", "")
    return file.read(4 * MOST_SIGNS).decode("utf-8", errors="replace").replace("\x00", "")
