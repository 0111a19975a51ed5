"""Is the Instagram account connected rightly? By its own login, or through the page that it is linked with.

developers.facebook.com/documentation/instagram-platform/instagram-api-with-instagram-login (me, subscribed_apps),
…/instagram-platform/reference/refresh_access_token (its token ends after 60 days, and is renewed in time), and
…/business-messaging/instagram-messaging/webhooks (the app's address is entered by hand, the page is subscribed by us).
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from integrations.adapters.about import Step
from integrations.adapters.media.meta import checking
from integrations.adapters.media.meta.checking import StopError, tried, until_stopped
from integrations.adapters.media.meta.graph import ask, is_instagram_login
from integrations.adapters.media.meta.messenger import checking as of_page
from integrations.adapters.reading import inner, words
from integrations.models import Connector

Json = dict[str, Any]
NEEDED = ("instagram_basic", "instagram_manage_messages", "pages_manage_metadata")
NEWS = "messages,messaging_postbacks,messaging_seen,messaging_referral,message_reactions"
AGE = timedelta(hours=24)  # younger ones are not renewed


def check(connector: Connector) -> Iterator[Step]:
    return until_stopped(_by_itself(connector) if is_instagram_login(connector) else _by_page(connector))


def _by_itself(connector: Connector) -> Iterator[Step]:
    fix = _("Under Instagram, API setup with Instagram login, generate the account's token again.")
    fields = {"fields": "user_id,username"}
    found, seconds = tried(lambda: ask(connector, "GET", "me", params=fields), fix)
    yield _account(connector, words(found.get("user_id")) or words(found.get("id")), found, seconds)
    said = {"subscribed_fields": NEWS}
    path = f"{connector.settings.get('account_id') or 'me'}/subscribed_apps"
    fix = _("The token needs the permission instagram_business_manage_messages.")
    _done, seconds = tried(lambda: ask(connector, "POST", path, params=said), fix)
    yield Step(_("The app hears of this account's messages."), seconds=seconds)
    yield _ends(connector)


def _by_page(connector: Connector) -> Iterator[Step]:
    yield from checking.token(connector, NEEDED)
    yield of_page.page(connector)
    path, fields = words(connector.settings.get("page_id")), "instagram_business_account{id,username}"
    fix = _("Link the Instagram account with the page: Page settings, Linked accounts.")
    found, seconds = tried(lambda: ask(connector, "GET", path, params={"fields": fields}), fix)
    account = inner(found, "instagram_business_account")
    yield _account(connector, words(account.get("id")), account, seconds)
    yield of_page.told_of_page(connector, "messages,messaging_postbacks")


def _account(connector: Connector, found_id: str, found: Json, seconds: float) -> Step:
    """Raises StopError where it is another one than was entered."""
    wanted, name = words(connector.settings.get("account_id")), words(found.get("username"))
    if not found_id or (wanted and found_id != wanted):
        text = _("The access token is of @%(name)s (%(id)s), and not of the account %(wanted)s.")
        fix = _("Correct the account's ID here, or make the token for that account.")
        told = {"name": name or "?", "id": found_id or "?", "wanted": wanted}
        raise StopError(Step(text % told, is_well=False, fix=fix))
    checking.note(connector, account_id=found_id, username=name)
    return Step(_("The account is @%(name)s.") % {"name": name}, seconds=seconds)


def _ends(connector: Connector) -> Step:
    """Its login does not say when a token ends: each is good for 60 days, and is renewed long before."""
    if connector.expires_at is None:
        connector.expires_at = timezone.now() + timedelta(days=60)
    return Step(_("The access token is renewed by itself every few weeks."))


def renewed(connector: Connector) -> tuple[str, timedelta] | None:
    """A new token and how long it is good for; None of one that has no need. Raises AdapterError."""
    if not is_instagram_login(connector):
        return None
    token = connector.secrets.get("access_token", "")
    asked = {"grant_type": "ig_refresh_token", "access_token": token}
    found = ask(connector, "GET", "refresh_access_token", params=asked)
    seconds = int(words(found.get("expires_in")) or "0")
    return (words(found.get("access_token"), 1000) or token, timedelta(seconds=seconds)) if seconds else None
