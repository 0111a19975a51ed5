"""What a tracker tells of itself, and its test: a call like its own goes through the reading of every call."""

import secrets as randomness
import time
from collections.abc import Iterator

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.adapters.about import About, Field, Step
from integrations.adapters.base import AdapterError
from integrations.adapters.media.chat.about import an_origin
from integrations.models import Connector

VERIFIES = ("email", "phone")


def _verified(text: str) -> str:
    if text not in VERIFIES:
        raise ValueError(_("It is one of %(words)s.") % {"words": ", ".join(VERIFIES)})
    return text


ABOUT = About(
    title=gettext_lazy("A tracker"),
    what=gettext_lazy("What customers look at, and do in the shop, by any client of the Segment HTTP spec."),
    manual="https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/",
    at_provider=(
        gettext_lazy("Give your client library, or our own tracker, this host: {host}"),
        gettext_lazy("… and this write key: {write_key}"),
        gettext_lazy("Our own tracker, before </head>: {tag}"),
    ),
    made={"write_key": str},  # it names the connector's number: `wire` makes it
    fields=(
        Field(
            "origins",
            gettext_lazy("Pages that may call, one a line"),
            "list",
            help=gettext_lazy("A scheme and a host. Empty where the shop's own servers call."),
            example="https://shop.example",
            is_required=False,
            settled=an_origin,
            columns=6,
        ),
        Field(
            "trusted",
            gettext_lazy("The key stays on the shop's own servers: what they say of customers is proven"),
            "switch",
            is_required=False,
            columns=6,
        ),
        Field(
            "consent",
            gettext_lazy("Of calls that say nothing of consent, behaviour is"),
            "choice",
            default="required",
            choices=(("required", gettext_lazy("not kept")), ("assumed", gettext_lazy("kept"))),
        ),
        Field(
            "shop",
            gettext_lazy("Word of the shop"),
            help=gettext_lazy("As at the shop's other connectors."),
            is_required=False,
        ),
        Field(
            "verifies",
            gettext_lazy("What the shop has had confirmed"),
            "list",
            help=gettext_lazy("email, phone; only from the shop's own servers."),
            is_required=False,
            settled=_verified,
        ),
    ),
)


def new_key(connector: Connector) -> str:
    """A write key; it names its connector, so that it is found without every connector's secrets being opened."""
    return f"tl{connector.pk}_{randomness.token_urlsafe(24)}"


def tag_of(connector: Connector) -> str:
    key = connector.secrets.get("write_key", "")
    return f'<script type="module" src="{settings.SITE_URL}/tracker/throughline.js" data-key="{key}"></script>'


def wire(connector: Connector) -> None:
    """Raises WrongError."""
    from integrations.wiring import WrongError

    said = connector.settings
    if bool(said.get("origins")) == bool(said.get("trusted")):
        words = _("Name the pages of a shop that may call, or say that its own servers do: one of the two.")
        raise WrongError({"origins": words})
    if said.get("verifies") and not said.get("trusted"):
        raise WrongError({"verifies": _("Only the shop's own servers can say what was confirmed.")})
    if connector.pk and not connector.secrets.get("write_key"):
        connector.secrets = {**connector.secrets, "write_key": new_key(connector)}


def check(connector: Connector) -> Iterator[Step]:
    """Raises AdapterError."""
    from integrations.adapters.trackers.calls import Sender, facts_of

    began = time.monotonic()
    call = {"type": "page", "anonymousId": "a-test-of-the-connection", "messageId": "test", "name": "Test"}
    call["timestamp"] = timezone.now().isoformat()
    try:
        facts_of(call, Sender(connector, timezone.now(), None, "test"), 0, {})
    except ValueError as error:
        raise AdapterError(str(error)) from error
    yield Step(_("A call like the tracker's is understood; it was not kept"), seconds=time.monotonic() - began)
    if connector.last_in_at:
        yield Step(_("Its calls come in"))
    else:
        yield Step(_("Nothing has come in yet"), fix=_("Open a page of the shop; with consent, if it is asked for."))
