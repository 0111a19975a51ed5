"""What is behind an agent's number. Of whom nothing may be told, nothing is found either."""

from collections.abc import Mapping
from dataclasses import replace

from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.models import AgentState, RepeatedQuestion, RoutingDecision, SurveyResponse, Work
from conversations.reports.agents.reading import agents_of, mine
from conversations.reports.answers import behind as answers
from conversations.reports.service import behind as service
from conversations.reports.sheets.finding import column_of, of_asked
from conversations.reports.sheets.sheet import Asked, Behind, Column
from conversations.reports.streams_service import GIVEN_AWAY

Q_OF_REPLIES = {"replies": Q(), "reply_promised": Q(is_in_time__isnull=False)}


def behind(asked: Asked, wanted: Mapping[str, str]) -> Behind:
    """`agent`: one of those; without it, all of them."""
    agents = agents_of(asked)
    if "agent" in wanted and wanted["agent"] not in agents:
        raise Http404
    keys = [wanted["agent"]] if "agent" in wanted else list(agents)
    return _behind(asked, wanted, [int(key) for key in keys])


def of_mine(asked: Asked, wanted: Mapping[str, str]) -> Behind:
    return _behind(mine(asked), wanted, [asked.agent.pk])


def _behind(asked: Asked, wanted: Mapping[str, str], agents: list[int]) -> Behind:
    what = wanted.get("what", "")
    within = {"since": wanted["since"], "until": wanted["until"]} if {"since", "until"} <= wanted.keys() else {}
    if what == "solved":
        found = service.behind(asked, {"what": "solved", **within})
        return replace(found, rows=found.rows.filter(agent__in=agents))
    if what in Q_OF_REPLIES:
        found = service.behind(asked, {"what": "replies", **within})
        return replace(found, rows=found.rows.filter(Q_OF_REPLIES[what], agent__in=agents))
    if what == "csat":
        found = answers.behind(asked, {"what": "answers", "kind": "csat"})
        own = SurveyResponse.objects.filter(credits__agent__in=agents).values("pk")
        return replace(found, rows=found.rows.filter(pk__in=own))
    if what not in _OTHERS:
        raise Http404
    return _OTHERS[what](asked, wanted, agents)


def _passed(asked: Asked, wanted: Mapping[str, str], agents: list[int]) -> Behind:
    rows = RoutingDecision.objects.filter(
        of_asked(asked), trigger__in=GIVEN_AWAY, by__in=agents,
        created_at__gte=asked.begins, created_at__lt=asked.ends,
    )  # fmt: skip
    rows = rows.select_related("by", "agent", "team").order_by("-created_at", "-pk")
    return Behind(_("Passed on"), rows, "created_at", OF_PASSED, lambda row: row.conversation_id)  # type: ignore[attr-defined]


def _work(asked: Asked, wanted: Mapping[str, str], agents: list[int]) -> Behind:
    rows = Work.objects.filter(of_asked(asked), agent__in=agents, hour__gte=asked.begins, hour__lt=asked.ends)
    rows = rows.select_related("agent", "team").order_by("-hour", "-pk")
    return Behind(_("Work, by the hour"), rows, "hour", OF_WORK, lambda row: row.conversation_id)  # type: ignore[attr-defined]


def _states(asked: Asked, wanted: Mapping[str, str], agents: list[int]) -> Behind:
    rows = AgentState.objects.filter(agent__in=agents, since__lt=asked.ends)
    rows = rows.filter(Q(until=None) | Q(until__gt=asked.begins))
    for name in ("state", "reason"):
        if name in wanted:
            rows = rows.filter(**{name: wanted[name]})
    rows = rows.select_related("agent").order_by("-since", "-pk")
    return Behind(_("Stretches in one state"), rows, "since", OF_STATES, lambda _row: None)


def _repeats(asked: Asked, wanted: Mapping[str, str], agents: list[int]) -> Behind:
    rows = RepeatedQuestion.objects.sent().filter(
        agent__in=agents, created_at__gte=asked.begins, created_at__lt=asked.ends
    )
    rows = rows.select_related("agent", "message").order_by("-created_at", "-pk")
    return Behind(_("Asked twice"), rows, "created_at", OF_REPEATS, lambda row: row.message.conversation_id)  # type: ignore[attr-defined]


_OTHERS = {"passed": _passed, "work": _work, "states": _states, "repeats": _repeats}
OF_PASSED = (
    Column(gettext_lazy("At"), column_of("created_at")),
    Column(gettext_lazy("By"), column_of("by")),
    Column(gettext_lazy("To"), column_of("agent")),
    Column(gettext_lazy("Team"), column_of("team")),
)
OF_WORK = (
    Column(gettext_lazy("Hour"), column_of("hour")),
    Column(gettext_lazy("Agent"), column_of("agent")),
    Column(gettext_lazy("Seconds"), column_of("seconds")),
    Column(gettext_lazy("Channel"), column_of("medium")),
    Column(gettext_lazy("Team"), column_of("team")),
)
OF_STATES = (
    Column(gettext_lazy("Since"), column_of("since")),
    Column(gettext_lazy("Until"), column_of("until")),
    Column(gettext_lazy("Agent"), column_of("agent")),
    Column(gettext_lazy("State"), column_of("state")),
    Column(gettext_lazy("Reason"), column_of("reason")),
)
OF_REPEATS = (
    Column(gettext_lazy("Asked at"), column_of("created_at")),
    Column(gettext_lazy("Agent"), column_of("agent")),
    Column(gettext_lazy("For"), lambda row: row.get_slot_display()),  # type: ignore[attr-defined]
    Column(gettext_lazy("Known from"), lambda row: row.get_where_display()),  # type: ignore[attr-defined]
)
