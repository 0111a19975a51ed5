"""What kind a file is: as it was declared, and an image only where its first bytes say so."""

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
