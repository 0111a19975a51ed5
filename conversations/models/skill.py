"""Skill: what some agents can and others cannot; AgentSkill: how well."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class Skill(models.Model):
    name = models.CharField(_("name"), max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="skill_once")]

    def __str__(self) -> str:
        return self.name


class AgentSkill(models.Model):
    class Level(models.IntegerChoices):
        LEARNING = 1, _("1, learning")
        SOME = 2, _("2, some")
        GOOD = 3, _("3, good")
        VERY_GOOD = 4, _("4, very good")
        BEST = 5, _("5, whom others ask")

    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="holders")
    level = models.SmallIntegerField(_("level"), choices=Level.choices, default=Level.GOOD)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agent", "skill"], name="agent_skill_once"),
            models.CheckConstraint(condition=models.Q(level__range=(1, 5)), name="agent_skill_level"),
        ]

    def __str__(self) -> str:
        return f"{self.skill}: {self.level}"
