"""RoutingPolicy: the rules, in versions; RoutingDecision: one choice, kept with all that was known; and who waits."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PolicyState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    TRIAL = "trial", _("On trial")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Earlier")


class RoutingPolicy(models.Model):
    """A version. What was once published or tried is never changed again, since decisions point at it."""

    State = PolicyState

    number = models.PositiveIntegerField(unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    state = models.CharField(max_length=10, choices=PolicyState.choices, default=PolicyState.DRAFT)
    body = models.JSONField(default=dict)  # conversations.routing.kept says how a facts.Policy is written
    based_on = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    changed_at = models.DateTimeField(auto_now=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    one_in = models.PositiveSmallIntegerField(_("of how many, one"), default=10)  # on trial
    trial_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "routing policies"
        constraints = [
            models.UniqueConstraint(fields=["state"], name="policy_one_live", condition=models.Q(state="published")),
            models.UniqueConstraint(fields=["state"], name="policy_one_on_trial", condition=models.Q(state="trial")),
            models.CheckConstraint(condition=models.Q(state__in=PolicyState.values), name="policy_state_known"),
        ]

    def __str__(self) -> str:
        return self.name or str(_("Rules %(number)s") % {"number": self.number})


class Roster(models.Model):
    """What is slow to change about all agents at a decision, once for all decisions that saw the same."""

    digest = models.CharField(max_length=64, unique=True)
    body = models.JSONField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return self.digest[:12]


class DecisionKind(models.TextChoices):
    AGENT = "agent", _("to an agent")
    TEAM = "team", _("to a team’s queue")
    BOT = "bot", _("to the bot")
    STAYS = "stays", _("stays as it is")


# In `live`: the Roster of how all agents stood a moment before, 0 where there is none (conversations.routing.standing).
ROSTER_OF_LIVE = Cast(KeyTextTransform("3", "live"), models.BigIntegerField())


class RoutingDecision(models.Model):
    Kind = DecisionKind

    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="decisions")
    policy = models.ForeignKey(RoutingPolicy, models.PROTECT, null=True, blank=True, related_name="+")
    trigger = models.CharField(max_length=12)
    kind = models.CharField(max_length=8, choices=DecisionKind.choices)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    team = models.ForeignKey("conversations.Team", models.SET_NULL, null=True, blank=True, related_name="+")
    rule = models.CharField(max_length=40, blank=True)  # facts.Rule.key
    is_unsure = models.BooleanField(default=False)
    is_fallback = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    # What was known, so that the choice can be made again: the matter, the agents' slow facts and their quick ones.
    matter = models.JSONField(default=dict)
    roster = models.ForeignKey(Roster, models.PROTECT, null=True, blank=True, related_name="+")
    live = models.JSONField(default=list)
    outcome = models.JSONField(default=dict)  # facts.Decision
    took_ms = models.FloatField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    # A person's other opinion, with the reason: it teaches the rules.
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    changed_to = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    changed_team = models.ForeignKey("conversations.Team", models.SET_NULL, null=True, blank=True, related_name="+")
    changed_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=DecisionKind.values), name="decision_kind_known"),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="decision_newest"),
            models.Index(fields=["conversation", "-created_at", "-id"], name="decision_of_conversation"),
            models.Index(fields=["-created_at", "-id"], name="decision_unsure", condition=models.Q(is_unsure=True)),
            models.Index(fields=["-created_at", "-id"], name="decision_fallback", condition=models.Q(is_fallback=True)),
            models.Index(
                fields=["-created_at", "-id"], name="decision_changed", condition=models.Q(changed_at__isnull=False)
            ),
            models.Index(
                fields=["agent", "-created_at"], name="decision_of_agent", condition=models.Q(agent__isnull=False)
            ),
            models.Index(ROSTER_OF_LIVE, name="decision_of_roster_of_live"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.conversation_id}"


class Waiting(models.Model):
    """A conversation that routing has still to give to somebody. Gone as soon as it has: what is here is the queue."""

    conversation = models.OneToOneField(
        "conversations.Conversation", models.CASCADE, primary_key=True, related_name="waiting"
    )
    team = models.ForeignKey("conversations.Team", models.SET_NULL, null=True, blank=True, related_name="+")
    priority = models.SmallIntegerField(default=1)
    due_at = models.DateTimeField(null=True, blank=True)
    since = models.DateTimeField(default=timezone.now)
    trigger = models.CharField(max_length=12, default="arrived")
    step = models.PositiveSmallIntegerField(default=0)
    # To be decided at this moment, unless something happens before. None: decided, and waits for an agent with room.
    look_at = models.DateTimeField(null=True, blank=True, default=timezone.now)
    passed = ArrayField(models.BigIntegerField(), default=list, blank=True)  # agents who declined it or were silent
    passed_at = models.DateTimeField(null=True, blank=True)  # the last of them
    is_by_hand = models.BooleanField(default=False)  # a person passed it to its team: rules choose no other
    is_pulled = models.BooleanField(default=False)  # by its rule or its team agents take it themselves

    class Meta:
        verbose_name_plural = "waiting"
        indexes = [
            models.Index(
                models.F("priority").desc(), models.F("due_at").asc(nulls_last=True), "since", name="waiting_order"
            ),
            models.Index(fields=["look_at"], name="waiting_to_look", condition=models.Q(look_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} since {self.since}"


class AgentState(models.Model):
    """One stretch of time in one state: what an agent said, or what their sockets told. The last one has no end."""

    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="states")
    state = models.CharField(max_length=8)  # online, away, offline
    reason = models.CharField(max_length=80, blank=True)  # lunch, training …
    is_chosen = models.BooleanField(default=True)  # False: their sockets fell silent, or came back
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agent"], name="agent_state_one_now", condition=models.Q(until=None)),
        ]
        indexes = [
            models.Index(fields=["agent", "-since"], name="agent_state_of_agent"),
            models.Index(fields=["until"], name="agent_state_lately"),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.state}"


PEOPLE = "people"


class Topic(models.Model):
    """What a conversation can be about: learnt from examples, named by rules, counted by reports."""

    name = models.CharField(_("name"), max_length=80)
    about = models.CharField(_("in a sentence"), max_length=200, blank=True)
    complexity = models.SmallIntegerField(_("how hard"), default=1)  # 1 simple, 2 ordinary, 3 hard
    # What a bot does about it: a key of conversations.bots.deeds.DEEDS, PEOPLE for nothing but handing it over, or ""
    # for an answer out of its articles.
    bot_does = models.CharField(_("the bot"), max_length=20, blank=True, default="")
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(models.functions.Lower("name"), name="topic_once"),
            models.CheckConstraint(condition=models.Q(complexity__range=(1, 3)), name="topic_complexity"),
        ]

    def __str__(self) -> str:
        return self.name


class TopicExample(models.Model):
    """One thing that a customer said, and what it was about."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="examples")
    text = models.CharField(_("words"), max_length=1000)
    language = models.CharField(max_length=12, blank=True)
    # That it was taken from: it goes with it, since they are its customer's words.
    conversation = models.ForeignKey(
        "conversations.Conversation", models.CASCADE, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "text"], name="topic_example_once")]

    def __str__(self) -> str:
        return self.text[:60]


class TopicModel(models.Model):
    """What was learnt from the examples; the newest is in use. conversations.bots.teaching says what `tried` holds."""

    body = models.BinaryField()
    examples = models.PositiveIntegerField()
    seconds = models.FloatField()
    tried = models.JSONField(default=list)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return f"{self.examples} examples"


class TopicLesson(models.Model):
    """The one row that says whether topics are learnt anew, now or soon (conversations.bots.learning)."""

    asked_at = models.DateTimeField(null=True, blank=True)  # None: nobody waits for it
    begun_at = models.DateTimeField(null=True, blank=True)  # None: no worker is at it
    done_at = models.DateTimeField(null=True, blank=True)
    of = models.CharField(max_length=32, blank=True)  # the digest of the examples that were learnt, or are
    trouble = models.CharField(max_length=12, blank=True)  # why the last one came to nothing: "few", "failed"
    forgets = models.BooleanField(default=False)  # what was learnt before holds words that are to be forgotten

    def __str__(self) -> str:
        return self.trouble or str(self.done_at or "")


class TopicVerdict(models.Model):
    """A conversation whose first words were offered as an example, and what somebody said to that."""

    conversation = models.OneToOneField("conversations.Conversation", models.CASCADE, related_name="+")
    is_taken = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return f"{self.conversation_id}: {self.is_taken}"
