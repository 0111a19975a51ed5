"""Carts that fell silent are left by beat's task, and whoever looks at the customer hears of it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from conversations import silent_carts
from conversations.tasks import leave_silent_carts
from customers import commerce
from customers.facts import CartFact, Line
from customers.identify import Handle
from customers.models import Cart, Profile
from deskapp.celery import app

pytestmark = pytest.mark.django_db


def cart(minutes):
    at = timezone.now() - timedelta(minutes=minutes)
    goods = (Line("Jacket", 1, Decimal("129")),)
    commerce.cart(CartFact(3, f"c{minutes}", (Handle("shop", "17"),), at, currency="GBP", lines=goods))


@pytest.mark.django_db(transaction=True)  # as a worker does it: with no transaction around it all
def test_only_the_silent_are_left_and_their_customers_are_told(settings, monkeypatch):
    settings.CART_LEFT_MINUTES = 30
    told = []
    monkeypatch.setattr(silent_carts, "push_customer", told.append)
    cart(40)
    cart(20)
    leave_silent_carts()
    assert dict(Cart.objects.values_list("external_id", "status")) == {"c40": "left", "c20": "open"}
    owner = Cart.objects.first().identity.customer_id
    assert told == [{owner}] and Profile.objects.filter(customer=owner).exists()


def test_beat_asks_for_it_every_minute():
    assert {"conversations.leave_silent_carts"} <= {entry["task"] for entry in app.conf.beat_schedule.values()}
