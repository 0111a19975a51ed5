"""CannedReply: words an agent need not type again, with variables such as {customer} and {agent}."""

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class CannedReply(models.Model):
    name = models.CharField(_("name"), max_length=80)
    text = models.TextField(_("text"), help_text=_("May hold {customer}, {agent}, {team} and {subject}."))
    team = models.ForeignKey("conversations.Team", models.CASCADE, null=True, blank=True, related_name="canned_replies")

    class Meta:
        verbose_name_plural = "canned replies"
        constraints = [models.UniqueConstraint(Lower("name"), name="canned_reply_once")]

    def __str__(self) -> str:
        return self.name
