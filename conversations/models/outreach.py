"""Occasion: why a customer could be written to now; OutreachRule: that they are; OutreachRecord: that one was, or was
held out."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class OccasionKind(models.TextChoices):
    """Each is defined once, in conversations.outreach.lists."""

    CART = "cart", _("Carts left")
    PARCEL = "parcel", _("Deliveries late")
    REFILL = "refill", _("Replenishment due")
    RISK = "risk", _("At-risk customers")


class Occasion(models.Model):
    """Stands while it holds: conversations.outreach.lists writes it, and takes it away when it is over. `about` is what
    is shown of it, and what words may name."""

    Kind = OccasionKind

    kind = models.CharField(max_length=8, choices=OccasionKind.choices)
    key = models.CharField(max_length=200, unique=True)  # the cart, the parcel, the product's cycle, the customer
    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="occasions")
    at = models.DateTimeField()  # when the cart was left, the parcel was to come, the product is used up, the risk rose
    value = models.DecimalField(max_digits=14, decimal_places=3, default=0)  # of the cart, the order, the product
    currency = models.CharField(max_length=3, blank=True)
    signals = models.PositiveSmallIntegerField(default=0)  # of a customer at risk: how many there are
    about = models.JSONField(default=dict)  # conversations.outreach.about says what stands in it
    since = models.DateTimeField(db_default=Now())  # when the desk saw it first

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=OccasionKind.values), name="occasion_kind_known"),
        ]
        indexes = [models.Index(fields=["kind", "-at", "-id"], name="occasion_of_list")]

    def __str__(self) -> str:
        return self.key


class OccasionMark(models.Model):
    """When a list was last brought up to date; its row is the lock under which that is done."""

    kind = models.CharField(max_length=8, choices=OccasionKind.choices, unique=True)
    refreshed_at = models.DateTimeField(null=True, blank=True)
    took_ms = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.kind} as of {self.refreshed_at}"


class UsualDays(models.Model):
    """How long something usually takes, over all customers: a carrier's parcels, until a product is bought again."""

    kind = models.CharField(max_length=8)  # "carrier" or "product"
    key = models.CharField(max_length=160)  # the carrier's name in small letters, "" for all; or "source:product"
    days = models.FloatField()
    count = models.PositiveIntegerField()  # of what it was counted from
    counted_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "usual days"
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="usual_days_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}: {self.days:.1f}"


class Goal(models.TextChoices):
    BOUGHT = "bought", _("they bought")
    REORDERED = "again", _("they bought the same product again")
    WROTE = "wrote", _("they wrote or rang")
    CALM = "calm", _("no complaint came")


class Fallback(models.TextChoices):
    NONE = "none", _("write to nobody else")
    MAIL = "mail", _("by email")


class OutreachRule(models.Model):
    """Writes to who is on a list, once for each occasion. `filters` and `words` have the schemas of
    conversations.outreach.filters and conversations.outreach.words."""

    Goal, Fallback = Goal, Fallback

    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("list"), max_length=8, choices=OccasionKind.choices)
    filters = models.JSONField(default=dict, blank=True)
    words = models.JSONField(default=dict, blank=True)  # {"en": {"subject", "text"}}
    language = models.CharField(_("language"), max_length=12, default="en")  # for whom we have no words in their own
    is_active = models.BooleanField(_("on"), default=False)
    wait_minutes = models.PositiveIntegerField(_("minutes after it"), default=60)
    fallback = models.CharField(
        _("where that cannot be used"), max_length=4, choices=Fallback.choices, default=Fallback.MAIL
    )
    template = models.CharField(_("template"), max_length=512, blank=True)  # of WhatsApp, by its name
    template_values = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    quiet_from = models.TimeField(_("not from"), null=True, blank=True)  # on the customer's clock, else the desk's
    quiet_until = models.TimeField(_("until"), null=True, blank=True)
    rest_days = models.PositiveSmallIntegerField(_("days of rest after any rule"), default=7)
    own_rest_days = models.PositiveSmallIntegerField(_("days of rest after this rule"), default=30)
    daily_most = models.PositiveIntegerField(_("at most a day"), default=200)
    held_out = models.PositiveSmallIntegerField(_("of a hundred, hold out"), default=10)
    goal = models.CharField(_("goal"), max_length=6, choices=Goal.choices, default=Goal.BOUGHT)
    goal_days = models.PositiveSmallIntegerField(_("days for the goal"), default=7)
    cursor = models.CharField(max_length=80, blank=True)  # how far the last round came
    tried_at = models.DateTimeField(null=True, blank=True)  # dry, since it was last changed
    switched_on_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="outreach_rule_name_once"),
            models.CheckConstraint(condition=models.Q(kind__in=OccasionKind.values), name="outreach_kind_known"),
            models.CheckConstraint(condition=models.Q(goal__in=Goal.values), name="outreach_goal_known"),
            models.CheckConstraint(condition=models.Q(held_out__range=(5, 50)), name="outreach_holds_out"),
            models.CheckConstraint(condition=models.Q(goal_days__range=(1, 90)), name="outreach_goal_days"),
            models.CheckConstraint(
                condition=models.Q(is_active=False) | models.Q(tried_at__isnull=False), name="outreach_tried_before"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OutreachRecord(models.Model):
    """One occasion that a rule came to: `message` was said, or nothing was, because the customer is held out. Written
    in the transaction of the message; what became of it is read from what happened since (conversations.outreach.goals)
    and nothing of that is kept here."""

    rule = models.ForeignKey(OutreachRule, models.CASCADE, related_name="records")
    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="outreach_records")
    key = models.CharField(max_length=220)  # of the occasion
    is_held_out = models.BooleanField(default=False)
    message = models.OneToOneField(
        "conversations.Message", models.SET_NULL, null=True, blank=True, related_name="outreach_record"
    )
    medium = models.CharField(max_length=12, blank=True)  # by which it went, or would have
    language = models.CharField(max_length=12, blank=True)
    product = models.CharField(max_length=160, blank=True)  # "source:product", for the goal that is about one
    goal = models.CharField(max_length=6, choices=Goal.choices)  # as the rule had it then
    at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()  # the end of the days for the goal

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "key"], name="outreach_once"),
            models.CheckConstraint(
                condition=models.Q(is_held_out=False) | models.Q(message=None), name="outreach_held_out_hears_nothing"
            ),
        ]
        indexes = [
            models.Index(fields=["rule", "-at", "-id"], name="outreach_of_rule"),
            models.Index(fields=["customer", "-at"], name="outreach_of_customer"),
            models.Index(fields=["-at", "-id"], name="outreach_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.key} by {self.rule_id}"
