"""Asks the shop behind our own webhook to act on an order: a signed call to its address, answered with the order."""

import json
from collections.abc import Iterable
from dataclasses import asdict

from django.utils.translation import gettext as _

from customers.facts import Fact
from customers.models import Order
from customers.money import plainly
from integrations.adapters import signed
from integrations.adapters.base import UncertainError
from integrations.adapters.shops.base import Act, Document
from integrations.adapters.shops.calling import call
from integrations.adapters.shops.orders import schema
from integrations.adapters.shops.orders.facts import facts_of
from integrations.models import Connector

NEW = ("address", "note", "not_before", "wish", "condition", "size")  # said only where they mean something
DOCUMENTS = ("label", "invoice", "return")
LONGEST_ADDRESS = 500


def act(connector: Connector, order: Order, act: Act) -> Iterable[Fact | Document]:
    body = json.dumps(
        {**_asked(act, order.currency), "order": {"id": order.external_id, "number": order.number}}
    ).encode()
    headers = signed.signed(connector.secrets.get("signing_secret", ""), body)
    answer = call(
        "POST",
        str(connector.settings["act_url"]),
        headers={**headers, "Content-Type": "application/json"},
        data=body,
        changes=True,
    )
    items = answer.json.get("items") if isinstance(answer.json, dict) else None
    if not isinstance(items, list):
        raise UncertainError(_("The shop did it, but did not say how the order stands now."))
    try:
        facts = [fact for found in items for fact in facts_of(connector, schema.read(found))]
        return [*facts, *_documents(answer.json.get("documents"))]
    except ValueError as error:
        words = f"The shop did it, but what it said of the order cannot be read: {error}"
        raise UncertainError(words) from error


def _asked(act: Act, currency: str) -> dict[str, object]:
    said = {name: value for name, value in asdict(act).items() if value or name not in NEW}
    return {**said, "amount": None if act.amount is None else plainly(act.amount, currency), "what": str(act.what)}


def _documents(told: object) -> Iterable[Document]:
    """{"kind": "label", "url": "https://…"}; what is none of that is not worth a failure of what was done."""
    for each in told if isinstance(told, list) else []:
        if isinstance(each, dict) and each.get("kind") in DOCUMENTS:
            url = str(each.get("url") or "")
            is_shown = url.startswith(("https://", "http://")) and len(url) <= LONGEST_ADDRESS
            yield Document(str(each["kind"]), url if is_shown else "", str(each.get("number") or "")[:80])
