"""How long something took, of many: counted by classes, from which the middle is read to a twentieth."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field

from conversations.reports.tallies.stream import BOUNDS

# One of a spread's classes and how many are in it are kept as one whole number: the class, and so many times this.
PACK = 1000


def class_of(seconds: int) -> int:
    """The class whose bound is the first that is not below; so counts SQL, see `reading.class_sql`."""
    return bisect_left(BOUNDS, seconds)


@dataclass(frozen=True)
class Spread:
    """`classes`: how many lie in each class of `BOUNDS`. They add up as Numbers do."""

    classes: Mapping[int, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(self.classes.values())

    @property
    def median(self) -> float | None:
        """In seconds; None of nothing. To a twentieth."""
        return self.quantile(0.5)

    def quantile(self, share: float) -> float | None:
        """Between the two that stand nearest to that share of all, as a plain median takes the middle of two."""
        if not (count := self.count):
            return None
        place = share * (count - 1)
        low = int(place)
        below = self._at(low)
        return below + (self._at(min(low + 1, count - 1)) - below) * (place - low)

    def within(self, seconds: float) -> float | None:
        """The share that took no longer. Exact where `seconds` is a bound of a class, as all of stream.ROUND are."""
        if not (count := self.count):
            return None
        into = class_of(int(seconds))
        whole = sum(many for klass, many in self.classes.items() if klass < into)
        low, high = (BOUNDS[into - 1] if into else -1), BOUNDS[min(into, len(BOUNDS) - 1)]
        part = min(1.0, (seconds - low) / (high - low)) if high > low else 1.0
        return (whole + self.classes.get(into, 0) * part) / count

    def __add__(self, other: "Spread") -> "Spread":
        classes = dict(self.classes)
        for klass, many in other.classes.items():
            classes[klass] = classes.get(klass, 0) + many
        return Spread(classes)

    def _at(self, place: int) -> float:
        """How long the one took that has so many before it, as if those of a class lay evenly in it."""
        before = 0
        for klass in sorted(self.classes):
            many = self.classes[klass]
            if place < before + many:
                high = BOUNDS[min(klass, len(BOUNDS) - 1)]
                low = BOUNDS[klass - 1] + 1 if klass else 0
                return low + (high - low) * (place - before + 0.5) / many
            before += many
        raise IndexError(place)
