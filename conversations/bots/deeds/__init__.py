"""What a bot can do for a customer beside talking: each deed by its key, what it would do, and the doing of it.

A brain asks `prospect` what comes next (pure reading; a dry Asked without a conversation is a stranger's). The turn
calls `do`, outside any transaction, after the customer said yes where `Deed.asks_first`. `do` asks the database itself
who has proven what, and begins nothing twice for one key.
"""

import uuid
from collections.abc import Mapping
from dataclasses import replace

from django.utils import timezone

from conversations.bots.acts import Asked
from conversations.bots.deeds import (
    address,
    cancel,
    delivery,
    hours,
    invoice,
    proving,
    sending_back,
    status,
    stock,
    tracking,
)
from conversations.bots.deeds.deed import Choice, Deed, Matter, Outcome, Prospect, Values, Words
from conversations.bots.memory import Need
from conversations.live.push import show_typing
from conversations.models import BotTalk, Conversation
from conversations.prepared import Rows, blank

__all__ = ["DEEDS", "OFFERED", "Choice", "Deed", "Outcome", "Prospect", "Words", "do", "prospect"]

DEEDS: dict[str, Deed] = {deed.key: deed for deed in (
    status.STATUS, tracking.TRACKING, delivery.DELIVERY, address.ADDRESS, sending_back.RETURN, cancel.CANCEL,
    invoice.INVOICE, stock.STOCK, hours.HOURS,
)}  # fmt: skip
_CONVERSATION = Rows(lambda: Conversation.objects.select_related("customer", "team").filter(pk=blank(0)))
OFFERED: dict[str, Deed] = {key: deed for key, deed in DEEDS.items() if deed.is_offered}


def prospect(deed: Deed, asked: Asked, values: Values) -> Prospect:
    """What comes next on the way to `deed`, with the `values` that are known by Need."""
    conversation = _CONVERSATION.first(asked.conversation) if asked.conversation else None
    return _looked(deed, Matter(conversation, _plain(values), asked.language, asked.now))


def do(talk: BotTalk, deed: Deed, values: Values, key: uuid.UUID, *, is_agreed: bool = True) -> Outcome:
    """Does it, once for each `key`: the same again gives the same end again. Call it outside any transaction, after the
    customer said yes where `deed.asks_first`: what is begun is committed before the shop is asked, so that a worker
    that dies over it leaves its trace.

    Where proof is wanted and is not there, it is asked for here: a code is sent, and comes back as Need.CODE. The
    customer's yes was then said before anything could be shown to them: so they are asked again. Not `is_agreed`: they
    have said no yes at all, because when the turn looked, nothing was proven."""
    [conversation] = _CONVERSATION.find(talk.conversation_id)
    matter = Matter(conversation, _plain(values), talk.language or conversation.language, timezone.now(), talk)
    was_proven = not deed.wants_proof or matter.proven is not None
    if not was_proven:
        asks = proving.ask(matter)
        if asks is not None:
            return asks
        matter = replace(matter)  # which forgets that nothing was proven
    found = _looked(deed, matter)
    if found.state == "ready" or (found.state == "confirm" and was_proven and is_agreed):
        show_typing(conversation, talk)  # a shop may take a while
        return deed.act(replace(matter, values=found.values), key)
    return _not_yet(deed, found)


def _not_yet(deed: Deed, found: Prospect) -> Outcome:
    said = (found.said,) if found.said else ()
    if found.state in ("ask", "confirm"):
        return Outcome("asks", said, waits_for=found.need or "confirm", choices=found.choices)
    if found.state == "people":
        return Outcome("refused", said, found.about, hand_over=found.reason)
    return Outcome("refused", said, about=found.about)


def _looked(deed: Deed, matter: Matter) -> Prospect:
    if deed.wants_proof and matter.proven is None:
        need = Need.CODE if matter.get(Need.EMAIL) else Need.EMAIL
        return Prospect("proof", matter.values, need=str(need))
    return deed.look(matter)


def _plain(values: Mapping[str, str]) -> dict[str, str]:
    """A value is a customer's or another brain's words: short, and without what no database takes."""
    return {str(need): str(value).replace("\x00", "")[:500] for need, value in values.items()}
