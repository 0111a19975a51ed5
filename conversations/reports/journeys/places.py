"""The places at which customers are: channels, the site, a shop, and the steps of a purchase; each with its word."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from conversations.models import Medium
from conversations.story_words import HUES

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from deskapp.models import User

BOT, SITE, APP, CART, SHOP = "bot", "site", "app", "cart", "shop"
ORDER, DELIVERY, RETURN, ARRIVED, REFUND, CANCEL = "order", "delivery", "return", "arrived", "refund", "cancel"
NEAR = 2  # places on each side of the contact that make a way
END, GONE = "end", "gone"  # no places: where a way ends, and where it ends in nothing


@dataclass(frozen=True)
class Place:
    """`code`: two letters that no other place has, for writing a whole way in one word."""

    code: str
    label: "StrOrPromise"
    icon: str
    hue: str = ""


def _media() -> dict[str, Place]:
    return {
        medium.value: Place(
            code,
            medium.label,
            "sms" if medium == Medium.SMS else HUES.get(medium, "messaging"),
            HUES.get(medium, "messaging"),
        )
        for medium, code in {
            Medium.EMAIL: "em", Medium.CHAT: "ch", Medium.VOICE: "vo", Medium.SMS: "sm", Medium.WHATSAPP: "wa",
            Medium.MESSENGER: "fb", Medium.INSTAGRAM: "ig", Medium.TELEGRAM: "tg", Medium.MASTODON: "ma",
            Medium.X: "xx", Medium.LINE: "li", Medium.API: "ap",
        }.items()
    }  # fmt: skip


PLACES: dict[str, Place] = {
    **_media(),
    BOT: Place("bo", _("Bot"), "bot", "bot"),
    SITE: Place("si", _("On the site"), "browse", "web"),
    APP: Place("mo", _("In the app"), "browse", "web"),
    CART: Place("ca", _("At the checkout"), "cart", "web"),
    SHOP: Place("sh", _("In a shop"), "place"),
    ORDER: Place("or", _("Order placed"), "order"),
    DELIVERY: Place("de", _("Delivered"), "delivery"),
    RETURN: Place("re", _("Return opened"), "return"),
    ARRIVED: Place("ra", _("Return arrived"), "return"),
    REFUND: Place("rf", _("Refunded"), "return"),
    CANCEL: Place("cn", _("Order cancelled"), "close"),
}
ENDS: dict[str, "StrOrPromise"] = {END: _("Nothing more to do"), GONE: _("Went silent")}
BY_CODE = {place.code: key for key, place in PLACES.items()}

# Which events are a place, by their standard names (customers.event_names).
OF_EVENTS = {
    "Order Placed": ORDER,
    "Order Delivered": DELIVERY,
    "Order Collected": SHOP,
    "Order Cancelled": CANCEL,
    "Order Refunded": REFUND,
    "Return Opened": RETURN,
    "Return Received": ARRIVED,
    "Return Refunded": REFUND,
    "Cart Left": CART,
    "Checkout Started": CART,
    "Place Visited": SHOP,
    "Application Opened": APP,
}
BROWSING = frozenset({SITE, APP, CART})
PURCHASES = frozenset({ORDER, DELIVERY, RETURN, ARRIVED, REFUND, CANCEL})


def of_event(name: str) -> Place:
    return PLACES[OF_EVENTS[name]]


def seen_as(agent: "User", key: str) -> str:
    """What an agent is told of a place: who may not see what customers look at knows that they were on the site, and
    who may not see what they buy that it was about an order."""
    if key in BROWSING and not agent.sees_browsing:
        return SITE
    return ORDER if key in PURCHASES and not agent.sees_purchases else key


def told_as(agent: "User", key: str) -> str:
    """The same for a contact of two, "bot>chat"."""
    return ">".join(seen_as(agent, part) for part in key.split(">"))


def behind(agent: "User", key: str) -> list[str]:
    """The places that this agent is told of as `key`. Raises KeyError of one that they are told nothing of."""
    if seen_as(agent, key) != key:
        raise KeyError(key)
    return [each for each in PLACES if seen_as(agent, each) == key]


def label(key: str) -> str:
    """Also of a contact that began at one place and ended at another."""
    if key in ENDS:
        return str(ENDS[key])
    return " › ".join(str(PLACES[part].label) if part in PLACES else part for part in key.split(">"))


def hue(key: str) -> str:
    place = PLACES.get(key.split(">", 1)[0])
    return place.hue if place else ""


def met_at(places: Sequence[str]) -> str:
    """The contact as one place: where it began, and where it ended if that is another."""
    return places[0] if places[0] == places[-1] else f"{places[0]}>{places[-1]}"


def code(before: Sequence[str], contact: Sequence[str], after: Sequence[str]) -> str:
    """ "si-boch-or": the way by which journeys are told alike, from NEAR places before the contact to NEAR after it. A
    whole journey is hardly ever like another."""
    ends = [contact[0], contact[-1]] if contact[0] != contact[-1] else contact[:1]
    parts = (before[-NEAR:], ends, after[:NEAR])
    return "-".join("".join(PLACES[key].code for key in part) for part in parts)


def read(way: str) -> tuple[list[str], list[str], list[str]]:
    """The way that `code` wrote; what is none raises ValueError or KeyError."""
    before, contact, after = way.split("-")
    parts = [[BY_CODE[part[at : at + 2]] for at in range(0, len(part), 2)] for part in (before, contact, after)]
    return parts[0], parts[1], parts[2]
