"""Event: one thing a customer did outside a conversation; Visit: the page views of one sitting, folded into a line."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Category(models.TextChoices):
    BEHAVIOURAL = "behavioural", _("Behavioural")
    TRANSACTIONAL = "transactional", _("Transactional")
    ATTITUDINAL = "attitudinal", _("Attitudinal")
    PROFILE = "profile", _("Profile")
    CONTEXTUAL = "contextual", _("Contextual")


class Visit(models.Model):
    """One sitting at the site of one browser: what its page views fold into. It ends after half an hour of silence."""

    identity = models.ForeignKey("customers.Identity", models.CASCADE, related_name="visits")
    source = models.BigIntegerField()  # the id of the Connector that saw it
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()  # of its last event so far
    pages = models.PositiveIntegerField(default=0)
    seconds = models.PositiveIntegerField(default=0)  # time spent on pages, as the tracker counted it
    page = models.JSONField(default=dict, blank=True)  # the newest: {"url", "title", "referrer"}
    seen = models.JSONField(default=list, blank=True)  # products looked at: [{"id", "name", "kind", "url", "times"}]
    searches = models.JSONField(default=list, blank=True)  # words searched for, in order
    context = models.JSONField(default=dict, blank=True)  # {"device", "language", "timezone", "place", "campaign"}

    class Meta:
        indexes = [
            models.Index(fields=["identity", "started_at", "id"], name="visit_of_identity"),
            models.Index(fields=["ended_at"], name="visit_ended"),
        ]

    def __str__(self) -> str:
        return f"visit {self.pk}"


class EventNumber(models.Func):
    """The next number of the sequence that all partitions share."""

    template = "nextval('customers_event_number'::regclass)"
    arity = 0
    output_field = models.BigIntegerField()


class Event(models.Model):
    """Belongs to the identity that made it, and through it to whoever owns that identity now: so the past of a visitor
    moves with the identity, and goes back with it, without a row being touched.

    The table is partitioned by the month of `occurred_at` (customers/migrations), so that old months are dropped whole.
    """

    pk = models.CompositePrimaryKey("occurred_at", "number")
    number = models.BigIntegerField(db_default=EventNumber(), editable=False)
    occurred_at = models.DateTimeField()  # by the clock of whoever reported it, corrected
    received_at = models.DateTimeField(db_default=Now(), editable=False)
    identity = models.ForeignKey("customers.Identity", models.CASCADE, related_name="events", db_index=False)
    visit = models.ForeignKey(Visit, models.SET_NULL, null=True, blank=True, related_name="events", db_index=False)
    name = models.CharField(max_length=120)  # a standard name (customers.event_names) or the shop's own
    category = models.CharField(max_length=13, choices=Category.choices)
    is_folded = models.BooleanField(default=False)  # shown only inside its visit
    source = models.BigIntegerField(default=0)  # the id of the Connector it came by; 0: written by an agent
    external_id = models.CharField(max_length=200, blank=True)  # the reporter's own name of it
    properties = models.JSONField(default=dict, blank=True)
    context = models.JSONField(default=dict, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["identity", "occurred_at", "number"], name="event_of_identity"),
            models.Index(  # what a timeline shows by itself …
                fields=["identity", "occurred_at", "number"],
                name="event_of_identity_shown",
                condition=models.Q(is_folded=False),
            ),
            models.Index(  # … and of one category
                fields=["identity", "category", "occurred_at", "number"],
                name="event_of_category",
                condition=models.Q(is_folded=False),
            ),
            models.Index(
                fields=["identity", "occurred_at"],
                name="event_of_opinion",
                condition=models.Q(category=Category.ATTITUDINAL),
            ),
            models.Index(fields=["visit", "occurred_at"], name="event_of_visit", condition=~models.Q(visit=None)),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


class EventKey(models.Model):
    """That an event came: a partitioned table cannot hold a key that leaves out its month."""

    source = models.BigIntegerField()
    external_id = models.CharField(max_length=200)
    received_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="event_once")]
        indexes = [models.Index(fields=["received_at"], name="event_key_received")]

    def __str__(self) -> str:
        return f"{self.source}:{self.external_id}"


class Trait(models.Model):
    """One thing known of a customer, said by or about one identity: the newest of all their identities counts."""

    identity = models.ForeignKey("customers.Identity", models.CASCADE, related_name="traits")
    name = models.CharField(max_length=80)
    value = models.JSONField()
    source = models.BigIntegerField(default=0)
    said_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["identity", "name"], name="trait_once")]
        indexes = [models.Index(fields=["name"], name="trait_name"), GinIndex(fields=["value"], name="trait_value")]

    def __str__(self) -> str:
        return self.name
