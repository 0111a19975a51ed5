"""One call of the tracking API as facts: who made it, what was done and when, by whose clock."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from customers.carts import line_of
from customers.event_names import MEANINGS, PAGE_VIEWED, SCREEN_VIEWED, standard
from customers.facts import CartFact, ConsentFact, EventFact, Fact, TraitsFact
from customers.identify import Handle, normalise
from customers.models import Category, Purpose
from customers.models.identity import Kind
from customers.money import currency_of, sum_of
from integrations.adapters.media.chat.sessions import vouched_for
from integrations.adapters.trackers import consents
from integrations.adapters.trackers.batch import CONSENT, Json, moment
from integrations.models import Connector

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # what is older is a clock that was never set
AHEAD = timedelta(days=1)  # further in the future is a clock that is wrong; less is taken for now
MONEY = ("price", "value", "total", "revenue", "subtotal", "tax", "shipping", "amount")
ID_LENGTH, NAME_LENGTH = 300, 120
PAGE_LENGTH, CAMPAIGN_LENGTH, MOST_CAMPAIGN = 1000, 100, 10
# Ids of browsers that are made of chance are nobody else's; others are kept apart by the connector.
RANDOM = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|[\w-]{20,}")
PLACE = ("city", "region", "country", "latitude", "longitude")
CARTS = {"Cart Updated": "", "Cart Viewed": "", "Checkout Started": "checkout", "Checkout Step Completed": "checkout"}


@dataclass(frozen=True)
class Sender:
    """What all calls of one batch have in common."""

    connector: Connector
    received_at: datetime
    sent_at: datetime | None
    name: str  # of the batch: a call without a messageId is named by it and its place
    is_history: bool = False  # of /v1/import: the dates are true, the clock is no browser's

    @property
    def is_trusted(self) -> bool:
        """The key is on the shop's own servers, so what it says of its customers is proven."""
        return bool(self.connector.settings.get("trusted"))

    def corrected(self, call: Json) -> datetime:
        """By our clock: the sender's may be wrong, but it knows how long ago something was when it sent it."""
        at = moment(call.get("timestamp") or call.get("originalTimestamp"))
        sent_at = moment(call.get("sentAt")) or self.sent_at
        if at and sent_at and not self.is_history:
            try:
                at = self.received_at - (sent_at - at)
            except OverflowError:
                raise ValueError("Its clock and the sender's are thousands of years apart.") from None
        at = at or self.received_at
        if at < EARLIEST:
            raise ValueError(f"It happened in {at.year}, says its clock.")
        if at > self.received_at + AHEAD:
            raise ValueError(f"It happens in the future, on {at:%Y-%m-%d}, says its clock.")
        return min(at, self.received_at)


def behaves(call: object) -> bool:
    """Whether this call tells what somebody did on the site, for which they must have agreed."""
    if not isinstance(call, dict) or call.get("type") in ("identify", "alias", "group", CONSENT):
        return False
    if call.get("type") == "track":
        known = MEANINGS.get(standard(str(call.get("event"))))
        return known is None or known.category == Category.BEHAVIOURAL
    return True


def facts_of(call: Json, sender: Sender, number: int, shared: Json) -> tuple[Fact, ...]:
    """`shared` is the batch's own context. Raises ValueError with the reason in words for what cannot be."""
    context: Json = {**shared, **(call.get("context") or {})}
    at = sender.corrected(call)
    handles = _handles(call, sender, context)
    name = call.get("messageId") or call.get("message_id") or f"{sender.name}:{number}"
    if not isinstance(name, str) or len(name) > 200:
        raise ValueError("The messageId is text of up to 100 characters.")
    told = consents.told(sender.connector, context)
    said = tuple(_consents(sender.connector, handles, told, at))
    if call["type"] == CONSENT:
        return said
    if Purpose.ANALYTICS not in told and consents.is_required(sender.connector):
        told = {**told, Purpose.ANALYTICS: False}
    kept = _kept_context(context, told)
    if call["type"] in ("identify", "alias", "group"):
        facts: tuple[Fact, ...] = (TraitsFact(sender.connector.pk, name, handles, _traits(call), at),)
    else:
        facts = tuple(_done(call, sender, name, handles, at, kept))
    return (*said, *facts)


def _done(
    call: Json, sender: Sender, name: str, handles: tuple[Handle, ...], at: datetime, context: Json
) -> Iterator[EventFact | CartFact]:
    properties: Json = dict(call.get("properties") or {})
    event = {"page": PAGE_VIEWED, "screen": SCREEN_VIEWED}.get(call["type"]) or call.get("event")
    if not isinstance(event, str) or not event.strip():
        raise ValueError("A track call needs the name of its event.")
    if len(event) > NAME_LENGTH:
        raise ValueError(f"The name of an event has up to {NAME_LENGTH} characters.")
    for word in ("name", "category") if call["type"] != "track" else ():
        if isinstance(call.get(word), str):
            properties.setdefault(word, call[word])
    event = standard(event.strip())
    check_money(event, properties)
    yield EventFact(sender.connector.pk, name, handles, event, at, properties, context)
    if event in CARTS and (cart := _cart(event, sender, handles, at, properties)):
        yield cart


def check_money(event: str, properties: Json) -> None:
    """Of names that we know, and of whatever names a currency. Raises ValueError."""
    if properties.get("currency") is not None:
        if not isinstance(properties["currency"], str):
            raise ValueError("A currency is a code of three letters.")
        currency_of(properties["currency"])
    elif event not in MEANINGS:
        return
    about = [properties, *_products(properties)]
    for each in about:
        for name in MONEY:
            if each.get(name) not in (None, ""):
                sum_of(each[name])
        quantity = each.get("quantity")
        if isinstance(quantity, int | float) and quantity < 0:
            raise ValueError(f"A quantity is not negative: {quantity}.")


def _products(properties: Json) -> list[Json]:
    listed = properties.get("products") or properties.get("items")
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _cart(event: str, sender: Sender, handles: tuple[Handle, ...], at: datetime, properties: Json) -> CartFact | None:
    """The whole cart, where the call names it and lists what is in it."""
    name, products = properties.get("cart_id") or properties.get("checkout_id"), _products(properties)
    if not isinstance(name, str | int) or (not products and event != "Cart Updated"):
        return None
    lines = tuple(line for line in map(line_of, products) if line)
    total = next((properties[key] for key in ("total", "value", "revenue") if properties.get(key)), None)
    return CartFact(
        source=sender.connector.pk,
        external_id=str(name)[:120],
        handles=handles,
        changed_at=at,
        step=str(properties.get("step") or CARTS[event])[:80],
        currency=str(properties.get("currency") or "").upper(),
        total=sum_of(total) if total is not None else sum((line.price * line.quantity for line in lines), Decimal(0)),
        lines=lines,
        url=str(properties.get("cart_url") or properties.get("url") or "")[:500],
    )


def _handles(call: Json, sender: Sender, context: Json) -> tuple[Handle, ...]:
    """First who it is proven to be. What a browser says of its user is a claim: anybody can say it."""
    user, visitor = _id(call.get("userId")), _id(call.get("anonymousId"))
    if call["type"] == "alias":
        visitor = _id(call.get("previousId")) or visitor
        if not (user and visitor):
            raise ValueError("An alias needs a userId and a previousId.")
    if not (user or visitor):
        raise ValueError("A call needs a userId or an anonymousId.")
    about = call.get("traits") if call["type"] == "identify" else context.get("traits")
    about = about if isinstance(about, dict) else {}
    source, called = sender.connector.name[:80], _called(about)
    handles = [Handle(Kind.VISITOR, browser_id(sender.connector, visitor), called, source=source)] if visitor else []
    if user:
        shop = sender.connector.settings.get("shop", "")  # two shops may both have a customer 17
        value = f"{shop}:{user}" if shop else user
        handles.insert(
            0 if sender.is_trusted else len(handles), Handle(Kind.SHOP, value, called, sender.is_trusted, source)
        )
    return (*_vouched_for(sender, context, source), *handles, *_addresses(about, sender, source))


def _vouched_for(sender: Sender, context: Json, source: str) -> Iterator[Handle]:
    """Who is signed in, by the same token of the shop's back end that the chat widget brings."""
    token = context.get("identity")
    person = vouched_for(sender.connector, token, at=sender.received_at) if isinstance(token, str) else None
    if person:
        yield Handle(Kind.SHOP, person.shop, person.name, source=source)
        if person.email:
            yield Handle(Kind.EMAIL, person.email, source=source)


def _id(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | None):
        raise ValueError("An id is text or a number.")
    text = "" if value is None else str(value).strip()
    if len(text) > ID_LENGTH:
        raise ValueError(f"An id has up to {ID_LENGTH} characters.")
    return text


def browser_id(connector: Connector, visitor: str) -> str:
    """The value of the visitor's identity."""
    return visitor if RANDOM.fullmatch(visitor) else f"{connector.pk}:{visitor}"


def _called(about: Json) -> str:
    name = about.get("name") or " ".join(
        str(about[key]) for key in ("firstName", "lastName", "first_name", "last_name") if about.get(key)
    )
    return name.strip()[:200] if isinstance(name, str) else ""


def _addresses(about: Json, sender: Sender, source: str) -> Iterator[Handle]:
    """Proven only where the shop's servers say so and the connector says that the shop asks for a confirmation."""
    proven = sender.connector.settings.get("verifies", []) if sender.is_trusted else []
    region = str(sender.connector.settings.get("region", ""))
    for kind in (Kind.EMAIL, Kind.PHONE):
        given = about.get(str(kind))
        if isinstance(given, str) and given.strip():
            try:
                normalise(kind, given, region=region or None)
                yield Handle(kind, given, is_verified=kind in proven, source=source, region=region)
            except ValueError:
                continue  # an address that is none is a trait, and no handle


def _traits(call: Json) -> Json:
    traits = call.get("traits") or {}
    if call["type"] == "group":
        group = _id(call.get("groupId"))
        if not group:
            raise ValueError("A group call needs a groupId.")
        return {"group": {"id": group, **traits}}
    return traits if call["type"] == "identify" else {}


def _consents(
    connector: Connector, handles: tuple[Handle, ...], told: dict[str, bool], at: datetime
) -> Iterator[ConsentFact]:
    for purpose, is_granted in told.items():
        yield ConsentFact(connector.pk, handles, purpose, is_granted, at, f"said by {connector.name}"[:400])


def _kept_context(context: Json, told: dict[str, bool]) -> Json:
    """What we keep of a call's context: no address of the network, no fingerprint; a place only where it may be."""
    kept: Json = {}
    page, campaign = context.get("page"), context.get("campaign")
    if isinstance(page, dict):
        kept["page"] = _clipped(page, ("url", "title", "referrer", "path"), PAGE_LENGTH)
    if isinstance(campaign, dict) and campaign:
        kept["campaign"] = _clipped(campaign, sorted(campaign)[:MOST_CAMPAIGN], CAMPAIGN_LENGTH)
    for ours, theirs in (("language", "locale"), ("timezone", "timezone")):
        if isinstance(context.get(theirs), str) and context[theirs]:
            kept[ours] = context[theirs][:64]
    agent, device = context.get("userAgent"), context.get("device")
    if isinstance(agent, str) and agent:
        kept["device"] = device_of(agent)
    elif isinstance(device, dict) and (device.get("name") or device.get("type")):
        kept["device"] = str(device.get("name") or device.get("type"))[:80]
    if told:
        kept["consent"] = {str(purpose): is_granted for purpose, is_granted in told.items()}
    place = context.get("location")
    if told.get(Purpose.LOCATION) and isinstance(place, dict):
        kept["place"] = {name: place[name] for name in PLACE if place.get(name)}
    return kept


def _clipped(said: Json, names: Iterable[str], most: int) -> Json:
    """The texts under these names. A batch says it once for thousands of events, and each of them keeps it."""
    return {name[:80]: said[name][:most] for name in names if isinstance(said.get(name), str) and said[name]}


@lru_cache(maxsize=2048)
def device_of(agent: str) -> str:
    """“Firefox, Android”: as much as helps to help, and no more."""
    browsers = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "FxiOS": "Firefox", "CriOS": "Chrome"}
    browsers |= {"Chrome": "Chrome", "Safari": "Safari"}
    systems = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows"}
    systems |= {"Mac OS X": "Mac", "CrOS": "ChromeOS", "Linux": "Linux"}
    found = [next((name for word, name in names.items() if word in agent), "") for names in (browsers, systems)]
    return ", ".join(filter(None, found))
