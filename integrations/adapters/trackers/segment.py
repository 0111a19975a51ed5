"""The adapter of trackers that speak the Segment HTTP spec.

Its settings: origins (pages that may call from a browser), trusted (the key is on the shop's own servers), shop (which
shop's customers its user ids are), verifies ("email", "phone": what the shop has had confirmed), consent and
consent_categories (integrations.adapters.trackers.consents). Its secret: write_key.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from conversations.envelopes import DeliveryReport, OutboundMessage
from customers.facts import Fact
from integrations.adapters.about import Step
from integrations.adapters.base import AdapterError, Aside, Told
from integrations.adapters.trackers import about as own
from integrations.adapters.trackers.batch import (
    MOST_CALLS,
    TOO_MANY,
    Batch,
    RefusedError,
    check_shape,
    moment,
    opened,
)
from integrations.adapters.trackers.calls import Sender, facts_of
from integrations.models import Connector, RawEvent

MOST_ALONE = 50  # bad calls of one batch that are set aside one by one; a batch of nothing else is somebody's mistake


class SegmentAdapter:
    about = own.ABOUT

    def understand(self, connector: Connector, raw: RawEvent) -> Iterable[Told | Aside]:
        """Call by call, each with its own fate."""
        try:
            batch = opened(bytes(raw.body), kind=raw.kind)
        except RefusedError as error:
            raise ValueError(str(error)) from error
        sender = Sender(connector, raw.received_at, clock(batch.sent_at), raw.external_id, raw.kind == "import")
        bad: list[tuple[int, str]] = []
        for number, call in enumerate(batch.calls[:MOST_CALLS]):
            try:
                yield Told(number, facts_of_call(batch, number, sender), partial(batch.alone, call))
            except ValueError as error:
                bad.append((number, str(error)))
        for number, reason in bad[:MOST_ALONE]:
            yield Aside(number, reason, batch.alone(batch.calls[number]))
        if rest := bad[MOST_ALONE:]:
            words = f"{len(rest)} more calls of the batch were bad. {rest[0][1]}"
            yield Aside(rest[0][0], words, batch.of([batch.calls[number] for number, _reason in rest]))
        if late := batch.calls[MOST_CALLS:]:
            yield Aside(MOST_CALLS, TOO_MANY, batch.of(late))

    def send(self, connector: Connector, message: OutboundMessage) -> DeliveryReport:
        raise AdapterError(_("A tracker only listens."), permanent=True)

    def wire(self, connector: Connector) -> None:
        own.wire(connector)

    def check(self, connector: Connector) -> Iterator[Step]:
        return own.check(connector)


def facts_of_call(batch: Batch, number: int, sender: Sender) -> tuple[Fact, ...]:
    """Raises ValueError with the reason in words for a call that cannot be believed."""
    if batch.fault:
        raise ValueError(batch.fault)
    return facts_of(check_shape(batch.calls[number]), sender, number, batch.context)


def clock(text: str) -> datetime | None:
    try:
        return moment(text)
    except ValueError:
        return None  # then their clocks are believed
