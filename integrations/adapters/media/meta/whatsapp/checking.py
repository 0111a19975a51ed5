"""Is the WhatsApp number connected rightly? Looks at the token, the number and its account, and has Meta call us.

developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/phone-numbers,
…/whatsapp/solution-providers/manage-webhooks (subscribed_apps), …/whatsapp/webhooks/override (an address for one
number, whatever the app's own is).
"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from integrations.adapters.about import Step
from integrations.adapters.media.heard import address_of
from integrations.adapters.media.meta import checking
from integrations.adapters.media.meta.checking import tried, until_stopped
from integrations.adapters.media.meta.graph import ask
from integrations.adapters.media.meta.whatsapp.templates import account_of, offered
from integrations.adapters.reading import inner, rows, words
from integrations.models import Connector

Json = dict[str, Any]
NEEDED = ("whatsapp_business_messaging", "whatsapp_business_management")
FIELDS = "display_phone_number,verified_name,quality_rating,status,webhook_configuration"


def check(connector: Connector) -> Iterator[Step]:
    return until_stopped(_steps(connector))


def _steps(connector: Connector) -> Iterator[Step]:
    yield from checking.token(connector, NEEDED)
    number = words(connector.settings.get("phone_number_id"))
    fix = _("Copy the phone number ID from WhatsApp Manager, API Setup; the token must be allowed to use that account.")
    found, seconds = tried(lambda: ask(connector, "GET", number, params={"fields": FIELDS}), fix)
    yield _number(connector, found, seconds)
    yield from _subscribed(connector)
    yield from _led_here(connector, number, found)
    yield _templates(connector)


def _number(connector: Connector, found: Json, seconds: float) -> Step:
    shown, name = words(found.get("display_phone_number")), words(found.get("verified_name"))
    checking.note(connector, number=shown, verified_name=name)
    told = {"number": shown, "name": name}
    if words(found.get("quality_rating")).upper() == "RED":
        text = _("The number is %(number)s, “%(name)s”, and many people have blocked it.") % told
        fix = _("Write only to people who expect it: WhatsApp may restrict the number.")
        return Step(text, is_well=False, seconds=seconds, fix=fix)
    return Step(_("The number is %(number)s, “%(name)s”.") % told, seconds=seconds)


def _subscribed(connector: Connector) -> Iterator[Step]:
    """The app hears of the account: once for each account, and doing it again changes nothing."""
    path = f"{account_of(connector)}/subscribed_apps"
    fix = _("Copy the WhatsApp Business account's ID from WhatsApp Manager, and give the token access to it.")
    found, seconds = tried(lambda: ask(connector, "GET", path), fix)
    ours = words(connector.settings.get("app_id"))
    apps = [inner(each, "whatsapp_business_api_data") or each for each in rows(found, "data")]
    if ours in [words(app.get("id")) for app in apps]:
        yield Step(_("The app hears of this account."), seconds=seconds)
        return
    found, seconds = tried(lambda: ask(connector, "POST", path), fix)
    yield Step(_("The app hears of this account from now on."), seconds=seconds)


def _led_here(connector: Connector, number: str, found: Json) -> Iterator[Step]:
    address = address_of(connector)
    checking.reaches_us(address)
    if words(inner(found, "webhook_configuration").get("phone_number"), 2000) == address:
        yield Step(_("Meta calls the desk for this number."))
        return
    told = {"override_callback_uri": address, "verify_token": connector.secrets.get("verify_token", "")}
    fix = _(
        "Meta calls the address at once, and it did not answer: can it be reached from outside, with a certificate?"
    )
    said = {"webhook_configuration": told}
    _done, seconds = tried(lambda: ask(connector, "POST", number, json=said), fix)
    yield Step(_("Meta calls the desk for this number from now on."), seconds=seconds)


def _templates(connector: Connector) -> Step:
    fix = _("Give the token the permission whatsapp_business_management.")
    found, seconds = tried(lambda: {"all": list(offered(connector))}, fix)
    usable = sum(1 for each in found["all"] if each.is_usable)
    text = _("%(usable)s of %(all)s templates may be used.") % {"usable": usable, "all": len(found["all"])}
    return Step(text, seconds=seconds)
