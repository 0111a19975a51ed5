"""Axes: round numbers from somewhat below to somewhat above what is drawn, in steps that people count in."""

from collections.abc import Sequence

from conversations.reports.sheets.sheet import Unit

MOST_STEPS = 5
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_TIMES = (
    *(1, 2, 5, 10, 15, 30),
    *(_MINUTE * each for each in (1, 2, 5, 10, 15, 30)),
    *(_HOUR * each for each in (1, 2, 3, 6, 12)),
    *(_DAY * each for each in (1, 2, 5, 10, 20, 50, 100, 200)),
)


def steps(values: Sequence[float], unit: Unit, *, from_nought: bool = True) -> list[float]:
    """At least two. From nought, unless all lie close together far from it and need not begin there."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    low = min(0.0, low) if from_nought or low < 0 or low < high / 2 else low
    size = _step((high - low) or abs(high) or _least(unit), unit)
    first = size * (low // size)
    count = max(1, int(-(-(high - first) // size)))
    if unit == Unit.SHARE and high <= 1:
        count = min(count, max(1, round((1 - first) / size)))
    return [round(first + size * number, 6) for number in range(count + 1)]


def _least(unit: Unit) -> float:
    return 1.0 if unit != Unit.SHARE else 0.1


def _step(span: float, unit: Unit) -> float:
    if unit == Unit.SECONDS:
        return next((float(each) for each in _TIMES if span / each <= MOST_STEPS), float(_TIMES[-1] * 5))
    least, size = (1.0 if unit == Unit.COUNT else 1e-3), 1e-3
    while True:
        for factor in (1, 2, 5):
            if span / (size * factor) <= MOST_STEPS and size * factor >= least:
                return round(size * factor, 6)
        size *= 10
