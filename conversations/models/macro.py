"""Macro: several actions on a conversation under one name, run with one key and taken back with one."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from conversations.models.conversation import Priority


class Macro(models.Model):
    """What is left empty is left as it is. What it runs, and in which order, stands in conversations.actions.macros."""

    name = models.CharField(_("name"), max_length=80)
    usable_in = models.ForeignKey(
        "conversations.Team", models.CASCADE, null=True, blank=True, related_name="macros", verbose_name=_("team")
    )
    add_tags = models.ManyToManyField("conversations.Tag", related_name="+", blank=True, verbose_name=_("add tags"))
    drop_tags = models.ManyToManyField(
        "conversations.Tag", related_name="+", blank=True, verbose_name=_("take tags off")
    )
    priority = models.SmallIntegerField(_("priority"), choices=Priority.choices, null=True, blank=True)
    to_me = models.BooleanField(_("assign to whoever runs it"), default=False)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("assign to")
    )
    team = models.ForeignKey(
        "conversations.Team", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("move to team")
    )
    canned = models.ForeignKey(
        "conversations.CannedReply",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("put into the reply"),
    )
    note = models.TextField(_("private note"), blank=True)
    snooze_hours = models.PositiveSmallIntegerField(_("snooze for hours"), null=True, blank=True)
    resolves = models.BooleanField(_("solve"), default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="macro_once"),
            models.CheckConstraint(
                condition=~models.Q(resolves=True, snooze_hours__isnull=False), name="macro_solves_or_snoozes"
            ),
            models.CheckConstraint(
                condition=~models.Q(to_me=True, assignee__isnull=False), name="macro_assigns_to_one"
            ),
        ]

    def __str__(self) -> str:
        return self.name
