"""OrderAct: what an agent did to an order in its shop, once, with how it ended."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class OrderActKind(models.TextChoices):
    REFUND = "refund", _("Refund")
    CANCEL = "cancel", _("Cancel")
    RESEND = "resend", _("Send the confirmation again")
    HOLD = "hold", _("Put on hold")
    RELEASE = "release", _("Release")


class OrderActState(models.TextChoices):
    DOING = "doing", _("under way")
    DONE = "done", _("done")
    FAILED = "failed", _("refused")
    UNCERTAIN = "uncertain", _("perhaps done")  # the shop fell silent, or we did: only a look at the order tells


class OrderAct(models.Model):
    Kind, State = OrderActKind, OrderActState

    order = models.ForeignKey("customers.Order", models.CASCADE, related_name="acts")
    conversation = models.ForeignKey("conversations.Conversation", models.SET_NULL, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    what = models.CharField(max_length=8, choices=OrderActKind.choices)
    key = models.UUIDField(unique=True)  # from the browser: the same form sent twice is one act
    amount = models.DecimalField(max_digits=14, decimal_places=3, null=True)  # in the order's currency
    pieces = models.JSONField(default=list, blank=True)  # [{"line": its place in the order, "quantity"}]
    reason = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=OrderActState.choices, default=OrderActState.DOING)
    error = models.TextField(blank=True)  # in the agent's words
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount=None) | models.Q(amount__gt=0), name="order_act_amount_positive"
            ),
            models.UniqueConstraint(
                fields=["order"], condition=models.Q(state="doing"), name="order_act_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.order_id}"
