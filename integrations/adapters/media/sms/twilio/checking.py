"""Whether the desk and Twilio know each other: the account, the number, the webhook, which is set where it can be."""

import time
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from conversations.models import Medium
from integrations.adapters.about import Step
from integrations.adapters.base import AdapterError, CredentialError
from integrations.adapters.media.heard import address_of
from integrations.adapters.media.twilio.account import account_steps, number_of
from integrations.adapters.media.twilio.api import ask, ask_service
from integrations.models import Connector


def check(connector: Connector) -> Iterator[Step]:
    """https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource"""
    yield from account_steps(connector)
    assert connector.channel is not None
    if connector.channel.medium == Medium.WHATSAPP:
        yield _by_hand(connector)
        return
    if service := str(connector.settings.get("messaging_service_sid", "")):
        yield _service(connector, service)
    number = number_of(connector)
    if number is None:
        if service:
            return
        words = _("%(number)s is not among the numbers of the account.") % {"number": connector.channel.address}
        yield Step(words, is_well=False, fix=_("Buy it at Twilio, or enter the number as Twilio writes it: +44…"))
        return
    yield _abilities(connector, number)
    if not service:
        yield _hooked(connector, number)


def _abilities(connector: Connector, number: dict[str, Any]) -> Step:
    can = {name.lower(): bool(value) for name, value in (number.get("capabilities") or {}).items()}
    connector.settings["has_mms"] = can.get("mms", False)
    if not can.get("sms", False):
        words = _("The number takes no text messages.")
        return Step(words, is_well=False, fix=_("Choose one at Twilio that has SMS among its capabilities."))
    if can.get("mms"):
        return Step(_("The number sends text messages and pictures."))
    return Step(_("The number sends text messages; of pictures, customers get a link."))


def _hooked(connector: Connector, number: dict[str, Any]) -> Step:
    began, address = time.monotonic(), address_of(connector)
    if number.get("sms_url") == address and number.get("sms_method", "POST") == "POST":
        return Step(_("Twilio sends what comes in to the desk."))
    path = f"/IncomingPhoneNumbers/{number.get('sid')}.json"
    try:
        ask(connector, "POST", path, [("SmsUrl", address), ("SmsMethod", "POST")])
    except CredentialError:
        raise
    except AdapterError as error:
        words = _("Twilio does not let the desk set the webhook: %(why)s") % {"why": error}
        fix = _("Enter %(address)s at the number, under “A message comes in”, as a webhook by POST.")
        return Step(words, is_well=False, fix=fix % {"address": address})
    return Step(_("Twilio sends what comes in to the desk from now on."), seconds=time.monotonic() - began)


def _service(connector: Connector, service: str) -> Step:
    """https://www.twilio.com/docs/messaging/api/service-resource"""
    found = ask_service(connector, "GET", "messaging", f"/v1/Services/{service}")
    address = address_of(connector)
    if found.get("inbound_request_url") != address or found.get("use_inbound_webhook_on_number"):
        data = [("InboundRequestUrl", address), ("InboundMethod", "POST"), ("UseInboundWebhookOnNumber", "false")]
        ask_service(connector, "POST", "messaging", f"/v1/Services/{service}", data)
    name = found.get("friendly_name") or service
    return Step(_("The messaging service “%(name)s” sends what comes in to the desk.") % {"name": name})


def _by_hand(connector: Connector) -> Step:
    words = _("Enter %(address)s at Twilio under Messaging, Senders, WhatsApp senders, as the webhook of the number.")
    return Step(words % {"address": address_of(connector)})
