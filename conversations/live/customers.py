"""Tells the open pages of a customer that something of theirs changed: each asks for what its own agent may see."""

from collections.abc import Iterable

from django.db import transaction

from conversations.live import groups, wire
from conversations.live.push import send


def push_customer(ids: Iterable[int]) -> None:
    """After commit, one frame without content to each customer's group. A browser asks once for several."""
    told = sorted(set(ids))
    if told:
        transaction.on_commit(lambda: _push(told), robust=True)


def _push(ids: list[int]) -> None:
    pages = {groups.of_customer(pk): pk for pk in ids}
    for group in wire.listened_to(pages):
        send([group], {"type": "desk.customer", "customer": pages[group]})
