"""Profile: what follows from everything a customer did, always recomputable; Segment: customers alike in something."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Profile(models.Model):
    """Computed by customers.profile as things arrive; holds nothing that cannot be computed again."""

    customer = models.OneToOneField("customers.Customer", models.CASCADE, primary_key=True, related_name="profile")
    currency = models.CharField(max_length=3, blank=True)  # the one most orders are in; the sums are of these
    # Money is in units of the currency beside it, not in its cents.
    lifetime_value = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    average_order = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    orders = models.PositiveIntegerField(default=0)
    returns = models.PositiveIntegerField(default=0)
    return_rate = models.FloatField(null=True, blank=True)  # share of items bought, 0 to 1
    first_order_at = models.DateTimeField(null=True, blank=True)
    last_order_at = models.DateTimeField(null=True, blank=True)
    days_between_orders = models.FloatField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    tier = models.CharField(max_length=40, blank=True)
    points = models.IntegerField(null=True, blank=True)
    media = models.JSONField(default=dict, blank=True)  # messages by medium: {"email": 12, "chat": 3}
    preferred_medium = models.CharField(max_length=16, blank=True)
    preferred_hour = models.PositiveSmallIntegerField(null=True, blank=True)  # in the customer's own zone
    satisfaction = models.FloatField(null=True, blank=True)  # mean of the ratings, 1 to 5
    next_purchase = models.JSONField(default=list, blank=True)  # [{"product", "at", "days", "because": [dates]}]
    next_purchase_at = models.DateTimeField(null=True, blank=True)
    at_risk = models.BooleanField(default=False)
    because = models.JSONField(default=list, blank=True)  # why at risk, in facts: [{"rule", "value", "limit"}]
    attributes = models.JSONField(default=dict, blank=True)  # the newest traits of all identities
    computed_at = models.DateTimeField(db_default=Now())
    stale_at = models.DateTimeField(null=True, blank=True)  # something changed since; None when up to date

    class Meta:
        indexes = [
            models.Index(fields=["stale_at"], name="profile_stale", condition=~models.Q(stale_at=None)),
            models.Index(fields=["lifetime_value"], name="profile_value"),
            models.Index(fields=["last_order_at"], name="profile_last_order"),
            models.Index(fields=["next_purchase_at"], name="profile_next_purchase"),
        ]

    def __str__(self) -> str:
        return f"profile of {self.customer_id}"


class Segment(models.Model):
    name = models.CharField(_("name"), max_length=80, unique=True)
    conditions = models.JSONField(default=dict)  # customers.segments says what may stand here
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    counted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """That a customer is in a segment now, kept up to date as their profile changes."""

    segment = models.ForeignKey(Segment, models.CASCADE, related_name="memberships")
    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="memberships")
    since = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["segment", "customer"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.customer_id} in {self.segment_id}"
