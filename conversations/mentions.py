"""Order numbers in what customers write: who asks about another's order is perhaps that other, and no more.

It costs the way in nothing: the newest messages are found by their ids, which only grow.
"""

import re

from django.core.cache import cache
from django.db import transaction
from django.db.models import Max

from conversations.models import Message
from customers import suggestions
from customers.commerce import find_orders
from customers.models import Claim, Customer, Identity
from customers.models.identity import Kind

AT_ONCE = 1000
LATE = 200  # ids: a message may be seen so much later than others of higher ids, whose transactions were shorter
MOST = 20  # numbers in one message; a list of them is no question
_SEEN = "mentions:message"
_NUMBER = re.compile(r"(?<![\w@.+-])#?((?:[A-Za-z]{1,6}[-/]?)?\d[\d-]{2,17}\d)(?![\w@])")


def numbers_in(text: str) -> list[str]:
    """What may be the number of an order, in capitals."""
    found = dict.fromkeys(number.upper() for number in _NUMBER.findall(text[:20_000]))
    return list(found)[:MOST]


def note_new() -> int:
    """Looks through the messages that came since the last time; says how many claims that gave. What the cache forgot
    is not gone back for."""
    newest = Message.objects.aggregate(pk=Max("pk"))["pk"] or 0
    seen = cache.get(_SEEN)
    cache.set(_SEEN, newest, None)
    if seen is None or seen >= newest:
        return 0
    fresh = Message.objects.filter(kind=Message.Kind.INBOUND, pk__gt=max(seen - LATE, newest - AT_ONCE))
    return sum(note(message) for message in fresh.exclude(identity=None).only("text", "identity").order_by("pk"))


def note(message: Message) -> bool:
    """One message: a claim for the first order of somebody else's that it names. Twice changes nothing."""
    numbers = numbers_in(message.text)
    if not numbers or message.identity is None:
        return False
    mine = message.identity.customer_id
    other = find_orders(numbers).exclude(identity__customer=mine).first()
    if other is None or find_orders(numbers).filter(identity__customer=mine).exists():
        return False
    with transaction.atomic():
        writer = Customer.objects.select_for_update(no_key=True).get(pk=mine)
        if writer.merged_into_id or Identity.objects.get(pk=message.identity.pk).customer_id != mine:
            return False  # merged this moment: whoever they are now asks about an order of their own, perhaps
        _claim, is_new = Claim.objects.get_or_create(
            customer=writer, identity=message.identity, kind=Kind.ORDER, value=other.number.upper()[:320]
        )
        if is_new:
            suggestions.stale([mine])
    return is_new
