"""What the report of channels reads, by channel."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from conversations.models import ChannelRate
from conversations.models.fact import Handler
from conversations.reports.answers.figures import counts
from conversations.reports.answers.streams import ANSWERS
from conversations.reports.channels.figures import Costs, Done
from conversations.reports.channels.streams import BEGUN_AT, SWITCHES, WORK_AT
from conversations.reports.measures import Counts
from conversations.reports.sheets.sheet import Asked
from conversations.reports.streams_service import BEGUN, ENDED, WORK
from conversations.reports.tallies.reading import Between, read, spread
from conversations.reports.tallies.spreads import Spread
from conversations.reports.tallies.stream import Numbers

T = TypeVar("T")


@dataclass(frozen=True)
class Found:
    """Of one stretch, each by channel."""

    begun: Mapping[str, Numbers]
    waited: Mapping[str, Spread]
    took: Mapping[str, Spread]
    rated: Mapping[str, Counts]
    with_bot: Mapping[str, tuple[int, int]]  # solved by the bot alone, and all that it answered in
    switches: Mapping[str, Numbers]  # by where they went to
    costs: Costs

    @property
    def media(self) -> list[str]:
        """The busiest first."""
        known = {**self.begun, **self.took, **self.rated, **self.switches}
        return sorted(known, key=lambda medium: (-self.begun.get(medium, Numbers())["episodes"], medium))

    @property
    def all_have_rates(self) -> bool:
        return self.begun.keys() <= self.costs.rates.keys()


def found(asked: Asked, between: Between | None = None) -> Found:
    begun = _by_medium(read(BEGUN, asked, by=("medium",), between=between))
    rated = read(ANSWERS, asked, cut="kind", by=("medium",), value="csat", between=between)
    work = read(WORK, asked, by=("medium",), between=between)
    return Found(
        {medium: numbers for medium, numbers in begun.items() if numbers["episodes"]},
        _by_medium(spread(BEGUN, "waited_open", asked, by=("medium",), between=between)),
        _by_medium(spread(ENDED, "took_open", asked, by=("medium",), between=between)),
        {str(medium): counts(numbers) for (medium,), numbers in rated.items()},
        _with_bot(asked, between),
        _by_medium(read(SWITCHES, asked, by=("medium",), between=between)),
        _costs(asked, between, begun, _by_medium(work)),
    )


def _costs(asked: Asked, between: Between | None, begun: Mapping[str, Numbers], work: Mapping[str, Numbers]) -> Costs:
    """What was done by address is read only where one has a rate of its own."""
    rates = list(ChannelRate.objects.select_related("channel"))
    own = {str(rate.channel_id): rate for rate in rates if rate.channel_id}
    done_at: dict[str, Done] = {}
    if own:
        begun_at = _by_medium(read(BEGUN_AT, asked, cut="address", by=("value",), between=between))
        work_at = _by_medium(read(WORK_AT, asked, cut="address", by=("value",), between=between))
        done_at = {address: each for address, each in _done(begun_at, work_at).items() if address in own}
    return Costs({rate.medium: rate for rate in rates if not rate.channel_id}, _done(begun, work), own, done_at)


def _done(begun: Mapping[str, Numbers], work: Mapping[str, Numbers]) -> dict[str, Done]:
    none = Numbers()
    return {
        key: Done(begun.get(key, none)["episodes"], work.get(key, none)["seconds_sum"]) for key in {**begun, **work}
    }


def _by_medium(found_: Mapping[tuple[object, ...], T]) -> dict[str, T]:
    return {str(medium): each for (medium,), each in found_.items()}


def _with_bot(asked: Asked, between: Between | None) -> dict[str, tuple[int, int]]:
    sums: dict[str, tuple[int, int]] = {}
    solved = read(ENDED, asked, cut="handler", by=("medium", "value"), between=between)
    for (medium, handler), numbers in solved.items():
        if handler in (Handler.BOT, Handler.BOTH):
            alone, whole = sums.get(str(medium), (0, 0))
            count = numbers["solved"]
            sums[str(medium)] = (alone + count * (handler == Handler.BOT), whole + count)
    return sums
