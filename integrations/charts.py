"""A connector's last two days as bars, drawn by the server: what came and went by the hour, and what of it failed."""

from collections.abc import Sequence
from dataclasses import dataclass

from integrations.models import HealthSample

WIDTH, HEIGHT, GAP = 480.0, 64.0, 2.0


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    is_bad: bool = False


@dataclass(frozen=True)
class Chart:
    bars: list[Bar]
    samples: list[HealthSample]  # hours in which anything was, for the table behind it
    most: int
    width: float = WIDTH
    height: float = HEIGHT


def of(samples: Sequence[HealthSample]) -> Chart:
    totals = [sample.came + sample.went for sample in samples]
    most = max(totals, default=0)
    step = WIDTH / max(1, len(samples))
    bars = []
    for number, (sample, total) in enumerate(zip(samples, totals, strict=True)):
        bad = sample.aside + sample.failed
        for count, is_bad in ((total, False), (bad, True)):
            if count:
                height = max(1.5, HEIGHT * count / most)
                bars.append(
                    Bar(
                        round(number * step, 1),
                        round(HEIGHT - height, 1),
                        round(step - GAP, 1),
                        round(height, 1),
                        is_bad,
                    )
                )
    return Chart(bars, [sample for sample, total in zip(samples, totals, strict=True) if total], most)
