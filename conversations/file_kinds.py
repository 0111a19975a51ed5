"""What kind a file is: as it was declared, and an image only where its first bytes say so; and what it is called."""

import unicodedata

# What an image's first bytes are, since whoever sends it only says what the name ends in.
_SIGNS = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
}
LONGEST_SIGN = 16  # bytes


def kind_of(declared: str, start: bytes) -> str:
    """`start`: the first bytes of it, at least LONGEST_SIGN where there are so many."""
    declared = declared.split(";")[0].strip().lower()[:127]
    if not declared.startswith("image/"):
        return declared or "application/octet-stream"
    return declared if start.startswith(_SIGNS.get(declared, ())) else "application/octet-stream"


# Marks that turn the reading order round: “photo\u202egpj.exe” reads as “photoexe.jpg”.
_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain_name(name: str) -> str:
    """Without a path, a control, or a mark by which it would read as another."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(each for each in last if each not in _TURNS and unicodedata.category(each) != "Cc").strip()
