"""Activity: what was done to a conversation, by whom; and the ledger of merged conversations."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Verb(models.TextChoices):
    ASSIGNED = "assigned", _("assigned")
    RESOLVED = "resolved", _("solved")
    REOPENED = "reopened", _("reopened")
    SNOOZED = "snoozed", _("snoozed")
    WOKE = "woke", _("woke up")
    TAGGED = "tagged", _("tagged")
    UNTAGGED = "untagged", _("untagged")
    PRIORITISED = "prioritised", _("set the priority")
    RENAMED = "renamed", _("renamed")
    MERGED = "merged", _("merged")
    UNMERGED = "unmerged", _("took apart")
    SPLIT = "split", _("split")
    MARKED_SPAM = "marked_spam", _("marked as spam")
    UNMARKED_SPAM = "unmarked_spam", _("marked as not spam")
    MOVED = "moved", _("moved to another customer")
    FAILED = "failed", _("a message was not delivered")
    REMOVED = "removed", _("removed a message that was not sent")
    REFUNDED = "refunded", _("refunded")
    CANCELLED_ORDER = "cancelled_order", _("cancelled an order")
    RESENT_ORDER = "resent_order", _("sent an order’s confirmation again")
    HELD_ORDER = "held_order", _("put an order on hold")
    RELEASED_ORDER = "released_order", _("released an order")
    ADDED_ORDER = "added_order", _("added an order")
    NOTED_CALL = "noted_call", _("noted a call")
    NOTED_FACT = "noted_fact", _("noted a fact")
    ASKED_CALL = "asked_call", _("noted a call back")
    CALLED_BACK = "called_back", _("ended a call back")
    CALLER = "caller", _("said who was calling")
    DECLINED = "declined", _("gave it back")
    ROUTED = "routed", _("routing gave it")
    LATE = "late", _("a deadline has passed")
    RULE_RAN = "rule_ran", _("a rule acted")
    TOPIC = "topic", _("set the topic")
    HANDED_OVER = "handed_over", _("the bot handed it over")
    TOOK_OVER = "took_over", _("took over from the bot")
    HANDED_BACK = "handed_back", _("gave it back to the bot")
    BOT_DID = "bot_did", _("the bot did something")


# What is written down with an order's number or sum: for those who may see purchases.
OF_ORDERS = (
    Verb.REFUNDED,
    Verb.CANCELLED_ORDER,
    Verb.RESENT_ORDER,
    Verb.HELD_ORDER,
    Verb.RELEASED_ORDER,
    Verb.ADDED_ORDER,
)


class Activity(models.Model):
    Verb = Verb

    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="activities")
    verb = models.CharField(max_length=16, choices=Verb.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    to = models.CharField(max_length=400, blank=True)  # whom, until when, which tag: in words
    reason = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "activities"
        indexes = [models.Index(fields=["conversation", "created_at", "id"], name="activity_of_conversation")]

    def __str__(self) -> str:
        return f"{self.verb} {self.to}"


class ConversationMerge(models.Model):
    """What moved from `absorbed` to `kept`, by id, and how `kept` stood before: undoing restores just this."""

    kept = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="+")
    absorbed = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="+")
    messages = ArrayField(models.BigIntegerField())
    activities = ArrayField(models.BigIntegerField(), default=list)
    tags = ArrayField(models.BigIntegerField(), default=list)  # those that `kept` did not have
    participants = ArrayField(models.BigIntegerField(), default=list)
    follows = ArrayField(models.BigIntegerField(), default=list)
    drafts = ArrayField(models.BigIntegerField(), default=list)
    call_backs = ArrayField(models.BigIntegerField(), default=list)
    status_before = models.CharField(max_length=10)
    snoozed_until_before = models.DateTimeField(null=True, blank=True)
    resolved_at_before = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)
