"""Identity: one handle of a customer on one medium; Claim: a handle that somebody only says is theirs."""

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    EMAIL = "email", _("email")
    PHONE = "phone", _("phone")
    SHOP = "shop", _("shop account")
    VISITOR = "visitor", _("web visitor")
    WHATSAPP = "whatsapp", _("WhatsApp")
    MESSENGER = "messenger", _("Messenger")
    INSTAGRAM = "instagram", _("Instagram")
    TELEGRAM = "telegram", _("Telegram")
    MASTODON = "mastodon", _("Mastodon")
    X = "x", _("X")
    LINE = "line", _("LINE")
    LOYALTY = "loyalty", _("loyalty number")
    API = "api", _("external id")
    ORDER = "order", _("order number")  # finds who ordered (customers.finding); never an identity


class Identity(models.Model):
    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    value = models.CharField(max_length=320)  # as normalised by customers.identify.normalise
    display = models.CharField(max_length=320, blank=True)  # as it was first given
    # What providers deliver to the same place, where that is another value (customers.handles.alike); "" elsewhere.
    alike = models.CharField(max_length=320, blank=True, db_default="")
    name = models.CharField(max_length=200, blank=True, db_default="")  # the first that came with this handle
    named_at = models.DateTimeField(null=True, blank=True)
    # The handle that proved whose this one is, when it was new: an unmerge takes it along.
    brought_by = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="brought")
    is_verified = models.BooleanField(default=False)
    source = models.CharField(max_length=80, blank=True)
    first_seen_at = models.DateTimeField(db_default=Now(), editable=False)
    last_seen_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "identities"
        constraints = [
            models.UniqueConstraint(fields=["kind", "value"], name="identity_once"),
            models.CheckConstraint(condition=~models.Q(value=""), name="identity_has_value"),
            models.CheckConstraint(condition=~models.Q(kind="order"), name="identity_is_no_order"),
        ]
        indexes = [
            models.Index(OpClass("value", "varchar_pattern_ops"), name="identity_value_prefix"),
            models.Index(fields=["alike"], name="identity_alike", condition=~models.Q(alike="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"

    @property
    def label(self) -> str:
        return str(_("A visitor")) if self.kind == Kind.VISITOR else self.display or self.value

    @property
    def rank(self) -> int:
        """How well this handle stands for the person: 0 is best."""
        return list(Kind).index(Kind(self.kind)) if self.kind != Kind.VISITOR else len(Kind)


class Claim(models.Model):
    """An address typed into a chat, a name in a mail: useful to know, never enough to merge by itself."""

    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="claims")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    value = models.CharField(max_length=320)
    alike = models.CharField(max_length=320, blank=True, db_default="")  # as of an identity
    source = models.CharField(max_length=80, blank=True)
    identity = models.ForeignKey(Identity, models.CASCADE, null=True, blank=True, related_name="claims_made")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind", "value", "identity"], name="claim_once", nulls_distinct=False
            )
        ]
        indexes = [
            models.Index(fields=["kind", "value"]),
            models.Index(fields=["alike"], name="claim_alike", condition=~models.Q(alike="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}?"
