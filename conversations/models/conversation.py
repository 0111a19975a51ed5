"""Conversation: one matter of one customer, over any number of channels."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from deskapp.models import User

NOT_WAITING = datetime(9000, 1, 1, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Status(models.TextChoices):
    OPEN = "open", _("Open")
    PENDING = "pending", _("With bot")
    SNOOZED = "snoozed", _("Snoozed")
    RESOLVED = "resolved", _("Solved")


class Priority(models.IntegerChoices):
    LOW = 0, _("Low")
    NORMAL = 1, _("Normal")
    HIGH = 2, _("High")
    URGENT = 3, _("Urgent")


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def visible_to(self, agent: "User") -> Self:
        """What this agent may see: their teams' work, work of no team, their own, and what they were called into."""
        if not agent.is_active:
            return self.none()
        if agent.sees_all_teams:
            return self
        return self.filter(
            models.Q(team=None)
            | models.Q(team__in=[team.pk for team in agent.teams.all()])
            | models.Q(assignee=agent)
            | models.Q(pk__in=agent.mentions.values("conversation"))
        )

    def here(self) -> Self:
        """Conversations that were not merged into another and are not spam."""
        return self.filter(merged_into=None, is_spam=False)

    def open(self) -> Self:
        return self.here().filter(status__in=[Status.OPEN, Status.PENDING])

    def mine(self, agent: "User") -> Self:
        return self.open().filter(assignee=agent)

    def unassigned(self) -> Self:
        return self.open().filter(assignee=None)

    def snoozed(self) -> Self:
        return self.here().filter(status=Status.SNOOZED)

    def resolved(self) -> Self:
        return self.here().filter(status=Status.RESOLVED)

    def to_ring(self) -> Self:
        return self.here().filter(call_back_at__isnull=False)

    def spam(self) -> Self:
        return self.filter(merged_into=None, is_spam=True)


# What topics could be learnt from: a person said what it is about, or nobody knew and it is solved.
TEACHES = models.Q(merged_into=None, is_spam=False) & (
    models.Q(topic__isnull=False, certainty=None) | models.Q(topic=None, status=Status.RESOLVED)
)
# What the lists of waiting customers walk, in the words of `ConversationQuerySet.open`: PostgreSQL keeps no order over
# two statuses of one index, so these indexes hold just those rows.
_OPEN_HERE = models.Q(merged_into=None, is_spam=False, status__in=[Status.OPEN, Status.PENDING])


class Conversation(models.Model):
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="conversations")
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.OPEN)
    priority = models.SmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.NORMAL)
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    team = models.ForeignKey("conversations.Team", models.SET_NULL, null=True, blank=True, related_name="+")
    tags = models.ManyToManyField("conversations.Tag", related_name="conversations", blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    is_spam = models.BooleanField(_("spam"), default=False)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="absorbed")
    snoozed_until = models.DateTimeField(_("snoozed until"), null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    # What routing understood of it; a person may have corrected the topic.
    topic = models.ForeignKey("conversations.Topic", models.SET_NULL, null=True, blank=True, related_name="+")
    certainty = models.FloatField(null=True, blank=True)  # of the topic, 0 to 1; None where a person said it
    mood = models.FloatField(null=True, blank=True)  # -1 angry … 1 glad

    # Kept by conversations.sla, in the transaction of whatever moves a deadline.
    sla = models.ForeignKey(
        "conversations.SlaPolicy", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    clocks = models.JSONField(default=dict, db_default={}, blank=True)  # as conversations.clocks writes a State
    due_at = models.DateTimeField(null=True, blank=True)  # the next deadline
    at_risk_at = models.DateTimeField(null=True, blank=True)  # since when it is soon
    is_late = models.BooleanField(default=False, db_default=False)  # a deadline has passed, and it is not done
    sla_look_at = models.DateTimeField(null=True, blank=True)  # when a deadline is to be warned of, or has passed

    # Kept by conversations.inbound.record and conversations.outbound, so that a list row needs no message.
    waiting_since = models.DateTimeField(null=True, blank=True)
    queue_at = models.DateTimeField(default=NOT_WAITING)
    last_message_at = models.DateTimeField(default=timezone.now)
    last_inbound_at = models.DateTimeField(null=True, blank=True)
    snippet = models.CharField(max_length=160, blank=True)
    rating = models.FloatField(null=True, blank=True)  # how its customer found it last: 1 to 5, whatever was asked
    call_back_at = models.DateTimeField(null=True, blank=True)  # when somebody of it is to be rung; of its call-backs
    media = ArrayField(models.CharField(max_length=12), default=list)  # in the order of the talk, no two alike in a row

    objects = ConversationQuerySet.as_manager()

    # No columns: true on one that a message has just begun (conversations.inbound.thread), or opened again.
    is_new = False
    is_reopened = False

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="conversation_status_known"),
            models.CheckConstraint(
                condition=models.Q(status=Status.SNOOZED) | models.Q(snoozed_until=None),
                name="conversation_snoozed_until_only_when_snoozed",
            ),
            models.CheckConstraint(
                condition=~models.Q(merged_into=models.F("pk")), name="conversation_not_merged_into_self"
            ),
        ]
        indexes = [
            models.Index(
                fields=["status", "queue_at", "id"], name="conversation_queue", condition=models.Q(merged_into=None)
            ),
            models.Index(
                fields=["status", "-last_message_at", "-id"],
                name="conversation_newest",
                condition=models.Q(merged_into=None),
            ),
            # With what decides who may see a row, so that the rail counts by the indexes alone.
            models.Index(
                fields=["queue_at", "id"],
                name="conversation_open",
                condition=_OPEN_HERE,
                include=["team", "assignee"],
            ),
            models.Index(fields=["-last_message_at", "-id"], name="conversation_open_newest", condition=_OPEN_HERE),
            models.Index(
                fields=["assignee", "queue_at", "id"],
                name="conversation_open_assignee",
                condition=_OPEN_HERE,
                include=["team"],
            ),
            models.Index(
                fields=["team", "queue_at", "id"],
                name="conversation_open_team",
                condition=_OPEN_HERE,
                include=["assignee"],
            ),
            models.Index(
                fields=["queue_at", "id"],
                name="conversation_to_ring",
                condition=models.Q(merged_into=None, is_spam=False, call_back_at__isnull=False),
                include=["team", "assignee"],
            ),
            models.Index(fields=["customer", "-last_message_at"], name="conversation_of_customer"),
            models.Index(fields=["created_at", "id"], name="conversation_begun"),
            models.Index(fields=["-id"], name="conversation_teaches", condition=TEACHES),
            models.Index(fields=["sla"], name="conversation_of_sla", condition=models.Q(sla__isnull=False)),
            models.Index(
                fields=["sla_look_at"], name="conversation_sla_look", condition=models.Q(sla_look_at__isnull=False)
            ),
            models.Index(
                fields=["due_at", "id"], name="conversation_due", condition=_OPEN_HERE & models.Q(due_at__isnull=False)
            ),
            models.Index(
                fields=["snoozed_until"], name="conversation_to_wake", condition=models.Q(status=Status.SNOOZED)
            ),
        ]

    def __str__(self) -> str:
        return self.subject or f"#{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.status in (Status.OPEN, Status.PENDING)

    @property
    def channel(self) -> str:
        """The medium spoken last."""
        return self.media[-1] if self.media else ""


def place_in_queue(waiting_since: datetime | None, last_message_at: datetime) -> datetime:
    """Where a conversation stands in a list: the longest waiting first, then the others, newest first.

    Both halves go up the same index: for those who do not wait, a far future time that falls as the last message is
    newer.
    """
    return waiting_since or NOT_WAITING - timedelta(seconds=(last_message_at - _EPOCH).total_seconds())


class Participant(models.Model):
    """Somebody else on a conversation's mails: kept in copy until an agent takes them off."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="participants")
    email = models.EmailField(max_length=320)
    name = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "email"], name="participant_once")]

    def __str__(self) -> str:
        return self.email
