"""Is the account connected rightly? Whose are the keys; does X call us, and for what?

https://docs.x.com/x-api/users/get-my-user, …/webhooks/create-webhook, …/webhooks/validate-webhook and
https://docs.x.com/x-api/activity/quickstart (one subscription for each kind of event)
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from integrations.adapters.about import Step
from integrations.adapters.base import AdapterError, CredentialError
from integrations.adapters.media.heard import address_of
from integrations.adapters.media.x import api
from integrations.adapters.reading import inner, rows, words
from integrations.models import Connector

POLLING = "polling"
EVENTS = ("post.mention.create", "dm.received")


def polls(connector: Connector) -> bool:
    return connector.settings.get("way", POLLING) == POLLING


def check(connector: Connector) -> Iterator[Step]:
    """Raises AdapterError where nothing can be said."""
    account = inner(api.found(connector, "GET", "/2/users/me"), "data")
    name = words(account.get("username"))
    connector.settings = {**connector.settings, "account_id": words(account.get("id")), "account": name}
    yield Step(_("The keys are of @%(name)s.") % {"name": name})
    try:
        api.found(connector, "GET", "/2/dm_events", params={"max_results": "1"})
        yield Step(_("The app may read direct messages."))
    except CredentialError as error:
        fix = _("Give the app “Read and write and Direct message” in the Developer Console, then make new tokens.")
        yield Step(str(error), is_well=False, fix=fix)
        return
    if polls(connector):
        connector.expires_at = None
        yield Step(_("The desk asks X for news every minute and a half: no address is needed."))
        return
    yield from _webhook(connector)


def _webhook(connector: Connector) -> Iterator[Step]:
    address = address_of(connector)
    fix = _("Is the app's bearer token right, and does its plan include webhooks? Else choose that the desk asks X.")
    try:
        number = _registered(connector, address)
        yield Step(_("X calls the desk at its address."))
        for kind in EVENTS:
            _subscribed(connector, kind, number)
        yield Step(_("X tells of mentions and direct messages."))
    except AdapterError as error:
        yield Step(str(error), is_well=False, fix=fix)


def _registered(connector: Connector, address: str) -> str:
    """The webhook's number; one that X took for broken is asked its word again."""
    known = rows(api.as_app(connector, "GET", "/2/webhooks"), "data")
    ours = next((each for each in known if words(each.get("url"), 2000) == address), None)
    if ours is None:
        made = api.as_app(connector, "POST", "/2/webhooks", json={"url": address})
        return words(made.get("id")) or words(inner(made, "data").get("id"))
    if ours.get("valid") is False:
        api.as_app(connector, "PUT", f"/2/webhooks/{words(ours.get('id'))}")
    return words(ours.get("id"))


def _subscribed(connector: Connector, kind: str, webhook: str) -> None:
    """These are private events: asked for as the account. One that is there already is well."""
    account = words(connector.settings.get("account_id"))
    said = {"event_type": kind, "filter": {"user_id": account}, "webhook_id": webhook, "tag": "desk"}
    try:
        api.ask(connector, "POST", "/2/activity/subscriptions", json=said)
    except AdapterError as error:
        if "duplicate" not in error.said.lower() and "already" not in error.said.lower():
            raise
