"""What charts are made of, in units of their own: the page draws them as SVG, and paper as it can."""

from dataclasses import dataclass

HUES = ("email", "phone", "chat", "social", "messaging", "bot", "web")  # for what has no hue of its own


@dataclass(frozen=True)
class Rule:
    """A straight line: `klass` is grid, axis or target."""

    x: float
    y: float
    to_x: float
    to_y: float
    klass: str = "grid"


@dataclass(frozen=True)
class Line:
    """`kind` tells it from the others without its hue: each has dashes of its own."""

    points: tuple[tuple[float, float], ...]
    hue: str
    kind: int = 0
    is_before: bool = False


@dataclass(frozen=True)
class Dot:
    """`kind`: round, square, triangle …"""

    x: float
    y: float
    hue: str
    kind: int = 0


@dataclass(frozen=True)
class Box:
    """`kind`: plain, or which of the patterns lies on it."""

    x: float
    y: float
    width: float
    height: float
    hue: str
    kind: int = 0
    says: str = ""


@dataclass(frozen=True)
class Ribbon:
    """From the right edge of one box to the left edge of another, `thick` at both."""

    x: float
    y: float
    to_x: float
    to_y: float
    thick: float
    hue: str
    says: str = ""


@dataclass(frozen=True)
class Label:
    x: float
    y: float
    text: str
    anchor: str = "start"  # start, middle, end
    hue: str = ""
    is_strong: bool = False


Mark = Rule | Line | Dot | Box | Ribbon | Label


@dataclass(frozen=True)
class Key:
    """Of the legend."""

    text: str
    hue: str
    kind: int = 0
    is_line: bool = False


@dataclass(frozen=True)
class Drawing:
    width: float
    height: float
    marks: tuple[Mark, ...]
    keys: tuple[Key, ...] = ()
    kinds: tuple[tuple[str, int], ...] = ()  # hue and pattern, that its boxes need
