"""Whether calls get from Twilio to the desk: the account, the number, its webhooks, which are set where they can be."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from integrations.adapters.about import Step
from integrations.adapters.base import AdapterError, CredentialError
from integrations.adapters.media.heard import address_of
from integrations.adapters.media.twilio.account import account_steps, number_of
from integrations.adapters.media.twilio.api import ask
from integrations.adapters.media.voice.twilio import flow
from integrations.models import Connector


def check(connector: Connector) -> Iterator[Step]:
    """https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource"""
    yield from account_steps(connector)
    number = number_of(connector)
    assert connector.channel is not None
    if number is None:
        words = _("%(number)s is not among the numbers of the account.") % {"number": connector.channel.address}
        yield Step(words, is_well=False, fix=_("Buy it at Twilio, or enter the number as Twilio writes it: +44…"))
        return
    if not (number.get("capabilities") or {}).get("voice"):
        fix = _("Choose one at Twilio that has Voice among its capabilities.")
        yield Step(_("The number takes no calls."), is_well=False, fix=fix)
        return
    yield _hooked(connector, number)
    yield from _led(connector)


def _hooked(connector: Connector, number: dict[str, Any]) -> Step:
    wanted = {"status_callback": flow.address(connector, flow.STATUS)}
    if connector.settings.get("flow") != "elsewhere":
        wanted |= {"voice_url": address_of(connector)}
    if all(number.get(name) == value for name, value in wanted.items()):
        return Step(_("Twilio tells the desk of every call."))
    names = {"voice_url": "VoiceUrl", "status_callback": "StatusCallback"}
    data = [(names[name], value) for name, value in wanted.items()]
    try:
        ask(connector, "POST", f"/IncomingPhoneNumbers/{number.get('sid')}.json", data)
    except CredentialError:
        raise
    except AdapterError as error:
        words = _("Twilio does not let the desk set the webhook: %(why)s") % {"why": error}
        fix = _("Enter %(address)s at the number, under “A call comes in”, as a webhook by POST.")
        return Step(words, is_well=False, fix=fix % {"address": address_of(connector)})
    return Step(_("Twilio tells the desk of every call from now on."))


def _led(connector: Connector) -> Iterator[Step]:
    said = connector.settings
    if said.get("flow") == "elsewhere":
        return
    if not said.get("ring") and not said.get("voicemail"):
        fix = _("Enter the lines that are to ring, or have messages taken.")
        yield Step(_("Nobody's line rings, and no message is taken."), is_well=False, fix=fix)
    if said.get("records") and not said.get("greeting"):
        fix = _("Say so in the greeting. Many laws ask for consent before a call is recorded.")
        yield Step(_("Calls are recorded, and callers are not told."), is_well=False, fix=fix)
