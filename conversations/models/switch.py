"""Switch: a customer went on by another medium; ChannelRate: what an admin says that a medium costs."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _


class Switch(models.Model):
    """Of an episode that counts; it follows from it (conversations.reports.switches), and goes with it."""

    episode = models.ForeignKey("conversations.Episode", models.CASCADE, related_name="channel_switches")
    message = models.OneToOneField("conversations.Message", models.CASCADE, related_name="+")  # the first on the other
    at = models.DateTimeField()
    team = models.ForeignKey("conversations.Team", models.SET_NULL, null=True, blank=True, related_name="+")
    from_medium = models.CharField(max_length=12)
    medium = models.CharField(max_length=12)
    # Before the next switch, or the end:
    was_answered = models.BooleanField(default=False)  # by people or the bot
    was_repeated = models.BooleanField(default=False)  # something was asked that was known

    class Meta:
        verbose_name_plural = "switches"
        indexes = [models.Index(fields=["-at", "-id"], name="switch_newest")]

    def __str__(self) -> str:
        return f"{self.from_medium} to {self.medium} in {self.episode_id}"


class ChannelRate(models.Model):
    """Of a medium, or of one address (`channel`), for which it stands instead of its medium's. Both parts add up;
    nought is none. One currency for all of them: sums of money add up in no other way."""

    medium = models.CharField(_("channel"), max_length=12)
    channel = models.OneToOneField(
        "conversations.Channel", models.CASCADE, null=True, blank=True, related_name="rate", verbose_name=_("address")
    )
    per_conversation = models.DecimalField(_("per conversation"), max_digits=12, decimal_places=3, default=Decimal(0))
    per_hour = models.DecimalField(_("per hour of an agent"), max_digits=12, decimal_places=3, default=Decimal(0))
    currency = models.CharField(_("currency"), max_length=3)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(per_conversation__gte=0, per_hour__gte=0), name="channel_rate_not_negative"
            ),
            models.UniqueConstraint(
                fields=["medium"], condition=models.Q(channel=None), name="channel_rate_once_a_medium"
            ),
        ]

    def __str__(self) -> str:
        return str(self.channel or self.medium)
