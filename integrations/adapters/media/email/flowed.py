"""Unwraps format=flowed text (RFC 3676): soft line breaks go, quote marks and signatures stay."""

import re

_QUOTE = re.compile(r"^>+")


def unflow(text: str, *, delete_space: bool = False) -> str:
    """Paragraphs on one line each; `delete_space` is the parameter DelSp=yes."""
    lines: list[str] = []
    is_open, open_depth = False, 0
    for line in text.split("\n"):
        mark = _QUOTE.match(line)
        depth = mark.end() if mark else 0
        content = line[depth:]
        content = content[1:] if content.startswith(" ") else content
        is_signature = content.rstrip("\r") == "-- "
        if is_open and depth == open_depth and not is_signature:
            lines[-1] += content
        else:
            lines.append(">" * depth + (" " if depth else "") + content)
        is_open = content.endswith(" ") and not is_signature
        open_depth = depth
        if is_open and delete_space:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)
