"""RequiredField: what must be known before a conversation is solved, per team and topic; FieldValue: what was said."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class FieldKind(models.TextChoices):
    CHOICE = "choice", _("one of a list")
    TEXT = "text", _("a line of text")
    TOPIC = "topic", _("the topic")
    TAG = "tag", _("a tag")


class RequiredField(models.Model):
    """Topic and tag are those of the conversation; what is one of a list or a text is kept as a FieldValue."""

    Kind = FieldKind

    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("what it is"), max_length=8, choices=FieldKind.choices, default=FieldKind.CHOICE)
    options = ArrayField(models.CharField(max_length=80), verbose_name=_("list"), default=list, blank=True)
    team = models.ForeignKey(
        "conversations.Team", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("of team")
    )
    topic = models.ForeignKey(
        "conversations.Topic", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("of topic")
    )
    place = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(_("asked"), default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), "team", "topic", name="required_field_once", nulls_distinct=False),
            models.CheckConstraint(condition=models.Q(kind__in=FieldKind.values), name="required_field_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name


class FieldValue(models.Model):
    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="field_values")
    field = models.ForeignKey(RequiredField, models.CASCADE, related_name="values")
    value = models.CharField(max_length=400)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "field"], name="field_value_once")]

    def __str__(self) -> str:
        return self.value
