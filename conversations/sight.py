"""Which customers an agent may see, and which sides of them: what they said, what they bought, what they looked at."""

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from conversations.models import Conversation
from conversations.models.activity import OF_ORDERS
from customers.models import Category, Customer
from customers.models.customer import CustomerQuerySet

if TYPE_CHECKING:
    from deskapp.models import User


def customers_seen_by(agent: "User") -> CustomerQuerySet:
    """Living customers with whom this agent may read at least one conversation, and those who have none at all."""
    if not agent.is_active:
        return Customer.objects.none()
    living = Customer.objects.living()
    if agent.sees_all_teams:
        return living
    theirs = Conversation.objects.filter(customer=OuterRef("pk"))
    seen = Conversation.objects.visible_to(agent).filter(customer=OuterRef("pk"))
    return living.filter(Q(Exists(seen)) | ~Q(Exists(theirs)))


def verbs_hidden_from(agent: "User") -> list[str]:
    """Of what is written down in a conversation: acts on orders, from who may not see purchases."""
    return [] if agent.sees_purchases else [str(verb) for verb in OF_ORDERS]


def categories_seen_by(agent: "User") -> list[str]:
    """Of what customers do: bought and looked at only by who has the right to it."""
    hidden: set[str] = set()
    if not agent.sees_purchases:
        hidden |= {Category.TRANSACTIONAL}
    if not agent.sees_browsing:
        hidden |= {Category.BEHAVIOURAL, Category.CONTEXTUAL}
    return [category for category in Category.values if category not in hidden]
