"""Replay: other rules tried on what has happened, in parts that workers share, with what would have been otherwise."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class ReplayState(models.TextChoices):
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Could not be done")


class Replay(models.Model):
    """`before` are the rules that it is compared with, `after` those that are tried: both as conversations.routing.kept
    writes a facts.Policy, for a draft may change meanwhile. `figures`: conversations.routing.figures says what."""

    State = ReplayState

    policy = models.ForeignKey("conversations.RoutingPolicy", models.SET_NULL, null=True, blank=True, related_name="+")
    baseline = models.ForeignKey(
        "conversations.RoutingPolicy", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    since = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=8, choices=ReplayState.choices, default=ReplayState.RUNNING)
    total = models.PositiveIntegerField(default=0)  # arrivals
    done = models.PositiveIntegerField(default=0)
    differing = models.PositiveIntegerField(default=0)
    figures = models.JSONField(default=dict)
    error = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=ReplayState.values), name="replay_state_known"),
        ]
        indexes = [
            models.Index(fields=["policy", "-created_at"], name="replay_of_policy"),
            models.Index(fields=["created_at"], name="replay_running", condition=models.Q(state="running")),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} on {self.since} to {self.until}"

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 100


class ReplayChunk(models.Model):
    """A stretch of the period, which one worker plays from end to end."""

    replay = models.ForeignKey(Replay, models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    arrivals = models.PositiveIntegerField()
    asked_at = models.DateTimeField(db_default=Now())  # of a worker
    done_at = models.DateTimeField(null=True, blank=True)
    tallies = models.JSONField(default=dict)  # conversations.routing.figures
    took_ms = models.FloatField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["replay", "number"], name="replay_chunk_once")]

    def __str__(self) -> str:
        return f"{self.replay_id} {self.number}"


class ReplayChange(models.Model):
    """A conversation that the tried rules give to another. `is_direct`: they would with the very same agents and loads;
    else it follows from what they did with others before it."""

    replay = models.ForeignKey(Replay, models.CASCADE, related_name="changes")
    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="+")
    at = models.DateTimeField()
    before = models.JSONField(default=dict)  # conversations.routing.figures.Turn
    after = models.JSONField(default=dict)
    is_direct = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["replay", "-is_direct", "at", "id"], name="replay_change_in_order")]

    def __str__(self) -> str:
        return f"{self.replay_id} {self.conversation_id}"
