"""SlaPolicy: how soon somebody answers whom; Deadline: one that ended, kept or broken; Recount: a change on its way."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conversations.models.conversation import Priority

MOST_MINUTES = 525_600  # a year


class DeadlineKind(models.TextChoices):
    FIRST = "first", _("first answer")
    NEXT = "next", _("next answer")
    RESOLUTION = "resolution", _("solution")


class SlaPolicy(models.Model):
    """The first active one whose conditions hold, by `order`, is a conversation's. A promise that is empty is none."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    order = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(_("in force"), default=True)
    conditions = models.JSONField(default=dict, blank=True)  # conversations.conditions checks them when they are saved
    # Minutes of the hours that count: those chosen here, else the channel's, the team's or the desk's; or every minute.
    first_response = models.PositiveIntegerField(
        _("first answer within"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    next_response = models.PositiveIntegerField(
        _("every further answer within"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    resolution = models.PositiveIntegerField(
        _("solved within"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    is_round_the_clock = models.BooleanField(_("every hour counts, of day and night"), default=False)
    hours = models.ForeignKey("conversations.Hours", models.SET_NULL, null=True, blank=True, related_name="+")
    pauses = models.BooleanField(_("the time to a solution rests while the customer has the word"), default=True)
    warn_at = models.PositiveSmallIntegerField(
        _("at risk when so much of the time is used"),
        default=75,
        validators=[MinValueValidator(1), MaxValueValidator(99)],
    )  # per cent
    # When a deadline has passed, so many minutes later.
    escalate_after = models.PositiveIntegerField(_("minutes after the deadline"), default=0)
    raise_to = models.SmallIntegerField(_("raise the priority to"), choices=Priority.choices, null=True, blank=True)
    escalate_to = models.ForeignKey("conversations.Team", models.SET_NULL, null=True, blank=True, related_name="+")
    tells_supervisors = models.BooleanField(_("tell the supervisors"), default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "SLA policies"
        constraints = [
            models.CheckConstraint(condition=models.Q(warn_at__range=(1, 99)), name="sla_policy_warns_within"),
            models.CheckConstraint(
                condition=models.Q(first_response__isnull=False)
                | models.Q(next_response__isnull=False)
                | models.Q(resolution__isnull=False),
                name="sla_policy_promises_something",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Deadline(models.Model):
    """One that has ended: answered or solved, in time or late. What still runs is on its conversation."""

    Kind = DeadlineKind

    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="deadlines")
    kind = models.CharField(max_length=10, choices=DeadlineKind.choices)
    policy = models.ForeignKey(SlaPolicy, models.SET_NULL, null=True, blank=True, related_name="+")
    team = models.ForeignKey("conversations.Team", models.SET_NULL, null=True, blank=True, related_name="+")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    since = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)  # None: the hours that count never came
    done_at = models.DateTimeField(default=timezone.now)
    is_met = models.BooleanField()
    took = models.FloatField()  # seconds of the hours that count

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "kind", "since"], name="deadline_once"),
            models.CheckConstraint(condition=models.Q(kind__in=DeadlineKind.values), name="deadline_kind_known"),
        ]
        indexes = [models.Index(fields=["-done_at", "-id"], name="deadline_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.conversation_id}"


class Recount(models.Model):
    """The one row that says that deadlines are to be worked out again, since policies or hours changed."""

    asked_at = models.DateTimeField(default=timezone.now)
    begun_at = models.DateTimeField(null=True, blank=True)  # of the walk that goes on; another ask begins it anew
    done_at = models.DateTimeField(null=True, blank=True)
    cursor = models.BigIntegerField(default=0)  # conversations up to this key are done
    counted = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.counted} of {self.total}"
