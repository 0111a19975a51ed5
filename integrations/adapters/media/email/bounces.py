"""Turns a report of mail that did not arrive into what the agent is told of their answer."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from conversations.envelopes import DeliveryReport
from conversations.models import Delivery
from integrations.adapters.media.email.marks import Mark, bare, is_our_message_id
from integrations.adapters.media.email.parsed import Bounce, ParsedEmail

_ACTION = re.compile(rb"^action:[ \t]*(failed|delayed)", re.IGNORECASE | re.MULTILINE)
_STILL_TRYING = re.compile(
    rb"delayed|still (?:being )?(?:re)?tr|will (?:keep|continue)|not yet been delivered", re.IGNORECASE
)


def reports(parsed: ParsedEmail, bounce: Bounce, raw: bytes, mark: Mark | None) -> Iterator[DeliveryReport]:
    """Raises ValueError for a report that names no mail at all; one about mail that is not ours says nothing."""
    original = bare(bounce.original_message_id)
    references = [bare(reference) for reference in (*parsed.references, parsed.in_reply_to)]
    original = original or next((each for each in references if is_our_message_id(each)), "")
    delivery_id = mark.delivery_id if mark else None
    if not original and not delivery_id:
        words = _("It reports that mail did not reach %(who)s, and does not say which mail.") % {"who": _who(bounce)}
        raise ValueError(words)
    if _is_only_late(bounce, raw):
        words = _("%(who)s has not got it yet: their server keeps trying.") % {"who": _who(bounce)}
        status = Delivery.Status.SENT
    else:
        words = _("It did not reach %(who)s: %(why)s") % {"who": _who(bounce), "why": _why(bounce)}
        status = Delivery.Status.FAILED
    # Permanent in both cases: the desk sends again what a server refused, never what a server accepted and gave back.
    yield DeliveryReport(
        status, "" if delivery_id else original, delivery_id, error=words, said=bounce.diagnostic[:2000]
    )


def _is_only_late(bounce: Bounce, raw: bytes) -> bool:
    """Temporary may mean "we keep trying" or "we gave up because of something that may pass" (RFC 3464, 2.3.3)."""
    if not bounce.is_temporary:
        return False
    if action := _ACTION.search(raw):
        return action[1].lower() == b"delayed"
    return bool(_STILL_TRYING.search(raw))


def _who(bounce: Bounce) -> str:
    return ", ".join(bounce.recipients[:5]) or _("the recipient")


def _why(bounce: Bounce) -> str:
    """By the enhanced status code (RFC 3463); its class, 4 or 5, does not matter here."""
    by_code = {
        "1.1": _("there is no such address."),
        "1.2": _("there is no such domain."),
        "1.3": _("the address is not written correctly."),
        "1.10": _("the domain takes no mail."),
        "2.1": _("the mailbox is closed."),
        "2.2": _("the mailbox is full."),
        "2.3": _("the mail is too large for this mailbox."),
        "3.4": _("the mail is too large for their server."),
        "4.1": _("their server does not answer."),
        "4.4": _("their server could not be found."),
        "4.7": _("their server did not take it in time."),
        "7.1": _("their server refuses our mail."),
    }
    code = bounce.status.partition(".")[2]
    said = " ".join(bounce.diagnostic.split())[:200]
    by_subject = {"1": _("the address is wrong."), "7": _("their server refuses our mail.")}
    known = by_code.get(code) or by_subject.get(code.partition(".")[0])
    if known:
        return known
    return _("their server said “%(said)s”.") % {"said": said} if said else _("their server gave no reason.")
