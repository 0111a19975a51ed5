"""The adapter of a Facebook page's Messenger.

Its settings: page_id, api_version, and what `check` notes: app_id, page_name. Its secrets: access_token (the page's),
app_secret, former_secret, and those that the desk makes: webhook_secret (the last word of the webhook's address),
verify_token.
"""

from collections.abc import Iterator

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
from integrations.adapters.media.meta.messenger import checking
from integrations.adapters.media.meta.talking import Talking
from integrations.models import Connector


class MessengerAdapter(Talking):
    about = About(
        title="Messenger",
        what=gettext_lazy("Customers write to your Facebook page; agents answer with text, files and quick replies."),
        medium=Medium.MESSENGER,
        address=gettext_lazy("The page's name"),
        fields=(
            Field("page_id", gettext_lazy("Page ID"), example="117172741761305", settled=settled_id),
            ACCESS_TOKEN,
            APP_SECRET,
            FORMER_SECRET,
            MARKS_READ,
            API_VERSION,
        ),
        at_provider=(
            gettext_lazy("At developers.facebook.com open your app (or make one of the type Business), add Messenger."),
            gettext_lazy("Under Messenger, API settings, connect the page, copy its ID and generate its access token."),
            gettext_lazy(
                "For answers to people who are not testers, have Meta review the app: pages_messaging, and Human Agent"
                " for answers up to seven days later."
            ),
            gettext_lazy("Press Test connection: the desk tells Meta its address {address} and token by itself."),
        ),
        made=MADE,
        has_hook=True,
        manual="https://developers.facebook.com/documentation/business-messaging/messenger-platform/get-started",
    )

    def check(self, connector: Connector) -> Iterator[Step]:
        return checking.check(connector)
