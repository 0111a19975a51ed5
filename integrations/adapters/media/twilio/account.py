"""The account and its numbers, as both texts and calls ask for them before they are connected."""

import time
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.adapters.about import Field, Step
from integrations.adapters.media.twilio.api import ask
from integrations.models import Connector

FIELDS = (
    Field("account_sid", gettext_lazy("Account SID"), example="AC0123456789abcdef0123456789abcdef"),
    Field(
        "auth_token",
        gettext_lazy("Auth token"),
        kind="secret",
        help=gettext_lazy("On the first page of Twilio's console. Twilio signs its webhooks with it."),
    ),
)


def account_steps(connector: Connector) -> Iterator[Step]:
    """https://www.twilio.com/docs/iam/api/account, https://www.twilio.com/docs/usage/api/balance"""
    began = time.monotonic()
    account = ask(connector, "GET", ".json")
    words = _("Signed in to the account “%(name)s”.") % {"name": account.get("friendly_name", "")}
    if account.get("status") != "active":
        fix = _("Twilio's console says why, and how to open it again.")
        yield Step(_("The account is not active."), is_well=False, fix=fix)
        return
    yield Step(words, seconds=time.monotonic() - began)
    if account.get("type") == "Trial":
        yield Step(_("It is a trial: messages go to confirmed numbers only, with a line of Twilio's in front."))
    balance = ask(connector, "GET", "/Balance.json")
    try:
        is_spent = Decimal(str(balance.get("balance"))) <= 0
    except InvalidOperation:
        return
    money = {"sum": balance.get("balance"), "currency": balance.get("currency", "")}
    if is_spent:
        fix = _("Pay in under Billing in Twilio's console: it sends and calls nothing until then.")
        yield Step(_("The account is spent: %(sum)s %(currency)s.") % money, is_well=False, fix=fix)
    else:
        yield Step(_("There are %(sum)s %(currency)s in the account.") % money)


def number_of(connector: Connector) -> dict[str, Any] | None:
    """Our number, as the account has it."""
    assert connector.channel is not None
    address = connector.channel.address
    found = ask(connector, "GET", "/IncomingPhoneNumbers.json", [("PhoneNumber", address)])
    numbers = found.get("incoming_phone_numbers") or []
    return next((each for each in numbers if each.get("phone_number") == address), None)
