"""What an admin is asked for by all of Meta's messengers."""

import re
import secrets as randomness
from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.adapters.about import Field
from integrations.adapters.media.meta.graph import VERSION

MADE: dict[str, Callable[[], str]] = {
    "webhook_secret": lambda: randomness.token_urlsafe(24),
    "verify_token": lambda: randomness.token_urlsafe(24),
}


def settled_id(value: str) -> str:
    value = value.strip()
    if not re.fullmatch(r"\d{5,25}", value):
        raise ValueError(_("It is a long number, as Meta shows it."))
    return value


def settled_version(value: str) -> str:
    value = value.strip().lower()
    if not re.fullmatch(r"v\d{1,2}\.\d", value):
        raise ValueError(_("It is written like %(version)s.") % {"version": VERSION})
    return value


ACCESS_TOKEN = Field(
    "access_token",
    gettext_lazy("Access token"),
    "secret",
    help=gettext_lazy("Of a system user, so that it does not end: Business settings, System users, Generate token."),
)
APP_SECRET = Field(
    "app_secret",
    gettext_lazy("App secret"),
    "secret",
    help=gettext_lazy("App dashboard, App settings, Basic. Meta signs what it sends with it."),
)
FORMER_SECRET = Field(
    "former_secret",
    gettext_lazy("Former app secret"),
    "secret",
    help=gettext_lazy("Only while you change it: what Meta still signs with the old one is believed, too."),
    is_required=False,
)
MARKS_READ = Field(
    "marks_read",
    gettext_lazy("Show customers that they were read"),
    "switch",
    help=gettext_lazy("As soon as an agent opens the conversation."),
    is_required=False,
    default="on",
)
API_VERSION = Field(
    "api_version",
    gettext_lazy("Version of the Graph API"),
    help=gettext_lazy("Leave it, unless Meta ends this version before the desk is updated."),
    is_required=False,
    default=VERSION,
    example=VERSION,
    settled=settled_version,
)
