"""Markdown as articles are written in it (commonmark.org), made into the few tags that a thread and a mail show."""

from collections.abc import Mapping, Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from conversations.sanitise import sanitise_own

# A picture of somebody else's server would tell it who reads; what is typed as HTML is shown as it was typed.
LEFT_OUT = ["image", "html_block", "html_inline"]


def as_html(text: str) -> str:
    """Sanitised. A heading is a bold line: a message has none of its own."""
    return sanitise_own(_reader().render(text.replace("\x00", "")), {})


@cache
def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("strikethrough").disable(LEFT_OUT)
    reader.add_render_rule("heading_open", _bold_begins)
    reader.add_render_rule("heading_close", _bold_ends)
    return reader


def _bold_begins(
    self: RendererProtocol, tokens: Sequence[Token], at: int, options: OptionsDict, env: Mapping[str, object]
) -> str:
    return "<p><strong>"


def _bold_ends(
    self: RendererProtocol, tokens: Sequence[Token], at: int, options: OptionsDict, env: Mapping[str, object]
) -> str:
    return "</strong></p>\n"
