"""The adapter of an account at X.

Its settings: way ("polling" or "webhook"), auth ("oauth2" or "oauth1"), longest_post for who pays X for more, and what
`check` notes: account, account_id. Its secrets: client_id, client_secret, access_token and refresh_token of OAuth 2.0
(and access_ends, which the desk notes), or consumer_key, consumer_secret, access_token and access_token_secret of OAuth
1.0a; bearer_token of the app, for webhooks; webhook_secret, which the desk makes.
"""

import secrets as randomness
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from threading import Event

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from conversations.envelopes import DeliveryReport, OutboundMessage
from conversations.models import Medium
from integrations.adapters.about import About, Compared, Field, Step, Words
from integrations.adapters.base import Fetched, Understood
from integrations.adapters.media.x import api, checking, hearing, past, polling, sending
from integrations.adapters.media.x.telling import told
from integrations.adapters.media.x.understanding import understood
from integrations.adapters.shops.base import Page
from integrations.inbound.arrival import Arrival, News
from integrations.models import Connector, RawEvent


def _secret(name: str, label: Words, help_: Words = "") -> Field:
    return Field(name, label, "secret", is_required=False, help=help_)


class XAdapter:
    about = About(
        title="X",
        what=gettext_lazy("Posts that mention your account, and direct messages; public answers only where you ask."),
        medium=Medium.X,
        address=gettext_lazy("Account"),
        fields=(
            Field(
                "auth",
                gettext_lazy("Keys"),
                "choice",
                default="oauth2",
                choices=(
                    ("oauth2", gettext_lazy("OAuth 2.0: client id and secret, access and refresh token")),
                    ("oauth1", gettext_lazy("OAuth 1.0a: API key and secret, access token and its secret")),
                ),
            ),
            _secret("client_id", gettext_lazy("Client id")),
            _secret("client_secret", gettext_lazy("Client secret"), gettext_lazy("It signs X's webhooks, too.")),
            _secret("refresh_token", gettext_lazy("Refresh token"), gettext_lazy("Of the scope offline.access.")),
            _secret("access_token", gettext_lazy("Access token")),
            _secret("access_token_secret", gettext_lazy("Access token secret")),
            _secret("consumer_key", gettext_lazy("API key")),
            _secret("consumer_secret", gettext_lazy("API key secret")),
            _secret("bearer_token", gettext_lazy("Bearer token of the app"), gettext_lazy("For webhooks only.")),
            Field(
                "way",
                gettext_lazy("How messages come in"),
                "choice",
                default="polling",
                choices=(
                    ("polling", gettext_lazy("The desk asks X every minute and a half")),
                    ("webhook", gettext_lazy("X calls the desk (not in every plan)")),
                ),
            ),
        ),
        at_provider=(
            gettext_lazy("In X's Developer Console, make an app with “Read and write and Direct message”."),
            gettext_lazy("Sign in with the account, with the scopes tweet.read, tweet.write, users.read, dm.read,"
                         " dm.write, media.write and offline.access, and copy the tokens."),
            gettext_lazy("For webhooks, copy the app's bearer token as well; Test connection registers {address}."),
        ),
        made={"webhook_secret": lambda: randomness.token_urlsafe(24)},
        has_hook=True,
        manual="https://docs.x.com/x-api/getting-started/getting-access",
    )  # fmt: skip

    def challenge(self, connector: Connector, request: HttpRequest) -> HttpResponse | None:
        return hearing.challenge(connector, request)

    def hear(self, connector: Connector, request: HttpRequest, *, secret: str, kind: str) -> Iterable[Arrival]:
        return hearing.hear(connector, request, secret)

    def is_watched(self, connector: Connector) -> bool:
        return checking.polls(connector)

    def watch(self, connector: Connector, stop: Event) -> Iterator[News]:
        return polling.watch(connector, stop)

    def understand(self, connector: Connector, raw: RawEvent) -> Iterator[Understood]:
        return understood(connector, raw)

    def fetch(self, connector: Connector, source: Mapping[str, str], *, largest: int) -> Fetched:
        return api.fetch(connector, source["url"], largest)

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
