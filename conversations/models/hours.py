"""Hours: when somebody answers, by the clock of one place; and the days on which nobody does."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Hours(models.Model):
    """`week` is {"mon": [["09:00", "17:30"]], …}: spans of one day, in order; "24:00" ends a day. A day that is not
    named is closed, a week without any day is always open. Holidays are those of the `holidays` library."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    zone = models.CharField(_("time zone"), max_length=64, default="Europe/London")
    week = models.JSONField(default=dict, blank=True)
    country = models.CharField(_("public holidays of"), max_length=2, blank=True)  # ISO 3166
    subdivision = models.CharField(_("state or region"), max_length=8, blank=True)  # as the library names it
    is_default = models.BooleanField(_("for whatever has none of its own"), default=False)

    class Meta:
        verbose_name_plural = "hours"
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], name="hours_one_default", condition=models.Q(is_default=True)
            )
        ]

    def __str__(self) -> str:
        return self.name


class Closure(models.Model):
    """A day of our own that is no ordinary one: closed, or open at other times."""

    hours = models.ForeignKey(Hours, models.CASCADE, related_name="closures")
    day = models.DateField(_("day"))
    reason = models.CharField(_("reason"), max_length=120, blank=True)
    spans = models.JSONField(default=list, blank=True)  # as of a day of the week; none: closed

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hours", "day"], name="closure_once")]

    def __str__(self) -> str:
        return f"{self.day}: {self.reason}"
