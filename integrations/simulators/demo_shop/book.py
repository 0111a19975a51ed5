"""The demo shop's own book of orders: what its back end would keep, in a file of its own beside the desk's data.

Items are as the desk's order webhook takes them (docs/shops.md). What is due is told to the desk by the simulator.
"""

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from django.conf import settings

from customers.facts import OrderFact
from customers.models.identity import Kind
from customers.money import plainly

Item = dict[str, object]
FIRST = 49001  # the numbers of what is bought while the demo runs


class Book:
    """Short transactions, so that the shop's pages and the simulator may write at once."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or Path(settings.DATA_DIR) / "demo-shop.sqlite3"

    def fill(self, items: Iterable[Item]) -> None:
        """The past: known to the shop, and told to nobody."""
        rows = [(str(item["id"]), json.dumps(item)) for item in items]
        with self._open() as book:
            book.executemany("insert or replace into thing (id, item) values (?, ?)", rows)

    def next_number(self) -> int:
        with self._open() as book:
            book.execute("insert into number default values")
            (last,) = book.execute("select max(id) from number").fetchone()
        return FIRST + int(last)

    def get(self, id: str) -> Item | None:
        with self._open() as book:
            row = book.execute("select item from thing where id = ?", (id,)).fetchone()
        return json.loads(row[0]) if row else None

    def arrived(self, account: str) -> Item | None:
        """The newest order of this account that arrived, and of which nothing was sent back."""
        asked = (
            "select item from thing where item ->> '$.buyer.account' = ? and item ->> '$.kind' = 'order'"
            " and item ->> '$.status' = 'delivered' and item ->> '$.return' is null"
            " order by item ->> '$.placed_at' desc limit 1"
        )
        with self._open() as book:
            row = book.execute(asked, (account,)).fetchone()
        return json.loads(row[0]) if row else None

    def put(self, item: Item, *, step_in: float | None = None, tell: bool = True) -> None:
        """Keeps it as it is now. It is told to the desk at once, and takes its next step in so many seconds."""
        now = time.time()
        values = (str(item["id"]), json.dumps(item), now if tell else None, None if step_in is None else now + step_in)
        with self._open() as book:
            book.execute("insert or replace into thing (id, item, tell_at, step_at) values (?, ?, ?, ?)", values)

    def to_tell(self) -> list[Item]:
        """What the desk was not told yet, longest first."""
        with self._open() as book:
            rows = book.execute("select item from thing where tell_at <= ? order by tell_at limit 100", (time.time(),))
            return [json.loads(item) for (item,) in rows.fetchall()]

    def told(self, items: Iterable[Item]) -> None:
        """Only as they were told: what changed meanwhile is told again."""
        with self._open() as book:
            done = [(str(item["id"]), json.dumps(item)) for item in items]
            book.executemany("update thing set tell_at = null where id = ? and item = ?", done)

    def to_step(self) -> list[Item]:
        with self._open() as book:
            rows = book.execute("select item from thing where step_at <= ? limit 100", (time.time(),))
            return [json.loads(item) for (item,) in rows.fetchall()]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        book = sqlite3.connect(self.path, timeout=10)
        try:
            with book:
                book.execute(
                    "create table if not exists thing"
                    " (id text primary key, item text not null, tell_at real, step_at real)"
                )
                book.execute("create table if not exists number (id integer primary key autoincrement)")
                yield book
        finally:
            book.close()


def order_item(fact: OrderFact) -> Item:
    """An order as the webhook takes it."""
    account = next((handle for handle in fact.handles if handle.kind == Kind.SHOP), None)
    email = next((handle for handle in fact.handles if handle.kind == Kind.EMAIL), None)
    buyer: Item = {"account": account.value if account else "", "name": account.name if account else ""}
    buyer |= {"email": email.value, "email_confirmed": email.is_verified} if email else {}
    return {
        "kind": "order",
        "id": fact.external_id,
        "number": fact.number,
        "status": fact.status,
        "currency": fact.currency,
        "total": plainly(fact.total, fact.currency),
        "refunded": plainly(fact.refunded, fact.currency),
        "placed_at": fact.placed_at.isoformat(),
        "changed_at": fact.changed_at.isoformat(),
        "buyer": buyer,
        "lines": [{**asdict(line), "price": plainly(line.price, fact.currency)} for line in fact.lines],
        "shipments": [asdict(each) for each in fact.shipments],
        "place": fact.place,
        "collected": fact.is_collected,
        "cart_id": fact.cart_id,
        "url": "",
    }
