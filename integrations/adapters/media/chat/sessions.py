"""Who is at the widget: a signed token of ours for every visitor, a JWT of the shop's back end for the signed-in."""

import re
import uuid
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import jwt
from django.conf import settings
from django.core import signing
from django.utils import timezone
from django.utils.crypto import salted_hmac

from customers.identify import Handle, normalise
from customers.models import Identity
from customers.models.identity import Kind
from integrations.models import Connector

SALT = "chat-visitor"
ANONYMOUS_LASTS = timedelta(days=365)
UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
KNOWN = [kind for kind in Kind.values if kind != Kind.VISITOR]
LEEWAY = 30  # seconds between two clocks
PROVEN_LASTS = timedelta(days=1)  # then the page brings a new JWT, or the person is signed out


@dataclass(frozen=True)
class Visitor:
    """One browser at one channel. `shop`, `email` and `name` are proven by the shop, or empty."""

    connector: int
    id: str
    shop: str = ""  # the value of the shop identity
    email: str = ""
    name: str = ""

    @property
    def is_proven(self) -> bool:
        return bool(self.shop)

    @property
    def person(self) -> dict[str, str] | None:
        """What the widget may know of a proven customer; `key` names them without telling the shop's id."""
        if not self.is_proven:
            return None
        return {"name": self.name, "email": self.email, "key": salted_hmac(SALT, self.shop).hexdigest()[:20]}

    def handles(self, about: dict[str, str]) -> tuple[Handle, ...]:
        """Who says it, for customers.identify: the browser first, then what is proven, then what is only typed in."""
        handles = [Handle(Kind.VISITOR, self.id, self.name or about.get("name", ""), source="chat")]
        if self.shop:
            handles.append(Handle(Kind.SHOP, self.shop, source="shop sign-in"))
        if self.email:
            handles.append(Handle(Kind.EMAIL, self.email, source="shop sign-in"))
        elif typed := address_of(about.get("email", "")):
            handles.append(Handle(Kind.EMAIL, typed, is_verified=False, source="typed into the chat"))
        return tuple(handles)


def address_of(text: str) -> str:
    """The e-mail address in `text`, normalised, or "" where there is none."""
    try:
        return normalise(Kind.EMAIL, text)
    except ValueError:
        return ""


def connector_of(key: str) -> Connector | None:
    """The connector of the channel whose key the shop's script tag names."""
    return (
        Connector.objects.select_related("channel__team", "channel__fallback")
        .filter(adapter="chat", is_active=True, channel__address=key, channel__medium="chat", channel__is_active=True)
        .first()
    )


def allows(connector: Connector, origin: str) -> bool:
    """Only pages of the shop's own origins may talk to us; the desk's own are the demo shop's."""
    allowed = {entry.rstrip("/").lower() for entry in connector.settings.get("origins", [])}
    if settings.LOCAL:
        allowed |= {settings.SITE_URL.lower()}
        if (urlsplit(origin).hostname or "") in ("localhost", "127.0.0.1", "::1"):
            return True  # a desk on one's own machine, whatever its port
    return origin.rstrip("/").lower() in allowed


def open_session(connector: Connector, token: str, identity: str, browser: str = "") -> Visitor:
    """The visitor behind `token` and the shop's `identity`, or a new one where the two are not the same person.
    `browser` is the id that the tracker gave to this browser: a new visitor takes it, so that what they look at and
    what they say is of one identity."""
    before = read_token(connector, token)
    proven = vouched_for(connector, identity, at=timezone.now())
    if before and _is_same_person(before, proven):
        return replace(proven, id=before.id) if proven else before
    new = proven or Visitor(connector.pk, str(uuid.uuid4()))
    if browser and _is_free(browser) and _is_same_person(replace(new, id=browser, shop=""), proven):
        return replace(new, id=browser)
    return new


def _is_free(browser: str) -> bool:
    """Nothing signs a tracker's id, so it opens nobody's chat: only one that nobody has spoken by, and that belongs to
    nobody who is known."""
    if not UUID.fullmatch(browser):
        return False
    theirs = Identity.objects.filter(kind=Kind.VISITOR, value=browser)
    is_spoken_by = theirs.filter(messages__isnull=False).exists()
    return not is_spoken_by and not theirs.filter(customer__identities__kind__in=KNOWN).exists()


def make_token(visitor: Visitor) -> str:
    return signing.dumps(asdict(visitor), salt=SALT, compress=True)


def read_token(connector: Connector, token: str) -> Visitor | None:
    """None for a token that is forged, too old, or of another channel."""
    try:
        visitor = Visitor(**signing.loads(token or "", salt=SALT, max_age=ANONYMOUS_LASTS))
        if visitor.is_proven:
            signing.loads(token, salt=SALT, max_age=PROVEN_LASTS)
    except (signing.BadSignature, TypeError):
        return None
    return visitor if visitor.connector == connector.pk else None


def _is_same_person(before: Visitor, proven: Visitor | None) -> bool:
    """On a shared computer the next person must not see, or become, the one before (invariant 5)."""
    if before.shop:
        return proven is not None and proven.shop == before.shop
    if proven is None:
        return True
    owned_by_others = Identity.objects.filter(kind=Kind.SHOP, customer__identities__value=before.id).exclude(
        value=proven.shop
    )
    return not owned_by_others.filter(customer__identities__kind=Kind.VISITOR).exists()


def vouched_for(connector: Connector, identity: str, *, at: datetime) -> Visitor | None:
    """What the shop's back end vouched for at that time: an HS256 JWT under the connector's identity secret (RFC 7519).
    None for one that is out of date or not genuine: then they are a visitor like any other."""
    secret = connector.secrets.get("identity", "")
    if not (secret and identity):
        return None
    try:
        claims = jwt.decode(
            identity,
            secret,
            algorithms=["HS256"],
            leeway=LEEWAY,
            options={"require": ["exp", "sub"], "verify_exp": False},
        )
        until, who = float(claims["exp"]), str(claims["sub"]).replace("\x00", "").strip()
    except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError):
        return None
    if not who or not until + LEEWAY >= at.timestamp():  # no number is later than NaN
        return None  # a shop that signs its guests as "" does not make them one person
    shop = connector.settings.get("shop", "")  # two shops may both have a customer 17
    value = normalise(Kind.SHOP, f"{shop}:{who}" if shop else who)
    email = address_of(str(claims.get("email") or "")) if claims.get("email_verified", True) else ""
    return Visitor(connector.pk, str(uuid.uuid4()), value, email, str(claims.get("name") or "")[:200])
