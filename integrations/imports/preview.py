"""The first items of a file as they would come out, with what is wrong said of each. Nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from integrations.imports.items import items
from integrations.imports.kinds import KINDS
from integrations.models import Import

FIRST = 20


@dataclass(frozen=True)
class Line:
    number: int
    shown: Sequence[tuple[str, str]] = ()
    remark: str = ""
    wrong: str = ""
    said: str = ""  # of one that is wrong: what stands there


def preview(one: Import) -> list[Line]:
    kind, found = KINDS[one.what], list[Line]()
    for item in islice(items(one), FIRST):
        said = " · ".join(" | ".join(cells) for cells in item.said)[:300]
        try:
            if item.wrong:
                raise ValueError(item.wrong)
            thing = kind.understand(one, item)
            found.append(Line(item.number, thing.shown(), thing.remark()))
        except ValueError as error:
            found.append(Line(item.number, wrong=str(error), said=said))
    return found
