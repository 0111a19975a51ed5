"""Handoff: the moment a conversation passes from the bot to people, or back, with the packet that goes along."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class HandoffReason(models.TextChoices):
    ASKED = "asked", _("asked for a person")
    MISUNDERSTOOD = "misunderstood", _("not understood twice")
    OUT_OF_SCOPE = "out_of_scope", _("nothing the bot knows about")
    UNSURE = "unsure", _("not sure enough what it is about")
    MIXED = "mixed", _("several matters at once")
    MOOD = "mood", _("the customer’s mood is falling")
    SERIOUS = "serious", _("a legal or safety matter")
    NOT_ALLOWED = "not_allowed", _("an action that the bot may not do")
    FAILED = "failed", _("an action that did not work")
    VALUE = "value", _("a customer for whom people come first")
    LIMIT = "limit", _("it went round in circles")
    BRAIN = "brain", _("the bot was out of order")
    LANGUAGE = "language", _("a language that the bot does not speak")
    STEPPED_IN = "stepped_in", _("an agent stepped in")
    CALLED = "called", _("the customer called instead")
    BACK = "back", _("given back to the bot")  # the only one from people to the bot


class Handoff(models.Model):
    """`packet` is as conversations.handoff.packet writes a Packet; of one back to the bot, what it is asked to do."""

    Reason = HandoffReason

    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="handoffs")
    talk = models.ForeignKey("conversations.BotTalk", models.SET_NULL, null=True, blank=True, related_name="handoffs")
    to_people = models.BooleanField(default=True)
    reason = models.CharField(max_length=14, choices=HandoffReason.choices)
    detail = models.CharField(max_length=400, blank=True)  # in the desk's words: which action, which limit
    packet = models.JSONField(default=dict)
    version = models.PositiveSmallIntegerField(default=1)  # of the packet's schema
    term = models.PositiveIntegerField()  # of the lease, after it
    topic = models.ForeignKey("conversations.Topic", models.SET_NULL, null=True, blank=True, related_name="+")
    team = models.ForeignKey("conversations.Team", models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    promised = models.JSONField(default=dict, blank=True)  # what the customer was told: name, team, seconds, opens_at
    wants = models.CharField(max_length=10, blank=True)  # instead of waiting: "call", "mail"
    # The agent who has it on their screen, and since when: only then the customer is told their name.
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)  # the first word of a person after it
    declines = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "term"], name="handoff_once_a_term"),
            models.CheckConstraint(condition=models.Q(reason__in=HandoffReason.values), name="handoff_reason_known"),
        ]
        indexes = [
            models.Index(fields=["conversation", "-created_at", "-id"], name="handoff_of_conversation"),
            models.Index(fields=["-created_at", "-id"], name="handoff_newest", condition=models.Q(to_people=True)),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}: {self.reason}"
