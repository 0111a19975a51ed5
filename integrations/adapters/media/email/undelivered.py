"""Recognises bounces, those of RFC 3464 and free-form ones, and reads for whom and whether for good."""

import re
from dataclasses import dataclass

from .bodies import Bodies, part_text
from .bounce_phrases import BODY, COPY, COPY_SIMPLE, NOT_RECIPIENTS, SENDER, SMTP_CODE, STATUS, SUBJECT, TEMPORARY
from .headers import addresses, first_address, header_text, ids_in
from .html_text import html_to_text
from .parsed import Bounce
from .structure import Part, read_entity, walk

MAX_NOTICE = 30_000
MAX_RECIPIENTS = 500

_ADDRESS = re.compile(
    r"(?:(?<=[\s<>('\":;,=\[*`«»“”’&])|^)(\"[^\"\n@]{1,60}\"|[\w.!#$%&*+/=?^{|}~-]+(?:'[\w.-]+)?)@([\w.-]*[\w-])", re.M
)
_EXPANDED = re.compile(r"\(expanded from:?\s*<?([^\s<>)]+@[^\s<>)]+)>?\)", re.I)
_TYPED = re.compile(r"^\s*(?:[\w-]+\s*;)?\s*(.*)$", re.S)
_ENVELOPE = re.compile(r"^\s*<?(\"[^\"]+\"@[^\s<>;()]+|[^\s<>;()]+@[^\s<>;()]+?)>?\.?\s*(?:\(.*)?$", re.S)
_MACHINE = re.compile(r"^(?:mailer-daemon|postmaster|abuse|mail-daemon|majordomo)$", re.I)
# "Your message  To: ann@example.com  Subject: … did not reach …": what the sender wrote, not what failed.
_QUOTED_FIELD = re.compile(r"^[\s>]*(?:to|cc|to whom)\s*:", re.I)
_OTHER_ROLE_BELOW = re.compile(
    r"(?:message-?id|contact|questions?|assistance|help|write to|e-?mail)\s*(?:us|me|at|:|to)?\s*:?\s*$", re.I
)
_ALONE_AFTER = re.compile(r"^[\W\d_]*$|^[>)\"'\s]*(?::|\(|\.\.\. |,|=20|\t|  |on \w{3},? |- |said:|failed)", re.I)
_ORIGINALS = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")


@dataclass(frozen=True, slots=True)
class _Recipient:
    address: str
    action: str
    status: str
    diagnostic: str


def read_bounce(root: Part, bodies: Bodies, subject: str) -> Bounce | None:
    """The bounce that the message is, or None: an answer, an auto-reply or a receipt is none."""
    parts = list(walk(root)) if root.children or root.content_type.startswith("message/") else [root]
    if _is_receipt(root, parts):
        return None
    reports = [
        part for part in parts if part.content_type in ("message/delivery-status", "message/global-delivery-status")
    ]
    recipients = [recipient for part in reports for recipient in _report_recipients(part)]
    is_report = bool(reports) or _report_type(root) == "delivery-status"
    if recipients:
        return _from_report(recipients, parts, bodies)
    if is_report or _may_be_free_form(root, subject, parts):
        return _from_text(root, parts, bodies, subject, is_report=is_report)
    return None


def _report_type(root: Part) -> str:
    return root.parameters.get("report-type", "").lower() if root.content_type == "multipart/report" else ""


def _is_receipt(root: Part, parts: list[Part]) -> bool:
    kinds = {part.content_type for part in parts}
    return _report_type(root) in ("disposition-notification", "feedback-report") or bool(
        kinds & {"message/disposition-notification", "message/feedback-report"}
    )


# ---------------------------------------------------------------- RFC 3464
def _report_recipients(part: Part) -> list[_Recipient]:
    found: list[_Recipient] = []
    for block in re.split(r"\n[ \t]*\n+", part_text(part)):
        fields = _fields(block)
        address = _field_address(fields.get("original-recipient", "")) or _field_address(
            fields.get("final-recipient", "")
        )
        if not address and ("final-recipient" in fields or "action" in fields):
            address = _field_address(fields.get("x-actual-recipient", ""))
        if not address:
            continue
        action = fields.get("action", "").split("(")[0].strip().lower()
        status = STATUS.search(fields.get("status", ""))
        diagnostic = _TYPED.sub(r"\1", fields.get("diagnostic-code", "")).strip()
        found.append(_Recipient(address, action, status[1] if status else "", diagnostic))
        if len(found) >= MAX_RECIPIENTS:
            break
    return found


def _fields(block: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in re.sub(r"\n[ \t]+", " ", block).split("\n"):
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name.strip().lower(), value.strip()[:2_000])
    return fields


def _field_address(value: str) -> str:
    """The address in `rfc822; <ann@example.com> (comment)`; an X.400 name is none."""
    _kind, separator, rest = value.partition(";")
    match = _ENVELOPE.match((rest if separator else value).strip())
    return match[1].strip("'").rstrip(".") if match is not None else ""


def _from_report(recipients: list[_Recipient], parts: list[Part], bodies: Bodies) -> Bounce | None:
    failed = [recipient for recipient in recipients if recipient.action.startswith("fail")]
    delayed = [recipient for recipient in recipients if recipient.action.startswith("delay")]
    unnamed = [recipient for recipient in recipients if not recipient.action and recipient.status[:1] in ("", "4", "5")]
    chosen = failed or delayed or unnamed
    if not chosen:
        return None
    is_temporary = not failed and (bool(delayed) or chosen[0].status.startswith("4"))
    first = chosen[0]
    status = first.status or next((recipient.status for recipient in chosen if recipient.status), "")
    everyone = tuple(dict.fromkeys(recipient.address for recipient in chosen))
    diagnostic = first.diagnostic or _diagnostic(_notice(bodies), first.address)
    return Bounce(everyone, status, is_temporary, diagnostic[:1_000], _original_id(parts, bodies))


# ---------------------------------------------------------------- free-form
def _is_server(root: Part) -> bool:
    sender = first_address(root, "from")
    if sender is None or not sender.email:
        return True
    return bool(SENDER.search(sender.email.split("@")[0]) or SENDER.search(sender.name))


def _may_be_free_form(root: Part, subject: str, parts: list[Part]) -> bool:
    """Whether it is worth reading: a server wrote it, or its subject says so and it answers nothing."""
    if root.header("x-failed-recipients"):
        return True
    # Only a vacation program names itself further than Auto-Submitted.
    if root.header("x-autoreply") is not None or root.header("x-autorespond") is not None:
        return False
    return_path = root.header("return-path")
    if _is_server(root) or return_path is not None and return_path.strip() == b"<>":
        return True
    if SUBJECT.search(subject) is None:
        return False
    has_copy = any(part.content_type in _ORIGINALS for part in parts[1:])
    return has_copy or root.header("in-reply-to") is None or root.header("auto-submitted") is not None


def _from_text(root: Part, parts: list[Part], bodies: Bodies, subject: str, *, is_report: bool) -> Bounce | None:
    notice = _notice(bodies)
    failed = _addresses_in(root.header("x-failed-recipients"))
    is_server, says_so = _is_server(root), BODY.search(notice) is not None
    evidence = 2 * is_report + 2 * bool(failed) + is_server + bool(SUBJECT.search(subject)) + 2 * says_so
    evidence += STATUS.search(notice) is not None or SMTP_CODE.search(notice) is not None
    if evidence < 3:
        return None
    ours = _ours(root, parts)
    failed = failed or _failed_in(notice, ours) or _failed_in(subject, ours) or _sent_to(parts)
    # Whoever wrote to their own address is both.
    failed = failed or _failed_in(notice, set())
    if not failed and not (is_report or is_server and says_so):
        return None
    is_temporary = TEMPORARY.search(notice) is not None or TEMPORARY.search(subject) is not None
    status = _status(notice, is_temporary=is_temporary)
    diagnostic = _diagnostic(notice, failed[0] if failed else "")
    return Bounce(tuple(failed), status, is_temporary, diagnostic, _original_id(parts, bodies))


def _addresses_in(value: bytes | None) -> list[str]:
    text = (value or b"").decode("utf-8", "replace")
    return list(dict.fromkeys(f"{match[1]}@{match[2]}" for match in _ADDRESS.finditer(text)))


def _notice(bodies: Bodies) -> str:
    """What the server says, up to the message that it gives back."""
    text = (bodies.text if bodies.text.strip() else html_to_text(bodies.html))[:MAX_NOTICE]
    ends = [match.start() for pattern in (COPY, COPY_SIMPLE) if (match := _end_of_notice(pattern, text)) is not None]
    return text[: min(ends)] if ends else text


def _end_of_notice(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The first mark of a returned message that stands below an address."""
    first_address_at = text.find("@")
    return next((match for match in pattern.finditer(text) if match.start() > first_address_at >= 0), None)


def _ours(root: Part, parts: list[Part]) -> set[str]:
    """Addresses that the notice went to or came from: never the ones that failed."""
    ours = {address.email.lower() for name in ("to", "from", "reply-to", "sender") for address in addresses(root, name)}
    for part in parts[1:]:
        if part.content_type in _ORIGINALS:
            original = read_entity(part.raw, part.start, part.end)
            ours |= {
                address.email.lower()
                for name in ("from", "sender", "return-path")
                for address in addresses(original, name)
            }
    return ours


def _failed_in(notice: str, ours: set[str]) -> list[str]:
    """Addresses that stand on a line of their own; where none does, those that no other role explains."""
    expanded = [match[1] for match in _EXPANDED.finditer(notice)]
    if expanded:
        return list(dict.fromkeys(expanded))
    strong: dict[str, str] = {}
    weak: dict[str, str] = {}
    quoted: dict[str, str] = {}
    above = ""
    for line in notice.split("\n"):
        after_last = 0
        for match in _ADDRESS.finditer(line[:2_000]):
            address, before = f"{match[1]}@{match[2]}".strip("'"), line[after_last : match.start()]
            after_last = match.end()
            if address.lower() in ours or _MACHINE.match(match[1]) or not _is_domain(match[2]):
                continue
            if _stands_alone(line, match):
                (quoted if _OTHER_ROLE_BELOW.search(above) else strong).setdefault(address.lower(), address)
            elif _QUOTED_FIELD.match(line):
                quoted.setdefault(address.lower(), address)
            elif not NOT_RECIPIENTS.search(before):
                weak.setdefault(address.lower(), address)
        above = line if line.strip() else above
    return list((strong or weak or quoted).values())[:MAX_RECIPIENTS]


def _stands_alone(line: str, match: re.Match[str]) -> bool:
    before, after = line[: match.start()], line[match.end() :]
    return not re.search(r"\w", before) and _ALONE_AFTER.match(after) is not None


def _is_domain(domain: str) -> bool:
    return "." in domain and not domain.replace(".", "").isdigit() and len(domain) < 254


def _sent_to(parts: list[Part]) -> list[str]:
    """Where the notice names nobody: the one that the returned message was sent to."""
    for part in parts[1:]:
        if part.content_type in _ORIGINALS:
            original = read_entity(part.raw, part.start, part.end)
            found = [address.email for address in addresses(original, "to") if address.email]
            if len(found) == 1:
                return found
    return []


def _status(notice: str, *, is_temporary: bool) -> str:
    wanted = "4" if is_temporary else "5"
    exact = next((status for status in STATUS.findall(notice) if status.startswith(wanted)), "")
    return exact or f"{wanted}.0.0"


def _diagnostic(notice: str, address: str) -> str:
    """The lines about the recipient, as the server wrote them."""
    lines = [line.strip() for line in notice.split("\n")]
    at = next((index for index, line in enumerate(lines) if address and address.lower() in line.lower()), None)
    if at is None:
        at = next((index for index, line in enumerate(lines) if BODY.search(line)), 0)
    said: list[str] = []
    for line in lines[at : at + 8]:
        if not line and said:
            break
        said.append(line)
    return " ".join(said)[:1_000]


def _original_id(parts: list[Part], bodies: Bodies) -> str:
    for part in parts[1:]:
        if part.content_type in _ORIGINALS:
            value = header_text(read_entity(part.raw, part.start, part.end), "message-id")
            if value:
                return next(iter(ids_in(value)), value.strip("<> "))
    match = re.search(r"^[ \t>]*Message-ID:\s*<([^<>\s]+)>", bodies.text[:200_000], re.I | re.M)
    return match[1] if match else ""
