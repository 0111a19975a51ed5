"""Tells the open pages of a customer that something of theirs changed: each asks for what its own agent may see."""

from collections.abc import Iterable

from django.db import transaction

from conversations.live import groups
from conversations.live.push import send


def push_customer(ids: Iterable[int]) -> None:
    """After commit, one frame without content to each customer's group. The browsers fetch at most once a second."""
    told = sorted(set(ids))
    if told:
        transaction.on_commit(lambda: _push(told), robust=True)


def _push(ids: list[int]) -> None:
    for pk in ids:
        send([groups.of_customer(pk)], {"type": "desk.customer", "customer": pk})
