"""Decisions in sentences: every code of a Reason has its words here, and nowhere else."""

from collections.abc import Mapping
from datetime import datetime

from babel import Locale, UnknownLocaleError
from babel.lists import format_list
from django.utils import formats, timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from conversations.models import Medium, Status
from conversations.person import language_name
from conversations.routing.facts import Decision, Reason, Snapshot

About = Mapping[str, str | int | float]
Table = Mapping[str, object]

# After “because”: what told the chosen one from the others.
BECAUSE: Table = {
    "rule": gettext_lazy("the rule “%(rule)s” holds"),
    "rule_belongs": gettext_lazy("“%(rule)s” belongs to %(team)s"),
    "otherwise": gettext_lazy("no rule says otherwise"),
    "otherwise_belongs": gettext_lazy("no rule says otherwise than %(team)s"),
    "team_kept": gettext_lazy("somebody passed it to %(team)s"),
    "team_kept_belongs": gettext_lazy("somebody passed it to %(team)s"),
    "belongs": gettext_lazy("it belongs to %(team)s"),
    "overflow": gettext_lazy("it waited too long for %(team)s"),
    "overflow_risk": gettext_lazy("its deadline was near and nobody of %(team)s was free"),
    "asked_for": gettext_lazy("the customer asked for them"),
    "named": gettext_lazy("the rule names them"),
    "knows": gettext_lazy("they know the customer"),
    "skilled": gettext_lazy("they have %(skill)s"),
    "reads": gettext_lazy("they read %(language)s"),
    "skilled_best": gettext_lazy("they have the better skills for it"),
    "most_room": gettext_lazy("they had the most room"),
    "longest_idle": gettext_lazy("they had been free for longest"),
    "fair_share": gettext_lazy("they had been given less than their share"),
    "only_one": gettext_lazy("nobody else could take it"),
    "idle_first": gettext_lazy("it was their turn"),
}

# The same in the fewest words, for a list.
SHORTLY: Table = {
    "rule": "%(rule)s",
    "overflow": gettext_lazy("waited for %(team)s"),
    "overflow_risk": gettext_lazy("deadline near"),
    "team_kept": gettext_lazy("passed on"),
    "asked_for": gettext_lazy("asked for by name"),
    "named": gettext_lazy("named by the rule"),
    "knows": gettext_lazy("knows the customer"),
    "skilled": "%(skill)s",
    "reads": "%(language)s",
    "skilled_best": gettext_lazy("better skills"),
    "most_room": gettext_lazy("had room"),
    "longest_idle": gettext_lazy("free for longest"),
    "fair_share": gettext_lazy("less than their share"),
    "only_one": gettext_lazy("the only one"),
    "idle_first": gettext_lazy("their turn"),
}

# Of one candidate: for and against.
FOR: Table = {
    "skilled": gettext_lazy("%(skill)s, level %(level)s"),
    "reads": gettext_lazy("Reads %(language)s"),
    "knows": gettext_lazy("Knows the customer"),
    "asked_for": gettext_lazy("The customer asked for them"),
    "named": gettext_lazy("The rule names them"),
}
AGAINST: Table = {
    "away": gettext_lazy("Away"),
    "offline": gettext_lazy("Not there"),
    "passed": gettext_lazy("Gave it back"),
    "closed": gettext_lazy("Their team is closed"),
    "outside": gettext_lazy("May not see it: of another team"),
    "medium": gettext_lazy("Does not answer by %(medium)s"),
    "full": gettext_lazy("Full: %(load)s of %(capacity)s"),
    "language": gettext_lazy("Does not read %(language)s"),
    "skill": gettext_lazy("%(skill)s: level %(level)s, and %(least)s is asked for"),
}

# Why it waits, or stays. %(nobody)s is one of NOBODY.
WAITS: Table = {
    "spam": gettext_lazy("it is spam"),
    "not_open": gettext_lazy("it is not open: %(status)s"),
    "with_bot": gettext_lazy("the bot is talking with the customer"),
    "has_it": gettext_lazy("%(agent)s has it"),
    "they_pull": gettext_lazy("its agents take from it themselves"),
    "waits_for_away": gettext_lazy("it waits for %(agent)s, who is away, until %(until)s"),
    "waits_for_full": gettext_lazy("it waits for %(agent)s, who is full, until %(until)s"),
    "no_team": gettext_lazy("neither its channel nor a rule gives it to a team"),
    "nobody_empty": gettext_lazy("there is nobody in the team"),
    "nobody_outside": gettext_lazy("the one who is named may not see it"),
    "nobody_medium": gettext_lazy("nobody may answer by this medium"),
    "nobody_language": gettext_lazy("nobody reads %(language)s"),
    "nobody_skill": gettext_lazy("nobody has %(skill)s at the level that is asked for"),
    "nobody_closed": gettext_lazy("the team is closed"),
    "nobody_offline": gettext_lazy("%(nobody)s was there"),
    "nobody_away": gettext_lazy("%(nobody)s was there; some are away"),
    "nobody_passed": gettext_lazy("all who could take it gave it back"),
    "nobody_full": gettext_lazy("%(nobody)s had room"),
    "by_hand": gettext_lazy("a person chose"),
}
NOBODY: Table = {
    "": gettext_lazy("nobody"),
    "language": gettext_lazy("nobody who reads %(language)s"),
    "skill": gettext_lazy("nobody with %(skill)s"),
    "skill language": gettext_lazy("nobody with %(skill)s who reads %(language)s"),
}


def sentence(snapshot: Snapshot, decision: Decision) -> str:
    """ "Ada, because “Open return” belongs to Returns, they read Norwegian, and they had the most room." """
    agents = {facts.agent: facts.name for facts in snapshot.agents}
    teams = {facts.team: facts.name for facts in snapshot.teams}
    return verdict(decision, agent=agents.get(decision.agent or 0, ""), team=teams.get(decision.team or 0, ""))


def verdict(decision: Decision, *, agent: str, team: str) -> str:
    """The sentence, with the names that the agent and the team have now."""
    if decision.kind == "agent":
        return _("%(agent)s, because %(reasons)s.") % {"agent": agent, "reasons": because(decision)}
    if decision.kind == "bot":
        return _("The bot, because %(reasons)s.") % {"reasons": because(decision)}
    why = why_it_waits(decision)
    if decision.kind == "stays":
        return _("It stays as it is: %(why)s.") % {"why": why}
    return _("The queue of %(team)s: %(why)s.") % {"team": team, "why": why}


def because(decision: Decision) -> str:
    codes = {reason.code for reason in decision.reasons}
    said = [_say(BECAUSE, _code(reason, codes), _merged(reason, decision)) for reason in decision.reasons]
    return _listed([clause for clause in dict.fromkeys(said) if clause])


def why_it_waits(decision: Decision) -> str:
    said = [_say(WAITS, _code(reason, set()), reason.about) for reason in decision.reasons]
    return _listed([clause for clause in said if clause])


def shortly(decision: Decision) -> str:
    """ "Open return, Norwegian, had room": for a list of decisions."""
    if decision.kind in ("team", "stays"):
        return why_it_waits(decision)
    said = [_say(SHORTLY, _code(reason, set()), reason.about) for reason in decision.reasons]
    return ", ".join(clause for clause in said if clause)


def in_favour(reason: Reason) -> str:
    return _say(FOR, reason.code, reason.about)


def against(reason: Reason) -> str:
    return _say(AGAINST, reason.code, reason.about)


def _code(reason: Reason, codes: set[str]) -> str:
    """Where a code has several wordings: which."""
    if reason.code in ("rule", "otherwise", "team_kept") and "belongs" in codes:
        return f"{reason.code}_belongs"
    if reason.code == "belongs" and codes & {"rule", "otherwise", "team_kept"}:
        return ""  # said with the rule
    if reason.code == "overflow" and reason.about.get("risk"):
        return "overflow_risk"
    if reason.code == "waits_for":
        return f"waits_for_{reason.about['why']}"
    return reason.code


def _merged(reason: Reason, decision: Decision) -> About:
    belongs = next((each.about for each in decision.reasons if each.code == "belongs"), {})
    return {**belongs, **reason.about}


def _say(table: Table, code: str, about: About) -> str:
    if code not in table:
        return ""
    return str(table[code]) % _words(about)


def _words(about: About) -> dict[str, str]:
    words = {name: _word(name, value) for name, value in about.items()}
    has = " ".join(name for name in ("skill", "language") if name in about)
    words["nobody"] = str(NOBODY[has]) % words
    return words


def _word(name: str, value: str | int | float) -> str:
    if name == "language":
        return language_name(str(value))
    if name == "until":
        return formats.time_format(timezone.localtime(datetime.fromisoformat(str(value))), "TIME_FORMAT")
    if name == "medium":
        return str(dict(Medium.choices).get(str(value), value))
    if name == "status":
        return str(dict(Status.choices).get(str(value), value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _listed(clauses: list[str]) -> str:
    """ "a, b, and c", as the reader's language has it."""
    try:
        return format_list(clauses, locale=Locale.parse((get_language() or "en").replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        return ", ".join(clauses)
