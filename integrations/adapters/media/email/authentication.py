"""Reads the receiving server's Authentication-Results (RFC 8601)."""

import re

from .headers import header_texts
from .parsed import Authentication
from .structure import Part

_COMMENT = re.compile(r"\([^()]*\)")
_METHOD = re.compile(r"^\s*(spf|dkim|dmarc)\s*=\s*([a-z]+)", re.I)
_RESULTS = frozenset("pass fail none neutral softfail policy temperror permerror bestguesspass hardfail".split())
_MEANT = {"hardfail": "fail", "bestguesspass": "none"}
_ORDER = ("pass", "policy", "neutral", "softfail", "temperror", "permerror", "fail", "none")


def read_authentication(root: Part, trusted_authserv: str | None) -> Authentication:
    """The verdicts of the topmost header, or of the headers that the trusted server signed with its name.

    Anyone can write such a header into his mail, with our server's name, too; only what our own server put on top can
    be believed. A server may write one for each method.
    """
    verdicts: dict[str, str] = {}
    headers = header_texts(root, "authentication-results")
    if trusted_authserv:
        headers = [header for header in headers if _authserv(header) == trusted_authserv.lower()]
    else:
        headers = headers[:1]
    for header in headers:
        said: dict[str, str] = {}
        for method, result in _results(header):
            best = said.get(method)
            # A mail may carry several DKIM signatures: one good one is enough.
            if best is None or _ORDER.index(result) < _ORDER.index(best):
                said[method] = result
        verdicts = said | verdicts
    return Authentication(**verdicts)


def _authserv(header: str) -> str:
    words = _without_comments(header).split(";")[0].split()
    return words[0].lower() if words else ""


def _results(header: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for statement in _without_comments(header).split(";"):
        match = _METHOD.match(statement)
        if match is not None and match[2].lower() in _RESULTS:
            result = match[2].lower()
            found.append((match[1].lower(), _MEANT.get(result, result)))
    return found


def _without_comments(header: str) -> str:
    for _ in range(3):
        header = _COMMENT.sub(" ", header)
    return header
