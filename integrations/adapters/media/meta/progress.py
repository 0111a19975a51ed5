"""How far a message has gone out that takes several calls: a new try goes on behind what the provider has taken.

What went out before a failure stands in the words of the attempt, the one thing of a try that outlives it.
"""

import re
from collections.abc import Callable, Sequence

from conversations.models import DeliveryAttempt
from integrations.adapters.base import AdapterError

_WENT = re.compile(r"^went out: (\S+)$", re.MULTILINE)

Part = Callable[[int], str]  # sends the part of this number, and gives the provider's name of it


def send_each(delivery_id: int, parts: Sequence[Part]) -> list[str]:
    """The names of all parts, each sent once over all tries. Raises what the part raises, with how far it came."""
    went = _gone_out(delivery_id)
    for number, send in enumerate(parts[len(went) :], len(went)):
        try:
            went.append(send(number))
        except AdapterError as error:
            error.external_id = error.external_id or (went[0] if went else "")
            error.said = "\n".join([error.said[:3000], *(f"went out: {name}" for name in went)])
            raise
    return went


def _gone_out(delivery_id: int) -> list[str]:
    """As the latest attempt that came so far has it; each repeats those before it."""
    attempts = DeliveryAttempt.objects.filter(delivery=delivery_id).order_by("-started_at", "-pk")
    for said in attempts.exclude(said="").values_list("said", flat=True)[:10]:
        if found := _WENT.findall(said):
            return found
    return []
