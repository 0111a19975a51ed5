"""Separates what a person wrote from the quotes and signatures around it, hiding no word in doubt."""

import re

from .parsed import Segment, SegmentKind
from .reply_phrases import (
    ABOVE_THIS_LINE,
    CLOSING,
    CONTACT,
    EMAIL,
    FORWARD_DIVIDER,
    FORWARD_SUBJECT,
    MARKDOWN_FENCE,
    ORIGINAL_DIVIDER,
    SEPARATOR,
    header_kind,
    is_attribution,
    is_device_signature,
)

# Beyond this, everything is shown: no person types so much.
MAX_LINES = 20_000

_QUOTED = re.compile(r"^\s{0,3}>")
_DELIMITER = re.compile(r"^(?:-- |--\s*)$")
_UNDERSCORES = re.compile(r"^\s*_{2,}\s*$")
_ONLY_LINK = re.compile(r"^\s*[<(\[]?https?://\S+[>)\]]?\s*>?\s*$")
_MAY_INTRODUCE = re.compile(r"[\d@<:]|wrote|schrieb", re.I)
_POSTSCRIPT = re.compile(r"^\s*(?:p\.?\s?s\b|nb\b)", re.I)
_FIRST_LETTER = re.compile(r"\w")
_LINES_OF_ATTRIBUTION = 4
_MAX_SIGNATURE = 120
# So many lines that look like the start of "On … wrote:" and are not: somebody plays with us.
_MAX_ATTEMPTS = 3_000
_MAX_SIGNATURES = 200  # the same for lines that look like the start of a signature


def split_reply(text: str, subject: str = "") -> tuple[Segment, ...]:
    """`text` as segments that, joined, are `text` again; all of it said where nothing else would be."""
    lines = text.splitlines(keepends=True)
    if len(lines) > MAX_LINES or not text.strip():
        return (Segment("said", text),) if text else ()
    kinds = _Splitter([line.rstrip("\r\n") for line in lines], FORWARD_SUBJECT.match(subject) is not None).kinds()
    if not any(kind == "said" and line.strip() for kind, line in zip(kinds, lines, strict=True)):
        return (Segment("said", text),)
    return _segments(lines, kinds)


def _segments(lines: list[str], kinds: list[SegmentKind]) -> tuple[Segment, ...]:
    segments: list[Segment] = []
    start = 0
    for index in range(1, len(lines) + 1):
        if index == len(lines) or kinds[index] != kinds[start]:
            segments.append(Segment(kinds[start], "".join(lines[start:index])))
            start = index
    return tuple(segments)


class _Splitter:
    """One pass from the top; `kinds()` names each line."""

    def __init__(self, lines: list[str], is_forward: bool) -> None:
        self.lines = lines
        # `>>> http://shop.example <<<` is an ornament.
        self.quoted = [_QUOTED.match(line) is not None and not line.rstrip().endswith("<<") for line in lines]
        self.is_forward = is_forward
        self.named: list[SegmentKind] = []
        self.attempts = self.signatures = 0

    def kinds(self) -> list[SegmentKind]:
        is_code = False
        while (at := len(self.named)) < len(self.lines):
            line = self.lines[at]
            if MARKDOWN_FENCE.match(line):
                is_code = not is_code and any(MARKDOWN_FENCE.match(after) for after in self.lines[at + 1 :])
            if is_code or not line.strip():
                self._name("said", 1)
            elif self.quoted[at]:
                self._quote_block()
            elif FORWARD_DIVIDER.match(line):
                self._name("said", len(self.lines) - at)
            elif (length := self._introduction(at)) > 0:
                self._quote_from(at, length)
            elif (length := self._signature(at)) > 0:
                self._name("signature", length)
            else:
                self._name("said", 1)
        return self._joined_blanks()

    def _name(self, kind: SegmentKind, count: int) -> None:
        self.named += [kind] * count

    # ------------------------------------------------------------ quotes
    def _introduction(self, at: int) -> int:
        """How many lines from `at` introduce a quote; 0 if they do not."""
        line = self.lines[at]
        if ORIGINAL_DIVIDER.match(line) or ABOVE_THIS_LINE.match(line):
            return 1
        if SEPARATOR.match(line):
            following = self._next_text(at + 1)
            return (
                following - at
                if following < len(self.lines) and following - at <= 3 and self._is_header_block(following)
                else 0
            )
        if self._is_header_block(at):
            return 1
        return self._attribution_length(at)

    def _attribution_length(self, at: int) -> int:
        if not _MAY_INTRODUCE.search(self.lines[at]) or not _FIRST_LETTER.search(self.lines[at]):
            return 0
        self.attempts += 1
        if self.attempts > _MAX_ATTEMPTS:
            return 0
        joined = ""
        for count in range(1, _LINES_OF_ATTRIBUTION + 1):
            index = at + count - 1
            if index >= len(self.lines) or (self.quoted[index] and not self.lines[index].strip().startswith(">:")):
                return 0
            line = self.lines[index].strip()
            if not line and count > 1 and not self._goes_on(index):
                return 0
            joined = f"{joined} {line}".strip()
            following = self._next_text(at + count)
            before_quote = following < len(self.lines) and self.quoted[following] and following - at - count <= 2
            if len(joined) > 500:
                return 0
            if line and is_attribution(joined, before_quote=before_quote):
                return count
        return 0

    def _goes_on(self, index: int) -> bool:
        """Polymail leaves a blank line before `< mailto:Ann <a@b> >` of its "On … Ann"."""
        return index + 1 < len(self.lines) and self.lines[index + 1].lstrip().startswith("<")

    def _is_header_block(self, at: int) -> bool:
        """Outlook's "From: … Sent: … To: … Subject: …", in any language."""
        first = header_kind(self.lines[at])
        if not first or first == "cc" or self.is_forward and not self._said_in_reply():
            return False
        kinds, others, sender = {first}, 0, self.lines[at] if first == "from" else ""
        for index in range(at + 1, min(at + 14, len(self.lines))):
            kind = header_kind(self.lines[index])
            if kind:
                kinds.add(kind)
                sender = sender or (self.lines[index] if kind == "from" else "")
            elif self.lines[index].strip():
                others += 1
                # A long sender goes over two lines.
                sender += self.lines[index] if header_kind(self.lines[index - 1]) == "from" else ""
            if others > 2 or kinds >= {"from", "subject", "to"}:
                break
        # A web form has From and Subject too, a journey From, To and Date: a quoted header has more, or the address.
        return kinds >= {"from", "to", "subject"} or kinds >= {"from", "date"} and EMAIL.search(sender) is not None

    def _said_in_reply(self) -> bool:
        return "quote" in self.named

    def _quote_from(self, at: int, length: int) -> None:
        """The introduction, then either its `>` lines only, or everything below it."""
        while self.named and self.named[-1] == "said" and SEPARATOR.match(self.lines[len(self.named) - 1]):
            self.named[-1] = "quote"
        self._name("quote", length)
        following = self._next_text(at + length)
        while following < min(len(self.lines), at + 14) and header_kind(self.lines[following]):
            following = self._next_text(following + 1)
        if following < len(self.lines) and self.quoted[following]:
            self._name("quote", following - at - length)
            self._quote_block()
        else:
            self._name("quote", len(self.lines) - at - length)

    def _quote_block(self) -> None:
        """`>` lines, blank lines among them, and ends of lines that a program wrapped out of the quote."""
        at = len(self.named)
        end = at
        while end < len(self.lines):
            if self.quoted[end]:
                end += 1
                continue
            following = self._next_text(end)
            if following < len(self.lines) and self.quoted[following] and following > end:
                end = following
            elif self._is_wrapped_end(end):
                end += 1
            else:
                break
        self._name("quote", end - at)

    def _is_wrapped_end(self, at: int) -> bool:
        """A line between `>` lines that holds only a link, or a word that did not fit above."""
        if at == 0 or at + 1 >= len(self.lines) or not (self.quoted[at - 1] and self.quoted[at + 1]):
            return False
        if _ONLY_LINK.match(self.lines[at]) or re.match(r"^\(https?://\S+\) >", self.lines[at]):
            return True
        above, words = self.lines[at - 1].rstrip(), self.lines[at].split()
        return len(above) >= 60 and above[-1] not in ".?!:" and len(above) + 1 + len(words[0]) > 72

    def _next_text(self, at: int) -> int:
        while at < len(self.lines) and not self.lines[at].strip():
            at += 1
        return at

    # ------------------------------------------------------------ signatures
    def _signature(self, at: int) -> int:
        """How many lines from `at` are a signature; 0 if they are not sure to be one."""
        line = self.lines[at]
        if is_device_signature(line):
            following = at + 1
            while following < len(self.lines) and _ONLY_LINK.match(self.lines[following]):
                following += 1
            return following - at
        is_delimiter, is_closing = _DELIMITER.match(line) is not None, CLOSING.match(line) is not None
        if not (is_delimiter or is_closing or _UNDERSCORES.match(line)):
            return 0
        self.signatures += 1
        if self.signatures > _MAX_SIGNATURES:
            return 0
        end = self._end_of_signature(at + 1)
        below = [below for below in self.lines[at + 1 : end] if below.strip()]
        if is_delimiter:
            is_sure = line == "-- " or (len(below) <= 15 and not self._is_addressed(below))
            return end - at if below and is_sure and len(below) <= 60 and not _POSTSCRIPT.match(below[-1]) else 0
        has_contact = any(CONTACT.search(below_line) for below_line in below[is_closing:])
        is_short = all(len(below_line) <= 90 for below_line in below)
        return end - at if has_contact and is_short and 1 < len(below) <= 10 and not self._is_addressed(below) else 0

    def _is_addressed(self, below: list[str]) -> bool:
        """Whether a postscript or a question stands below, which a person wrote."""
        return any(_POSTSCRIPT.match(line) or line.rstrip().endswith("?") for line in below)

    def _end_of_signature(self, at: int) -> int:
        limit = min(len(self.lines), at + _MAX_SIGNATURE)
        while at < limit:
            if (
                self.quoted[at]
                or FORWARD_DIVIDER.match(self.lines[at])
                or (self.lines[at].strip() and self._introduction(at))
            ):
                return at
            at += 1
        return at

    def _joined_blanks(self) -> list[SegmentKind]:
        """Blank lines belong to the segment above them."""
        for at in range(1, len(self.named)):
            if self.named[at] == "said" and not self.lines[at].strip() and self.named[at - 1] != "said":
                self.named[at] = self.named[at - 1]
        return self.named
