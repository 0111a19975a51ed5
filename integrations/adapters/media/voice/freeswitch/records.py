"""A record of FreeSWITCH, in any of the forms it is posted in, as one object.

mod_json_cdr and mod_format_cdr: https://developer.signalwire.com/freeswitch/FreeSWITCH-Explained/Modules/
(encode: the whole as a form's “cdr”, or in base64; encode-values: each value as in an address), mod_xml_cdr.
"""

import base64
import binascii
from typing import Any
from urllib.parse import parse_qs, unquote, unquote_to_bytes
from xml.etree import ElementTree as Xml

from integrations.adapters.reading import read_json

Json = dict[str, Any]
DEEPEST = 12


def record_of(body: bytes) -> Json:
    """Raises ValueError."""
    text = body.strip()
    if text.startswith(b"cdr="):
        text = parse_qs(text.decode(), max_num_fields=5).get("cdr", [""])[0].encode().strip()
    if text[:3] in (b"%7B", b"%7b", b"%3C", b"%3c"):
        text = unquote_to_bytes(text)
    if not text.startswith((b"{", b"<", b"[")):
        text = _from_base64(text)
    found = _from_xml(text) if text.startswith(b"<") else read_json(text)
    if not isinstance(found, dict) or not isinstance(found.get("variables"), dict):
        raise ValueError("It has no “variables”: it is no record of FreeSWITCH.")
    return _plain(found) if _is_encoded(found["variables"]) else found


def _from_base64(text: bytes) -> bytes:
    try:
        return base64.b64decode(text.replace(b" ", b"+"), validate=True).strip()  # a form's "+" is a blank
    except binascii.Error:
        raise ValueError("It is neither JSON, XML nor base64.") from None


def _from_xml(text: bytes) -> Json:
    """Without a document type: none of FreeSWITCH's has one, and what it could declare is an attack."""
    if b"<!" in text:
        raise ValueError("It declares a document type or an entity.")
    try:
        root = Xml.fromstring(text)  # noqa: S314  the line above
    except Xml.ParseError as error:
        raise ValueError(f"It is no XML: {error}.") from None
    found = _branch(root, 0)
    flow = [_branch(each, 0) for each in root.findall("callflow")]
    return {**found, "callflow": flow} if isinstance(found, dict) else {}


def _branch(node: Xml.Element, depth: int) -> Any:
    if depth > DEEPEST or not len(node):
        return (node.text or "").strip()
    return {**dict(node.attrib), **{child.tag: _branch(child, depth + 1) for child in node}}


def _is_encoded(variables: Json) -> bool:
    """Times have a blank in them, unless they are encoded."""
    stamp = str(variables.get("start_stamp", ""))
    return (
        "%20" in stamp
        or "%3A" in stamp.upper()
        or (" " not in stamp and any("%2" in str(v) for v in variables.values()))
    )


def _plain(found: Any, depth: int = 0) -> Any:
    if isinstance(found, str):
        return unquote(found)
    if isinstance(found, dict) and depth < DEEPEST:
        return {name: _plain(value, depth + 1) for name, value in found.items()}
    if isinstance(found, list) and depth < DEEPEST:
        return [_plain(value, depth + 1) for value in found]
    return found
