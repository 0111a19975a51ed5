"""The adapter of a Mastodon account.

Its settings: site, public_as ("public" or "unlisted"), start ("now" or "all"), and what `check` notes: account,
account_id, domain, streaming, longest, most_files. Its secret: access_token.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from threading import Event
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.envelopes import DeliveryReport, OutboundMessage
from conversations.models import Medium
from conversations.public_web import leads_outside
from integrations.adapters.about import About, Compared, Field, Step
from integrations.adapters.base import Fetched, Understood
from integrations.adapters.media.download import download
from integrations.adapters.media.mastodon import checking, past, sending, watching
from integrations.adapters.media.mastodon.faults import MASTODON
from integrations.adapters.media.mastodon.telling import told
from integrations.adapters.media.mastodon.understanding import understood
from integrations.adapters.shops.base import Page
from integrations.inbound.arrival import News
from integrations.models import Connector, RawEvent


def _site(value: str) -> str:
    value = value.strip().rstrip("/")
    value = value if "://" in value else f"https://{value}"
    parts = urlsplit(value)
    if parts.scheme != "https" and not settings.LOCAL:
        raise ValueError(_("The address begins with https://, so that the token stays secret."))
    if not parts.hostname or not leads_outside(value):
        raise ValueError(_("This address does not lead to a public server."))
    return f"{parts.scheme}://{parts.netloc}"


class MastodonAdapter:
    about = About(
        title="Mastodon",
        what=gettext_lazy(
            "Posts that mention your account, and private ones; answers public or private, as you choose."
        ),
        medium=Medium.MASTODON,
        address=gettext_lazy("Account"),
        fields=(
            Field("site", gettext_lazy("Server"), example="https://mastodon.example", settled=_site),
            Field("access_token", gettext_lazy("Access token"), "secret"),
            Field(
                "public_as",
                gettext_lazy("Public answers"),
                "choice",
                default="public",
                choices=(
                    ("public", gettext_lazy("Stand in public timelines")),
                    ("unlisted", gettext_lazy("Can be read by everybody, and stand in no timeline")),
                ),
            ),
            Field(
                "start",
                gettext_lazy("Begin with"),
                "choice",
                default="now",
                choices=(
                    ("now", gettext_lazy("What comes from now on")),
                    ("all", gettext_lazy("What is there already")),
                ),
            ),
        ),
        at_provider=(
            gettext_lazy("On the server, open Preferences, Development, and choose New application."),
            gettext_lazy("Give it the scopes read and write, and save. Open it again and copy “Your access token”."),
        ),
        manual="https://docs.joinmastodon.org/client/token/",
    )

    def is_watched(self, connector: Connector) -> bool:
        return True

    def watch(self, connector: Connector, stop: Event) -> Iterator[News]:
        return watching.watch(connector, stop)

    def understand(self, connector: Connector, raw: RawEvent) -> Iterator[Understood]:
        return understood(connector, raw)

    def fetch(self, connector: Connector, source: Mapping[str, str], *, largest: int) -> Fetched:
        return download(MASTODON, source["url"], largest=largest)

    def send(self, connector: Connector, message: OutboundMessage) -> DeliveryReport:
        return sending.send(connector, message)

    def pages(
        self, connector: Connector, cursor: Mapping[str, object], since: datetime | None, until: datetime | None
    ) -> Iterator[Page]:
        return past.pages(connector, cursor, since, until)

    def reconcile(self, connector: Connector, since: datetime, until: datetime) -> Iterator[Compared]:
        return past.reconcile(connector, since, until)

    def check(self, connector: Connector) -> Iterator[Step]:
        return checking.check(connector)

    def tell(self, raw: RawEvent, envelope: Understood) -> dict[str, object]:
        return told(raw, envelope)
