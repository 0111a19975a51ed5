"""Order, Return, Cart: purchases of an identity, each a full copy of what the shop says; money is in whole units."""

from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class OrderStatus(models.TextChoices):
    PLACED = "placed", _("Placed")
    PAID = "paid", _("Paid")
    HELD = "held", _("On hold")
    PARTLY_SHIPPED = "partly", _("Partly shipped")
    SHIPPED = "shipped", _("On its way")
    DELIVERED = "delivered", _("Delivered")
    READY = "ready", _("Ready to collect")
    COLLECTED = "collected", _("Collected")
    CANCELLED = "cancelled", _("Cancelled")
    REFUNDED = "refunded", _("Refunded")


class ReturnStatus(models.TextChoices):
    OPENED = "opened", _("Opened")
    APPROVED = "approved", _("Approved")
    SENT = "sent", _("On its way back")
    RECEIVED = "received", _("Received")
    REFUNDED = "refunded", _("Refunded")
    REFUSED = "refused", _("Refused")
    CLOSED = "closed", _("Closed")


class PurchaseQuerySet(models.QuerySet):  # of Order, Return or Cart
    """Of orders, returns and carts: what belongs to a customer does so through their identities."""

    def of(self, customer: int) -> Self:
        return self.filter(identity__customer=customer)


class Order(models.Model):
    Status = OrderStatus

    identity = models.ForeignKey("customers.Identity", models.CASCADE, related_name="orders")
    source = models.BigIntegerField(default=0)  # the id of the Connector of the shop; 0: written by an agent
    external_id = models.CharField(max_length=120)
    number = models.CharField(max_length=80)  # as the customer knows it: "HF-48213"
    status = models.CharField(max_length=10, choices=OrderStatus.choices, default=OrderStatus.PLACED)
    place = models.CharField(max_length=120, blank=True)  # the shop it was bought or is collected in; "" for the web
    is_collected = models.BooleanField(default=False)  # click and collect
    currency = models.CharField(max_length=3)
    total = models.DecimalField(max_digits=14, decimal_places=3)
    refunded = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    lines = models.JSONField(default=list, blank=True)  # [customers.facts.Line as a dict]
    shipments = models.JSONField(default=list, blank=True)  # [customers.facts.Shipment as a dict]
    url = models.URLField(max_length=500, blank=True)  # the shop's own page of it, for agents
    cart_id = models.CharField(max_length=120, blank=True)  # external id of the cart it came from, at the same source
    placed_at = models.DateTimeField()
    changed_at = models.DateTimeField()  # the shop's own clock: an older word never overwrites a newer one
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = PurchaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="order_once"),
            models.CheckConstraint(condition=models.Q(status__in=OrderStatus.values), name="order_status_known"),
            models.CheckConstraint(condition=models.Q(total__gte=0, refunded__gte=0), name="order_not_negative"),
        ]
        indexes = [
            models.Index(fields=["identity", "placed_at", "id"], name="order_of_identity"),
            models.Index(models.functions.Upper("number"), name="order_number"),
            models.Index(fields=["cart_id", "source"], name="order_of_cart", condition=~models.Q(cart_id="")),
            models.Index(  # on their way, among which are those that are late
                fields=["placed_at"], name="order_under_way", condition=models.Q(status__in=["partly", "shipped"])
            ),
            models.Index(  # by which is told how long a carrier usually takes
                fields=["changed_at"], name="order_arrived", condition=models.Q(status="delivered")
            ),
            models.Index(fields=["changed_at"], name="order_given_back", condition=models.Q(refunded__gt=0)),
        ]

    def __str__(self) -> str:
        return self.number


class Return(models.Model):
    Status = ReturnStatus

    identity = models.ForeignKey("customers.Identity", models.CASCADE, related_name="returns")
    order = models.ForeignKey(Order, models.SET_NULL, null=True, blank=True, related_name="returns")
    source = models.BigIntegerField(default=0)
    external_id = models.CharField(max_length=120)
    number = models.CharField(max_length=80, blank=True)
    of_order = models.CharField(max_length=120, blank=True)  # external id at the same source; the order may come later
    status = models.CharField(max_length=10, choices=ReturnStatus.choices, default=ReturnStatus.OPENED)
    place = models.CharField(max_length=120, blank=True)  # the counter it was handed in at; "" when sent
    reason = models.CharField(max_length=400, blank=True)
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    lines = models.JSONField(default=list, blank=True)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = PurchaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="return_once"),
            models.CheckConstraint(condition=models.Q(status__in=ReturnStatus.values), name="return_status_known"),
        ]
        indexes = [
            models.Index(fields=["identity", "opened_at", "id"], name="return_of_identity"),
            models.Index(
                fields=["of_order", "source"],
                name="return_waits",
                condition=models.Q(order=None) & ~models.Q(of_order=""),
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.external_id


class CartStatus(models.TextChoices):
    OPEN = "open", _("Open")
    LEFT = "left", _("Left")
    ORDERED = "ordered", _("Ordered")


class Cart(models.Model):
    Status = CartStatus

    identity = models.ForeignKey("customers.Identity", models.CASCADE, related_name="carts")
    source = models.BigIntegerField(default=0)
    external_id = models.CharField(max_length=120)
    status = models.CharField(max_length=8, choices=CartStatus.choices, default=CartStatus.OPEN)
    step = models.CharField(max_length=80, blank=True)  # how far checkout got, in the shop's words
    currency = models.CharField(max_length=3, blank=True)
    total = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    lines = models.JSONField(default=list, blank=True)
    url = models.URLField(max_length=500, blank=True)  # where the customer finds it again
    changed_at = models.DateTimeField()

    objects = PurchaseQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="cart_once")]
        indexes = [
            models.Index(fields=["identity", "changed_at"], name="cart_of_identity"),
            models.Index(fields=["changed_at"], name="cart_open", condition=models.Q(status="open")),
            models.Index(fields=["changed_at"], name="cart_was_left", condition=models.Q(status="left")),
        ]

    def __str__(self) -> str:
        return self.external_id
