"""The rows of WHO: customers, their identities, what they claim, and who was merged into whom."""

from customers.models.customer import Customer
from customers.models.identity import Claim, Identity
from customers.models.merge import MergeEntry, MergeItem

__all__ = ["Claim", "Customer", "Identity", "MergeEntry", "MergeItem"]
