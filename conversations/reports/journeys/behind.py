"""The journeys behind a number: found by the same words that it was counted by."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from conversations.models import Friction, Journey, Move
from conversations.models.journey import FrictionKind, JourneyOutcome
from conversations.reports.journeys import filters
from conversations.reports.journeys.places import ENDS, PLACES, behind, label, read, seen_as
from conversations.reports.sheets.sheet import Asked, Behind, Column
from conversations.reports.words import brief

if TYPE_CHECKING:
    from deskapp.models import User

Drill = Mapping[str, str]


def found(asked: Asked, drill: Drill) -> Behind:
    """Http404 for what is no number of this report."""
    try:
        return _WAYS[drill.get("what", "")](asked, drill)
    except (KeyError, ValueError):
        raise Http404 from None


def _all(asked: Asked, drill: Drill) -> Behind:
    rows, title = filters.rows(asked), _("Journeys")
    if "without" in drill:  # a kind of friction
        rows = rows.exclude(frictions__contains=[FrictionKind(drill["without"])])
    if drill.get("is") == "answered":
        return _of_journeys(asked, _("Answered from 1 to 5"), rows.filter(answers=1))
    if drill.get("is") == "over":
        return _of_journeys(asked, _("Journeys whose fourteen days are over"), rows.filter(is_over=True))
    if drill.get("is") == "hard":
        return _of_journeys(asked, _("Journeys with friction"), rows.exclude(frictions=[]))
    return _of_journeys(asked, title, rows)


def _outcome(asked: Asked, drill: Drill) -> Behind:
    outcome = _outcome_of(asked, drill)
    rows = filters.rows(asked).filter(is_over=True, outcome=outcome)
    return _of_journeys(asked, str(outcome.label).capitalize(), rows)


def _outcome_of(asked: Asked, drill: Drill) -> JourneyOutcome:
    """Raises ValueError of one that this agent is told nothing of."""
    outcome = JourneyOutcome(drill["is"])
    if not filters.may_ask_for(asked.agent, outcome):
        raise ValueError(outcome)
    return outcome


def _way(asked: Asked, drill: Drill) -> Behind:
    way = drill["way"]
    before, contact, after = read(way)
    rows = filters.rows(asked).filter(_like(asked.agent, before, contact, after))
    if drill.get("is") == "answered":
        rows = rows.filter(answers=1)
    elif drill.get("is"):
        rows = rows.filter(is_over=True, outcome=_outcome_of(asked, drill))
    return _of_journeys(asked, way_words(before, contact, after), rows)


def _like(agent: "User", *parts: list[str]) -> Q:
    """The way itself; to an agent who is not told of all places, each that reads the same to them."""
    if all(seen_as(agent, place) == place for place in PLACES):
        return Q(way="-".join("".join(PLACES[key].code for key in part) for part in parts))
    each = ["".join(f"({'|'.join(PLACES[one].code for one in behind(agent, key))})" for key in part) for part in parts]
    return Q(way__regex=f"^{'-'.join(each)}$")


def _dropped(asked: Asked, drill: Drill) -> Behind:
    rows = filters.rows(asked).filter(dropped_at__in=behind(asked.agent, _place(drill["place"])))
    return _of_journeys(asked, _("Went silent after: %(place)s") % {"place": label(drill["place"])}, rows)


def _node(asked: Asked, drill: Drill) -> Behind:
    rows = Move.objects.filter(filters.of_moves(asked), position=_position(drill))
    rows = rows.filter(target__in=_told_as(asked.agent, drill["place"]))
    return _of_moves(asked, label(drill["place"]), rows)


def _link(asked: Asked, drill: Drill) -> Behind:
    rows = Move.objects.filter(filters.of_moves(asked), position=_position(drill))
    return _of_moves(asked, *_between(asked, drill, rows))


def _step(asked: Asked, drill: Drill) -> Behind:
    """Wherever it stands in the journey."""
    rows = Move.objects.filter(filters.of_moves(asked), seconds__isnull=False)
    return _of_moves(asked, *_between(asked, drill, rows))


def _between(asked: Asked, drill: Drill, rows: QuerySet[Move]) -> tuple[str, QuerySet[Move]]:
    source, target = drill["from"], drill["to"]
    rows = rows.filter(source__in=_told_as(asked.agent, source), target__in=_told_as(asked.agent, target))
    return f"{label(source)} → {label(target)}", rows


_WAYS: Mapping[str, Callable[[Asked, Drill], Behind]] = {
    "journeys": _all,
    "outcome": _outcome,
    "way": _way,
    "dropped": _dropped,
    "node": _node,
    "link": _link,
    "step": _step,
}


def _place(key: str) -> str:
    PLACES[key]  # raises KeyError of what is none
    return key


def _position(drill: Drill) -> int:
    position = int(drill["at"])
    if not -filters.FAR <= position <= filters.FAR:
        raise ValueError(position)
    return position


def _told_as(agent: "User", key: str) -> list[str]:
    """The keys that this agent is told of as `key`; of a contact of two, each pair."""
    if key in ENDS:
        return [key]
    first, *more = [behind(agent, _place(part)) for part in key.split(">")]
    return first if not more else [f"{one}>{other}" for one in first for other in more[0]]


def _of_journeys(asked: Asked, title: str, rows: QuerySet[Journey]) -> Behind:
    return Behind(title, rows, "at", columns(asked.agent), _conversation, _customer)


def _of_moves(asked: Asked, title: str, rows: QuerySet[Move]) -> Behind:
    more = [Column(_("Time between"), _seconds)]
    rows = rows.select_related("journey__episode__conversation__customer")
    return Behind(title, rows, "at", [*columns(asked.agent), *more], _conversation, _customer)


def of_frictions(asked: Asked, title: str, rows: QuerySet[Friction]) -> Behind:
    rows = rows.select_related("journey__episode__conversation__customer")
    return Behind(title, rows, "at", columns(asked.agent), _conversation, _customer)


def columns(agent: "User") -> list[Column]:
    """Of rows that are journeys or hang on one."""

    def whole(row: object) -> str:
        its = journey_of(row)
        return way_words(*[[seen_as(agent, key) for key in part] for part in (its.before, its.contact, its.after)])

    def came_of_it(row: object) -> str:
        its = journey_of(row)
        return str(its.get_outcome_display()) if filters.may_ask_for(agent, its.outcome) else ""

    return [
        Column(_("Way"), whole),
        Column(_("What came of it"), came_of_it),
        Column(_("From first to last place"), lambda row: brief(timedelta(seconds=journey_of(row).lasted))),
    ]


def way_words(before: list[str], contact: list[str], after: list[str]) -> str:
    """ "On the site → [Bot › Chat] → Order placed": the contact is what stands in brackets."""
    parts = [*map(label, before), f"[{' › '.join(map(label, contact))}]", *map(label, after)]
    return " → ".join(parts)


def way_of(code: str) -> str:
    return way_words(*read(code))


def journey_of(row: object) -> Journey:
    if isinstance(row, Move | Friction):
        return row.journey
    assert isinstance(row, Journey)
    return row


def _conversation(row: object) -> int | None:
    return journey_of(row).episode.conversation_id


def _customer(row: object) -> int | None:
    return journey_of(row).episode.conversation.customer_id


def _seconds(row: object) -> str:
    assert isinstance(row, Move)
    return "" if row.seconds is None else brief(timedelta(seconds=row.seconds))
