"""The rows of WHO: customers, their identities, what they did and bought, what they allowed, who may be whom."""

from customers.models.consent import Consent, Purpose
from customers.models.customer import Customer
from customers.models.event import Category, Event, EventKey, Trait, Visit
from customers.models.identity import Claim, Identity
from customers.models.merge import MergeEntry, MergeItem
from customers.models.order import Cart, Order, Return
from customers.models.privacy import Erasure, RetentionRule
from customers.models.product import Loyalty, Product, Stock, WishItem
from customers.models.profile import Membership, Profile, Segment
from customers.models.suggestion import NotSame, Suggestion

__all__ = [
    "Cart", "Category", "Claim", "Consent", "Customer", "Erasure", "Event", "EventKey", "Identity", "Loyalty",
    "Membership", "MergeEntry", "MergeItem", "NotSame", "Order", "Product", "Profile", "Purpose", "RetentionRule",
    "Return", "Segment", "Stock", "Suggestion", "Trait", "Visit", "WishItem",
]  # fmt: skip
