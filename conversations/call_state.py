"""What is known of one call, put together from all that was reported of it: in whichever order, and however often.

Each report leaves a line. The lines are kept as a set in the order of time, and everything that is shown is computed
from all of them: so a call that is reported twice, in parts and out of order ends as the same call.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple, cast

from conversations.envelopes import CallDetails, CallReport, Spoke

FIRST, LAST = 20, 60  # lines kept of a call that is reported without end
LONGEST = 100_000  # letters of a transcript
KEPT = ("by_hand", "notes", "asks", "whose", "recordings", "vouched")  # what no line tells

Names = Mapping[str, tuple[int, str]]  # by line, in small letters: the agent, and how they are called
State = Literal["ringing", "answered", "ended", "missed"]


class Line(NamedTuple):
    """One report, but for its files and its words."""

    at: str  # UTC, so that the order of letters is the order of time
    state: str
    line: str  # of ours: who was rung, who spoke
    seconds: int  # -1 where it does not say
    cause: str
    ours: str
    number: str
    keys: str
    direction: str
    language: str


def line_of(report: CallReport, number: str) -> Line:
    return Line(
        at=_iso(report.at),
        state=report.state,
        line=_clean(report.agent, 120),
        seconds=-1 if report.seconds is None else max(0, min(report.seconds, 10**6)),
        cause=_clean(report.cause, 400),
        ours=_clean(report.ours, 80),
        number=_clean(number, 320),
        keys=_clean(report.keys, 80),
        direction=report.direction,
        language=_clean(report.language, 12),
    )


def lines(known: CallDetails) -> list[Line]:
    return [Line(*cast("list[str]", each)) for each in known.get("heard", [])]  # type: ignore[arg-type]


def learnt(known: CallDetails, report: CallReport, number: str, names: Names) -> CallDetails:
    """`known` with what `report` adds. Learning it again changes nothing."""
    heard = _few(sorted({*lines(known), line_of(report, number)}))
    if report.is_vouched:
        known = {**known, "vouched": True}
    words = report.transcript.replace("\x00", "")[:LONGEST]
    return put_together(known, heard, max([known.get("transcript", ""), words], key=_fullness), names)


def put_together(known: CallDetails, heard: list[Line], transcript: str, names: Names) -> CallDetails:
    told: dict[str, object] = {}
    spoken = _has_spoken(heard)
    state = _state(heard, spoken)
    answered = [each for each in heard if each.line and each.state in ("answered", "transferred")]
    if spoken and not answered:  # a system that tells of whole calls only
        answered = [each for each in heard if each.line and each.state == "ended"]
    tried = [each for each in heard if each.line and each.state in ("ringing", "missed")]
    told |= {
        "heard": [list(each) for each in heard],
        "direction": min(each.direction for each in heard),
        "state": state,
        "transfers": sum(each.state == "transferred" for each in heard),
        "tried": _people(tried, names),
        "answered": _people(answered, names),
        "seconds": _seconds(heard) if spoken else 0,
        "transcript": transcript,
        "keys": max((each.keys for each in heard), key=_fullness),
    }
    for name in ("cause", "ours", "number", "language"):
        told[name] = next((value for each in reversed(heard) if (value := str(getattr(each, name)))), "")
    told["ringing_at"] = _first(heard, "ringing")
    told["answered_at"] = _first(heard, "answered", "transferred") if spoken else ""
    told["ended_at"] = max((each.at for each in heard if each.state in ("ended", "missed")), default="")
    if state in ("ringing", "answered"):
        told["ended_at"] = ""
    kept = {name: value for name, value in known.items() if name in KEPT}
    return cast("CallDetails", kept | {name: value for name, value in told.items() if value not in ("", [], 0)})


def begun_at(call: CallDetails) -> datetime:
    """When it began, as far as is known: where only its end was told, so many seconds before."""
    heard = lines(call)
    first = datetime.fromisoformat(heard[0].at)
    ends = [datetime.fromisoformat(each.at) for each in heard if each.state == "ended"]
    if ends and not any(each.state in ("ringing", "answered") for each in heard):
        return min(first, min(ends) - timedelta(seconds=call.get("seconds", 0)))
    return first


def lines_of_ours(known: CallDetails, report: CallReport | None = None) -> set[str]:
    """The lines whose agents' names are to be looked up."""
    named = [*(each.line for each in lines(known)), _clean(report.agent, 120) if report else ""]
    return {line.lower() for line in named if line}


def _has_spoken(heard: Iterable[Line]) -> bool:
    """Whether the customer and one of us spoke: a voice-mail has seconds, too, and what is missed by one may be
    answered by another."""
    states = {each.state for each in heard}
    if states & {"answered", "transferred"}:
        return True
    return any(each.state == "ended" and each.seconds > 0 and (each.line or "missed" not in states) for each in heard)


def _state(heard: Iterable[Line], spoken: bool) -> State:
    states = {each.state for each in heard}
    is_over = "ended" in states or ("missed" in states and not spoken) or not states - {"recording", "transcript"}
    if is_over:
        return "ended" if spoken else "missed"
    return "answered" if spoken else "ringing"


def _seconds(heard: list[Line]) -> int:
    """As the provider counts; else from the answer to the end."""
    counted = max((each.seconds for each in heard), default=0)
    if counted > 0:
        return counted
    answered, ended = _first(heard, "answered", "transferred"), [each.at for each in heard if each.state == "ended"]
    if not (answered and ended):
        return 0
    return max(0, round((datetime.fromisoformat(max(ended)) - datetime.fromisoformat(answered)).total_seconds()))


def _first(heard: Iterable[Line], *states: str) -> str:
    return min((each.at for each in heard if each.state in states), default="")


def _people(heard: Iterable[Line], names: Names) -> list[Spoke]:
    """Each of our lines once, in the order in which they came in."""
    found: dict[str, Spoke] = {}
    for each in heard:
        agent, name = names.get(each.line.lower(), (None, ""))
        found.setdefault(str(agent or each.line.lower()), Spoke(line=each.line, agent=agent, name=name or each.line))
    return list(found.values())


def _few(heard: list[Line]) -> list[Line]:
    """The first and the last of very many: which those are does not depend on the order in which they came."""
    return heard if len(heard) <= FIRST + LAST else [*heard[:FIRST], *heard[-LAST:]]


def _fullness(text: str) -> tuple[int, str]:
    return len(text), text


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _clean(text: str, longest: int) -> str:
    return text.replace("\x00", "").strip()[:longest]
