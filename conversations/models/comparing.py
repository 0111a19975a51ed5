"""Comparing: whether reports may put agents in the order of their figures."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Comparing(models.Model):
    """One row, or none: then it is off."""

    is_on = models.BooleanField(_("Reports may put agents in the order of their figures"), default=False)

    def __str__(self) -> str:
        return str(_("Rank lists"))
