"""One decision in full: what was known, every candidate with what spoke for and against them, and whether it would be
made again from what was kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from conversations.models import Activity, Channel, ConversationMerge, Medium, Priority, RoutingDecision
from conversations.person import language_name
from conversations.routing import kept, words
from conversations.routing.decisions import given_to, is_by_person
from conversations.routing.facts import AgentFacts, Decision, Matter, Reason, Snapshot, Verdict
from conversations.routing.policy import decide
from customers.models import Segment

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from deskapp.models import User

MOST_SHOWN = 8  # candidates before the fold
PARTS: dict[str, "StrOrPromise"] = {
    "skill": gettext_lazy("Skill"),
    "language": gettext_lazy("Language"),
    "room": gettext_lazy("Room"),
    "knows": gettext_lazy("Knows them"),
    "idle": gettext_lazy("Free since"),
    "share": gettext_lazy("Fair share"),
}
TRIGGERS: dict[str, "StrOrPromise"] = {
    "arrived": gettext_lazy("Somebody wrote"),
    "replied": gettext_lazy("The customer wrote again"),
    "handed_over": gettext_lazy("The bot gave it to people"),
    "online": gettext_lazy("An agent came"),
    "freed": gettext_lazy("An agent had room again"),
    "left": gettext_lazy("Its agent went"),
    "silent": gettext_lazy("Its agent did not answer in time"),
    "declined": gettext_lazy("Its agent gave it back"),
    "overdue": gettext_lazy("It had waited long enough to look again"),
    "changed": gettext_lazy("Rules, skills or teams had changed"),
    "pulled": gettext_lazy("An agent took the next"),
    "transferred": gettext_lazy("An agent passed it on"),
    "call_back": gettext_lazy("They are to be rung back"),
    "by_hand": gettext_lazy("A person chose"),
}


@dataclass(frozen=True)
class Fact:
    label: str
    value: str
    more: str = ""


@dataclass(frozen=True)
class Cell:
    text: str
    grade: str = ""  # good, warn or bad


@dataclass(frozen=True)
class Candidate:
    name: str
    initials: str
    hue: int
    is_chosen: bool
    skill: Cell
    language: Cell
    room: Cell
    knows: Cell
    score: float | None  # None: out
    parts: list[float]
    good: list[str]
    out: list[str]


@dataclass(frozen=True)
class Explained:
    row: RoutingDecision
    sentence: str
    why_now: str
    facts: list[Fact]
    candidates: list[Candidate]
    others: list[Candidate]
    outside: int
    parts: "list[StrOrPromise]"
    is_same: bool | None  # decided again from what was kept; None where nothing was computed


def explained(row: RoutingDecision, reader: "User") -> Explained:
    """Read `row` by `whole`. What was bought is told only to whom it may be shown."""
    why_now = str(TRIGGERS.get(row.trigger, row.trigger))
    if not (row.matter and row.outcome):
        said = _("%(to)s: what was known is kept no more.") % {"to": given_to(row)}
        return Explained(row, said, why_now, [], [], [], 0, [], None)
    decision, snapshot = kept.decision_of(row), kept.snapshot_of(row)
    by_hand = is_by_person(row)
    found = _candidates(snapshot, decision)
    return Explained(
        row=row,
        sentence=_by_person(row) if by_hand else _verdict(row, decision),
        why_now=why_now,
        facts=list(_facts(snapshot, reader)),
        candidates=found[:MOST_SHOWN],
        others=found[MOST_SHOWN:],
        outside=decision.outside,
        parts=list(PARTS.values()),
        is_same=None if by_hand else decide(snapshot, kept.policy_of(row.policy)) == decision,
    )


def whole() -> list[str]:
    """What `explained` needs beside the row, for select_related."""
    people = ["agent", "by", "changed_by", "changed_to"]
    of_conversation = ["conversation__customer", "conversation__team", "conversation__assignee"]
    return [*of_conversation, "policy", "roster", *people, "team", "changed_team"]


def behind(activity: Activity) -> RoutingDecision | None:
    """The choice that a line of the log tells of: the last one before it. None where it is kept no more."""
    absorbed = ConversationMerge.objects.filter(kept=activity.conversation_id, activities__contains=[activity.pk])
    rows = RoutingDecision.objects.filter(created_at__lte=activity.created_at).select_related(*whole())
    theirs = [activity.conversation_id, *absorbed.values_list("absorbed", flat=True)]
    computed = rows.filter(conversation__in=theirs, by=None)
    return computed.exclude(trigger="by_hand").order_by("-created_at", "-pk").first()


def _verdict(row: RoutingDecision, decision: Decision) -> str:
    agent = row.agent.short_name if row.agent else _("somebody who is gone")
    return words.verdict(decision, agent=agent, team=str(row.team or _("a team that is gone")))


def _by_person(row: RoutingDecision) -> str:
    if row.by is None:
        return _("%(to)s: nothing was reckoned.") % {"to": given_to(row)}
    if row.by_id == row.agent_id:
        return _("%(to)s, who took it.") % {"to": given_to(row)}
    return _("%(to)s, because %(who)s chose so.") % {"to": given_to(row), "who": row.by}


def _facts(snapshot: Snapshot, reader: "User") -> Iterator[Fact]:
    """Only what was known."""
    matter, names = snapshot.matter, {facts.agent: facts.name for facts in snapshot.agents}
    yield from _about(matter)
    if matter.language:
        yield Fact(_("Language"), language_name(matter.language))
    yield from _customer(matter, reader)
    if matter.known:
        yield Fact(_("Knows them"), "; ".join(_known(names.get(each.agent, "–"), each.talks) for each in matter.known))
    if matter.asked_for:
        yield Fact(_("Asked for"), names.get(matter.asked_for, "–"))
    if matter.medium:
        channel = Channel.objects.filter(pk=matter.channel or 0).values_list("name", flat=True).first()
        yield Fact(_("Came by"), str(dict(Medium.choices).get(matter.medium, matter.medium)), channel or "")
    if matter.since:
        yield Fact(_("Waits since"), _moment(matter.since))
    if matter.due_at:
        yield Fact(_("To be answered by"), _moment(matter.due_at))
    if matter.priority != Priority.NORMAL:
        yield Fact(_("Priority"), str(dict(Priority.choices).get(matter.priority, matter.priority)))
    if matter.tags:
        yield Fact(_("Tags"), ", ".join(matter.tags))
    if matter.passed:
        yield Fact(_("Gave it back"), ", ".join(names.get(agent, "–") for agent in matter.passed))
    flags = [(not matter.is_open, _("outside our hours")), (matter.is_public, _("before everybody’s eyes"))]
    flags += [(matter.is_new_customer, _("writes for the first time")), (matter.call_back, _("wants to be rung"))]
    if said := [words_ for holds, words_ in flags if holds]:
        yield Fact(_("Besides"), ", ".join(said))


def _about(matter: Matter) -> Iterator[Fact]:
    if not matter.topic:
        return
    more = _("%(n)s%% sure") % {"n": round(100 * matter.certainty)}
    if matter.next_topic:
        told = {"topic": matter.next_topic, "n": round(100 * matter.next_certainty)}
        more += "; " + _("next was “%(topic)s”, %(n)s%%") % told
    yield Fact(_("About"), matter.topic, more)


def _customer(matter: Matter, reader: "User") -> Iterator[Fact]:
    """Tier, worth and segments tell what somebody bought."""
    said = []
    if reader.sees_purchases:
        said = [matter.tier] if matter.tier else []
        said += Segment.objects.filter(pk__in=matter.segments).order_by("name").values_list("name", flat=True)
    if matter.mood is not None:
        said.append(_("angry") if matter.mood <= -0.4 else _("glad") if matter.mood >= 0.4 else _("calm"))
    if said:
        yield Fact(_("Customer"), ", ".join(dict.fromkeys(said)))


def _known(name: str, talks: int) -> str:
    return f"{name}, {_talks(talks)}"


def _talks(number: int) -> str:
    return ngettext("%(n)s talk", "%(n)s talks", number) % {"n": number}


def _moment(at: object) -> str:
    return formats.date_format(timezone.localtime(at), "j M, H:i")  # type: ignore[arg-type]


def _candidates(snapshot: Snapshot, decision: Decision) -> list[Candidate]:
    agents = {facts.agent: facts for facts in snapshot.agents}
    people = get_user_model().objects.in_bulk([verdict.agent for verdict in decision.verdicts])
    found = []
    for verdict in decision.verdicts:
        facts = agents.get(verdict.agent, AgentFacts(verdict.agent, "–"))
        found.append(_candidate(facts, verdict, people.get(verdict.agent), decision.agent))
    return found


def _candidate(facts: AgentFacts, verdict: Verdict, person: "User | None", chosen: int | None) -> Candidate:
    good = {reason.code: reason for reason in verdict.good}
    out = {reason.code for reason in verdict.out}
    return Candidate(
        name=str(person or facts.name),
        initials=person.initials if person else facts.name[:2].upper(),
        hue=facts.agent * 67 % 360,
        is_chosen=facts.agent == chosen,
        skill=_skill(verdict),
        language=Cell(", ".join(facts.languages) or "–", _grade("reads" in good, "language" in out)),
        room=Cell(_room(facts), "bad" if "full" in out else ""),
        knows=_knows(good),
        score=None if verdict.out else verdict.score,
        parts=[verdict.parts.get(part, 0.0) for part in PARTS],
        good=[said for reason in verdict.good if (said := words.in_favour(reason))],
        out=[said for reason in verdict.out if (said := words.against(reason))],
    )


def _skill(verdict: Verdict) -> Cell:
    """What the rule asked for, as far as they can."""
    lacks = [reason for reason in verdict.out if reason.code == "skill"]
    has: Sequence[Reason] = lacks or [reason for reason in verdict.good if reason.code == "skilled"]
    said = ", ".join(f"{reason.about['skill']} {reason.about['level']}" for reason in has)
    return Cell(said or "–", _grade(bool(said) and not lacks, bool(lacks)))


def _knows(good: dict[str, Reason]) -> Cell:
    if "asked_for" in good or "named" in good:
        return Cell(_("asked for"), "good")
    return Cell(_talks(int(good["knows"].about["talks"])), "good") if "knows" in good else Cell("–")


def _room(facts: AgentFacts) -> str:
    return _("%(load)s of %(capacity)s") % {"load": f"{facts.load:g}", "capacity": f"{facts.capacity:g}"}


def _grade(is_good: bool, is_bad: bool) -> str:
    return "bad" if is_bad else "good" if is_good else ""
