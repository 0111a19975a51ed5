"""The adapter of an Instagram professional account.

Its settings: login (“instagram”: the account signed in by itself; “page”: through the Facebook page that it is linked
with), account_id, page_id, api_version, and what `check` notes: app_id, username. Its secrets: access_token,
app_secret, former_secret, and those that the desk makes: webhook_secret (the last word of the webhook's address),
verify_token.
"""

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.models import Medium
from integrations.adapters.about import About, Field, Step
from integrations.adapters.media.meta.about import (
    ACCESS_TOKEN,
    API_VERSION,
    APP_SECRET,
    FORMER_SECRET,
    MADE,
    MARKS_READ,
    settled_id,
)
from integrations.adapters.media.meta.graph import is_instagram_login
from integrations.adapters.media.meta.instagram import checking
from integrations.adapters.media.meta.talking import Talking
from integrations.models import Connector


class InstagramAdapter(Talking):
    about = About(
        title="Instagram",
        what=gettext_lazy("Customers write to your Instagram account or answer your stories; agents answer."),
        medium=Medium.INSTAGRAM,
        address=gettext_lazy("The account's name"),
        fields=(
            Field(
                "login",
                gettext_lazy("How the account is reached"),
                "choice",
                default="instagram",
                choices=(
                    ("instagram", gettext_lazy("It signs in by itself (Instagram login)")),
                    ("page", gettext_lazy("Through the Facebook page that it is linked with")),
                ),
            ),
            Field(
                "account_id",
                gettext_lazy("Instagram account ID"),
                help=gettext_lazy("Test connection finds it."),
                is_required=False,
                example="17841405822304914",
                settled=settled_id,
            ),
            Field(
                "page_id",
                gettext_lazy("Page ID"),
                help=gettext_lazy("Only where it is reached through a page."),
                is_required=False,
                settled=settled_id,
            ),
            ACCESS_TOKEN,
            APP_SECRET,
            FORMER_SECRET,
            MARKS_READ,
            API_VERSION,
        ),
        at_provider=(
            gettext_lazy("At developers.facebook.com open your app (or make one of the type Business), add Instagram."),
            gettext_lazy("Under API setup with Instagram login, add the account and generate its token."),
            gettext_lazy("Under Webhooks there, enter the address {address} and the verify token {verify_token}."),
            gettext_lazy("Subscribe to messages, messaging_postbacks, messaging_seen and message_reactions."),
            gettext_lazy("In the Instagram app allow access to messages: Settings, Messages, Connected tools."),
        ),
        made=MADE,
        has_hook=True,
        manual="https://developers.facebook.com/documentation/instagram-platform",
    )

    def wire(self, connector: Connector) -> None:
        if not is_instagram_login(connector) and not connector.settings.get("page_id"):
            raise ValueError(_("To be reached through a page, the account needs the page's ID."))

    def renewed(self, connector: Connector) -> tuple[str, timedelta] | None:
        return checking.renewed(connector)

    def check(self, connector: Connector) -> Iterator[Step]:
        return checking.check(connector)
