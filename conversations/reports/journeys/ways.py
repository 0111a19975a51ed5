"""The one definition of a journey: from what is known of a customer to the way of each episode. No database here."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from conversations.models.journey import FrictionKind, JourneyOutcome
from conversations.reports.journeys.places import BOT, CART, END, GONE, OF_EVENTS, ORDER, PLACES, met_at

BEFORE, AFTER = timedelta(days=30), timedelta(days=14)
MOST, MOST_CONTACT = 5, 4  # places
SOON_AGAIN = timedelta(days=7)
LEFT_CHECKOUT = timedelta(hours=24)
LONG, LEAST_LONG = 3, 300  # times the usual wait, and never under five minutes
PERSON = "person"

# What an event makes of a journey's outcome, the worst first.
DECIDING = (
    (JourneyOutcome.REFUNDED, ("Order Refunded", "Return Refunded")),
    (JourneyOutcome.CANCELLED, ("Order Cancelled",)),
    (JourneyOutcome.RETURNED, ("Return Opened", "Return Received")),
    (JourneyOutcome.BOUGHT, ("Order Placed",)),
)
HAD = ("Order Placed", "Order Delivered", "Order Collected")


@dataclass(frozen=True)
class Said:
    """One message or call of an episode. `by`: "" the customer, else who answered: BOT or PERSON."""

    at: datetime
    by: str
    medium: str


@dataclass(frozen=True)
class Stay:
    """One stay at a place, outside of conversations. `what`: a place, or the name of an event."""

    what: str
    at: datetime
    until: datetime


@dataclass(frozen=True)
class Told:
    """An episode as its row tells it, with what was said in it."""

    pk: int
    conversation: int
    began_at: datetime
    ended_at: datetime | None
    is_inbound: bool
    topic: int | None
    medium: str
    waited: int | None  # seconds until a person's first answer, while the desk was open
    usual: int | None  # that wait, of the month before on this medium
    transfers: int
    repeats: int
    said: tuple[Said, ...] = ()
    deeds: int = 0  # that were refused or failed
    answers: int = 0
    good: int = 0
    stays: tuple[Stay, ...] = ()  # from BEFORE its beginning to AFTER its end

    @property
    def has_way(self) -> bool:
        """Its customer came to us by a channel: what we wrote, and they never answered, is no journey of theirs."""
        return self.is_inbound and _met(self)[0] in PLACES


@dataclass(frozen=True)
class Stop:
    place: str
    at: datetime
    until: datetime


@dataclass(frozen=True)
class Step:
    position: int
    source: str
    target: str
    seconds: int | None
    is_end: bool = False


@dataclass(frozen=True)
class Way:
    before: tuple[str, ...]
    contact: tuple[str, ...]
    after: tuple[str, ...]
    gaps: tuple[int | None, ...]
    lasted: int
    outcome: str
    is_over: bool
    over_at: datetime | None
    frictions: tuple[str, ...] = field(default=())

    @property
    def dropped_at(self) -> str:
        """Where nothing more came: the last place of a way that ended in silence."""
        if not self.is_over or self.outcome != JourneyOutcome.SILENT:
            return ""
        return self.after[-1] if self.after else self.contact[-1]


def way(told: Told, others: Sequence[Told], now: datetime) -> Way:
    """`others`: the customer's other episodes, as far as they are known."""
    over_at = told.ended_at + AFTER if told.ended_at else None
    is_over = over_at is not None and over_at <= now
    words = [stop for other in others for stop in _of_words(other)]
    before = folded([*_stays(told, until=told.began_at), *(each for each in words if _is_before(told, each.at))])
    after = folded([*_stays_after(told), *(each for each in words if _is_after(told, each.at))])
    before, after = before[-MOST:], after[:MOST]
    contact = _met(told)
    met = Stop("", told.began_at, max([told.ended_at or told.began_at, *(each.at for each in told.said)]))
    stops = [*before, met, *after]
    gaps = [None, *(max(0, _seconds(a.until, b.at)) for a, b in zip(stops, stops[1:], strict=False))]
    return Way(
        tuple(each.place for each in before),
        tuple(contact),
        tuple(each.place for each in after),
        tuple(gaps),
        max(0, _seconds(stops[0].at, stops[-1].at)),
        _outcome(told, others, is_over=is_over),
        is_over,
        over_at,
        tuple(sorted(_frictions(told, others))),
    )


def steps(way_: Way) -> list[Step]:
    """Into each place, the first included; and to the end, where that is known and stands in one of the columns."""
    places = [*way_.before, met_at(way_.contact), *way_.after]
    first = -len(way_.before)
    found = [
        Step(first + number, places[number - 1] if number else "", place, way_.gaps[number])
        for number, place in enumerate(places)
    ]
    if way_.is_over and len(way_.after) < MOST:
        end = GONE if way_.outcome == JourneyOutcome.SILENT else END
        found.append(Step(len(way_.after) + 1, places[-1], end, None, is_end=True))
    return found


def folded(stops: Iterable[Stop]) -> list[Stop]:
    """In the order of time; one that follows at the same place is the same stay."""
    found: list[Stop] = []
    for stop in sorted(stops, key=lambda each: (each.at, each.place)):
        if found and found[-1].place == stop.place:
            found[-1] = Stop(stop.place, found[-1].at, max(found[-1].until, stop.until))
        else:
            found.append(stop)
    return found


def _seconds(since: datetime, until: datetime) -> int:
    return int((until - since).total_seconds())


def _is_before(told: Told, at: datetime) -> bool:
    return told.began_at - BEFORE <= at < told.began_at


def _is_after(told: Told, at: datetime) -> bool:
    return told.ended_at is not None and told.ended_at < at <= told.ended_at + AFTER


def _stays(told: Told, *, until: datetime) -> Iterator[Stop]:
    for stay in told.stays:
        if _is_before(told, stay.at):
            yield Stop(OF_EVENTS.get(stay.what, stay.what), stay.at, min(stay.until, until))


def _stays_after(told: Told) -> Iterator[Stop]:
    for stay in told.stays:
        if _is_after(told, stay.at):
            yield Stop(OF_EVENTS.get(stay.what, stay.what), stay.at, stay.until)


def _of_words(told: Told) -> list[Stop]:
    """Where the customer was when they said something: with the bot, if the bot answered it; else on the channel."""
    found: list[Stop] = []
    by = ""
    for each in reversed(told.said):
        if each.by:
            by = each.by
        else:
            place = BOT if by == BOT else each.medium or told.medium
            found.append(Stop(place, each.at, each.at))
    return [stop for stop in found[::-1] if stop.place in PLACES]


def _met(told: Told) -> list[str]:
    """The places of its own words in their order; of many, how it began and where it ended."""
    places = [each.place for each in folded(_of_words(told))] or [told.medium]
    return places if len(places) <= MOST_CONTACT else [*places[: MOST_CONTACT - 1], places[-1]]


def _comes_back(told: Told, others: Iterable[Told], within: timedelta) -> bool:
    """In the same conversation, or with the same topic in another."""
    ended = told.ended_at
    return ended is not None and any(
        other.is_inbound
        and ended < other.began_at <= ended + within
        and (other.conversation == told.conversation or (told.topic is not None and other.topic == told.topic))
        for other in others
    )


def _outcome(told: Told, others: Iterable[Told], *, is_over: bool) -> str:
    if _comes_back(told, others, AFTER):
        return JourneyOutcome.BACK
    since = {stay.what for stay in told.stays if stay.at >= told.began_at}
    for outcome, names in DECIDING:
        if since.intersection(names):
            return outcome
    if not is_over:
        return JourneyOutcome.OPEN
    return JourneyOutcome.KEPT if any(stay.what in HAD for stay in told.stays) else JourneyOutcome.SILENT


def _frictions(told: Told, others: Iterable[Told]) -> Iterator[str]:
    media = _folded_words([each.medium for each in told.said if not each.by and each.medium])
    spoken = _folded_words([each.by for each in told.said if each.by])
    if told.usual is not None and told.waited is not None and told.waited > max(LONG * told.usual, LEAST_LONG):
        yield FrictionKind.WAIT.value
    if told.repeats:
        yield FrictionKind.REPEAT.value
    if _comes_back(told, others, SOON_AGAIN):
        yield FrictionKind.LOOP.value
    if _returns(media):
        yield FrictionKind.PINGPONG.value
    if any(spoken[at : at + 3] == [BOT, PERSON, BOT] for at in range(len(spoken))):
        yield FrictionKind.HANDBACK.value
    if _left_checkout(told):
        yield FrictionKind.CHECKOUT.value
    if len(media) > 1:
        yield FrictionKind.MEDIA.value
    if told.transfers > 1:
        yield FrictionKind.TRANSFERS.value
    if told.deeds:
        yield FrictionKind.DEED.value


def _folded_words(words: Iterable[str]) -> list[str]:
    found: list[str] = []
    for word in words:
        if not found or found[-1] != word:
            found.append(word)
    return found


def _returns(media: Sequence[str]) -> bool:
    """Somewhere, and back where they had been."""
    return any(media[at] in media[: at - 1] for at in range(2, len(media)))


def _left_checkout(told: Told) -> bool:
    """A checkout begun or left in the day before, and no order since."""
    left = [
        stay.at
        for stay in told.stays
        if OF_EVENTS.get(stay.what) == CART and told.began_at - LEFT_CHECKOUT <= stay.at < told.began_at
    ]
    bought = [stay.at for stay in told.stays if OF_EVENTS.get(stay.what) == ORDER and stay.at < told.began_at]
    return bool(left) and not any(at >= max(left) for at in bought)
