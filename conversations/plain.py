"""Turns the desk's own HTML into plain text, for the text part of a mail, a chat line, a snippet and search."""

from html.parser import HTMLParser

BLOCKS = {"p", "div", "li", "blockquote", "h1", "h2", "h3", "h4", "pre", "tr", "ul", "ol", "table"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.href = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br" or tag in BLOCKS:
            self.parts.append("\n")
        if tag == "li":
            self.parts.append("- ")
        if tag == "a":
            self.href = dict(attrs).get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "p":
            self.parts.append("\n\n")
        elif tag in BLOCKS:
            self.parts.append("\n")
        if tag == "a" and self.href and self.href not in "".join(self.parts[-2:]):
            self.parts.append(f" ({self.href})")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def html_to_text(html: str) -> str:
    """The words of `html`, a paragraph on lines of its own, links with their address behind."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [line.strip() for line in "".join(reader.parts).replace("\xa0", " ").split("\n")]
    text = "\n".join(lines)
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.strip()
