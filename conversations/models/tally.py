"""Tally: numbers of an hour, day or month, added up by team, medium and one cut more; what reports read, not rows."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone


class Grain(models.TextChoices):
    HOUR = "h", "hour"
    DAY = "d", "day"
    MONTH = "m", "month"
    WEEK = "w", "hour of the week, of a month"
    DAY_OF_ALL = "D", "day, of all teams and media"
    MONTH_OF_ALL = "M", "month, of all teams and media"


class Tally(models.Model):
    """`stream` says what is counted (conversations.reports.tallies.streams), `numbers` are its numbers in its order.
    Of how times are spread (`cut` is then "spread/cut"): the classes, and how many are in each; see spreads.PACK."""

    Grain = Grain

    stream = models.CharField(max_length=12)
    grain = models.CharField(max_length=1, choices=Grain.choices)
    cut = models.CharField(max_length=60, blank=True)  # which dimension `value` is of; "" for none
    at = models.DateTimeField()  # its beginning, by the desk's clock
    team = models.BigIntegerField(default=0)  # 0: none
    medium = models.CharField(max_length=12, blank=True)
    value = models.CharField(max_length=160, blank=True)
    klass = models.SmallIntegerField(default=-1)  # of Grain.WEEK: which hour of it, 0 is Monday's first; else -1
    numbers = ArrayField(models.BigIntegerField())

    class Meta:
        verbose_name_plural = "tallies"
        indexes = [
            models.Index(
                fields=["stream", "grain", "cut", "at"],
                name="tally_read",
                include=["team", "medium", "value", "klass", "numbers"],
            )
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.cut} {self.at:%F %R}"


class TallyMark(models.Model):
    """Up to where a stream is added up. `signature` is of its definition and of the desk's clock: another one counts
    all of it anew. Facts before `watched` mark their hour stale; it is before `until` comes there, by the transactions
    that were under way then: those numbered below `settles_at`."""

    stream = models.CharField(max_length=12, unique=True)
    until = models.DateTimeField(null=True, blank=True)
    watched = models.DateTimeField(null=True, blank=True)
    settles_at = models.BigIntegerField(null=True, blank=True)
    fine_from = models.DateTimeField(null=True, blank=True)  # from there on, hours are kept of every cut …
    days_from = models.DateTimeField(null=True, blank=True)  # … and days: before, only of the whole, and months
    from_here = models.DateTimeField(null=True, blank=True)  # of its first row ever
    signature = models.CharField(max_length=64, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.stream} until {self.until}"


class StaleHour(models.Model):
    """A fact of that hour came, changed or went after it was added up: written by the facts' own tables (a trigger),
    since nothing else hears of all that cascades. Taken away when the hour has been added up again."""

    stream = models.CharField(max_length=12)
    hour = models.DateTimeField()  # its quarter, since a zone's hours may begin at any

    class Meta:
        indexes = [models.Index(fields=["stream", "hour"], name="stale_hour")]

    def __str__(self) -> str:
        return f"{self.stream} {self.hour:%F %R}"
