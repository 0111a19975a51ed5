"""How a connector is wired to its provider, whether an admin fills in a form or types a command: what is given is
settled field by field as the adapter's `about` says, and gets a channel where it is one."""

import re
import secrets as randomness
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from conversations import audit
from conversations.models import Channel, Hours, Medium, Team
from customers.identify import normalise
from customers.models.identity import Kind
from integrations.adapters import adapter_named
from integrations.adapters.about import About, Field
from integrations.models import Connector

if TYPE_CHECKING:
    from deskapp.models import User

Value = str | int | bool | list[str]

# What our address on these media looks like; on the others it is whatever the provider calls it.
KINDS = {Medium.EMAIL: Kind.EMAIL, Medium.VOICE: Kind.PHONE, Medium.SMS: Kind.PHONE}
WEBHOOK_SECRET = "webhook_secret"  # noqa: S105  the name of it

# Where keys go: a field that says where, and the secrets that are sent there. Whoever changes the one tells the others
# anew: else a key that nobody may read could be had by sending it to oneself.
GO_THERE = {
    "site": ("access_token", "consumer_key", "consumer_secret"),
    "domain": ("access_token", "client_id", "client_secret"),
    "api_url": ("api_key", "server_token", "secret_key"),
    "brain_url": ("token", "bearer", "secret", "api_key"),
    "send_url": ("token",),
    "rpc_url": ("rpc_password",),
    "recordings_url": ("recordings_password", "recordings_token"),
    "imap_host": ("password",),
    "smtp_host": ("password",),
    "ami_host": ("ami_secret",),
}


class WrongError(ValueError):
    """What was given cannot be so. `where`: a sentence for each field that is wrong; "" for all of it together."""

    def __init__(self, where: Mapping[str, str]) -> None:
        named = (f"{name.replace('_', ' ')}: {words}" if name else words for name, words in where.items())
        super().__init__(" ".join(named))
        self.where = dict(where)


def about_of(adapter: str) -> About | None:
    """None for an adapter that nobody connects by hand."""
    return getattr(adapter_named(adapter), "about", None)


def fill(connector: Connector, given: Mapping[str, str]) -> None:
    """Takes what is given into settings and secrets, and makes those secrets that are ours to make. An empty secret
    leaves the one that is there. Saves nothing. Raises WrongError."""
    about = about_of(connector.adapter)
    assert about is not None
    known, secrets, wrong = dict(connector.settings), dict(connector.secrets), dict[str, str]()
    for field in about.fields:
        if field.name not in given and (field.name in known or field.name in secrets):
            continue
        try:
            _take(field, given.get(field.name, field.default), known, secrets)
        except ValueError as error:
            wrong[field.name] = str(error)
    for field in about.fields:
        if field.is_required and not (secrets if field.kind == "secret" else known).get(field.name):
            wrong.setdefault(field.name, _("It is needed."))
        elif field.name in _led_astray(connector, known, given):
            wrong.setdefault(field.name, _("It would go to another address now: enter it again."))
    if wrong:
        raise WrongError(wrong)
    connector.settings, connector.secrets = known, {**_made(about), **secrets}
    complete(connector)


def _led_astray(connector: Connector, known: Mapping[str, object], given: Mapping[str, str]) -> set[str]:
    """The secrets that are kept and would go to another host than the one they were given for."""
    moved = [name for name in GO_THERE if connector.settings.get(name) and known.get(name)]
    moved = [name for name in moved if _host(connector.settings[name]) != _host(known[name])]
    kept = {secret for name in moved for secret in GO_THERE[name] if connector.secrets.get(secret)}
    return {secret for secret in kept if not given.get(secret, "").strip("\r\n")}


def _host(address: object) -> str:
    scheme, _colon, rest = str(address).strip().lower().rpartition("://")
    return f"{scheme}://{re.split(r'[/?#]', rest)[0]}"


def complete(connector: Connector) -> None:
    """What the fields by themselves do not say (Connectable's `wire`). Raises WrongError."""
    wire = getattr(adapter_named(connector.adapter), "wire", None)
    if wire is None:
        return
    try:
        wire(connector)
    except WrongError:
        raise
    except ValueError as error:
        raise WrongError({"": str(error)}) from error


def draft(connector: Connector) -> None:
    """Gives it the secrets that the provider is told before any field is filled in."""
    if about := about_of(connector.adapter):
        connector.secrets = {**_made(about), **connector.secrets}


def value_of(field: Field, given: str) -> Value:
    """What is kept of it. Raises ValueError with a sentence for the admin."""
    text = given.strip() if field.kind != "secret" else given.strip("\r\n")
    if field.kind == "area" and field.settled is None:
        return given if text else ""  # a certificate, to the end of its last line
    if field.kind == "switch":
        return text.lower() in ("on", "true", "yes", "1")
    if field.kind == "list":
        return [field.settled(word) if field.settled else word for word in text.replace(",", " ").split()]
    if not text:
        return ""
    if field.kind == "number":
        if not text.isascii() or not text.isdecimal() or len(text) > 9:
            raise ValueError(_("It is a number."))
        return int(text)
    if field.kind == "choice" and text not in dict(field.choices):
        raise ValueError(_("It is one of %(words)s.") % {"words": ", ".join(word for word, _label in field.choices)})
    return field.settled(text) if field.settled else text


def _take(field: Field, given: str, known: dict[str, object], secrets: dict[str, str]) -> None:
    value = value_of(field, given)
    if field.kind == "secret":
        secrets.update({field.name: str(value)} if value else {})
    elif value == "":
        known.pop(field.name, None)
    else:
        known[field.name] = value


def _made(about: About) -> dict[str, str]:
    made = {name: make() for name, make in (about.made or {}).items()}
    return {WEBHOOK_SECRET: randomness.token_urlsafe(24), **made} if about.has_hook else made


def find(adapter: str, medium: str, address: str) -> Connector:
    """The connector of this address of ours, the one that was disconnected, or a new one without a channel. Raises
    WrongError where another kind of connector has the address."""
    channels = Channel.objects.filter(medium=medium, address__iexact=address).order_by("-is_active", "-pk")
    for channel in channels.select_related("connector"):
        connector = Connector.objects.filter(channel=channel).first()
        if connector and connector.adapter == adapter:
            connector.is_active = True
            return connector
        if connector and channel.is_active and connector.is_active:
            words = _("%(address)s is connected already, as “%(name)s”.")
            raise WrongError({"address": words % {"address": address, "name": connector.name}})
        if connector is None and channel.is_active:
            return Connector(adapter=adapter, channel=channel)
    return Connector(adapter=adapter)


def connect(
    connector: Connector,
    given: Mapping[str, str],
    *,
    address: str = "",
    name: str = "",
    team: Team | None = None,
    hours: Hours | None = None,
    by: "User | None" = None,
) -> None:
    """All of it, and stores the connector, its draft ended. Raises WrongError with everything that is wrong: then
    nothing is stored. `by` None is a command."""
    about, wrong = about_of(connector.adapter), dict[str, str]()
    assert about is not None
    former = connector.channel.address if connector.channel else ""
    with audit.watched(by, connector):
        if about.medium:
            region = given.get("region") or str(connector.settings.get("region", ""))
            try:
                give_channel(connector, about, address=address, name=name, team=team, region=region, by=by)
            except WrongError as error:
                wrong |= error.where
        if connector.channel and connector.channel.hours != hours:
            with audit.watched(by, connector.channel):
                connector.channel.hours = hours
                connector.channel.save(update_fields=["hours"])
        connector.name = (name or connector.name or address or str(about.title))[:80]
        if not connector.pk:
            connector.save()  # some secrets name its number
        try:
            fill(connector, given)
        except WrongError as error:
            wrong |= error.where
        if wrong:
            raise WrongError(wrong)
        _keep_former(connector, former)
        connector.is_draft = False
        connector.save()


def _keep_former(connector: Connector, former: str) -> None:
    """Mail to the address before is ours still."""
    if not connector.channel or connector.channel.medium != Medium.EMAIL or not former:
        return
    now, aliases = connector.channel.address.lower(), [str(each) for each in connector.settings.get("aliases", [])]
    if former.lower() not in (now, *map(str.lower, aliases)):
        aliases.append(former)
    connector.settings = {**connector.settings, "aliases": [each for each in aliases if each.lower() != now]}


def give_channel(
    connector: Connector,
    about: About,
    *,
    address: str,
    name: str = "",
    team: Team | None = None,
    region: str = "",
    by: "User | None" = None,
) -> Channel:
    """Makes the channel of a connector, or changes its address: what was said by it before stays with it.
    Raises WrongError; saves the channel, and not the connector."""
    address = check_address(connector, about, address, region)
    channel = connector.channel or Channel(medium=about.medium, address=address, name=name or address)
    with audit.watched(by, channel):
        channel.address, channel.name, channel.is_active = address, name or channel.name, True
        channel.team = team or channel.team
        channel.save()
    connector.channel = channel
    return channel


def check_address(connector: Connector, about: About, address: str, region: str = "") -> str:
    """As it is kept. Raises WrongError where it is none, or another connector has it."""
    address = settled_address(about, address, region or str(connector.settings.get("region", "")))
    same = Channel.objects.filter(medium=about.medium, address__iexact=address, is_active=True)
    if same.exclude(pk=connector.channel_id or 0).exists():
        raise WrongError({"address": _("%(address)s is connected already.") % {"address": address}})
    return address


def settled_address(about: About, address: str, region: str = "") -> str:
    """Raises WrongError."""
    address = " ".join(address.split())
    if not address:
        raise WrongError({"address": _("It is needed.")})
    kind = KINDS.get(Medium(about.medium))
    try:
        return normalise(kind, address, region=region or None) if kind else address[:320]
    except ValueError as error:
        if kind == Kind.PHONE:
            return address[:320]  # a short code, or the name of a line
        raise WrongError({"address": str(error)}) from None


def hook_address(connector: Connector, kind: str = "") -> str:
    """Where the provider calls; "" for a connector that is called nowhere."""
    secret = connector.secrets.get(WEBHOOK_SECRET, "")
    if not secret or not connector.pk:
        return ""
    named = (
        reverse("hook_kind", args=[connector.pk, secret, kind])
        if kind
        else reverse("hook", args=[connector.pk, secret])
    )
    return settings.SITE_URL + named
