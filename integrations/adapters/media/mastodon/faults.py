"""A Mastodon server's words for what failed, and ours: by a part of "error", else by the status.

https://docs.joinmastodon.org/methods/statuses/#create, …/methods/media/#v2 (401, 404, 422), …/api/rate-limits/ and the
sentences of https://github.com/mastodon/mastodon (config/locales/en.yml, app/lib/exceptions.rb).
"""

from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _

from integrations.adapters.calling import RefusedError
from integrations.adapters.media.provider import Fault, Provider
from integrations.adapters.reading import words

_NO_KEY = _("The Mastodon server does not know the access token any more. An admin can make a new one there.")

FAULTS = {
    "outside the authorized scopes": Fault(
        _("The access token may not do this: an admin can give it the scopes read and write."), is_credential=True
    ),
    "login is currently disabled": Fault(_("The Mastodon account is switched off."), is_credential=True),
    "character limit": Fault(_("It is longer than this Mastodon server takes.")),
    "not finished processing": Fault(_("The server is still working on the file."), is_permanent=False, wait=15.0),
    "try again in a moment": Fault(_("The server is still working on the file."), is_permanent=False, wait=15.0),
    "file content type is invalid": Fault(_("Mastodon does not take files of this kind.")),
    "file is invalid": Fault(_("Mastodon does not take this file.")),
    "file file size": Fault(_("The file is larger than this Mastodon server takes.")),
    "cannot attach more than": Fault(_("These are more files than Mastodon takes in one post.")),
    "original status": Fault(_("The post that it answers is not there any more.")),
    "post you are trying to reply to": Fault(_("The post that it answers is not there any more.")),
    "401": Fault(_NO_KEY, is_credential=True),
    "403": Fault(_("The Mastodon server does not let this account do that.")),
    "404": Fault(_("The post that it answers is not there any more.")),
    "413": Fault(_("The file is larger than this Mastodon server takes.")),
    "429": Fault(_("The Mastodon server asks the desk to wait."), is_permanent=False, wait=60.0, is_for_all=True),
}


def codes(refused: RefusedError) -> tuple[str, ...]:
    found = refused.json
    said = words(found.get("error")).lower() if isinstance(found, dict) else ""
    return (*(part for part in FAULTS if not part.isdecimal() and part in said), str(refused.status))


def wait(refused: RefusedError) -> float | None:
    """X-RateLimit-Reset: when the limit ends, ISO 8601."""
    try:
        ends = datetime.fromisoformat(refused.headers.get("x-ratelimit-reset", ""))
    except ValueError:
        return None
    ends = ends if ends.tzinfo else ends.replace(tzinfo=UTC)
    return max(1.0, (ends - datetime.now(UTC)).total_seconds()) if refused.status == 429 else None


MASTODON = Provider("Mastodon", FAULTS, codes, wait)
