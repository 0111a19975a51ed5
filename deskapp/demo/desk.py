"""The desk of the demo: who works at Hollin & Fell, the addresses it is reached at, and the words it keeps ready."""
# ruff: noqa: E501 - what people say is not wrapped

from dataclasses import dataclass

from django.conf import settings

from conversations.models import CannedReply, Channel, ChannelRate, Medium, SavedView, Tag, Team
from customers.models import Segment
from deskapp.demo import asked, automation, brains, fern, reached, routing
from deskapp.models import Role, User
from deskapp.sign_ins import SIGN_INS
from integrations.adapters.shops.base import OrderAct
from integrations.adapters.trackers.about import new_key
from integrations.adapters.trackers.door import ADAPTER as TRACKER
from integrations.models import Connector

DOMAIN = "hollinfell.example"
MAILBOX = f"support@{DOMAIN}"
CHAT_KEY = "hollin-fell"
SHOP = "Hollin & Fell shop"
IMAP_PORT, SMTP_PORT = 11143, 11025  # where the simulator listens (integrations.simulators)
IDENTITY_SECRET = "the shop's back end signs with this, in the demo only"  # noqa: S105 - a demo has no secrets
MAIL_PASSWORD = "moss-green"  # noqa: S105
SHOP_SECRETS = {"webhook_secret": "orders-of-the-demo", "signing_secret": "the demo shop signs its orders with this"}
RATES = {Medium.EMAIL: "0.01", Medium.CHAT: "0.02", Medium.VOICE: "0.35", Medium.SMS: "0.12", Medium.WHATSAPP: "0.06"}
HOURLY = "24.50"
REFUND_LIMITS = {"ada": 150, "noor": 150, "matthias": 80}

TEAMS = ("Returns", "Orders", "Repairs")
TEAM_OF_TOPIC = {
    "exchange": "Returns", "late": "Orders", "warranty": "Repairs", "invoice": "Orders", "returned": "Returns"
}  # fmt: skip


@dataclass(frozen=True)
class Colleague:
    name: str
    local: str  # of their address
    teams: tuple[str, ...]
    role: str = Role.AGENT
    locale: str = "en"
    timezone: str = "Europe/London"


AGENTS = (
    Colleague("Ada Okafor", "ada", ("Returns",)),
    Colleague("Noor Haddad", "noor", ("Returns", "Orders")),
    Colleague("Tove Bergstrand", "tove", ("Returns",), timezone="Europe/Oslo"),
    Colleague("Matthias Kern", "matthias", ("Orders",), locale="de", timezone="Europe/Berlin"),
    Colleague("Inès Vasseur", "ines", ("Orders", "Returns"), locale="fr", timezone="Europe/Paris"),
    Colleague("Piotr Sadowski", "piotr", ("Repairs",), timezone="Europe/Warsaw"),
    Colleague("Dafydd Howell", "dafydd", ("Repairs",)),
    Colleague("Rosa Iglesias", "rosa", ("Orders", "Repairs"), locale="es", timezone="Europe/Madrid"),
)
CHIEFS = tuple(
    Colleague(who.name, who.email.partition("@")[0], (), who.role) for who in SIGN_INS if who.role != Role.AGENT
)
CANNED = (
    ("Return label", "Returns", "Hi {customer},\n\nYour label is in this mail. Any post counter scans it from the phone, and the refund leaves us on the day we see the parcel.\n\nWarm regards\n{agent}"),
    ("Exchange opened", "Returns", "Hi {customer},\n\nI have opened the exchange. Hand the first one in whenever it suits, the other goes out on the scan.\n\nBest\n{agent}"),
    ("Past thirty days", "Returns", "Dear {customer},\n\nThe thirty days are over, but as you asked us kindly, we take it back as a voucher.\n\n{agent}, {team}"),
    ("Search with the carrier", "Orders", "Hello {customer},\n\nI have opened a search. The carrier must answer within three days, and I write to you then, whatever they say.\n\nBest\n{agent}"),
    ("Invoice attached", "Orders", "Hello {customer},\n\nThe invoice is attached, VAT on its own line.\n\nKind regards\n{agent}"),
    ("Address changed", "Orders", "Hi {customer},\n\nDone: it goes to the new address.\n\n{agent}"),
    ("Workshop, how it goes", "Repairs", "Dear {customer},\n\nPlease wash it first and post it with the label. The menders have it for two weeks, and ring if they find more.\n\n{agent}, {team}"),
    ("Not worth mending", "Repairs", "Dear {customer},\n\nThe cloth itself has gone, a seam would not hold. I can offer a third off its successor.\n\n{agent}"),
    ("May I have a photo?", "", "Hello {customer},\n\nCould you send a picture of the place, by daylight? Then I can tell you at once.\n\n{agent}"),
    ("Closing for now", "", "Hi {customer},\n\nI have not heard from you about “{subject}”, so I close it for now. One line from you opens it again.\n\n{agent}"),
)  # fmt: skip
TAGS = (
    "size", "sizes up", "courier", "stuck in depot", "zip", "seam", "workshop", "invoice", "refund", "return", "gift",
    "vip", "shop pick-up", "hiker", "wholesale", "praise",
)  # fmt: skip
SEGMENTS: dict[str, list[dict[str, object]]] = {
    "Gold": [{"field": "tier", "is": "is", "value": "Gold"}],
    "Something on its way back": [{"field": "return", "is": "open"}],
    "Bought socks, soon again": [{"field": "next_purchase", "is": "soon", "value": 14}],
    "May be lost to us": [{"field": "at_risk", "is": "yes"}],
}
VIEWS = (
    ("By chat, now", "grace", True, "channel=chat"),
    ("Stuck in a depot", "matthias", True, "tag=stuck+in+depot"),
    ("Refunds to check", "grace", True, "tag=refund"),
    ("Sizes, nobody’s yet", "ada", False, "tag=size&assignee=nobody"),
)


def build() -> None:
    """Makes what is missing and leaves alone what is there, so that it may run at every start."""
    teams = {name: Team.objects.get_or_create(name=name)[0] for name in TEAMS}
    for team in teams.values():
        Team.objects.filter(pk=team.pk, signature="").update(signature=f"{team.name}, Hollin & Fell")
    for who in (*AGENTS, *CHIEFS):
        _agent(who, teams)
    mail = _mailbox()
    _chat(mail)
    _rates()
    _tracker()
    _shop()
    reached.build(teams, DOMAIN)
    reached.build_form(IDENTITY_SECRET, mail)
    reached.build_translator()
    for name, of_team, text in CANNED:
        CannedReply.objects.get_or_create(name=name, defaults={"text": text, "team": teams.get(of_team)})
    for name in TAGS:
        Tag.objects.get_or_create(name=name)
    for name, rules in SEGMENTS.items():
        Segment.objects.get_or_create(name=name, defaults={"conditions": {"match": "all", "rules": rules}})
    for name, owner, is_shared, query in VIEWS:
        of = User.objects.get(email=f"{owner}@{DOMAIN}")
        SavedView.objects.get_or_create(owner=of, name=name, defaults={"is_shared": is_shared, "query": query})
    asked.build()
    fern.build()
    brains.build(mail, IDENTITY_SECRET)
    routing.build(DOMAIN)
    automation.build()


def _agent(who: Colleague, teams: dict[str, Team]) -> None:
    email = f"{who.local}@{DOMAIN}"
    if User.objects.filter(email=email).exists():
        return
    password = next((known.password for known in SIGN_INS if known.email == email), SIGN_INS[0].password)
    user = User.objects.create_user(
        email, password, name=who.name, role=who.role, locale=who.locale, timezone=who.timezone,
        refund_limit=REFUND_LIMITS.get(who.local, 0),
    )  # fmt: skip
    user.teams.add(*(teams[name] for name in who.teams))


def _mailbox() -> Channel:
    """One address for every team: the mail's team is found by whoever takes it."""
    channel, _ = Channel.objects.get_or_create(
        medium=Medium.EMAIL, address=MAILBOX, defaults={"name": "Support", "signature": "Hollin & Fell, Kendal"}
    )
    place: dict[str, object] = {"username": MAILBOX, "auth": "password", "brand": "Hollin & Fell"}
    place |= {
        "imap_host": "127.0.0.1",
        "imap_port": IMAP_PORT,
        "imap_security": "none",
        "folder": "INBOX",
        "start": "all",
    }
    place |= {"smtp_host": "127.0.0.1", "smtp_port": SMTP_PORT, "smtp_security": "none", "smtp_auth": False}
    if not Connector.objects.filter(channel=channel).exists():
        connector = Connector(name="Support mailbox", adapter="imap", channel=channel, settings=place)
        connector.secrets = {"password": MAIL_PASSWORD}
        connector.save()
    return channel


def _chat(mail: Channel) -> None:
    reached.build_chat(CHAT_KEY, "Shop chat", mail, bot="Fern", identity_secret=IDENTITY_SECRET)


def _rates() -> None:
    """What Hollin & Fell pay: their providers for each conversation, and their people for each hour."""
    for medium, each in RATES.items():
        rate = {"per_conversation": each, "per_hour": HOURLY, "currency": "GBP"}
        ChannelRate.objects.get_or_create(medium=medium, channel=None, defaults=rate)


def _tracker() -> None:
    """The pages of the demo shop report what their visitors look at, once these agree."""
    if Connector.objects.filter(adapter=TRACKER).exists():
        return
    place = {"origins": [settings.SITE_URL], "trusted": False, "consent": "required"}
    connector = Connector.objects.create(name="Shop pages", adapter=TRACKER, settings=place)
    connector.secrets = {"write_key": new_key(connector), "identity": IDENTITY_SECRET}
    connector.save(update_fields=["sealed"])


def _shop() -> None:
    """Its orders come by the webhook that any shop may use; it takes refunds and the like where it is itself."""
    connector = Connector.objects.filter(adapter="orders", name=SHOP).first() or Connector(adapter="orders", name=SHOP)
    place = {"shop": "", "act_url": f"{settings.SITE_URL}/demo-shop/acts/", "acts": list(OrderAct)}
    if connector.settings != place:  # the demo may listen at another port than last time
        connector.settings, connector.secrets = place, SHOP_SECRETS
        connector.save()
