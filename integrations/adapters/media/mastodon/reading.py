"""The words of a post: https://docs.joinmastodon.org/spec/activitypub/#sanitization says which HTML there can be."""

from html.parser import HTMLParser

_BLOCKS = {"p", "blockquote", "pre", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6"}


class _Reader(HTMLParser):
    """A link is shown by its whole address: the server cuts what it shows of it. A mention stays what it reads."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.link: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "br":
            self.parts.append("\n")
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag in _BLOCKS and self.parts:
            self.parts.append("\n\n")
        elif tag == "a" and not {"mention", "hashtag"} & set((told.get("class") or "").split()):
            self.link = told.get("href") or ""
            self.parts.append(self.link)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self.link = None

    def handle_data(self, data: str) -> None:
        if self.link is None:
            self.parts.append(data)


def words_of(content: str) -> str:
    reader = _Reader()
    reader.feed(content)
    reader.close()
    text = "\n".join(line.strip() for line in "".join(reader.parts).replace("\xa0", " ").split("\n"))
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.strip()


def without_mention(text: str, *names: str) -> str:
    """Without our own name at the start: it only says whom the post is for."""
    first, _space, rest = text.partition(" ")
    return rest.strip() if first.lower() in {f"@{name.lower()}" for name in names if name} else text
