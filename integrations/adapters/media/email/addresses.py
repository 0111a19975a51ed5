"""Splits an address header into names and addresses, however crooked it is written."""

import re

from .charsets import decode_encoded_words, without_controls
from .parsed import Address

MAX_ADDRESSES = 1_000
MAX_LENGTH = 1_500

_ADDR = re.compile(r"[^\s<>,;:\"()\[\]]+@[^\s<>,;:\"()]+")
_GROUP = re.compile(r"^[^<>@,;\"]{0,200}:(?!//)")
_PLAIN = re.compile(r"^[^\s<>,;:\"()@]+@[^\s<>,;:\"()@]+$")
_NAMED = re.compile(r"^\"?([\w .'-]*)\"? ?<([^\s<>,;:\"()@]+@[^\s<>,;:\"()@]+)>$", re.A)
# Some clients write `'Ann' via List`, `"'ann@x'"`: the quotes are no part of a name.
_QUOTED_NAME = re.compile(r"^(['\"])(.*)\1$", re.S)


def parse_addresses(text: str) -> list[Address]:
    """Addresses in order; one without an `@` keeps its words as name or, in brackets, as address."""
    text = " ".join(text.split())
    if not text:
        return []
    if _PLAIN.match(text):
        return [Address("", text)]
    if (named := _NAMED.match(text)) is not None:
        return [Address(named[1].strip().strip("'"), named[2])]
    if "@" not in text and "=?" in text:
        text = decode_encoded_words(text)
    parsed: list[Address] = []
    for piece in _split(text)[:MAX_ADDRESSES]:
        parsed += _parse_one(piece)
    return parsed


def _split(text: str) -> list[str]:
    """Pieces between the commas and semicolons that stand outside quotes, comments and brackets."""
    pieces: list[str] = []
    piece: list[str] = []
    depth, is_quoted, is_bracketed, is_escaped = 0, False, False, False
    has_closing_quote = text.count('"') % 2 == 0
    for character in text:
        if is_escaped:
            is_escaped = False
        elif character == "\\" and (is_quoted or depth):
            is_escaped = True
        elif character == '"' and not depth and has_closing_quote:
            is_quoted = not is_quoted
        elif is_quoted:
            pass
        elif character == "(":
            depth += 1
        elif character == ")":
            depth = max(0, depth - 1)
        elif character in "<>":
            is_bracketed = character == "<"
        elif character in ",;" and not depth and not is_bracketed:
            pieces.append("".join(piece))
            piece = []
            continue
        piece.append(character)
    pieces.append("".join(piece))
    return [stripped for piece_text in pieces if (stripped := piece_text.strip())]


def _parse_one(piece: str) -> list[Address]:
    piece = _GROUP.sub("", piece[:MAX_LENGTH], count=1).strip()
    if not piece:
        return []
    opened = _opening_bracket(piece)
    if opened >= 0:
        return [_bracketed(piece, opened)]
    quoted_local = re.fullmatch(r'("(?:[^"\\]|\\.)*+"@[^\s<>,;:"()]+)', piece)
    if quoted_local:
        return [Address("", piece)]
    bare = re.sub(r"\([^()]*\)", " ", piece)
    found = _ADDR.findall(bare)
    if not found:
        return [Address(_clean_name(piece), "")]
    if len(found) > 1 and not _ADDR.sub("", bare).strip():
        return [Address("", _clean_address(address)) for address in found]
    comment = re.search(r"\(([^()]*)\)", piece)
    rest = bare.replace(found[-1], "", 1)
    return [Address(_clean_name(comment[1] if comment else rest), _clean_address(found[-1]))]


def _opening_bracket(piece: str) -> int:
    """Where `<address>` begins: the last `<` outside quotes."""
    masked = re.sub(r'"(?:[^"\\]|\\.)*+"', lambda match: "x" * len(match[0]), piece)
    first, last = masked.find("<"), masked.rfind("<")
    # `<"System Administrator"@x.com>` has its quotes inside.
    return last if last >= 0 else first


def _bracketed(piece: str, opened: int) -> Address:
    name, inside = piece[:opened], piece[opened + 1 :]
    address, _, after = inside.partition(">")
    if not name.strip() and after.strip() and "@" not in after:
        name = after
    # A route (`<@a,@b:c@d>`, RFC 5322, 4.4) and a `mailto:` precede the address itself.
    address = re.sub(r"^(?:@[^:<>]*:|mailto:)", "", address.strip(), flags=re.I)
    address = re.sub(r"\([^()]*\)", "", address)
    if "@" not in address and (inner := _ADDR.search(name)):
        address = inner[0]
    comment = re.search(r"\(([^()]*)\)", after) if not name.strip() else None
    return Address(_clean_name(comment[1] if comment else name), _clean_address(address))


def _clean_name(name: str) -> str:
    name = name.strip()
    for _ in range(2):
        if (quoted := _QUOTED_NAME.match(name)) is not None:
            name = quoted[2].strip()
    name = re.sub(r"\\(.)", r"\1", name)
    name = decode_encoded_words(name).strip().strip('"').strip()
    if (quoted := _QUOTED_NAME.match(name)) is not None:
        name = quoted[2]
    return without_controls(" ".join(name.split()))


def _clean_address(address: str) -> str:
    if "=?" in address:
        address = decode_encoded_words(address)
        found = _ADDR.search(address)
        address = found[0] if found else address
    return without_controls(re.sub(r"\s+", "", address)).strip(".,;'") if '"' not in address else address
