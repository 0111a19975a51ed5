"""Asks a provider for the name of who writes, where its webhooks bring ids alone."""

import structlog
from django.core.cache import cache
from django.db import transaction

from conversations.live.push import push_row
from conversations.models import Conversation, Message
from customers.identify import learn_name
from integrations.adapters import adapter_named
from integrations.adapters.base import AdapterError, Names
from integrations.models import Connector
from integrations.queueing import queue_name

log = structlog.get_logger(__name__)

AGAIN = 3600  # seconds until the same person's name is asked for again, with their next message


def want_name(connector: Connector, message: Message) -> None:
    """Has it asked for after commit, where it is not known."""
    identity = message.identity
    if identity is None or identity.name or not hasattr(adapter_named(connector.adapter), "name_of"):
        return
    if cache.add(f"name:{identity.pk}", 1, AGAIN):
        transaction.on_commit(lambda: queue_name(identity.pk), robust=True)


def ask_name(identity_id: int) -> None:
    """Asks the channel that they last wrote by. Where the provider is away, their next message asks again."""
    said = Message.objects.filter(identity=identity_id).select_related("identity").order_by("-pk").first()
    connector = Connector.objects.filter(channel=said.channel_id, is_active=True).first() if said else None
    identity = said.identity if said else None
    if identity is None or connector is None or identity.name:
        return
    names: Names = adapter_named(connector.adapter)  # type: ignore[assignment]  # as `want_name` has asked
    try:
        name = names.name_of(connector, identity.value)
    except AdapterError as error:
        log.info("a name was not told", identity=identity_id, error=str(error), said=error.said[:400])
        return
    if name:
        learn_name(identity, name)
        for conversation in Conversation.objects.filter(customer=identity.customer_id).order_by("-pk")[:3]:
            push_row(conversation)
