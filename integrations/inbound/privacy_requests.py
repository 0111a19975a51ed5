"""Inbound 2, where a shop passes on what a privacy law gives: a copy of everything, being forgotten, or its own end.

Shopify's customers/data_request, customers/redact and shop/redact
(https://shopify.dev/docs/apps/build/compliance/privacy-law-compliance).
"""

import structlog
from celery import current_app
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from conversations.live.customers import push_customer
from customers import privacy, profile
from customers.forgetting import forget_source
from customers.models import Customer, Identity, Order
from customers.models.identity import Kind
from integrations.adapters.shops.asks import PrivacyRequest
from integrations.models import Connector, RawEvent

log = structlog.get_logger(__name__)


def heed_privacy(connector: Connector, asked: PrivacyRequest) -> None:
    """Call inside a transaction. Fails where nobody can be told: then the event is tried again, and kept aside."""
    if asked.what == "forget shop":
        _forget(connector)
    elif asked.what == "erase":
        _erase(connector, meant(connector, asked))
    else:
        _hand_out(connector, meant(connector, asked), asked.reference)


def meant(connector: Connector, asked: PrivacyRequest) -> list[Customer]:
    """Who owns the account, or the orders that are named; of an address, only who used it as a guest: whoever proved to
    us that it is theirs may be somebody else, since a guest types what they like."""
    who = Q(pk__in=Order.objects.filter(source=connector.pk, external_id__in=asked.orders).values("identity"))
    for handle in asked.handles:
        if handle.kind == Kind.SHOP:
            who |= Q(kind=handle.kind, value=handle.value)
        elif handle.kind == Kind.EMAIL:
            who |= Q(kind=handle.kind, value=f"unverified:{handle.value.lower()}")
    owners = Identity.objects.filter(who).values("customer")
    return list(Customer.objects.living().filter(pk__in=owners, erased_at=None).order_by("pk"))


def _erase(connector: Connector, customers: list[Customer]) -> None:
    for customer in customers:
        privacy.ask(customer, by=None, reason=_("Asked for at the shop %(shop)s.") % {"shop": connector.name})
        log.info("a shop asks to forget a customer", connector=connector.pk, customer=customer.pk)
    if customers:
        transaction.on_commit(_erase_now, robust=True)


def _erase_now() -> None:
    """Beat comes to it too."""
    try:
        current_app.send_task("conversations.erase", retry=False)
    except (BrokerError, RedisError, OSError):
        log.warning("the broker is gone: the erasure is left to the sweep")


def _hand_out(connector: Connector, customers: list[Customer], reference: str) -> None:
    """To the admins, who hand it on: the archive is made when one of them opens the link, and lies nowhere."""
    if not customers:
        log.info("a shop asks for a customer's data, and there is none", connector=connector.pk, reference=reference)
        return
    admins = get_user_model()._default_manager.filter(is_active=True, role="admin")
    to = list(admins.values_list("email", flat=True))
    if not to:
        raise RuntimeError("There is no admin who could hand out the customer's data.")
    links = "\n".join(settings.SITE_URL + reverse("customer_export", args=[each.pk]) for each in customers)
    told = _(
        "A customer of %(shop)s asks for a copy of all that is kept of them (request %(reference)s). Sign in, download"
        " the archive and hand it to the shop's owner within 30 days:\n\n%(links)s\n"
    )
    words = told % {"shop": connector.name, "reference": reference or "?", "links": links}
    send_mail(_("A customer of %(shop)s asks for their data") % {"shop": connector.name}, words, None, to)


def _forget(connector: Connector) -> None:
    """Also the bytes that it sent, but for the names under which they came."""
    touched = forget_source(connector.pk)
    RawEvent.objects.filter(connector=connector).update(body=b"", headers={}, error="")
    connector.secrets, connector.is_active = {}, False
    connector.error = _("The shop's owner has uninstalled the app. What came from the shop was deleted.")
    connector.save(update_fields=["sealed", "is_active", "error"])
    profile.changed(touched)
    push_customer(touched)
    log.info("a shop has left and was forgotten", connector=connector.pk, customers=len(touched))
