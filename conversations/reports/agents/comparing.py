"""Whether this desk ranks its people: it does not, unless an admin has said so."""

from conversations.models import Comparing


def compares() -> bool:
    return Comparing.objects.filter(is_on=True).exists()
