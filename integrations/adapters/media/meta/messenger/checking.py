"""Is the page connected rightly? Looks at the token and the page, and has Meta call us.

developers.facebook.com/docs/graph-api/reference/app/subscriptions (the app's address for pages) and
…/reference/page/subscribed_apps (which page, which news).
"""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from integrations.adapters.about import Step
from integrations.adapters.media.heard import address_of
from integrations.adapters.media.meta import checking
from integrations.adapters.media.meta.checking import StopError, tried, until_stopped
from integrations.adapters.media.meta.graph import ask
from integrations.adapters.reading import rows, words
from integrations.models import Connector

Json = dict[str, Any]
NEEDED = ("pages_messaging", "pages_manage_metadata")
NEWS = (
    "messages,messaging_postbacks,messaging_optins,messaging_referrals,message_deliveries,message_reads,message_echoes,"
    "message_reactions,message_edits"
)


def check(connector: Connector) -> Iterator[Step]:
    return until_stopped(_steps(connector))


def _steps(connector: Connector) -> Iterator[Step]:
    yield from checking.token(connector, NEEDED)
    yield page(connector)
    yield called(connector, "page", NEWS)
    yield told_of_page(connector, NEWS)


def page(connector: Connector) -> Step:
    """Raises StopError where the token is another page's."""
    fix = _("Make the access token for the page itself: Messenger, API settings, Generate token.")
    found, seconds = tried(lambda: ask(connector, "GET", "me", params={"fields": "id,name"}), fix)
    wanted = words(connector.settings.get("page_id"))
    if words(found.get("id")) != wanted:
        text = _("The access token is of “%(name)s” (%(id)s), and not of the page %(wanted)s.")
        told = {"name": words(found.get("name")), "id": words(found.get("id")), "wanted": wanted}
        raise StopError(Step(text % told, is_well=False, fix=fix))
    checking.note(connector, page_name=words(found.get("name")))
    return Step(_("The page is “%(name)s”.") % {"name": words(found.get("name"))}, seconds=seconds)


def called(connector: Connector, what: str, news: str) -> Step:
    """The app has one address for all its pages: this one's, or that of another of the desk's, which hands it on.
    Raises StopError."""
    address, path = address_of(connector), f"{connector.settings.get('app_id', '')}/subscriptions"
    checking.reaches_us(address)
    fix = _("Is the app's secret the one at Meta, under App settings, Basic? Enter it again.")
    found, _seconds = tried(lambda: ask(connector, "GET", path, as_app=True), fix)
    now = next((each for each in rows(found, "data") if each.get("object") == what), {})
    leads_to = words(now.get("callback_url"), 2000)
    if leads_to == address or leads_to.startswith(f"{settings.SITE_URL}/hooks/"):
        return Step(_("Meta calls the desk for this app."))
    if leads_to:
        text = _("Meta calls another address for this app: %(address)s")
        fix = _("Enter the desk's address there, under Webhooks, or use an app of the desk's own.")
        raise StopError(Step(text % {"address": leads_to}, is_well=False, fix=fix))
    token = connector.secrets.get("verify_token", "")
    told = {"object": what, "callback_url": address, "verify_token": token, "fields": news}
    fix = _(
        "Meta calls the address at once, and it did not answer: can it be reached from outside, with a certificate?"
    )
    _done, seconds = tried(lambda: ask(connector, "POST", path, data=told, as_app=True), fix)
    return Step(_("Meta calls the desk for this app from now on."), seconds=seconds)


def told_of_page(connector: Connector, news: str) -> Step:
    path = f"{connector.settings.get('page_id', '')}/subscribed_apps"
    fix = _("Give the token the permission pages_manage_metadata, of somebody who may manage the page.")
    _done, seconds = tried(lambda: ask(connector, "POST", path, data={"subscribed_fields": news}), fix)
    return Step(_("The app hears of the page's messages."), seconds=seconds)
