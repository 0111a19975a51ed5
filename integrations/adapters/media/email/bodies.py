"""Chooses among the MIME parts: the text, the HTML, and what is attached."""

import re
from dataclasses import dataclass, field

from .attachments import AttachmentPart, describe, is_attachment
from .charsets import decode
from .flowed import unflow
from .structure import Part, parse_structure, read_entity
from .tnef import TnefFile, is_tnef, read_tnef
from .transfer import decode_transfer, transfer_encoding
from .uuencode import cut_uuencoded

# More text than any person writes; a longer part is still there as an attachment.
MAX_TEXT_BYTES = 2_000_000

_TAG = re.compile(r"<[^<>]{0,2000}>")
_HTML_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.I)


@dataclass(slots=True)
class Bodies:
    texts: list[str] = field(default_factory=list)
    htmls: list[str] = field(default_factory=list)
    attachments: list[AttachmentPart] = field(default_factory=list)

    @property
    def text(self) -> str:
        texts = [text for text in self.texts if text.strip()]
        return texts[0] if len(texts) == 1 else "\n".join(text.rstrip("\n") + "\n" for text in texts)

    @property
    def html(self) -> str:
        return "\n".join(self.htmls)


def collect(root: Part) -> Bodies:
    """Walks the tree once; each leaf becomes text, HTML or an attachment, and none is dropped."""
    bodies = Bodies()
    waiting: list[tuple[Part, str]] = [(root, "")]
    while waiting:
        part, parent = waiting.pop()
        if part.children:
            waiting.extend((child, part.content_type) for child in reversed(part.children))
        else:
            _place(part, parent, bodies)
    if root.content_type == "message/rfc822" and not bodies.texts:
        _read_enclosed(root, bodies)
    return bodies


def _read_enclosed(root: Part, bodies: Bodies) -> None:
    """A gateway may send a whole message as the body: its text is what the customer says."""
    inner = read_entity(root.raw, root.start, root.end)
    if inner.content_type == "message/rfc822":
        return
    enclosed = collect(parse_structure(root.body))
    bodies.texts, bodies.htmls = enclosed.texts, enclosed.htmls


def _place(part: Part, parent: str, bodies: Bodies) -> None:
    kind = part.content_type
    is_text = kind.startswith("text/") or part.is_multipart
    if is_tnef(part):
        _open_tnef(part, bodies)
    elif not is_text or is_attachment(part, parent):
        bodies.attachments.append(describe(part, len(bodies.attachments)))
    elif kind == "text/x-amp-html":
        pass
    elif part.end - part.start > MAX_TEXT_BYTES:
        bodies.attachments.append(describe(part, len(bodies.attachments)))
        _add_text(part, bodies)
    elif kind == "text/html":
        bodies.htmls.append(part_text(part))
    elif kind in ("text/calendar", "text/x-vcard", "text/vcard", "text/directory", "text/rfc822-headers", "text/rtf"):
        bodies.attachments.append(describe(part, len(bodies.attachments)))
    else:
        _add_text(part, bodies)


def _add_text(part: Part, bodies: Bodies) -> None:
    text = part_text(part)
    if part.content_type == "text/enriched":
        text = _TAG.sub("", text.replace("<<", "\0")).replace("\0", "<")
    elif part.parameters.get("format", "").lower() == "flowed":
        text = unflow(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
    text, files = cut_uuencoded(text)
    bodies.texts.append(text)
    for name, content in files:
        bodies.attachments.append(AttachmentPart.of_content(name, content, len(bodies.attachments)))


def _open_tnef(part: Part, bodies: Bodies) -> None:
    content = decode_transfer(part.body, transfer_encoding(part.header("content-transfer-encoding")))
    package = read_tnef(content)
    if package is None or not (package.files or package.text or package.html):
        bodies.attachments.append(describe(part, len(bodies.attachments)))
        return
    if package.text and not bodies.text.strip():
        bodies.texts.append(package.text)
    if package.html and not bodies.htmls:
        bodies.htmls.append(package.html)
    for file in package.files:
        bodies.attachments.append(_tnef_attachment(file, len(bodies.attachments)))


def _tnef_attachment(file: TnefFile, index: int) -> AttachmentPart:
    return AttachmentPart.of_content(file.name, file.content, index, file.content_type, file.content_id)


def part_text(part: Part) -> str:
    """The part's body as text with plain line feeds."""
    body = part.raw[part.start : min(part.end, part.start + MAX_TEXT_BYTES)]
    data = decode_transfer(body, transfer_encoding(part.header("content-transfer-encoding")))
    charset = part.parameters.get("charset", "")
    if not charset and part.content_type == "text/html":
        declared = _HTML_CHARSET.search(data[:4_000])
        charset = declared[1].decode("ascii", "replace") if declared else ""
    text = decode(data, charset)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\0", "").removeprefix("\ufeff")
