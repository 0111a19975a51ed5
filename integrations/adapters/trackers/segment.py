"""The adapter of trackers that speak the Segment HTTP spec.

Its settings: origins (pages that may call from a browser), trusted (the key is on the shop's own servers), shop (which
shop's customers its user ids are), verifies ("email", "phone": what the shop has had confirmed), consent and
consent_categories (integrations.adapters.trackers.consents). Its secret: write_key.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from conversations.envelopes import DeliveryReport, OutboundMessage
from customers.facts import Fact
from integrations.adapters.base import AdapterError, Aside, Told
from integrations.adapters.trackers.batch import (
    MOST_CALLS,
    Batch,
    RefusedError,
    check_shape,
    moment,
    opened,
)
from integrations.adapters.trackers.calls import Sender, facts_of
from integrations.models import Connector, RawEvent


class SegmentAdapter:
    def understand(self, connector: Connector, raw: RawEvent) -> Iterable[Told | Aside]:
        """Call by call, each with its own fate."""
        try:
            batch = opened(bytes(raw.body), kind=raw.kind, encoding=raw.headers.get("encoding", ""))
        except RefusedError as error:
            raise ValueError(str(error)) from error
        sender = Sender(connector, raw.received_at, clock(batch.sent_at), raw.external_id, raw.kind == "import")
        for number, call in enumerate(batch.calls):
            try:
                facts = facts_of_call(batch, number, sender)
            except ValueError as error:
                yield Aside(number, str(error), batch.alone(call))
            else:
                yield Told(number, facts, partial(batch.alone, call))

    def send(self, connector: Connector, message: OutboundMessage) -> DeliveryReport:
        raise AdapterError(_("A tracker only listens."), permanent=True)


def facts_of_call(batch: Batch, number: int, sender: Sender) -> tuple[Fact, ...]:
    """Raises ValueError with the reason in words for a call that cannot be believed."""
    if number >= MOST_CALLS:
        raise ValueError(f"A batch has up to {MOST_CALLS} calls.")
    return facts_of(check_shape(batch.calls[number]), sender, number, batch.context)


def clock(text: str) -> datetime | None:
    try:
        return moment(text)
    except ValueError:
        return None  # then their clocks are believed
