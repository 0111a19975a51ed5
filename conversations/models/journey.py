"""Journey: the way on which the customer of one episode came to us, and how they went on; Move: each step of it;
Friction: what made it hard; Usual: the wait that a long one is measured by."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

PLACE = 24  # letters of a place's key, or of two: "bot>chat"


class JourneyOutcome(models.TextChoices):
    """What came of it within fourteen days of the episode's end; of several, the first of this list."""

    OPEN = "", _("not over yet")
    BACK = "back", _("came back with the same")
    REFUNDED = "refunded", _("refunded")
    CANCELLED = "cancelled", _("cancelled an order")
    RETURNED = "returned", _("sent something back")
    BOUGHT = "bought", _("bought again")
    KEPT = "kept", _("kept what they had bought")
    SILENT = "silent", _("nothing more")


class FrictionKind(models.TextChoices):
    WAIT = "wait", _("Waited long")
    REPEAT = "repeat", _("Asked again for what was known")
    LOOP = "loop", _("Came back with the same within 7 days")
    PINGPONG = "pingpong", _("Changed channels to and fro")
    HANDBACK = "handback", _("Bot, person, and the bot again")
    CHECKOUT = "checkout", _("Left the checkout, then wrote")
    MEDIA = "media", _("Several channels for one matter")
    TRANSFERS = "transfers", _("Passed on twice or more")
    DEED = "deed", _("Something asked for was refused or failed")


class Journey(models.Model):
    """Derived from visits, events, messages and episodes by conversations.reports.journeys, whole and always anew;
    moves and frictions follow from this row. Places are coarse: which pages were seen is not in it."""

    Outcome = JourneyOutcome

    episode = models.OneToOneField("conversations.Episode", models.CASCADE, primary_key=True, related_name="journey")
    at = models.DateTimeField()  # when the episode began: all that is counted of it counts in that hour
    before = ArrayField(models.CharField(max_length=12), default=list)  # oldest first; no two alike in a row
    contact = ArrayField(models.CharField(max_length=12), default=list)
    after = ArrayField(models.CharField(max_length=12), default=list)
    gaps = ArrayField(models.IntegerField(null=True), default=list)  # seconds before each place; the contact is one
    outcome = models.CharField(max_length=9, choices=JourneyOutcome.choices, blank=True)
    is_over = models.BooleanField(default=False)  # what comes from now on is no part of it
    over_at = models.DateTimeField(null=True, blank=True)  # None: its episode has not ended
    dropped_at = models.CharField(max_length=12, blank=True)  # the last place, where nothing more came
    way = models.CharField(max_length=80, blank=True)  # the nearest places of it, as places.code writes them
    lasted = models.PositiveIntegerField(default=0)  # seconds from the first place to the last
    segments = ArrayField(models.BigIntegerField(), default=list)  # of the customer, as long as it was not over
    frictions = ArrayField(models.CharField(max_length=10), default=list)
    answers = models.PositiveSmallIntegerField(default=0)  # 1: its customer said from 1 to 5 how it was
    good = models.PositiveSmallIntegerField(default=0)  # 1: and said 4 or 5

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(outcome__in=JourneyOutcome.values), name="journey_outcome_known")
        ]
        indexes = [
            models.Index(fields=["-at", "-episode"], name="journey_newest"),
            models.Index(fields=["way", "-at"], name="journey_of_way"),
        ]

    def __str__(self) -> str:
        return f"{self.episode_id}: {self.way}"


class Move(models.Model):
    """From the place before (`source`, "" at the beginning) into the place of this column (`target`): 0 is the contact,
    before it they count down. Where nothing came any more, the last move goes to the end."""

    journey = models.ForeignKey(Journey, models.CASCADE, related_name="moves")
    at = models.DateTimeField()  # as the journey's
    position = models.SmallIntegerField()
    source = models.CharField(max_length=PLACE, blank=True)
    target = models.CharField(max_length=PLACE)
    seconds = models.PositiveIntegerField(null=True, blank=True)
    is_end = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["journey", "position"], name="move_once")]
        indexes = [
            models.Index(fields=["at"], name="move_at"),
            models.Index(fields=["position", "target", "-at", "-id"], name="move_into"),
        ]

    def __str__(self) -> str:
        return f"{self.source} to {self.target}"


class Friction(models.Model):
    Kind = FrictionKind

    journey = models.ForeignKey(Journey, models.CASCADE, related_name="hard")
    at = models.DateTimeField()  # as the journey's
    kind = models.CharField(max_length=10, choices=FrictionKind.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["journey", "kind"], name="friction_once"),
            models.CheckConstraint(condition=models.Q(kind__in=FrictionKind.values), name="friction_kind_known"),
        ]
        indexes = [
            models.Index(fields=["at"], name="friction_at"),
            models.Index(fields=["kind", "-at", "-id"], name="friction_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} in {self.journey_id}"


class Usual(models.Model):
    """How long customers usually waited for a person's first answer on one medium in one month. Written once, when the
    month after it needs it, and left as it is: a long wait stays one whatever is learnt later."""

    month = models.DateField()
    medium = models.CharField(max_length=12, blank=True)
    seconds = models.PositiveIntegerField()  # the median, while the desk was open

    class Meta:
        verbose_name_plural = "usual waits"
        constraints = [models.UniqueConstraint(fields=["month", "medium"], name="usual_once")]

    def __str__(self) -> str:
        return f"{self.seconds} s in {self.month:%Y-%m}"
