"""Ink on paper: a PDF page with a font of many scripts, and the marks of charts drawn on it."""

import logging
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pylopdf_fonts_zh_cn
import pymupdf_fonts
from fpdf import FPDF
from fpdf.enums import Align

from conversations.reports.sheets.marks import Box, Dot, Drawing, Key, Label, Line, Mark, Ribbon, Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

Colour = tuple[int, int, int]
FAMILY, EASTERN = "FiraGO", "Noto Sans SC"
logging.getLogger("fontTools").setLevel(logging.WARNING)  # which tells of every glyph that it takes
INK, META, HAIR, PAPER, ACCENT = (29, 37, 40), (92, 101, 104), (222, 222, 218), (255, 255, 255), (0, 88, 102)
GOOD, BAD = (26, 99, 56), (158, 32, 28)
# As static/css/tokens.css has them by day.
HUES: dict[str, Colour] = {
    "email": (49, 92, 173), "chat": (0, 117, 128), "phone": (163, 76, 24), "messaging": (21, 112, 59),
    "social": (168, 38, 106), "bot": (106, 63, 168), "web": (115, 122, 125),
}  # fmt: skip
TITLE, LEGEND = 60.0, 24.0  # heights, above a drawing and below it
DASHES = ((0.0, 0.0), (8.0, 3.0), (2.0, 4.0), (6.0, 2.0), (1.0, 3.0), (12.0, 4.0))


@cache
def _fonts() -> tuple[tempfile.TemporaryDirectory[str], dict[str, Path]]:
    """The fonts as files, which is how they are read; they go with the process."""
    place = tempfile.TemporaryDirectory(prefix="throughline-fonts-")
    paths = {"": Path(place.name, "regular.ttf"), "B": Path(place.name, "bold.ttf")}
    paths[""].write_bytes(pymupdf_fonts.myfont("figo"))
    paths["B"].write_bytes(pymupdf_fonts.myfont("figbo"))
    return place, paths


class Paper(FPDF):
    """A4, lying; points. `foot` stands below every page, with its number."""

    def __init__(self, foot: str) -> None:
        super().__init__("landscape", "pt", "A4")
        self.foot_words = foot
        for style, path in _fonts()[1].items():
            self.add_font(FAMILY, style, path)
        self.add_font(EASTERN, "", pylopdf_fonts_zh_cn.sans_path())
        self.set_fallback_fonts([EASTERN], exact_match=False)  # which has one weight
        self.set_text_shaping(True)
        self.set_margin(36)
        self.set_auto_page_break(True, 40)
        self.add_page()

    def footer(self) -> None:
        self.say(self.l_margin, self.h - 20, self.foot_words, size=7, colour=META)
        self.say(self.w - self.r_margin, self.h - 20, str(self.page_no()), size=7, anchor="end", colour=META)

    @property
    def room(self) -> float:
        """To the foot of the page."""
        return self.h - self.b_margin - self.y

    def keep(self, height: float) -> None:
        """What is so high begins on a new page rather than being torn."""
        if self.room < height:
            self.add_page()

    def pen(self, size: float, colour: Colour = INK, *, bold: bool = False) -> None:
        self.set_font(FAMILY, "B" if bold else "", size)
        self.set_text_color(*colour)

    def say(
        self, x: float, y: float, text: str, *, size: float, anchor: str = "start", colour: Colour = INK,
        bold: bool = False,
    ) -> None:  # fmt: skip
        """A line whose foot is at y."""
        self.pen(size, colour, bold=bold)
        width = self.get_string_width(text) + 2
        left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        before = self.get_x(), self.get_y(), self.auto_page_break
        self.auto_page_break = False
        self.set_xy(left, y - size)
        align = {"start": Align.L, "middle": Align.C, "end": Align.R}[anchor]
        self.cell(width, size * 1.2, text, align=align)
        self.auto_page_break = before[2]
        self.set_xy(before[0], before[1])

    def height_of(self, drawn: Drawing, width: float) -> float:
        """With its legend."""
        return drawn.height * self._scale(drawn, width) + LEGEND

    def _scale(self, drawn: Drawing, width: float) -> float:
        """As wide as that, and never higher than what a page has below a title."""
        return min(width / drawn.width, (self.eph - TITLE - LEGEND) / drawn.height)

    def drawing(self, drawn: Drawing, width: float) -> None:
        """As wide as that, below what is there."""
        by = self._scale(drawn, width)
        self.keep(self.height_of(drawn, width))
        left, top = self.l_margin, self.get_y()
        for mark in drawn.marks:
            self._mark(mark, left, top, by)
        self.set_xy(left, top + drawn.height * by + 4)
        self._keys(drawn.keys)

    def _mark(self, mark: Mark, left: float, top: float, by: float) -> None:
        if isinstance(mark, Rule):
            self._rule(mark, left, top, by)
        elif isinstance(mark, Line):
            self._line([(left + x * by, top + y * by) for x, y in mark.points], mark)
        elif isinstance(mark, Dot):
            self._dot(left + mark.x * by, top + mark.y * by, mark)
        elif isinstance(mark, Box):
            self.box(left + mark.x * by, top + mark.y * by, mark.width * by, mark.height * by, mark.hue, mark.kind)
        elif isinstance(mark, Ribbon):
            self._ribbon(mark, left, top, by)
        elif isinstance(mark, Label):
            colour = HUES.get(mark.hue, META) if mark.is_strong else META
            x, y, size = left + mark.x * by, top + mark.y * by, max(7.0, 11 * by)
            self.say(x, y, mark.text, size=size, anchor=mark.anchor, colour=colour, bold=mark.is_strong)

    def _rule(self, mark: Rule, left: float, top: float, by: float) -> None:
        self.set_draw_color(*(META if mark.klass == "target" else HAIR))
        self.set_line_width(0.6)
        if mark.klass == "target":
            self.set_dash_pattern(3, 4)
        self.line(left + mark.x * by, top + mark.y * by, left + mark.to_x * by, top + mark.to_y * by)
        self.set_dash_pattern()

    def _line(self, points: "Sequence[tuple[float, float]]", mark: Line) -> None:
        self.set_draw_color(*HUES.get(mark.hue, META))
        self.set_line_width(1 if mark.is_before else 1.5)
        dash, gap = DASHES[2 if mark.is_before else mark.kind % len(DASHES)]
        if dash:
            self.set_dash_pattern(dash, gap)
        self.polyline(points)
        self.set_dash_pattern()

    def _dot(self, x: float, y: float, mark: Dot) -> None:
        self.set_fill_color(*HUES.get(mark.hue, META))
        shapes = {
            1: ((-3, -3), (3, -3), (3, 3), (-3, 3)),
            2: ((0, -4), (4, 3), (-4, 3)),
            3: ((0, -4.5), (4.5, 0), (0, 4.5), (-4.5, 0)),
        }
        if shape := shapes.get(mark.kind % 5):
            self.polygon([(x + across, y + down) for across, down in shape], style="F")
        elif mark.kind % 5 == 4:
            self.rect(x - 4, y - 1.2, 8, 2.4, style="F")
            self.rect(x - 1.2, y - 4, 2.4, 8, style="F")
        else:
            self.circle(x, y, 3.2, style="F")

    def box(self, x: float, y: float, width: float, height: float, hue: str, kind: int = 0) -> None:
        """With lines across it that tell it from its neighbours."""
        self.set_fill_color(*HUES.get(hue, ACCENT))
        self.rect(x, y, width, height, style="F")
        if not kind % 6:
            return
        self.set_draw_color(*PAPER)
        self.set_line_width(0.8)
        with self.rect_clip(x, y, width, height):
            far = width + height
            for step in range(0, int(far) + 4, 4):
                if kind % 6 in (1, 5):
                    self.line(x + step, y, x + step - height, y + height)
                if kind % 6 in (2, 5):
                    self.line(x + step - height, y, x + step, y + height)
                if kind % 6 == 3:
                    self.line(x, y + step, x + width, y + step)
                if kind % 6 == 4:
                    self.line(x + step, y, x + step, y + height)

    def _ribbon(self, mark: Ribbon, left: float, top: float, by: float) -> None:
        """In straight pieces along the curve that the page draws."""
        upper, lower = [], []
        for step in range(17):
            part = step / 16
            ease = part * part * (3 - 2 * part)
            x = left + (mark.x + (mark.to_x - mark.x) * part) * by
            y = top + (mark.y + (mark.to_y - mark.y) * ease) * by
            upper.append((x, y))
            lower.append((x, y + mark.thick * by))
        red, green, blue = HUES.get(mark.hue, META)
        self.set_fill_color(*(255 - (255 - each) * 3 // 10 for each in (red, green, blue)))
        self.polygon([*upper, *reversed(lower)], style="F")

    def _keys(self, keys: "Sequence[Key]") -> None:
        x, y = self.l_margin, self.get_y() + 8
        for key in keys:
            if key.is_line:
                self._line([(x, y - 2.5), (x + 18, y - 2.5)], Line((), key.hue, key.kind))
            else:
                self.box(x, y - 6, 18, 7, key.hue, key.kind)
            self.say(x + 22, y, key.text, size=8, colour=META)
            x += 36 + self.get_string_width(key.text)
        self.set_y(y + (8 if keys else -4))
