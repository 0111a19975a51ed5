"""The adapter of a Telegram bot.

Its settings: way ("webhook" or "polling"), groups ("none" or "mentions"), and what `check` notes: username. Its
secrets: token, and those that the desk makes: webhook_secret (the last word of the webhook's address) and secret_token
(which comes in its header).
"""

import re
import secrets as randomness
from collections.abc import Iterable, Iterator, Mapping
from threading import Event

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.envelopes import DeliveryReport, OutboundMessage, OutboundReaction
from conversations.models import Medium
from integrations.adapters.about import About, Field, Step
from integrations.adapters.base import Fetched, Understood
from integrations.adapters.media.telegram import api, checking, hearing, sending
from integrations.adapters.media.telegram.telling import told
from integrations.adapters.media.telegram.understanding import understood
from integrations.inbound.arrival import Arrival, News
from integrations.models import Connector, RawEvent

TOKEN = re.compile(r"\d{5,20}:[A-Za-z0-9_-]{30,60}")


def _token(value: str) -> str:
    value = value.strip()
    if not TOKEN.fullmatch(value):
        raise ValueError(_("A token is a number, a colon and 35 letters: copy it whole from @BotFather."))
    return value


class TelegramAdapter:
    about = About(
        title="Telegram",
        what=gettext_lazy("Customers write to your bot; agents answer with text, files and buttons."),
        medium=Medium.TELEGRAM,
        address=gettext_lazy("The bot's name"),
        fields=(
            Field(
                "token",
                gettext_lazy("Token"),
                "secret",
                help=gettext_lazy("As @BotFather gave it when the bot was made."),
                settled=_token,
            ),
            Field(
                "way",
                gettext_lazy("How messages come in"),
                "choice",
                default="webhook",
                choices=(
                    ("webhook", gettext_lazy("Telegram calls the desk")),
                    ("polling", gettext_lazy("The desk asks Telegram, where it cannot be reached from outside")),
                ),
            ),
            Field(
                "groups",
                gettext_lazy("Groups"),
                "choice",
                default="none",
                choices=(
                    ("none", gettext_lazy("Leave out what is written in groups")),
                    ("mentions", gettext_lazy("Take in what names the bot")),
                ),
            ),
        ),
        at_provider=(
            gettext_lazy("Open Telegram and write /newbot to @BotFather; choose a name. It answers with the token."),
            gettext_lazy("Enter the token here and press Test connection: the desk tells Telegram its address."),
        ),
        made={
            "webhook_secret": lambda: randomness.token_urlsafe(24),
            "secret_token": lambda: randomness.token_urlsafe(32),
        },
        has_hook=True,
        manual="https://core.telegram.org/bots/features#botfather",
    )

    def hear(self, connector: Connector, request: HttpRequest, *, secret: str, kind: str) -> Iterable[Arrival]:
        return hearing.hear(connector, request, secret)

    def answered(self, arrivals: list[Arrival]) -> HttpResponse:
        return hearing.answered(arrivals)

    def is_watched(self, connector: Connector) -> bool:
        return checking.polls(connector)

    def watch(self, connector: Connector, stop: Event) -> Iterator[News]:
        return hearing.watch(connector, stop)

    def understand(self, connector: Connector, raw: RawEvent) -> Iterator[Understood]:
        return understood(connector, raw)

    def fetch(self, connector: Connector, source: Mapping[str, str], *, largest: int) -> Fetched:
        return api.download(connector, source["file_id"], largest)

    def send(self, connector: Connector, message: OutboundMessage) -> DeliveryReport:
        return sending.send(connector, message)

    def react(self, connector: Connector, reaction: OutboundReaction) -> None:
        sending.react(connector, reaction)

    def prove(self, connector: Connector) -> None:
        api.call(connector, "getMe")

    def check(self, connector: Connector) -> Iterator[Step]:
        return checking.check(connector)

    def start_link(self, connector: Connector, word: str) -> str:
        """https://core.telegram.org/bots/features#deep-linking; "" while nobody has asked for the bot's name."""
        name = str(connector.settings.get("username", ""))
        return f"https://t.me/{name}?start={word}" if name else ""

    def tell(self, raw: RawEvent, envelope: Understood) -> dict[str, object]:
        return told(raw, envelope)
