"""The names of events that analytics tools and shops share: what each is to us, and the line it makes in a timeline."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from customers.models.event import Category
from customers.money import currency_of, formatted, sum_of

Properties = Mapping[str, object]

BEHAVIOURAL, TRANSACTIONAL = Category.BEHAVIOURAL, Category.TRANSACTIONAL
ATTITUDINAL, PROFILE, CONTEXTUAL = Category.ATTITUDINAL, Category.PROFILE, Category.CONTEXTUAL


@dataclass(frozen=True)
class Meaning:
    """`says` needs the words that stand in it ("%(product)s", as `words` finds them); `plain` needs none."""

    category: Category
    icon: str  # of static/icons.svg
    plain: str | Promise
    says: str | Promise = ""
    is_folded: bool = False  # one of many of a visit: shown only inside its line
    is_browsing: bool = False  # happens on the site, so it belongs to a visit
    aliases: tuple[str, ...] = ()


def folded(icon: str, plain: str | Promise, says: str | Promise = "", *aliases: str) -> Meaning:
    return Meaning(BEHAVIOURAL, icon, plain, says, is_folded=True, is_browsing=True, aliases=aliases)


def browsing(icon: str, plain: str | Promise, says: str | Promise = "", *aliases: str) -> Meaning:
    return Meaning(BEHAVIOURAL, icon, plain, says, is_browsing=True, aliases=aliases)


def of(category: Category, icon: str, plain: str | Promise, says: str | Promise = "", *aliases: str) -> Meaning:
    return Meaning(category, icon, plain, says, aliases=aliases)


PAGE_VIEWED, PAGE_LEFT, PRODUCT_VIEWED, PRODUCTS_SEARCHED = (
    "Page Viewed",
    "Page Left",
    "Product Viewed",
    "Products Searched",
)
SCREEN_VIEWED = "Screen Viewed"
WISHED, UNWISHED = "Product Added to Wishlist", "Product Removed from Wishlist"
PROFILE_CHANGED, CONSENT_CHANGED = "Profile Changed", "Consent Changed"

# Aliases are compared without case, spaces and underscores: "page_view", "Page View" and "pageview" are one.
MEANINGS: dict[str, Meaning] = {
    PAGE_VIEWED: folded("browse", _("Viewed a page"), _("Viewed “%(page)s”"), "page_view", "page", "$pageview"),
    PAGE_LEFT: folded("browse", _("Left a page"), _("Left “%(page)s”"), "page_leave", "user_engagement"),
    SCREEN_VIEWED: folded("browse", _("Viewed a screen"), _("Viewed “%(page)s”"), "screen_view", "screen"),
    PRODUCT_VIEWED: folded(
        "browse", _("Looked at a product"), _("Looked at %(product)s"), "view_item", "viewed_product", "product_view"
    ),
    "Product Clicked": folded("browse", _("Chose a product"), _("Chose %(product)s"), "select_item", "select_content"),
    "Product List Viewed": folded(
        "browse",
        _("Looked through a list of products"),
        _("Looked through %(list)s"),
        "view_item_list",
        "collection_viewed",
        "viewed_product_category",
    ),
    "Product List Filtered": folded("filter", _("Filtered a list of products"), _("Filtered %(list)s")),
    PRODUCTS_SEARCHED: folded(
        "search", _("Searched the shop"), _("Searched for “%(query)s”"), "search", "search_submitted", "searched"
    ),
    "Promotion Viewed": folded("browse", _("Saw a promotion"), _("Saw “%(name)s”"), "view_promotion"),
    "Promotion Clicked": folded("browse", _("Followed a promotion"), _("Followed “%(name)s”"), "select_promotion"),
    "Scrolled": folded("browse", _("Scrolled a page"), "", "scroll"),
    "Cart Viewed": folded("cart", _("Looked at the cart"), "", "view_cart", "viewed_cart"),
    "Session Started": folded("browse", _("Came to the shop"), "", "session_start", "first_visit"),
    "Product Added": browsing(
        "cart",
        _("Put a product in the cart"),
        _("Put %(product)s in the cart"),
        "add_to_cart",
        "product_added_to_cart",
        "added_product",
        "added_to_cart",
    ),
    "Product Removed": browsing(
        "cart",
        _("Took a product out of the cart"),
        _("Took %(product)s out of the cart"),
        "remove_from_cart",
        "product_removed_from_cart",
        "removed_product",
        "removed_from_cart",
    ),
    "Cart Updated": browsing("cart", _("Changed the cart"), _("Changed the cart, now %(total)s"), "cart_update"),
    "Cart Left": browsing(
        "cart",
        _("Left a cart behind"),
        _("Left a cart of %(total)s behind"),
        "cart_abandoned",
        "checkout_abandoned",
        "abandoned_cart",
    ),
    "Checkout Started": browsing(
        "cart", _("Began checkout"), _("Began checkout of %(total)s"), "begin_checkout", "initiated_checkout"
    ),
    "Checkout Step Viewed": folded("cart", _("Saw a step of checkout"), _("Saw step %(step)s of checkout")),
    "Checkout Step Completed": browsing(
        "cart",
        _("Completed a step of checkout"),
        _("Completed step %(step)s of checkout"),
        "checkout_progress",
        "checkout_contact_info_submitted",
        "checkout_address_info_submitted",
        "checkout_shipping_info_submitted",
        "add_shipping_info",
    ),
    "Payment Info Entered": browsing(
        "cart", _("Entered payment details"), "", "add_payment_info", "payment_info_submitted"
    ),
    "Coupon Entered": browsing("cart", _("Entered a voucher"), _("Entered the voucher %(coupon)s")),
    "Coupon Applied": browsing("cart", _("Used a voucher"), _("Used the voucher %(coupon)s")),
    "Coupon Denied": browsing("cart", _("A voucher was refused"), _("The voucher %(coupon)s was refused")),
    WISHED: browsing(
        "star",
        _("Put a product on the wish list"),
        _("Put %(product)s on the wish list"),
        "add_to_wishlist",
        "wishlist_product_added",
    ),
    UNWISHED: browsing(
        "star",
        _("Took a product off the wish list"),
        _("Took %(product)s off the wish list"),
        "remove_from_wishlist",
        "wishlist_product_removed",
    ),
    "Product Shared": browsing("link", _("Shared a product"), _("Shared %(product)s"), "share"),
    "Product Review Started": browsing("star", _("Began a review"), _("Began a review of %(product)s")),
    "Form Submitted": browsing("note", _("Sent a form"), _("Sent the form “%(name)s”"), "form_submit", "generate_lead"),
    "Signed In": browsing("key", _("Signed in"), "", "login", "logged_in", "user_signed_in"),
    "Signed Out": browsing("key", _("Signed out"), "", "logout", "logged_out", "user_signed_out"),
    "Signed Up": of(PROFILE, "people", _("Opened an account"), "", "sign_up", "account_created", "customer_created"),
    "Order Placed": of(
        TRANSACTIONAL,
        "order",
        _("Placed an order"),
        _("Placed order %(order)s"),
        "placed_order",
        "order_created",
        "orders_create",
    ),
    "Order Completed": of(
        TRANSACTIONAL,
        "order",
        _("Completed an order"),
        _("Completed order %(order)s"),
        "purchase",
        "checkout_completed",
        "completed_order",
    ),
    "Order Paid": of(TRANSACTIONAL, "order", _("Paid an order"), _("Paid order %(order)s"), "orders_paid"),
    "Order Updated": of(TRANSACTIONAL, "order", _("An order changed"), _("Order %(order)s changed")),
    "Order Held": of(TRANSACTIONAL, "order", _("An order is on hold"), _("Order %(order)s is on hold")),
    "Order Partly Shipped": of(
        TRANSACTIONAL, "delivery", _("A part of an order was sent"), _("A part of order %(order)s was sent")
    ),
    "Order Shipped": of(
        TRANSACTIONAL,
        "delivery",
        _("An order was sent"),
        _("Order %(order)s was sent"),
        "fulfilled_order",
        "order_fulfilled",
        "orders_fulfilled",
    ),
    "Order Delivered": of(TRANSACTIONAL, "delivery", _("An order arrived"), _("Order %(order)s arrived")),
    "Order Ready": of(
        TRANSACTIONAL,
        "place",
        _("An order is ready to collect"),
        _("Order %(order)s is ready to collect"),
        "ready_for_pickup",
        "order_ready_for_pickup",
    ),
    "Order Collected": of(
        TRANSACTIONAL, "place", _("Collected an order"), _("Collected order %(order)s"), "order_picked_up"
    ),
    "Order Cancelled": of(
        TRANSACTIONAL,
        "close",
        _("An order was cancelled"),
        _("Order %(order)s was cancelled"),
        "order_canceled",
        "cancelled_order",
        "orders_cancelled",
    ),
    "Order Refunded": of(
        TRANSACTIONAL,
        "return",
        _("An order was refunded"),
        _("Order %(order)s was refunded"),
        "refund",
        "refunded_order",
        "refunds_create",
    ),
    "Return Opened": of(
        TRANSACTIONAL, "return", _("Asked to return something"), _("Asked to return something of order %(order)s")
    ),
    "Return Approved": of(TRANSACTIONAL, "return", _("A return was approved"), _("Return %(return)s was approved")),
    "Return Sent": of(TRANSACTIONAL, "return", _("A return is on its way"), _("Return %(return)s is on its way")),
    "Return Received": of(TRANSACTIONAL, "return", _("A return arrived"), _("Return %(return)s arrived")),
    "Return Refunded": of(TRANSACTIONAL, "return", _("A return was refunded"), _("Return %(return)s was refunded")),
    "Return Refused": of(TRANSACTIONAL, "return", _("A return was refused"), _("Return %(return)s was refused")),
    "Return Closed": of(TRANSACTIONAL, "return", _("A return was closed"), _("Return %(return)s was closed")),
    "Survey Answered": of(
        ATTITUDINAL, "satisfaction", _("Answered a survey"), _("Answered a survey: %(score)s"), "survey_response"
    ),
    "Product Reviewed": of(
        ATTITUDINAL, "star", _("Reviewed a product"), _("Reviewed %(product)s"), "review_created", "reviewed_product"
    ),
    PROFILE_CHANGED: of(PROFILE, "pen", _("Details changed"), _("Changed: %(changed)s"), "profile_updated"),
    "Loyalty Tier Reached": of(
        PROFILE, "star", _("Reached a new loyalty tier"), _("Reached %(tier)s"), "tier_reached", "loyalty_tier_changed"
    ),
    "Loyalty Points Changed": of(PROFILE, "star", _("Loyalty points changed"), _("Now has %(points)s points")),
    "Fact Noted": of(PROFILE, "note", _("An agent noted something"), "%(text)s"),
    "Call Noted": of(CONTEXTUAL, "phone", _("An agent noted a call"), "%(text)s"),
    CONSENT_CHANGED: of(
        CONTEXTUAL,
        "consent",
        _("Consent changed"),
        "",
        "segment_consent_preference",
        "segment_consent_preference_updated",
    ),
    "Email Opened": of(CONTEXTUAL, "email", _("Opened a mail"), _("Opened “%(name)s”"), "opened_email"),
    "Email Link Clicked": of(CONTEXTUAL, "email", _("Followed a link in a mail"), "", "clicked_email"),
    "Unsubscribed": of(CONTEXTUAL, "email", _("Unsubscribed from mails"), "", "unsubscribe", "email_unsubscribed"),
    "Push Notification Tapped": of(CONTEXTUAL, "info", _("Followed a notification"), "", "notification_open"),
    "Application Opened": of(CONTEXTUAL, "browse", _("Opened the app"), "", "app_open"),
    "Application Installed": of(CONTEXTUAL, "browse", _("Installed the app"), "", "first_open"),
    "Place Visited": of(CONTEXTUAL, "place", _("Visited a shop"), _("Visited %(place)s"), "store_visit"),
}
UNKNOWN = Meaning(BEHAVIOURAL, "browse", "")


def standard(name: str) -> str:
    """Our name for what another tool calls `name`; a name that we do not know stays as it is."""
    return _by_spelling().get(_spelling(name), name)


def meaning(name: str) -> Meaning:
    """Of a standard name; what we do not know is behaviour, and shown by itself."""
    return MEANINGS.get(name, UNKNOWN)


def sentence(name: str, properties: Properties) -> str:
    """The line of an event in the timeline, in the reader's language; an unknown event is called by its name."""
    known = meaning(name)
    if known.says:
        try:
            return str(known.says) % words(properties)
        except KeyError:  # the event came without what the longer sentence tells
            return str(known.plain)
    return str(known.plain) or name


def visit_sentence(products: int, searches: int, pages: int) -> str:
    """What a visit folds into: "Looked at 4 products"; how long is told beside it."""
    if products:
        return ngettext("Looked at %(count)d product", "Looked at %(count)d products", products) % {"count": products}
    if searches:
        return ngettext("Searched %(count)d time", "Searched %(count)d times", searches) % {"count": searches}
    return ngettext("Viewed %(count)d page", "Viewed %(count)d pages", pages) % {"count": pages}


def words(properties: Properties) -> dict[str, str]:
    """What the sentences may tell of an event, by whichever spelling its reporter has. Empty ones are left out."""
    found = {name: _first(properties, keys) for name, keys in _SPELLINGS.items()}
    product = product_of(properties)
    found["product"] = str(product.get("name", "")) if product else ""
    found["total"] = _money(properties)
    changed = properties.get("changed")
    found["changed"] = ", ".join(map(str, changed)) if isinstance(changed, Mapping | list) else ""
    return {name: value for name, value in found.items() if value}


_SPELLINGS: dict[str, tuple[str, ...]] = {
    "page": ("title", "page_title", "name", "path", "url", "page_location"),
    "list": ("category", "list_name", "item_list_name", "collection", "list_id"),
    "query": ("query", "search_term", "q"),
    "name": ("name", "promotion_name", "form_name", "form_id", "subject", "campaign"),
    "step": ("step", "step_name", "checkout_step"),
    "coupon": ("coupon", "coupon_id", "coupon_name"),
    "order": ("number", "order_number", "order", "order_id", "transaction_id"),
    "return": ("return_number", "number", "return_id"),
    "score": ("score", "rating", "answer"),
    "tier": ("tier", "level"),
    "points": ("points",),
    "place": ("place", "store", "location"),
    "text": ("text", "note"),
}
_PRODUCT_SPELLINGS: dict[str, tuple[str, ...]] = {
    "id": ("product_id", "item_id", "id", "sku", "variant_id"),
    "name": ("name", "product_name", "item_name", "title", "product_title"),
    "kind": ("category", "item_category", "product_type", "kind"),
    "url": ("url", "product_url", "item_url"),
    "image": ("image_url", "image"),
}


def product_of(properties: Properties) -> dict[str, str]:
    """{"id", "name", "kind", "url", "image"} of the product that an event is about; {} where there is none."""
    nested = properties.get("product")
    listed = properties.get("products") or properties.get("items")
    about = nested if isinstance(nested, Mapping) else properties
    if isinstance(listed, list) and len(listed) == 1 and isinstance(listed[0], Mapping):
        about = listed[0]
    found = {name: _first(about, keys) for name, keys in _PRODUCT_SPELLINGS.items()}
    found["id"] = found["id"] or found["name"]
    found["name"] = found["name"] or found["id"]
    return {name: value for name, value in found.items() if value} if found["id"] else {}


def _first(properties: Properties, keys: tuple[str, ...]) -> str:
    for key in keys:
        value = properties.get(key)
        if isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()[:300]
    return ""


def _money(properties: Properties) -> str:
    amount = _first(properties, ("total", "value", "revenue", "amount", "price"))
    currency = _first(properties, ("currency",))
    try:
        return formatted(sum_of(amount), currency_of(currency), get_language() or "") if amount else ""
    except ValueError:  # without a currency it is a number and no sum
        return ""


@cache
def _by_spelling() -> dict[str, str]:
    spelled = {_spelling(name): name for name in MEANINGS}
    return spelled | {_spelling(alias): name for name, known in MEANINGS.items() for alias in known.aliases}


def _spelling(name: str) -> str:
    return re.sub(r"[^\w$]|_", "", name).lower()
