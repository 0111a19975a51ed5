"""Survey: what customers are asked, where and when; SurveyAsk: that one of them is; SurveyResponse: what they said, and
to whom it is credited."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SurveyKind(models.TextChoices):
    CSAT = "csat", _("Satisfaction, 1 to 5")
    NPS = "nps", _("Would recommend, 0 to 10")
    CES = "ces", _("It was easy, 1 to 7")
    OWN = "own", _("Questions of our own")


class Touchpoint(models.TextChoices):
    """Where people are asked. What a rule of automation asks is of none of the others."""

    BOT = "bot", _("Bot")
    HANDOFF = "handoff", _("Handoff")
    RESOLUTION = "resolution", _("Resolution")
    CALL = "call", pgettext_lazy("touchpoint", "Call")
    DELIVERY = "delivery", _("Delivery")
    RETURN = "return", pgettext_lazy("touchpoint", "Return")
    COLLECT = "collect", _("Click and collect")
    VISIT = "visit", _("Visit to a shop")
    RULE = "rule", _("By a rule")


class Survey(models.Model):
    Kind, Touchpoint = SurveyKind, Touchpoint

    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=4, choices=SurveyKind.choices, default=SurveyKind.CSAT)
    touchpoint = models.CharField(_("asked after"), max_length=10, choices=Touchpoint.choices)
    is_active = models.BooleanField(_("on"), default=False)
    teams = models.ManyToManyField("conversations.Team", blank=True, related_name="+", verbose_name=_("teams"))
    wait_minutes = models.PositiveIntegerField(_("minutes after it"), default=0)
    share = models.PositiveSmallIntegerField(_("of a hundred, ask"), default=100)
    rest_days = models.PositiveSmallIntegerField(_("days before one person is asked again"), default=14)
    by_mail_else = models.BooleanField(_("by email where it cannot go there"), default=True)
    skip_tags = models.ManyToManyField("conversations.Tag", blank=True, related_name="+", verbose_name=_("not with"))
    quiet_from = models.TimeField(_("not from"), null=True, blank=True)  # on the customer's clock, else the desk's
    quiet_until = models.TimeField(_("until"), null=True, blank=True)
    expires_days = models.PositiveSmallIntegerField(_("days in which it can be answered"), default=14)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="survey_name_once"),
            models.CheckConstraint(condition=models.Q(kind__in=SurveyKind.values), name="survey_kind_known"),
            models.CheckConstraint(condition=models.Q(touchpoint__in=Touchpoint.values), name="survey_place_known"),
            models.CheckConstraint(condition=models.Q(share__range=(1, 100)), name="survey_share"),
        ]

    def __str__(self) -> str:
        return self.name


class SurveyVersion(models.Model):
    """Its questions, as conversations.surveys.questions writes them; never changed once somebody was asked."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    questions = models.JSONField(default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["survey", "number"], name="survey_version_once")]

    def __str__(self) -> str:
        return f"{self.survey_id}, {self.number}"


class AskState(models.TextChoices):
    DUE = "due", _("to be asked")
    ASKED = "asked", _("asked")
    ANSWERED = "answered", _("answered")
    WITHDRAWN = "withdrawn", _("withdrawn")  # the conversation goes on
    SKIPPED = "skipped", _("not asked")
    FAILED = "failed", _("could not be asked")


class SkipReason(models.TextChoices):
    SAMPLE = "sample", _("not in the sample")
    RESTS = "rests", _("asked not long ago")
    SPAM = "spam", _("spam")
    AUTOMATIC = "automatic", _("nobody of us answered")
    OUTBOUND = "outbound", _("the customer has said nothing")
    TAG = "tag", _("by its tag")
    AGENT = "agent", _("an agent said no")
    NO_WAY = "no_way", _("no way to reach them")
    REFUSED = "refused", _("they asked not to be asked")
    REOPENED = "reopened", _("the conversation goes on")


class SurveyAsk(models.Model):
    """Once for each handled episode: `key` names it. What is credited is written down when it ends, so that nothing
    that happens later moves it: `credits` is [[agent or null for the bot, share], …], the shares together one."""

    State, Skip = AskState, SkipReason

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="asks")
    version = models.ForeignKey(SurveyVersion, models.RESTRICT, related_name="+")
    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="survey_asks")
    conversation = models.ForeignKey(
        "conversations.Conversation", models.CASCADE, null=True, blank=True, related_name="survey_asks"
    )
    touchpoint = models.CharField(max_length=10, choices=Touchpoint.choices)
    key = models.CharField(max_length=80, unique=True)
    state = models.CharField(max_length=10, choices=AskState.choices, default=AskState.DUE)
    why = models.CharField(max_length=10, choices=SkipReason.choices, blank=True)
    reason = models.CharField(max_length=400, blank=True)  # in an agent's words, or a provider's
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    message = models.OneToOneField(
        "conversations.Message", models.SET_NULL, null=True, blank=True, related_name="survey_ask"
    )
    # How it was handled, by the end of its episode.
    credits = models.JSONField(default=list, blank=True)
    team = models.ForeignKey("conversations.Team", models.SET_NULL, null=True, blank=True, related_name="+")
    topic = models.ForeignKey("conversations.Topic", models.SET_NULL, null=True, blank=True, related_name="+")
    decision = models.ForeignKey(
        "conversations.RoutingDecision", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    medium = models.CharField(max_length=12, blank=True)  # that was spoken last
    tier = models.CharField(max_length=40, blank=True)
    waited = models.PositiveIntegerField(null=True, blank=True)  # seconds, for the first answer of a person
    repeats = models.PositiveSmallIntegerField(default=0)  # questions that the customer had answered before
    began_at = models.DateTimeField(default=timezone.now)  # the episode
    ended_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    asked_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(state__in=AskState.values), name="ask_state_known")]
        indexes = [
            models.Index(fields=["due_at"], name="ask_due", condition=models.Q(state="due")),
            models.Index(fields=["customer", "-asked_at"], name="ask_of_customer"),
            models.Index(fields=["conversation", "-ended_at"], name="ask_of_conversation"),
            models.Index(fields=["-ended_at", "-id"], name="ask_newest"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def language(self) -> str:
        """In which it is asked: of the conversation, else the customer's; "" where neither is known."""
        return (self.conversation.language if self.conversation else "") or self.customer.language


class SurveyResponse(models.Model):
    """What they said. Its numbers by which reports count are copied from the ask: they never move."""

    ask = models.OneToOneField(SurveyAsk, models.CASCADE, related_name="response")
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="responses")
    conversation = models.ForeignKey(
        "conversations.Conversation", models.CASCADE, null=True, blank=True, related_name="survey_responses"
    )
    kind = models.CharField(max_length=4, choices=SurveyKind.choices)
    touchpoint = models.CharField(max_length=10, choices=Touchpoint.choices)
    score = models.SmallIntegerField(null=True, blank=True)  # on the kind's own scale
    answers = models.JSONField(default=dict, blank=True)  # by the question's key
    comment = models.TextField(blank=True)
    mood = models.FloatField(null=True, blank=True)  # of the comment: -1 to 1
    # What the comment is about, where it can be told; `topic` below is the conversation's.
    about = models.ForeignKey("conversations.Topic", models.SET_NULL, null=True, blank=True, related_name="+")
    language = models.CharField(max_length=12, blank=True)
    way = models.CharField(max_length=10)  # link, button, widget, words or keys
    team = models.ForeignKey("conversations.Team", models.SET_NULL, null=True, blank=True, related_name="+")
    topic = models.ForeignKey("conversations.Topic", models.SET_NULL, null=True, blank=True, related_name="+")
    medium = models.CharField(max_length=12, blank=True)
    tier = models.CharField(max_length=40, blank=True)
    repeats = models.PositiveSmallIntegerField(default=0)
    answered_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["-answered_at", "-id"], name="response_newest"),
            models.Index(fields=["kind", "answered_at"], name="response_of_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.score}"


class ResponseCredit(models.Model):
    """A share of an answer: an agent's, or the bot's (`agent` is then None)."""

    response = models.ForeignKey(SurveyResponse, models.CASCADE, related_name="credits")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    is_bot = models.BooleanField(default=False)
    share = models.FloatField()

    class Meta:
        indexes = [models.Index(fields=["agent", "response"], name="credit_of_agent")]

    def __str__(self) -> str:
        return f"{self.share:.2f} of {self.response_id}"
