"""Tag: a word that agents hang on conversations."""

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class Tag(models.Model):
    name = models.CharField(_("name"), max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="tag_once")]

    def __str__(self) -> str:
        return self.name
