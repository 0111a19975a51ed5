"""BotDeed: what the bot did for a customer beside talking, with how it ended; and codes that prove who they are."""

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DeedState(models.TextChoices):
    DOING = "doing", _("under way")
    DONE = "done", _("done")
    REFUSED = "refused", _("refused")
    UNCERTAIN = "uncertain", _("perhaps done")


class BotDeed(models.Model):
    """`what` is a key of conversations.bots.deeds.DEEDS; `key` makes the same yes of a customer one deed."""

    State = DeedState

    talk = models.ForeignKey("conversations.BotTalk", models.CASCADE, related_name="deeds")
    order = models.ForeignKey("customers.Order", models.SET_NULL, null=True, blank=True, related_name="+")
    what = models.CharField(max_length=20)
    key = models.UUIDField(unique=True)
    values = models.JSONField(default=dict, blank=True)  # by slot
    state = models.CharField(max_length=10, choices=DeedState.choices, default=DeedState.DOING)
    result = models.JSONField(default=dict, blank=True)  # what came of it: a return's number, a label's address
    error = models.CharField(max_length=400, blank=True)  # in the agent's words
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "what"], name="bot_deed_one_at_a_time", condition=models.Q(state="doing")
            ),
        ]
        indexes = [models.Index(fields=["talk", "created_at"], name="bot_deed_of_talk")]

    def __str__(self) -> str:
        return f"{self.what} {self.talk_id}"


class ProofCode(models.Model):
    """A code sent to an address that we knew before: who can read it there is its customer. Kept as a hash alone.

    One that was asked for with an address that we do not know is a row too, without an identity: it counts in the same
    limits and can never be right, so that nobody learns which addresses we know."""

    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="+")
    # Where it was sent: an e-mail address; or a guest's checkout, whose claimed address it was sent to.
    identity = models.ForeignKey("customers.Identity", models.CASCADE, null=True, blank=True, related_name="+")
    # Who asked for it in the conversation, and alone may give it.
    speaker = models.ForeignKey("customers.Identity", models.CASCADE, null=True, blank=True, related_name="+")
    digest = models.CharField(max_length=128, blank=True)  # "" until it is sent
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    proven_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["conversation", "-sent_at"], name="proof_code_of_conversation"),
            models.Index(fields=["identity", "-sent_at"], name="proof_code_of_identity"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.sent_at}"
