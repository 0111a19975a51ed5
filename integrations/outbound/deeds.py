"""Carries out at a shop what the bot has begun for a customer, and keeps what the shop says then."""

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

from conversations.bots.deeds import at_shop
from conversations.models import BotDeed
from conversations.models.deed import DeedState
from customers.facts import Fact
from customers.models import Order
from integrations.adapters.base import AdapterError, UncertainError
from integrations.adapters.shops.base import Act, Address, Document, OrderAct, Piece
from integrations.outbound.shops import kept, shop_of


def possible(order: Order) -> frozenset[str]:
    found = shop_of(order)
    return frozenset(map(str, found[1].acts(found[0]))) if found else frozenset()


def carry_out(row: BotDeed) -> None:
    """Once: only for a row that `at_shop.begin` has just made. Whatever happens is an end in words."""
    assert row.order is not None
    found = shop_of(row.order)
    if found is None:
        at_shop.end(row, DeedState.REFUSED, error=_("This order’s shop is not connected any more."))
        return
    connector, shop = found
    try:
        came = list(shop.act(connector, row.order, asked(row)))
    except UncertainError as error:
        at_shop.end(row, DeedState.UNCERTAIN, error=str(error))
    except AdapterError as error:
        at_shop.end(row, DeedState.REFUSED, error=str(error))
    else:
        facts: list[Fact] = [each for each in came if not isinstance(each, Document)]
        at_shop.end(row, DeedState.DONE, result=_result(came), error=kept(facts))


def asked(row: BotDeed) -> Act:
    values, order = row.values, row.order
    assert order is not None
    amount, where = values.get("amount"), values.get("address")
    return Act(
        OrderAct(values["act"]),
        str(row.key),
        Decimal(str(amount)) if amount else None,
        tuple(_piece(order.lines[each["line"]], each["quantity"]) for each in values.get("pieces", [])),
        str(values.get("reason", "")),
        address=Address(**where) if isinstance(where, dict) else None,
        note=str(values.get("note", "")),
        not_before=str(values.get("not_before", "")),
        wish=str(values.get("wish", "")),
        condition=str(values.get("condition", "")),
        size=str(values.get("size", "")),
    )


def _piece(line: dict[str, str], quantity: int) -> Piece:
    return Piece(line.get("line_id", ""), quantity, line.get("product_id", ""), line.get("sku", ""))


def _result(came: Iterable[Fact | Document]) -> dict[str, object]:
    """{"label": its address, "number": of the return}"""
    documents = [each for each in came if isinstance(each, Document)]
    found = {each.kind: each.url for each in documents if each.url}
    numbers = [each.number for each in documents if each.number]
    return {**found, **({"number": numbers[0]} if numbers else {})}
