"""Outbound 3, of calls: has a phone system connect an agent with a customer, now or not at all."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.envelopes import DeliveryReport, OutboundCall
from conversations.inbound.calls import named
from conversations.models import Delivery
from conversations.outbound.calling import number_of
from integrations.adapters import adapter_named
from integrations.adapters.base import AdapterError, AwayError, Calls
from integrations.models import Connector

LATE = timedelta(minutes=1)  # after which an agent's telephone rings for nothing they still have in mind


def able(channels: Iterable[int]) -> set[int]:
    """For conversations.outbound.calling: those of them whose phone system can connect, and is well."""
    wanted = Connector.objects.filter(channel__in=list(channels), is_active=True, is_draft=False)
    return {each.channel_id for each in wanted.filter(paused_at=None, broken_at=None) if each.channel_id and _can(each)}


def _can(connector: Connector) -> bool:
    """Where an adapter needs more for it than for hearing of calls, it says so by `can_call`."""
    adapter = adapter_named(connector.adapter)
    asked = getattr(adapter, "can_call", None)
    return hasattr(adapter, "call") and (asked is None or bool(asked(connector)))


def ring(connector: Connector, delivery: Delivery) -> DeliveryReport:
    """Raises AdapterError or UncertainError; nothing is tried again by itself, because somebody's telephone rings."""
    message = delivery.message
    if timezone.now() - message.created_at > LATE:
        raise AdapterError(_("It could not be placed in time."), permanent=True)
    adapter = adapter_named(connector.adapter)
    if not hasattr(adapter, "call"):
        raise AdapterError(_("This phone system cannot place calls for us."), permanent=True)
    calls: Calls = adapter  # type: ignore[assignment]  # as the line above has asked
    try:
        report = calls.call(connector, envelope(delivery))
    except AwayError as error:  # what is written waits for its provider; a telephone that rings later helps nobody
        words = _("The phone system does not answer. Call again in a moment.")
        raise AdapterError(words, permanent=True, said=error.said) from error
    if report.external_id:  # before the outbox names it: its first reports may have come already
        named(message, report.external_id)
    return replace(report, is_permanent=True)


def envelope(delivery: Delivery) -> OutboundCall:
    message, identity = delivery.message, delivery.message.identity
    return OutboundCall(
        delivery_id=delivery.pk,
        message_id=message.pk,
        channel_id=delivery.channel_id,
        key=str(message.client_id),
        agent=message.author.extension if message.author else "",
        to=number_of(identity) if identity else "",
        ours=delivery.channel.address,
        agent_name=message.author.short_name if message.author else "",
        to_name=identity.customer.name if identity else "",
    )
