"""What a mailbox had in a period: page by page for a back-fill, and counted for a comparison."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from integrations.adapters.about import Compared
from integrations.adapters.media.email.imap import LARGEST_BYTES, Found, Mailbox, open_mailbox
from integrations.adapters.media.email.original import digest, message_id_of
from integrations.adapters.shops.base import Page
from integrations.inbound.arrival import Arrival
from integrations.models import Connector, RawEvent

TOO_LARGE = "too large"  # RawEvent.kind of a mail of which only the head was kept
UNREADABLE = "unreadable"  # … of one that the server could not hand out
A_PAGE = 25
HEADS_AT_ONCE = 200


def pages(
    connector: Connector, cursor: Mapping[str, object], since: datetime | None, until: datetime | None
) -> Iterator[Page]:
    """In the order of their uids, from the one behind the cursor's on; a mailbox that was renumbered meanwhile is read
    from its start, which doubles nothing. What was fetched before is known by its name. Raises AdapterError."""
    with open_mailbox(connector) as mailbox:
        after = int(str(cursor.get("uid", 0))) if cursor.get("uidvalidity") == mailbox.uidvalidity else 0
        uids = mailbox.between(since, until)
        waiting, of = [uid for uid in uids if uid > after], len(uids)
        while True:
            now, waiting = waiting[:A_PAGE], waiting[A_PAGE:]
            arrivals = tuple(_arrivals(mailbox, mailbox.listed(now), since, until))
            yield Page(arrivals, {"uidvalidity": mailbox.uidvalidity, "uid": now[-1]} if waiting else None, of)
            if not waiting:
                return


def reconcile(connector: Connector, since: datetime, until: datetime) -> Iterator[Compared]:
    """Mail for mail, by Message-ID; what has none is read whole, since it is known by its bytes."""
    there, here = 0, 0
    with open_mailbox(connector) as mailbox:
        uids = mailbox.between(since, until)
        for start in range(0, len(uids), HEADS_AT_ONCE):
            found = _within(mailbox.listed(uids[start : start + HEADS_AT_ONCE]), since, until)
            names = _names(mailbox, found)
            there += len(names)
            kept = RawEvent.objects.filter(connector=connector, external_id__in=set(names))
            known = set(kept.values_list("external_id", flat=True))
            here += sum(name in known for name in names)
    yield Compared(_("Mails"), there, here)


def _arrivals(
    mailbox: Mailbox, found: Sequence[Found], since: datetime | None, until: datetime | None
) -> Iterator[Arrival]:
    for each in _within(found, since, until):
        if each.size > LARGEST_BYTES:
            yield _of_head(mailbox.head(each.uid), each)
            continue
        body = mailbox.read([each.uid]).get(each.uid)
        if body is not None:  # it was deleted meanwhile
            yield Arrival(message_id_of(body), digest(body), body, "mail", _times(each))


def _of_head(head: bytes, found: Found) -> Arrival:
    words = _("It has %(size)s MB, the desk takes up to %(most)s. It is still in the mailbox.")
    why = words % {"size": round(found.size / 1_000_000), "most": LARGEST_BYTES // 1_000_000}
    return Arrival(f"{message_id_of(head)}#{found.size}", digest(head), head, TOO_LARGE, {**_times(found), "why": why})


def _times(found: Found) -> dict[str, str]:
    return {"arrived_at": found.arrived_at.isoformat() if found.arrived_at else ""}


def _within(found: Sequence[Found], since: datetime | None, until: datetime | None) -> list[Found]:
    """IMAP knows days only, of a zone it does not tell."""
    return [
        each
        for each in found
        if each.arrived_at is None
        or ((not since or each.arrived_at >= since) and (not until or each.arrived_at < until))
    ]


def _names(mailbox: Mailbox, found: Sequence[Found]) -> list[str]:
    names = []
    for uid, head in mailbox.heads([each.uid for each in found]).items():
        names.append(message_id_of(head) or f"sha256:{digest(mailbox.read([uid]).get(uid, b''))}")
    return names
