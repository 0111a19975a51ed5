"""Changes where a WooCommerce order goes, and writes down a return, of which its API knows nothing.

https://woocommerce.github.io/woocommerce-rest-api-docs/#update-an-order: `shipping`, `customer_note`, `meta_data`; a
PUT of the same is the same. A return is the desk's own row, a note on the order for the shop's people, and meta data
under its key, so that it is there once.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from customers.facts import Fact, Line, OrderFact, ReturnFact
from customers.models import Order
from customers.models.order import ReturnStatus
from integrations.adapters.base import AdapterError, UncertainError
from integrations.adapters.reading import inner, rows, words
from integrations.adapters.shops.base import Act, Address, Document
from integrations.adapters.shops.calling import RefusedError, patient
from integrations.adapters.shops.woocommerce import api
from integrations.adapters.shops.woocommerce.orders import order_facts
from integrations.models import Connector

UNSENT = ("pending", "processing", "on-hold")
SENT = ("completed",)
MARK = "_throughline_return_"  # and the act's key
LONGEST_NOTE = 2000


def readdress(connector: Connector, order: Order, act: Act) -> None:
    """The name and the number stay; so does the country where none was said."""
    assert act.address is not None
    found, wanted = _unsent(connector, order), act.address
    before = inner(found, "shipping")
    given = {**before, "address_1": wanted.street, "address_2": "", "city": wanted.city, "postcode": wanted.postcode}
    if wanted.country and wanted.country != words(before.get("country")):
        given |= {"country": wanted.country, "state": ""}
    try:
        _put(connector, order, {"shipping": given})
    except UncertainError:
        if not _is(inner(_order(connector, order), "shipping"), wanted):
            raise


def instruct(connector: Connector, order: Order, act: Act) -> None:
    """Beneath what the buyer wrote at the checkout; said twice, it stands there once."""
    before = words(_unsent(connector, order).get("customer_note"))
    if act.note in before:
        return
    try:
        _put(connector, order, {"customer_note": f"{before}\n{act.note}".strip()[:LONGEST_NOTE]})
    except UncertainError:
        if act.note not in words(_order(connector, order).get("customer_note")):
            raise


def start_return(connector: Connector, order: Order, act: Act) -> list[Fact | Document]:
    """No label comes of it: people send one."""
    found = _order(connector, order)
    if words(found.get("status")) not in SENT:
        raise RefusedError(_("It was not sent yet: cancel it instead."), status=422)
    if not _is_marked(found, act):
        asked = {"wish": act.wish, "reason": act.reason, "condition": act.condition, "size": act.size}
        asked["lines"] = ",".join(f"{piece.line_id}×{piece.quantity}" for piece in act.pieces)
        try:
            _put(connector, order, {"meta_data": [{"key": f"{MARK}{act.key}", "value": asked}]})
        except UncertainError:
            if not _is_marked(_order(connector, order), act):
                raise
        _tell_its_people(connector, order, asked)
    number = f"R{words(found.get('number')) or order.number}-{act.key[:4].upper()}"
    return [*_facts(connector, found, act, number, timezone.now()), Document("return", number=number)]


def _tell_its_people(connector: Connector, order: Order, asked: dict[str, str]) -> None:
    """Not worth a failure: the return is written down."""
    note = _("A return was asked for: ") + " · ".join(value for value in asked.values() if value)
    given: dict[str, object] = {"note": note[:LONGEST_NOTE], "customer_note": False}
    try:
        api.rest(connector, f"orders/{order.external_id}/notes", method="POST", json=given)
    except AdapterError:
        return


def _facts(connector: Connector, found: dict[str, Any], act: Act, number: str, at: datetime) -> list[Fact]:
    bought = next((fact for fact in order_facts(connector, found) if isinstance(fact, OrderFact)), None)
    if bought is None:
        return []
    wanted = {piece.line_id: piece.quantity for piece in act.pieces}
    lines = [line for line in bought.lines if line.line_id in wanted]
    back = tuple(_of(line, wanted[line.line_id]) for line in lines)
    return [
        ReturnFact(
            source=connector.pk,
            external_id=f"desk:{act.key}",
            handles=bought.handles,
            status=ReturnStatus.OPENED,
            currency=bought.currency,
            opened_at=at,
            changed_at=at,
            number=number,
            order_id=bought.external_id,
            amount=sum((line.price * line.quantity for line in back), Decimal(0)),
            lines=back,
            reason=act.reason[:400],
        )
    ]


def _of(line: Line, quantity: int) -> Line:
    return Line(line.name, quantity, line.price, line.product_id, line.sku, line.variant, line_id=line.line_id)


def _is_marked(found: dict[str, Any], act: Act) -> bool:
    return any(meta.get("key") == f"{MARK}{act.key}" for meta in rows(found, "meta_data"))


def _unsent(connector: Connector, order: Order) -> dict[str, Any]:
    found = _order(connector, order)
    if words(found.get("status")) not in UNSENT:
        raise RefusedError(_("It was sent already, or cancelled."), status=422)
    return found


def _order(connector: Connector, order: Order) -> dict[str, Any]:
    found = patient(lambda: api.rest(connector, f"orders/{order.external_id}")).json
    return found if isinstance(found, dict) else {}


def _put(connector: Connector, order: Order, given: dict[str, object]) -> None:
    patient(lambda: api.rest(connector, f"orders/{order.external_id}", method="PUT", json=given))


def _is(found: dict[str, Any], wanted: Address) -> bool:
    said = [words(found.get(name)) for name in ("address_1", "city", "postcode")]
    return said == [wanted.street, wanted.city, wanted.postcode]
