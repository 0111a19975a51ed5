"""Customer: a person who writes to us."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class CustomerQuerySet(models.QuerySet["Customer"]):
    def living(self) -> "CustomerQuerySet":
        """Customers that were not merged into another."""
        return self.filter(merged_into=None)


class Customer(models.Model):
    name = models.CharField(_("name"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    timezone = models.CharField(_("time zone"), max_length=64, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    tier = models.CharField(_("tier"), max_length=40, blank=True)
    about = models.TextField(_("about"), blank=True, help_text=_("What your team should know."))
    is_blocked = models.BooleanField(_("blocked"), default=False)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)  # customers.privacy left only this row
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="absorbed")
    looked_at = models.DateTimeField(null=True, blank=True, editable=False)  # for doubles; empty: something is new
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = CustomerQuerySet.as_manager()

    is_new = False  # no column: true on one just made by customers.identify, who has no past to look up

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(merged_into=models.F("pk")), name="customer_not_merged_into_self"
            )
        ]
        indexes = [
            GinIndex(SearchVector("name", config="simple"), name="customer_name_words"),
            models.Index(
                fields=["id"], name="customer_to_look_at", condition=models.Q(looked_at=None, merged_into=None)
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What an agent calls this customer: the name, else the best handle, else a word for nobody in particular."""
        if self.erased_at:
            return str(_("Somebody we forgot"))
        if self.name:
            return self.name
        best = min(self.identities.all(), key=lambda identity: identity.rank, default=None)
        return best.label if best else str(_("A visitor"))

    @property
    def initials(self) -> str:
        parts = self.label.split("@")[0].split()
        return "".join(part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)).upper()[:2]

    @property
    def hue(self) -> int:
        """A hue in degrees for the avatar, always the same for one customer."""
        return self.pk * 47 % 360
