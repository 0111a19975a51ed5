"""Bot: who answers first where rules say so; BotTalk: a stretch in which it speaks; BotTurn: that it must speak now."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Brain(models.TextChoices):
    OWN = "own", _("The desk’s own")
    CONNECTOR = "connector", _("Another, by a connector")


class Bot(models.Model):
    """`channels`: those it answers on; none is every one that goes both ways. Its Connector, where it has one, points
    here (integrations.models.Connector.bot)."""

    Brain = Brain

    name = models.CharField(_("name"), max_length=40)
    brain = models.CharField(_("who thinks for it"), max_length=10, choices=Brain.choices, default=Brain.OWN)
    is_active = models.BooleanField(_("active"), default=True)
    channels = models.ManyToManyField(
        "conversations.Channel", blank=True, related_name="bots", verbose_name=_("channels")
    )
    languages = ArrayField(models.CharField(max_length=12), default=list, blank=True)  # [] is all that it has words in
    most_turns = models.PositiveSmallIntegerField(_("turns in one conversation"), default=12)
    most_misunderstood = models.PositiveSmallIntegerField(_("times it may not understand"), default=2)
    unsure_below = models.FloatField(_("sure from"), default=0.5)  # 0 to 1
    patience = models.PositiveSmallIntegerField(_("seconds its brain may think"), default=20)
    people_first_tiers = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    people_first_from = models.DecimalField(  # in the desk's currency, spent in all
        _("people first from"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(models.functions.Lower("name"), name="bot_name_once"),
            models.CheckConstraint(condition=models.Q(brain__in=Brain.values), name="bot_brain_known"),
            models.CheckConstraint(condition=models.Q(unsure_below__range=(0, 1)), name="bot_unsure_share"),
        ]

    def __str__(self) -> str:
        return self.name


class TalkEnd(models.TextChoices):
    HELPED = "helped", _("Solved, as the customer said")
    LEFT = "left", _("The customer left")  # never counted as solved
    HANDED = "handed", _("Handed to people")


class BotTalk(models.Model):
    """`state` is what the bot knows and did, as conversations.bots.memory writes a Memory."""

    End = TalkEnd

    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="bot_talks")
    bot = models.ForeignKey(Bot, models.SET_NULL, null=True, blank=True, related_name="talks")
    channel = models.ForeignKey("conversations.Channel", models.SET_NULL, null=True, blank=True, related_name="+")
    topic = models.ForeignKey("conversations.Topic", models.SET_NULL, null=True, blank=True, related_name="+")
    term = models.PositiveIntegerField()  # of the lease under which it speaks
    state = models.JSONField(default=dict, blank=True)
    turns = models.PositiveSmallIntegerField(default=0)
    misunderstood = models.PositiveSmallIntegerField(default=0)  # in a row
    language = models.CharField(max_length=12, blank=True)
    end = models.CharField(max_length=8, choices=TalkEnd.choices, blank=True)  # "": it goes on
    first = models.ForeignKey("conversations.Message", models.SET_NULL, null=True, blank=True, related_name="+")
    began_at = models.DateTimeField(default=timezone.now)
    spoke_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], name="bot_talk_one_at_a_time", condition=models.Q(ended_at=None)
            ),
            models.CheckConstraint(condition=models.Q(end__in=["", *TalkEnd.values]), name="bot_talk_end_known"),
        ]
        indexes = [
            models.Index(fields=["-began_at", "-id"], name="bot_talk_newest"),
            models.Index(fields=["spoke_at"], name="bot_talk_silent", condition=models.Q(ended_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} from {self.began_at}"


class BotTurn(models.Model):
    """The customer has written and the bot has not answered yet. Gone when it has, or when it has not the word."""

    conversation = models.OneToOneField(
        "conversations.Conversation", models.CASCADE, primary_key=True, related_name="bot_turn"
    )
    asked_at = models.DateTimeField(default=timezone.now)  # the first line that waits
    due_at = models.DateTimeField(default=timezone.now)  # soon after the last line; while a worker is at it: its end
    taken_at = models.DateTimeField(null=True, blank=True)  # by a worker, or by another brain that is thinking
    tries = models.PositiveSmallIntegerField(default=0)
    key = models.UUIDField(null=True, blank=True)  # of who is at it now: an answer under another comes too late
    read_until = models.PositiveBigIntegerField(default=0)  # the last line that they were told of

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="bot_turn_due")]

    def __str__(self) -> str:
        return f"{self.conversation_id} since {self.asked_at}"


class BotMistake(models.Model):
    """An answer of the bot's that a person called wrong."""

    message = models.OneToOneField("conversations.Message", models.CASCADE, related_name="bot_mistake")
    talk = models.ForeignKey(BotTalk, models.CASCADE, related_name="mistakes")
    right = models.ForeignKey("conversations.Topic", models.SET_NULL, null=True, blank=True, related_name="+")
    why = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return f"{self.message_id}: {self.why}"
