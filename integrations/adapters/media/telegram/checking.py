"""Is the bot connected rightly? Asks Telegram who it is, and has it call us, or makes room for asking.

https://core.telegram.org/bots/api#getme, #getwebhookinfo, #setwebhook, #deletewebhook
"""

import time
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from integrations.adapters.about import Step
from integrations.adapters.base import AdapterError, CredentialError
from integrations.adapters.media.heard import address_of
from integrations.adapters.media.telegram import api
from integrations.adapters.media.telegram.hearing import ALLOWED
from integrations.adapters.reading import words
from integrations.models import Connector

POLLING = "polling"
PORTS = "443, 80, 88, 8443"  # on which Telegram calls: https://core.telegram.org/bots/webhooks


def polls(connector: Connector) -> bool:
    return connector.settings.get("way") == POLLING


def check(connector: Connector) -> Iterator[Step]:
    step, bot = _tried(lambda: api.call(connector, "getMe"), _("Enter the token again, as @BotFather shows it."))
    if step:
        yield step
        return
    bot = bot if isinstance(bot, dict) else {}
    name = words(bot.get("username"))
    connector.settings = {**connector.settings, "username": name}
    yield Step(_("The token is of the bot @%(name)s.") % {"name": name})
    if connector.settings.get("groups") == "mentions" and bot.get("can_join_groups") is False:
        fix = _("Send /setjoingroups to @BotFather and choose Enable.")
        yield Step(_("The bot may not join groups."), is_well=False, fix=fix)
        return
    yield from _polling(connector) if polls(connector) else _webhook(connector)


def _polling(connector: Connector) -> Iterator[Step]:
    step, _done = _tried(lambda: api.call(connector, "deleteWebhook"), _("Try again in a minute."))
    yield step or Step(_("The desk asks Telegram for news all the time: no address is needed."))


def _webhook(connector: Connector) -> Iterator[Step]:
    address = address_of(connector)
    if not address.startswith("https://") and not settings.LOCAL:
        words_ = _("Telegram calls only addresses that begin with https://. This desk has %(address)s.")
        fix = _("Give the desk a certificate, or choose that it asks for messages itself.")
        yield Step(words_ % {"address": settings.SITE_URL}, is_well=False, fix=fix)
        return
    said = {"url": address, "secret_token": connector.secrets.get("secret_token", ""), "allowed_updates": ALLOWED}
    fix = _("Is the desk's address public, with a certificate that browsers trust, on one of the ports %(ports)s?")
    step, _done = _tried(lambda: api.call(connector, "setWebhook", said), fix % {"ports": PORTS})
    if step:
        yield step
        return
    yield Step(_("Telegram calls the desk at its address."))
    step, info = _tried(lambda: api.call(connector, "getWebhookInfo"), _("Try again in a minute."))
    if step:
        yield step
        return
    yield from _health(info if isinstance(info, dict) else {})


def _health(info: dict[str, Any]) -> Iterator[Step]:
    """What went wrong is remembered after it was mended: it counts while something waits."""
    waiting, error = words(info.get("pending_update_count")) or "0", words(info.get("last_error_message"))
    if error and waiting != "0":
        words_ = _("Telegram could not reach the desk: “%(error)s”. %(waiting)s updates wait.")
        fix = _("Look whether the desk answers from outside, then test again: Telegram keeps updates for 24 hours.")
        yield Step(words_ % {"error": error, "waiting": waiting}, is_well=False, fix=fix)
    else:
        yield Step(_("%(waiting)s updates wait at Telegram.") % {"waiting": waiting})


def _tried(ask: Callable[[], Any], fix: str) -> tuple[Step | None, Any]:
    """Raises CredentialError."""
    started = time.monotonic()
    try:
        return None, ask()
    except CredentialError:
        raise
    except AdapterError as error:
        return Step(str(error), is_well=False, seconds=time.monotonic() - started, fix=fix), None
