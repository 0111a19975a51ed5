"""X's words for what failed, and ours: by a part of what it says, its problem type, else the status.

https://docs.x.com/x-api/fundamentals/response-codes-and-errors (types, x-rate-limit-reset), …/fundamentals/rate-limits
"""

import time

from django.utils.translation import gettext_lazy as _

from integrations.adapters.calling import RefusedError
from integrations.adapters.media.provider import Fault, Provider
from integrations.adapters.reading import rows, words

_NO_KEY = _("X does not know the desk's keys any more. An admin can enter new ones from the Developer Console.")

FAULTS = {
    "cannot send messages to this user": Fault(_("They do not take direct messages from this account.")),
    "not permitted to send a dm": Fault(_("They do not take direct messages from this account.")),
    "not allowed to create a tweet with duplicate content": Fault(_("X takes the same post only once.")),
    "duplicate content": Fault(_("X takes the same post only once.")),
    "reply to this conversation is not allowed": Fault(_("Only some may answer this post, and we are not among them.")),
    "deleted or not visible to you": Fault(_("The post that it answers is not there any more.")),
    "media ids are invalid": Fault(_("X does not take this file.")),
    "unsupported authentication": Fault(_NO_KEY, is_credential=True),
    "user has been suspended": Fault(_("This account was suspended by X.")),
    "oauth2-permissions": Fault(
        _("The desk's app may not do this: give it the right to read and write posts and direct messages, then sign in"
          " again."), is_credential=True,
    ),
    "client-forbidden": Fault(_("The plan of the desk's app at X does not include this."), is_credential=True),
    "not-authorized-for-resource": Fault(_("X does not let this account do that.")),
    "resource-not-found": Fault(_("It is not there any more.")),
    "usage-capped": Fault(
        _("What the app's plan at X includes is used up for this month."), is_permanent=False, wait=3600.0,
        is_for_all=True,
    ),
    "rate-limit-exceeded": Fault(_("X asks the desk to wait."), is_permanent=False, wait=60.0, is_for_all=True),
    "invalid-request": Fault(_("X could not use it: it is too long, or holds what X does not take.")),
    "invalid_request": Fault(_NO_KEY, is_credential=True),  # of the token's address: a refresh token that is used up
    "invalid_grant": Fault(_NO_KEY, is_credential=True),
    "invalid_client": Fault(_NO_KEY, is_credential=True),
    "unauthorized_client": Fault(_NO_KEY, is_credential=True),
    "401": Fault(_NO_KEY, is_credential=True),
    "403": Fault(_("X does not let this account do that.")),
    "404": Fault(_("It is not there any more.")),
    "413": Fault(_("The file is larger than X takes.")),
    "429": Fault(_("X asks the desk to wait."), is_permanent=False, wait=60.0, is_for_all=True),
}  # fmt: skip


def codes(refused: RefusedError) -> tuple[str, ...]:
    found = refused.json if isinstance(refused.json, dict) else {}
    told = [found, *_listed(found)]
    said = " ".join(words(each.get(name)).lower() for each in told for name in ("detail", "title", "message"))
    types = [words(each.get("type")).rpartition("/")[2] for each in told]
    parts = (part for part in FAULTS if not part.isdecimal() and " " in part and part in said)
    return (*parts, words(found.get("error")), *types, str(refused.status))


def _listed(found: dict[str, object]) -> list[dict[str, object]]:
    try:
        return rows(found, "errors")
    except ValueError:
        return []


def wait(refused: RefusedError) -> float | None:
    """x-rate-limit-reset: Unix time at which the window ends."""
    told = refused.headers.get("x-rate-limit-reset", "")
    return max(1.0, int(told) - time.time()) if refused.status == 429 and told.isdecimal() else None


X = Provider("X", FAULTS, codes, wait)
