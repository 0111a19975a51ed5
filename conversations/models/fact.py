"""Episode: one handled stretch of a conversation; Reply: one wait of its customer that a person ended; Work: an agent's
time on it. Written in the transaction of the deed, and all that reports of the service count."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Handler(models.TextChoices):
    """Who answered in it."""

    NOBODY = "nobody", _("nobody")
    BOT = "bot", _("the bot alone")
    PEOPLE = "people", _("people alone")
    BOTH = "both", _("the bot, then people")


class Outcome(models.TextChoices):
    OPEN = "", _("open")
    SOLVED = "solved", _("solved")
    SPAM = "spam", _("spam")
    MERGED = "merged", _("merged into another")


class Episode(models.Model):
    """From the customer's first word, or ours, until it was solved; opened again is another one. All of it follows
    from the conversation's messages and log: conversations.reports.episodes derives it, and can do so anew."""

    Handler, Outcome = Handler, Outcome

    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="episodes")
    began_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    reopened_at = models.DateTimeField(null=True, blank=True)  # when the next one began, after this had ended
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    is_inbound = models.BooleanField(default=True)  # the customer wrote or rang first
    is_first = models.BooleanField(default=True)  # of its conversation
    # How it stood at its end; while it is open, as it stands.
    team = models.ForeignKey("conversations.Team", models.SET_NULL, null=True, blank=True, related_name="+")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    handler = models.CharField(max_length=6, choices=Handler.choices, default=Handler.NOBODY)
    medium = models.CharField(max_length=12, blank=True)  # of its first word
    channel = models.ForeignKey(  # the same; None: from before this was kept
        "conversations.Channel", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    last_medium = models.CharField(max_length=12, blank=True)
    topic = models.ForeignKey("conversations.Topic", models.SET_NULL, null=True, blank=True, related_name="+")
    language = models.CharField(max_length=12, blank=True)
    tier = models.CharField(max_length=40, blank=True)
    # How it went.
    waited = models.PositiveIntegerField(null=True, blank=True)  # seconds to the first answer of a person, all counted
    waited_open = models.PositiveIntegerField(null=True, blank=True)  # the same, only while the desk was open
    took = models.PositiveIntegerField(null=True, blank=True)  # seconds until it ended
    took_open = models.PositiveIntegerField(null=True, blank=True)
    said = models.PositiveIntegerField(default=0)  # messages and calls of the customer's
    answers = models.PositiveIntegerField(default=0)  # of people
    bot_answers = models.PositiveIntegerField(default=0)
    transfers = models.PositiveSmallIntegerField(default=0)  # from one person or team to another
    handoffs = models.PositiveSmallIntegerField(default=0)  # from the bot to people
    switches = models.PositiveSmallIntegerField(default=0)  # of the customer's medium
    repeats = models.PositiveSmallIntegerField(default=0)  # questions that had been answered before
    worked = models.PositiveIntegerField(default=0)  # seconds of agents' work, see Work
    is_within_sla = models.BooleanField(null=True, blank=True)  # None: nothing was promised
    is_first_in_time = models.BooleanField(null=True, blank=True)  # the first answer alone

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "began_at"], name="episode_once"),
            models.CheckConstraint(condition=models.Q(handler__in=Handler.values), name="episode_handler_known"),
            models.CheckConstraint(condition=models.Q(outcome__in=Outcome.values), name="episode_outcome_known"),
        ]
        indexes = [
            models.Index(fields=["-began_at", "-id"], name="episode_newest"),
            models.Index(fields=["-ended_at", "-id"], name="episode_ended", condition=models.Q(ended_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} from {self.began_at:%F %R}"


class Reply(models.Model):
    """What a customer said waited since `since`, until a person answered it. Waits that the bot ended are none."""

    episode = models.ForeignKey(Episode, models.CASCADE, related_name="replies")
    message = models.OneToOneField("conversations.Message", models.CASCADE, related_name="reply_fact")
    is_first = models.BooleanField(default=False)  # of a person in this episode
    team = models.ForeignKey("conversations.Team", models.SET_NULL, null=True, blank=True, related_name="+")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    medium = models.CharField(max_length=12, blank=True)  # on which it was answered
    since = models.DateTimeField()
    at = models.DateTimeField()
    seconds = models.PositiveIntegerField()  # all counted
    seconds_open = models.PositiveIntegerField()  # while the desk was open, by the hours of channel, team or desk
    is_in_time = models.BooleanField(null=True, blank=True)  # None: nothing was promised

    class Meta:
        indexes = [models.Index(fields=["-at", "-id"], name="reply_newest")]

    def __str__(self) -> str:
        return f"{self.seconds} s in {self.episode_id}"


class Work(models.Model):
    """How long an agent had a conversation in front of them, and was awake at it, within one hour; with calls."""

    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="work")
    team = models.ForeignKey("conversations.Team", models.SET_NULL, null=True, blank=True, related_name="+")
    medium = models.CharField(max_length=12, blank=True)
    channel = models.ForeignKey(  # None: from before this was kept
        "conversations.Channel", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    hour = models.DateTimeField()  # its beginning
    seconds = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "conversation", "hour"], name="work_once_an_hour")]
        indexes = [models.Index(fields=["hour", "agent"], name="work_of_hour")]

    def __str__(self) -> str:
        return f"{self.seconds} s of {self.agent_id} in {self.conversation_id}"
