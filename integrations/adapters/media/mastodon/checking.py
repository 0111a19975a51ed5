"""Is the account connected rightly? Whose token is it, what may it do, what does its server allow?

https://docs.joinmastodon.org/methods/accounts/#verify_credentials, …/methods/instance/#v2, …/methods/apps/
#verify_credentials (scopes since 4.3), …/methods/notifications/#get-policy (since 4.3), …/methods/streaming/
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from integrations.adapters.about import Step
from integrations.adapters.base import AdapterError, CredentialError
from integrations.adapters.media.mastodon import api, stream
from integrations.adapters.media.mastodon.sending import file_limits
from integrations.adapters.reading import inner, words
from integrations.models import Connector

NEEDED = ("read:accounts", "read:notifications", "read:statuses", "write:media", "write:statuses")


def check(connector: Connector) -> Iterator[Step]:
    """Raises AdapterError where nothing can be said."""
    account = api.found(connector, "/api/v1/accounts/verify_credentials")
    name = words(account.get("username"))
    connector.settings = {**connector.settings, "account": name, "account_id": words(account.get("id"))}
    yield Step(_("The access token is of @%(name)s.") % {"name": name})
    if missing := _missing(connector):
        fix = _("Make a new access token with the scopes read and write: %(missing)s are missing.")
        yield Step(
            _("The token may not do all that is needed."), is_well=False, fix=fix % {"missing": ", ".join(missing)}
        )
        return
    yield _server(connector)
    if words(_policy(connector).get("for_private_mentions")) in ("filter", "drop"):
        fix = _(
            "Open Preferences, Notifications on the server, and accept private mentions of people you do not follow."
        )
        yield Step(_("The account does not hear private posts of strangers."), is_well=False, fix=fix)
        return
    yield _streaming(connector)


def _server(connector: Connector) -> Step:
    instance = api.found(connector, "/api/v2/instance")
    told = inner(instance, "configuration")
    noted = {"domain": words(instance.get("domain")).lower(), "streaming": words(inner(told, "urls").get("streaming"))}
    connector.settings = {**connector.settings, **noted, **dict(file_limits(told))}
    words_ = _("%(server)s takes posts of %(longest)s characters.")
    return Step(words_ % {"server": noted["domain"], "longest": connector.settings.get("longest", 500)})


def _missing(connector: Connector) -> list[str]:
    """Of the scopes that an app tells of; an older server does not, and its refusals say it when it comes to that."""
    try:
        scopes = api.found(connector, "/api/v1/apps/verify_credentials").get("scopes")
    except CredentialError:
        raise
    except AdapterError:
        return []
    if not isinstance(scopes, list) or not scopes:
        return []
    return [scope for scope in NEEDED if not {scope, scope.partition(":")[0]} & set(map(str, scopes))]


def _policy(connector: Connector) -> dict[str, object]:
    try:
        return api.found(connector, "/api/v2/notifications/policy")
    except CredentialError:
        raise
    except AdapterError:
        return {}


def _streaming(connector: Connector) -> Step:
    try:
        with stream.opened(connector):
            return Step(_("New posts come by the server's stream, at once."))
    except CredentialError:
        raise
    except AdapterError as error:
        words_ = _("The server's stream does not open (%(said)s): the desk looks for new posts every 20 seconds.")
        return Step(words_ % {"said": error.said})
