"""What a rule does, in words: "to Returns; needs Norwegian from 3; after 5 minutes also to Orders"."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from conversations.condition_lists import Lists
from conversations.models import Medium
from conversations.routing.facts import Outcome, Policy, Weights

PARTS = {
    "skill": gettext_lazy("skill"),
    "language": gettext_lazy("language"),
    "room": gettext_lazy("room"),
    "knows": gettext_lazy("knows the customer"),
    "idle": gettext_lazy("idle longest"),
    "share": gettext_lazy("fair share"),
}


def said_outcome(outcome: Outcome, lists: Lists) -> str:
    return "; ".join(outcome_phrases(outcome, lists))


def outcome_phrases(outcome: Outcome, lists: Lists) -> list[str]:
    """A phrase for each thing that it says, so that two outcomes can be compared phrase by phrase."""
    phrases = [_to(outcome, lists), *_demands(outcome, lists), *_waits(outcome, lists)]
    if outcome.priority is not None:
        phrases.append(_("priority %(name)s") % {"name": lists.name("priorities", outcome.priority)})
    if outcome.weights is not None:
        phrases.append(_("scored by %(weights)s") % {"weights": said_weights(outcome.weights)})
    return phrases


def said_weights(weights: Weights) -> str:
    return ", ".join(f"{label} {_figure(getattr(weights, name))}" for name, label in PARTS.items())


def _to(outcome: Outcome, lists: Lists) -> str:
    team = lists.name("teams", outcome.team) if outcome.team else _("the channel’s own team")
    if not outcome.assigns:
        team = _("the queue of %(team)s, from which agents pull") % {"team": team}
    if outcome.to == "agent" and outcome.agent is not None:
        return _("to %(agent)s, else %(team)s") % {"agent": lists.name("agents", outcome.agent), "team": team}
    if outcome.to == "bot":
        return _("to the bot, then to %(team)s") % {"team": team}
    return _("to %(team)s") % {"team": team}


def _demands(outcome: Outcome, lists: Lists) -> list[str]:
    found = []
    if outcome.required:
        found.append(_("needs %(skills)s") % {"skills": _skills(outcome.required, lists)})
    if outcome.preferred:
        found.append(_("rather to who has %(skills)s") % {"skills": _skills(outcome.preferred, lists)})
    if outcome.language == "required":
        found.append(_("only to who reads the language"))
    elif outcome.language == "any":
        found.append(_("whatever the language"))
    return found


def _skills(wanted: Mapping[int, int], lists: Lists) -> str:
    each = ((lists.name("skills", skill), least) for skill, least in wanted.items())
    return _(" and ").join(
        name if least <= 1 else _("%(skill)s from level %(least)s") % {"skill": name, "least": least}
        for name, least in each
    )


def _waits(outcome: Outcome, lists: Lists) -> list[str]:
    found = []
    if outcome.wait_for_known:
        words = _("waits up to %(minutes)s for an agent who spoke with the customer in the last %(days)s")
        found.append(words % {"minutes": minutes(outcome.wait_for_known), "days": days(outcome.known_within)})
    elif outcome.known_within != Outcome.known_within:
        words = _("knows the customer who spoke with them in the last %(days)s")
        found.append(words % {"days": days(outcome.known_within)})
    for step in outcome.overflow:
        words = _("after %(minutes)s also to %(team)s")
        found.append(words % {"minutes": minutes(step.after), "team": lists.name("teams", step.team)})
    return found


def settings_phrases(policy: Policy) -> dict[str, str]:
    """What holds for all rules of a version, a sentence each, by the setting's name."""
    told = {
        "weights": _("Scored by %(weights)s.") % {"weights": said_weights(policy.weights)},
        "costs": _("A conversation counts one; %(media)s.") % {"media": _by_medium(policy.costs) or _("all alike")},
        "unsure_below": _("A topic is unsure below %(share)s%%.") % {"share": _figure(policy.unsure_below * 100)},
        "at_risk": _("A deadline is at risk %(minutes)s before it.") % {"minutes": minutes(policy.at_risk)},
        "silent_after": _("Nobody’s work is offered back for silence."),
        "away_gives_back": _("Who goes away keeps everything."),
    }
    if policy.silent_after:
        words = _("Offered back when its agent is silent for minutes: %(media)s.")
        told["silent_after"] = words % {"media": _by_medium(policy.silent_after)}
    if policy.away_gives_back:
        media = ", ".join(_medium(medium) for medium in policy.away_gives_back)
        told["away_gives_back"] = _("Offered back at once when its agent goes: %(media)s.") % {"media": media}
    return told


def _by_medium(figures: Mapping[str, float]) -> str:
    return ", ".join(f"{_medium(medium)} {_figure(figure)}" for medium, figure in figures.items())


def _medium(medium: str) -> str:
    return str(Medium(medium).label) if medium in Medium.values else medium


def minutes(number: float) -> str:
    return ngettext("%(n)s minute", "%(n)s minutes", int(number)) % {"n": _figure(number)}


def days(number: float) -> str:
    return ngettext("%(n)s day", "%(n)s days", int(number)) % {"n": _figure(number)}


def _figure(number: float) -> str:
    return f"{number:g}"
