"""Rule of automation: when this happens, and that holds, do so; what has happened; and what each rule made of it."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class RuleEventKind(models.TextChoices):
    """What a rule can listen to. The last two are told by the clock."""

    ARRIVED = "arrived", _("a conversation begins")
    WROTE = "wrote", _("the customer writes again")
    ANSWERED = "answered", _("somebody answers the customer")
    ROUTED = "routed", _("routing has decided")
    ASSIGNED = "assigned", _("it is assigned")
    TAGGED = "tagged", _("a tag is added")
    PRIORITISED = "prioritised", _("the priority changes")
    TOPIC = "topic", _("somebody sets the topic")
    SNOOZED = "snoozed", _("it is snoozed")
    WOKE = "woke", _("it wakes up")
    RESOLVED = "resolved", _("it is solved")
    REOPENED = "reopened", _("it is opened again")
    LATE = "late", _("a deadline passes")
    RATED = "rated", _("the customer says how it was")
    WAITING = "waiting", _("the customer has waited for")
    QUIET = "quiet", _("nothing was said, after our answer, for")


TIMED = (RuleEventKind.WAITING, RuleEventKind.QUIET)


class Rule(models.Model):
    """Rules of one event are looked at in the order of `place`; one that `stops` and acts is the last."""

    Event = RuleEventKind

    name = models.CharField(_("name"), max_length=80)
    place = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(_("on"), default=False)
    event = models.CharField(_("when"), max_length=12, choices=RuleEventKind.choices)
    after_minutes = models.PositiveIntegerField(_("minutes"), null=True, blank=True)  # of an event of the clock
    conditions = models.JSONField(default=dict, blank=True)  # conversations.conditions
    actions = models.JSONField(default=list)  # conversations.rule_actions says what one may look like
    stops = models.BooleanField(_("no other rule after it"), default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="rule_once"),
            models.CheckConstraint(condition=models.Q(event__in=RuleEventKind.values), name="rule_event_known"),
            models.CheckConstraint(
                condition=models.Q(event__in=TIMED, after_minutes__gte=1)
                | (~models.Q(event__in=TIMED) & models.Q(after_minutes=None)),
                name="rule_minutes_of_the_clock",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RuleEvent(models.Model):
    """Something that happened and that a rule listens to: work to do, gone when it is done. One of the clock stays as
    the mark that its moment was seen (`done_at`)."""

    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="+")
    event = models.CharField(max_length=12, choices=RuleEventKind.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    chain = ArrayField(models.BigIntegerField(), default=list)  # the rules whose deeds led to it, the first first
    rule = models.ForeignKey(Rule, models.CASCADE, null=True, blank=True, related_name="+")  # of the clock: for whom
    since = models.DateTimeField(null=True, blank=True)  # of the clock: what it counts from
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "conversation", "since"],
                name="rule_event_of_the_clock_once",
                condition=models.Q(rule__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="rule_event_due", condition=models.Q(done_at=None)),
            models.Index(fields=["conversation", "id"], name="rule_event_of_conversation"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.conversation_id}"


class RuleOutcome(models.TextChoices):
    RAN = "ran", _("acted")
    DID_NOT_HOLD = "not", _("did not hold")
    HELD_BACK = "held", _("held back")  # by a guard: it would go round in circles
    COULD_NOT = "could_not", _("could not")  # an action did not fit; nothing was changed
    FAILED = "failed", _("failed")


class RuleRun(models.Model):
    """What one rule made of one event, and why. Where it did not hold, only the last ones of each rule are kept one by
    one: those before them are counted (RuleTally)."""

    Outcome = RuleOutcome

    rule = models.ForeignKey(Rule, models.SET_NULL, null=True, blank=True, related_name="runs")
    rule_name = models.CharField(max_length=80)
    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="+")
    event = models.CharField(max_length=12, choices=RuleEventKind.choices)
    outcome = models.CharField(max_length=10, choices=RuleOutcome.choices)
    # {"code", "about"}: conversations.rule_words says it. Never words of a customer.
    why = models.JSONField(default=dict, blank=True)
    did = models.JSONField(default=list, blank=True)  # actions as they were carried out, with names in place of numbers
    depth = models.PositiveSmallIntegerField(default=0)  # how many rules led to it
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(outcome__in=RuleOutcome.values), name="rule_run_outcome_known"),
        ]
        indexes = [
            models.Index(fields=["-id"], name="rule_run_acted", condition=~models.Q(outcome="not")),
            models.Index(fields=["rule", "outcome", "-id"], name="rule_run_of_rule"),
            models.Index(fields=["outcome", "-id"], name="rule_run_of_outcome"),
            models.Index(fields=["conversation", "rule", "-at"], name="rule_run_of_conversation"),
            models.Index(fields=["at"], name="rule_run_age"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_name} {self.outcome}"


class RuleTally(models.Model):
    """How often a rule did not hold on one day, and why: of the runs that are no longer kept one by one."""

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="tallies")
    day = models.DateField()
    code = models.CharField(max_length=40)  # "condition:topic"
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "day", "code"], name="rule_tally_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.count}"
