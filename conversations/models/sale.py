"""Sale: what reports count of one order; SaleTouch: what led to it; BoughtAgain: of the same goods; Advice: a talk
without an order. All of it follows from the rows of one customer: conversations.reports.sales derives it, and can do so
anew."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Place(models.TextChoices):
    """Where it was bought."""

    SITE = "site", _("on the site")
    APP = "app", _("in the app")
    SHOP = "shop", _("in a shop")


class Problem(models.TextChoices):
    """How the order stood when its customer came to talk. The first that holds."""

    NONE = "", _("they did not come to talk")
    RETURNED = "returned", _("it goes back")
    REFUNDED = "refunded", _("money was given back")
    CANCELLED = "cancelled", _("it was cancelled")
    HELD = "held", _("it was on hold")
    LATE = "late", _("it was late")
    UNDER_WAY = "under_way", _("it was under way")
    ARRIVED = "arrived", _("it had arrived")


class ReturnedTo(models.TextChoices):
    NOTHING = "", _("nothing came back")
    POST = "post", _("by post")
    SHOP = "shop", _("in a shop")
    BOTH = "both", _("by post and in a shop")


class Sale(models.Model):
    """Money is in thousandths of the currency's unit. `counted`: not cancelled; `resolved`: paid for as well."""

    Place, Problem, ReturnedTo = Place, Problem, ReturnedTo

    order = models.OneToOneField("customers.Order", models.CASCADE, related_name="sale")
    # Whoever owns the order, as of the last time it was derived: a merge moves orders, and has both derived.
    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="+")
    placed_at = models.DateTimeField()
    place = models.CharField(max_length=4, choices=Place.choices)
    is_collected = models.BooleanField(default=False)  # click and collect
    is_counted = models.BooleanField(default=True)
    is_resolved = models.BooleanField(default=False)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    refunded = models.BigIntegerField(default=0)
    net = models.BigIntegerField(default=0)  # amount without refunded; 0 while it is not resolved
    returned = models.BigIntegerField(default=0)  # what came back is worth
    returned_to = models.CharField(max_length=4, choices=ReturnedTo.choices, blank=True)
    before = models.PositiveIntegerField(default=0)  # how many counted orders this customer had placed
    previous_at = models.DateTimeField(null=True, blank=True)  # of counted orders
    next_at = models.DateTimeField(null=True, blank=True)
    alike_at = models.DateTimeField(null=True, blank=True)  # the one before with the same ways and currency
    ways = models.CharField(max_length=80, blank=True)  # "site+mail": in the year before, with this order
    tier = models.CharField(max_length=40, blank=True)
    asked = models.CharField(max_length=12, blank=True)  # medium of their last talk in the 30 days before
    talk_before = models.ForeignKey(
        "conversations.Conversation", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    problem = models.CharField(max_length=9, choices=Problem.choices, blank=True)
    problem_medium = models.CharField(max_length=12, blank=True)  # of their first talk in the 30 days after
    problem_topic = models.ForeignKey("conversations.Topic", models.SET_NULL, null=True, blank=True, related_name="+")
    talk_after = models.ForeignKey(
        "conversations.Conversation", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    ready_seconds = models.PositiveIntegerField(null=True, blank=True)  # click and collect: until it was ready …
    collected_seconds = models.PositiveIntegerField(null=True, blank=True)  # … and until it was fetched
    is_late = models.BooleanField(default=False)
    is_ended = models.BooleanField(default=False)  # arrived, fetched or cancelled
    touches = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["-placed_at", "-id"], name="sale_newest"),
            models.Index(fields=["customer", "placed_at"], name="sale_of_customer"),
            models.Index(
                fields=["placed_at"],
                name="sale_customers",
                condition=models.Q(is_counted=True),
                include=["ways", "currency", "alike_at", "previous_at", "customer"],
            ),
        ]

    def __str__(self) -> str:
        return f"sale {self.order_id}"


class SaleTouch(models.Model):
    """One thing that led to a resolved sale in the 30 days before it. What the five models give it of the sale: credits
    in millionths, which make a million a sale, and of its money thousandths, which make its `net`."""

    class Kind(models.TextChoices):
        CAMPAIGN = "campaign", _("campaign")
        REFERRER = "referrer", _("another site")
        TALK = "talk", _("they talked to us")
        WRITTEN = "written", _("we wrote to them")

    sale = models.ForeignKey(Sale, models.CASCADE, related_name="touched")
    placed_at = models.DateTimeField()  # of the sale
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()
    number = models.PositiveSmallIntegerField()  # from 1, the oldest
    kind = models.CharField(max_length=8, choices=Kind.choices)
    source = models.CharField(max_length=40, blank=True)
    medium = models.CharField(max_length=24, blank=True)
    campaign = models.CharField(max_length=60, blank=True)
    is_once = models.BooleanField(default=True)  # the sale's first of this kind, source, medium and campaign
    first = models.PositiveIntegerField(default=0)
    last = models.PositiveIntegerField(default=0)
    linear = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)
    decay = models.PositiveIntegerField(default=0)
    first_worth = models.BigIntegerField(default=0)
    last_worth = models.BigIntegerField(default=0)
    linear_worth = models.BigIntegerField(default=0)
    position_worth = models.BigIntegerField(default=0)
    decay_worth = models.BigIntegerField(default=0)

    class Meta:
        verbose_name_plural = "sale touches"
        constraints = [models.UniqueConstraint(fields=["sale", "number"], name="sale_touch_once")]
        indexes = [models.Index(fields=["-placed_at", "-id"], name="sale_touch_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number} of {self.sale_id}"


class BoughtAgain(models.Model):
    """Goods of a counted order of which the same customer had bought before: the same product, or one of its kind."""

    sale = models.ForeignKey(Sale, models.CASCADE, related_name="again")
    placed_at = models.DateTimeField()
    is_kind = models.BooleanField(default=False)
    name = models.CharField(max_length=120)
    seconds = models.PositiveIntegerField()  # since the last time

    class Meta:
        verbose_name_plural = "bought again"
        constraints = [models.UniqueConstraint(fields=["sale", "is_kind", "name"], name="bought_again_once")]
        indexes = [models.Index(fields=["-placed_at", "-id"], name="bought_again_newest")]

    def __str__(self) -> str:
        return f"{self.name} of {self.sale_id}"


class Advice(models.Model):
    """A talk that a customer began while nothing that they had ordered was under way, and how soon they bought. To
    compare: how soon the same customer bought from the moment 13 weeks earlier, if we knew them by then."""

    episode = models.OneToOneField("conversations.Episode", models.CASCADE, related_name="advice")
    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="+")
    at = models.DateTimeField()
    medium = models.CharField(max_length=12, blank=True)
    is_known = models.BooleanField(default=False)  # 13 weeks earlier
    seconds = models.PositiveIntegerField(null=True, blank=True)  # until the next counted order, within 30 days
    seconds_earlier = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "advice"
        indexes = [
            models.Index(fields=["-at", "-id"], name="advice_newest"),
            models.Index(fields=["customer", "at"], name="advice_of_customer"),
        ]

    def __str__(self) -> str:
        return f"advice in {self.episode_id}"
