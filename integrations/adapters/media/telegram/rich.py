"""An agent's HTML as Telegram reads it: https://core.telegram.org/bots/api#html-style. Everything else is escaped."""

from html import escape
from html.parser import HTMLParser

LONGEST, LONGEST_CAPTION = 4096, 1024  # after the tags are read; counted in UTF-16, as entities are

_TAGS = {"b": "b", "strong": "b", "i": "i", "em": "i", "u": "u", "ins": "u", "s": "s", "strike": "s", "del": "s"}
_TAGS |= {"code": "code", "pre": "pre", "blockquote": "blockquote"}
_BLOCKS = {"p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "tr", "table"}
_LINKS = ("http://", "https://", "mailto:", "tel:")


class _Writer(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.open: list[tuple[str, str]] = []  # as they came, and as they are closed

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br" or tag in _BLOCKS:
            self.parts.append("\n")
        if tag == "li":
            self.parts.append("- ")
        if tag == "a" and (href := dict(attrs).get("href") or "").startswith(_LINKS):
            self._open(tag, "a", f'<a href="{escape(href)}">')
        elif tag in _TAGS:
            self._open(tag, _TAGS[tag], f"<{_TAGS[tag]}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n\n" if tag == "p" else "\n")
        if any(tag == came for came, _ in self.open):
            while self.open:
                came, ours = self.open.pop()
                self.parts.append(f"</{ours}>")
                if came == tag:
                    return

    def handle_data(self, data: str) -> None:
        self.parts.append(escape(data.replace("\xa0", " "), quote=False))

    def _open(self, tag: str, ours: str, written: str) -> None:
        self.open.append((tag, ours))
        self.parts.append(written)


def rich(html: str) -> str:
    writer = _Writer()
    writer.feed(html)
    writer.close()
    parts = writer.parts + [f"</{ours}>" for _, ours in reversed(writer.open)]
    text = "\n".join(line.strip() for line in "".join(parts).split("\n"))
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.strip()


def length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def pieces(text: str, most: int = LONGEST) -> list[str]:
    """`text` in parts that Telegram takes, cut at the end of a paragraph, a line or a word where there is one."""
    found = []
    while length(text) > most:
        end = _fitting(text, most)
        cut = next((place for mark in ("\n\n", "\n", " ") if (place := text.rfind(mark, end // 2, end)) > 0), end)
        found.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*found, text] if text else found


def _fitting(text: str, most: int) -> int:
    """How many characters from the start are at most so many units of UTF-16."""
    units = 0
    for index, character in enumerate(text):
        units += 2 if ord(character) > 0xFFFF else 1
        if units > most:
            return index
    return len(text)
