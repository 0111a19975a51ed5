"""Team: the agents who answer one kind of matter."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Team(models.Model):
    name = models.CharField(_("name"), max_length=80, unique=True)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="teams", blank=True)
    signature = models.TextField(_("signature"), blank=True)
    hours = models.ForeignKey(
        "conversations.Hours", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("hours")
    )

    assigns = models.BooleanField(_("routing gives its work to agents"), default=True)  # else they pull

    def __str__(self) -> str:
        return self.name
