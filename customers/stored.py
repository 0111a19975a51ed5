"""JSON as PostgreSQL keeps it: what it would choke on is refused in words before it gets there."""

import json


def as_json(value: object, *, sort_keys: bool = False) -> str:
    """Raises ValueError for what no jsonb holds: NUL, half a surrogate pair, NaN and infinities, endless nesting."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=sort_keys)
        has_nul = "\\u0000" in text and _has_nul(value)
    except RecursionError:
        raise ValueError("It is nested too deep.") from None
    if has_nul:
        raise ValueError("It has a NUL character, which no database keeps.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("It has half a character (a lone surrogate).") from error
    return text


def _has_nul(value: object) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any(_has_nul(key) or _has_nul(inner) for key, inner in value.items())
    return isinstance(value, list | tuple) and any(map(_has_nul, value))
