"""What a mailbox tells of itself: the fields of its form, and what of them follows from the others."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.models import Medium
from customers.identify import normalise
from customers.models.identity import Kind
from integrations.adapters.about import About, Field
from integrations.models import Connector

# host of IMAP, host of SMTP, security of SMTP: as the providers' help pages give them
KNOWN = {
    "gmail.com": ("imap.gmail.com", "smtp.gmail.com", "tls"),
    "outlook.com": ("outlook.office365.com", "smtp.office365.com", "starttls"),
    "fastmail.com": ("imap.fastmail.com", "smtp.fastmail.com", "tls"),
    "icloud.com": ("imap.mail.me.com", "smtp.mail.me.com", "starttls"),
    "gmx.net": ("imap.gmx.net", "mail.gmx.net", "starttls"),
    "yahoo.com": ("imap.mail.yahoo.com", "smtp.mail.yahoo.com", "tls"),
}
BY_AUTH = {"google": KNOWN["gmail.com"], "microsoft": KNOWN["outlook.com"]}
SECURITIES = (
    ("tls", "TLS"),
    ("starttls", "STARTTLS"),
    ("none", gettext_lazy("none, on a machine of yours")),
)
_IN, _OUT = gettext_lazy("Reading mail, IMAP"), gettext_lazy("Sending mail, SMTP")
_SIGNING, _MORE = gettext_lazy("Signing in"), gettext_lazy("Details")
_THEIRS = gettext_lazy("For Google or Microsoft alone")


def an_address(text: str) -> str:
    return normalise(Kind.EMAIL, text)


ABOUT = About(
    title=gettext_lazy("A mailbox, by IMAP and SMTP"),
    what=gettext_lazy("Mail of customers comes in from a mailbox you have already, and answers go out by its server."),
    medium=Medium.EMAIL,
    address=gettext_lazy("Address of the mailbox"),
    manual="https://support.google.com/mail/answer/7126229",
    at_provider=(
        gettext_lazy("Google or Microsoft: choose to sign in with them below; nothing is to be switched on elsewhere."),
        gettext_lazy(
            "For that, make an OAuth client there once (Google Cloud Console, or Entra ID): type web application, with"
            " this redirect address: {redirect_address}"
        ),
        gettext_lazy(
            "Others: switch IMAP on in the mailbox's own settings, and make an app password where there is one."
        ),
    ),
    fields=(
        Field(
            "auth",
            gettext_lazy("By"),
            "choice",
            default="password",
            choices=(
                ("password", gettext_lazy("name and password")),
                ("google", gettext_lazy("signing in with Google")),
                ("microsoft", gettext_lazy("signing in with Microsoft")),
            ),
            group=_SIGNING,
        ),
        Field(
            "username",
            gettext_lazy("User"),
            help=gettext_lazy("The address, if left empty."),
            is_required=False,
            group=_SIGNING,
        ),
        Field("password", gettext_lazy("Password"), "secret", is_required=False, group=_SIGNING),
        Field(
            "tenant",
            gettext_lazy("Tenant, at Microsoft"),
            help=gettext_lazy("“common”, if left empty."),
            is_required=False,
            group=_THEIRS,
        ),
        Field("client_id", gettext_lazy("Client id"), "secret", is_required=False, group=_THEIRS),
        Field("client_secret", gettext_lazy("Client secret"), "secret", is_required=False, group=_THEIRS),
        Field(
            "refresh_token",
            gettext_lazy("Refresh token"),
            "secret",
            help=gettext_lazy("Signing in brings it by itself."),
            is_required=False,
            group=_THEIRS,
        ),
        Field(
            "imap_host",
            gettext_lazy("Server"),
            help=gettext_lazy("Known for the large providers, if left empty."),
            is_required=False,
            group=_IN,
        ),
        Field("imap_port", gettext_lazy("Port"), "number", is_required=False, example="993", group=_IN, columns=1),
        Field(
            "imap_security", gettext_lazy("Security"), "choice", default="tls", choices=SECURITIES, group=_IN, columns=2
        ),
        Field("folder", gettext_lazy("Folder"), default="INBOX", group=_IN),
        Field(
            "start",
            gettext_lazy("To begin with, fetch"),
            "choice",
            default="all",
            choices=(("all", gettext_lazy("all that is there")), ("now", gettext_lazy("new mail only"))),
            group=_IN,
        ),
        Field("smtp_host", gettext_lazy("Server"), is_required=False, group=_OUT),
        Field("smtp_port", gettext_lazy("Port"), "number", is_required=False, example="587", group=_OUT, columns=1),
        Field(
            "smtp_security",
            gettext_lazy("Security"),
            "choice",
            is_required=False,
            choices=SECURITIES,
            group=_OUT,
            columns=2,
        ),
        Field(
            "smtp_auth",
            gettext_lazy("It wants the name and password, too"),
            "switch",
            default="on",
            is_required=False,
            group=_OUT,
            columns=6,
        ),
        Field("brand", gettext_lazy("Name that customers see"), is_required=False, group=_MORE),
        Field(
            "aliases",
            gettext_lazy("Further addresses of yours"),
            "list",
            is_required=False,
            settled=an_address,
            group=_MORE,
        ),
        Field(
            "authserv",
            gettext_lazy("Server that checks senders"),
            help=gettext_lazy(
                "As it names itself in the header Authentication-Results. By its word alone a bot knows who wrote."
            ),
            is_required=False,
            example="mx.example.com",
            group=_MORE,
        ),
        Field(
            "plus_addresses",
            gettext_lazy("The server takes support+word@…"),
            "switch",
            default="on",
            is_required=False,
            group=_MORE,
        ),
        Field(
            "ca",
            gettext_lazy("Who signed your server's certificate, in PEM"),
            "area",
            help=gettext_lazy("Only for a server of your own."),
            is_required=False,
            group=_MORE,
            columns=6,
        ),
    ),
)


def wire(connector: Connector) -> None:
    """What is known of the large providers, and what the way of signing in wants. Raises WrongError."""
    from integrations.wiring import WrongError

    said, secrets, wrong = connector.settings, connector.secrets, dict[str, str]()
    address = connector.channel.address if connector.channel else ""
    auth = str(said.get("auth", "password"))
    incoming, outgoing, security = BY_AUTH.get(auth) or KNOWN.get(address.rpartition("@")[2].lower()) or ("", "", "")
    for name, value in (("username", address), ("imap_host", incoming), ("smtp_host", outgoing)):
        if not said.get(name) and value:
            said[name] = value
    said["smtp_security"] = said.get("smtp_security") or security or "starttls"
    for name in ("imap_host", "smtp_host"):
        if not said.get(name):
            wrong[name] = _("It is needed: the mail provider's help names it.")
    if auth == "password" and not secrets.get("password"):
        wrong["password"] = _("It is needed.")
    for name in ("client_id", "client_secret"):
        if auth in BY_AUTH and not secrets.get(name):
            wrong[name] = _("It is needed to sign in with %(name)s.") % {"name": auth.capitalize()}
    if wrong:
        raise WrongError(wrong)
