"""Is the account connected rightly? Whose token is it, does the webhook answer, what is left of this month's messages?

https://developers.line.biz/en/reference/messaging-api/#get-bot-info, #set-webhook-endpoint-url, #test-webhook-endpoint,
#get-quota, #get-consumption
"""

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _

from integrations.adapters.about import Step
from integrations.adapters.media.heard import address_of
from integrations.adapters.media.line import api
from integrations.adapters.reading import words
from integrations.models import Connector


def check(connector: Connector) -> Iterator[Step]:
    """Raises AdapterError where nothing can be said."""
    account = api.found(connector, "/v2/bot/info")
    name = words(account.get("displayName"))
    connector.settings = {**connector.settings, "account": name, "account_id": words(account.get("userId"))}
    yield Step(_("The access token is of %(name)s.") % {"name": name})
    address = address_of(connector)
    if not address.startswith("https://") and not settings.LOCAL:
        fix = _("Give the desk a certificate: LINE calls only addresses that begin with https://.")
        yield Step(_("LINE cannot call the desk."), is_well=False, fix=fix)
        return
    api.ask(connector, "PUT", "/v2/bot/channel/webhook/endpoint", json={"endpoint": address})
    tried = api.LINE.json(api.ask(connector, "POST", "/v2/bot/channel/webhook/test", json={"endpoint": address}))
    if tried.get("success") is not True:
        words_ = _("LINE called the desk, and it did not answer well: %(reason)s (%(detail)s).")
        said = {"reason": words(tried.get("reason")), "detail": words(tried.get("detail"))}
        fix = _("Is the channel secret right, and the desk reachable from outside?")
        yield Step(words_ % said, is_well=False, fix=fix)
        return
    yield Step(_("LINE calls the desk at its address."))
    told = api.found(connector, "/v2/bot/channel/webhook/endpoint")
    if told.get("active") is False:
        fix = _("Switch “Use webhook” on, in the LINE Developers Console under Messaging API.")
        yield Step(_("The webhook is switched off at LINE."), is_well=False, fix=fix)
        return
    yield _quota(connector)


def _quota(connector: Connector) -> Step:
    quota = api.found(connector, "/v2/bot/message/quota")
    used = words(api.found(connector, "/v2/bot/message/quota/consumption").get("totalUsage")) or "0"
    if words(quota.get("type")) != "limited":
        return Step(_("%(used)s messages were sent this month.") % {"used": used})
    told = {"used": used, "most": words(quota.get("value"))}
    is_left = int(used) < int(told["most"] or "0")
    fix = "" if is_left else _("Choose a larger plan in the LINE Official Account Manager.")
    return Step(_("%(used)s of %(most)s messages of this month are used.") % told, is_well=is_left, fix=fix)
