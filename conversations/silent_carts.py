"""Carts that nothing was heard of for a while are left: noted as an event, and told to open pages."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from conversations.live.customers import push_customer
from customers import commerce, profile


def leave() -> None:
    touched = commerce.leave_silent_carts(now=timezone.now(), silent=timedelta(minutes=settings.CART_LEFT_MINUTES))
    profile.changed(touched)
    push_customer(touched)
