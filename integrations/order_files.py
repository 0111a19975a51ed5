"""A till's file of sales: rows of CSV become the facts that the order webhook makes; what is wrong is named by line.

One row is one line of an order; rows of one order follow each other. The columns are in docs/shops.md.
"""

import csv
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import chain, groupby
from typing import TextIO
from zoneinfo import ZoneInfo

from customers.facts import Fact
from integrations.adapters.shops.orders import schema
from integrations.adapters.shops.orders.facts import facts_of
from integrations.models import Connector

NEEDED = ("number", "placed_at", "currency")
KNOWN = (
    *NEEDED, "id", "changed_at", "status", "total", "refunded", "place", "collected", "ready_at", "picked_up_at",
    "account", "name", "email", "email_confirmed", "phone", "loyalty", "loyalty_confirmed",
    "loyalty_tier", "loyalty_points",
    "line", "sku", "product_id", "variant", "quantity", "price",
    "returned_at", "return_place", "return_number", "return_amount", "return_reason", "return_status",
)  # fmt: skip
LONGEST_CELL = 20_000
YES = {"1", "yes", "true", "y", "ja", "oui"}
Cells = dict[str, str]


@dataclass(frozen=True)
class Row:
    number: int  # of its line in the file, as editors count
    cells: Cells


@dataclass(frozen=True)
class Sale:
    """The rows of one order, understood, or why not."""

    rows: list[Row]
    facts: tuple[Fact, ...] = ()
    wrong: str = ""

    @property
    def line(self) -> int:
        return self.rows[0].number


def sales(file: TextIO, connector: Connector, zone: ZoneInfo) -> Iterator[Sale]:
    """One after the other, so that a file of any length needs little memory. `zone` is of dates that have none. Raises
    ValueError for a file that is no such table at all."""
    for _key, some in groupby(_rows(file), key=lambda row: row.cells.get("number", "") or f"line {row.number}"):
        rows = list(some)
        try:
            items = _items(rows, zone)
            found = tuple(fact for item in items for fact in facts_of(connector, schema.read(item)))
        except ValueError as error:
            yield Sale(rows, wrong=str(error))
        else:
            yield Sale(rows, found)


def _rows(file: TextIO) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_CELL)
    head = file.readline()
    table = csv.DictReader(chain([head], file), delimiter=max(",;\t", key=head.count))
    names = [str(name or "").strip().lower() for name in table.fieldnames or []]
    if missing := [name for name in NEEDED if name not in names]:
        raise ValueError(f"The first line must name the columns; these are missing: {', '.join(missing)}.")
    if unknown := [name for name in names if name not in KNOWN]:
        raise ValueError(f"These columns mean nothing to the desk: {', '.join(unknown)}.")
    table.fieldnames = names
    try:
        for cells in table:
            yield Row(table.line_num, {name: str(cells.get(name) or "").strip() for name in names})
    except csv.Error as error:
        raise ValueError(f"Line {table.line_num} is no CSV: {error}.") from None


def _items(rows: list[Row], zone: ZoneInfo) -> Iterator[dict[str, object]]:
    first = rows[0].cells
    placed = _at(first["placed_at"], zone, "placed_at")
    buyer = {name: first.get(name, "") for name in ("account", "name", "email", "phone", "loyalty")}
    who: dict[str, object] = {**buyer, **_confirmed(first)}
    status, changed = _standing(first, placed, zone)
    lines = [_line(row.cells) for row in rows if row.cells.get("line")]
    id_ = first.get("id") or first["number"]
    yield {
        "kind": "order", "id": id_, "number": first["number"], "status": status, "currency": first["currency"],
        "total": first.get("total") or _sum(lines), "refunded": first.get("refunded") or "0", "placed_at": placed,
        "changed_at": changed, "buyer": who, "lines": lines, "place": first.get("place", ""),
        "collected": first.get("collected", "").lower() in YES or bool(first.get("ready_at")),
    }  # fmt: skip
    if first.get("returned_at"):
        yield _return(first, lines, who, id_, zone)
    if first.get("loyalty_tier") or first.get("loyalty_points"):
        points = first.get("loyalty_points") or None
        yield {"kind": "loyalty", "buyer": who, "tier": first.get("loyalty_tier", ""), "points": points,
               "changed_at": changed}  # fmt: skip


def _confirmed(cells: Cells) -> dict[str, bool]:
    return {name: cells.get(name, "").lower() in YES for name in ("email_confirmed", "loyalty_confirmed")}


def _standing(cells: Cells, placed: datetime, zone: ZoneInfo) -> tuple[str, datetime]:
    """What was ordered to be collected stands as its newest date says; what a till sold was taken along."""
    told = _at(cells["changed_at"], zone, "changed_at") if cells.get("changed_at") else None
    if cells.get("picked_up_at"):
        return "collected", told or _at(cells["picked_up_at"], zone, "picked_up_at")
    if cells.get("ready_at"):
        return "ready", told or _at(cells["ready_at"], zone, "ready_at")
    waits = cells.get("collected", "").lower() in YES
    return cells.get("status") or ("placed" if waits else "collected"), told or placed


def _return(
    cells: Cells, lines: list[dict[str, object]], who: dict[str, object], order: str, zone: ZoneInfo
) -> dict[str, object]:
    """Handed in at a counter, unless it says otherwise: received on the spot."""
    at = _at(cells["returned_at"], zone, "returned_at")
    number = cells.get("return_number", "")
    return {
        "kind": "return", "id": number or f"return of {order}", "order_id": order, "number": number,
        "status": cells.get("return_status") or "received", "currency": cells["currency"],
        "amount": cells.get("return_amount") or "0", "opened_at": at, "changed_at": at, "buyer": who, "lines": lines,
        "place": cells.get("return_place") or cells.get("place", ""), "reason": cells.get("return_reason", ""),
    }  # fmt: skip


def _line(cells: Cells) -> dict[str, object]:
    return {
        "name": cells["line"], "quantity": cells.get("quantity") or "1", "price": cells.get("price") or "0",
        "sku": cells.get("sku", ""), "product_id": cells.get("product_id", ""), "variant": cells.get("variant", ""),
    }  # fmt: skip


def _sum(lines: Iterable[dict[str, object]]) -> str:
    """Of the lines, where the file has no total. What is no number is left to the schema to name."""
    read = [schema.Line.model_validate(line) for line in lines]
    return str(sum((line.price * line.quantity for line in read), start=Decimal(0)))


def _at(text: str, zone: ZoneInfo, column: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{column}: “{text[:40]}” is no date as in 2026-11-22T14:30.") from None
    return at if at.tzinfo else at.replace(tzinfo=zone)


def digest(sale: Sale) -> str:
    """The same rows again have the same name."""
    said = repr([sorted(row.cells.items()) for row in sale.rows])
    return f"sha256:{hashlib.sha256(said.encode()).hexdigest()}"
