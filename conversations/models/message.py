"""Message: one thing said in a conversation; its attachments and its earlier wordings."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models.functions import Left, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from deskapp.models import User


class MessageKind(models.TextChoices):
    INBOUND = "inbound", _("from the customer")
    OUTBOUND = "outbound", _("to the customer")
    NOTE = "note", _("private note")
    CALL = "call", _("call")
    SYSTEM = "system", _("system")


# What a customer said: wrote themselves, or rang.
FROM_THEM = models.Q(kind=MessageKind.INBOUND, is_automatic=False)
FROM_THEM |= models.Q(kind=MessageKind.CALL, details__call__direction="in")


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, agent: "User") -> Self:
        from conversations.models.conversation import Conversation

        if agent.sees_all_teams and agent.is_active:
            return self
        return self.filter(conversation__in=Conversation.objects.visible_to(agent))


class Message(models.Model):
    Kind = MessageKind

    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=8, choices=MessageKind.choices)
    channel = models.ForeignKey("conversations.Channel", models.PROTECT, null=True, blank=True, related_name="+")
    identity = models.ForeignKey("customers.Identity", models.SET_NULL, null=True, blank=True, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    is_bot = models.BooleanField(default=False)
    subject = models.CharField(max_length=998, blank=True)
    text = models.TextField(blank=True)  # what the person wrote, or the whole when nothing was quoted
    quoted = models.JSONField(
        default=list, blank=True
    )  # the whole mail: [{"kind": "said"|"quote"|"signature", "text"}]
    html = models.TextField(blank=True)  # sanitised; shown in a sandboxed frame
    external_id = models.CharField(max_length=998, blank=True)  # the provider's id; of a mail, its Message-ID
    client_id = models.UUIDField(default=uuid.uuid4)  # made by the browser: the same send twice is one message
    details = models.JSONField(default=dict, blank=True)  # see conversations.envelopes.MessageDetails
    is_automatic = models.BooleanField(default=False)
    is_unverified = models.BooleanField(default=False)  # the sender failed the receiving server's check
    answers = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="answered_by")
    is_public = models.BooleanField(default=False, db_default=False)  # a post that everybody can read
    taken_back_at = models.DateTimeField(null=True, blank=True)  # by who wrote it, on their own device
    edited_at = models.DateTimeField(null=True, blank=True)  # since when its words are these, as the provider says
    changed_at = models.DateTimeField(null=True, blank=True)  # by our clock: when anything was last done to it
    created_at = models.DateTimeField(default=timezone.now)
    search = models.GeneratedField(
        expression=SearchVector(Left("subject", 998), Left("text", 200_000), config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "external_id"], name="message_once", condition=~models.Q(external_id="")
            ),
            models.UniqueConstraint(fields=["client_id"], name="message_client_id_once"),
            models.CheckConstraint(condition=models.Q(kind__in=MessageKind.values), name="message_kind_known"),
            models.CheckConstraint(
                condition=~models.Q(kind="note") | models.Q(channel=None), name="message_note_has_no_channel"
            ),
        ]
        indexes = [
            models.Index(fields=["conversation", "created_at", "id"], name="message_of_conversation"),
            models.Index(fields=["external_id"], name="message_external_id", condition=~models.Q(external_id="")),
            GinIndex(fields=["search"], name="message_search"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class MessageEdit(models.Model):
    """How a note or message read before it was changed."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="edits")
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    said_at = models.DateTimeField(null=True, blank=True)  # when it was worded so, as the provider says
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    @property
    def at(self) -> datetime:
        return self.said_at or self.created_at


class Reaction(models.Model):
    """An emoji that the customer, or an agent for the shop, put on a message. One that was taken off stays as a row, so
    that an older word that comes late does not put it on again; without an emoji, it is of all of theirs."""

    class State(models.TextChoices):
        THEIRS = "theirs", _("from the customer")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Not sent")

    message = models.ForeignKey(Message, models.CASCADE, related_name="reactions")
    identity = models.ForeignKey("customers.Identity", models.CASCADE, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    emoji = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.THEIRS)
    error = models.TextField(blank=True)  # in the agent's words
    tries = models.PositiveSmallIntegerField(default=0)  # of ours
    due_at = models.DateTimeField(null=True, blank=True)  # of ours, while it is sent: when it is tried next
    created_at = models.DateTimeField(default=timezone.now)  # as the provider says
    taken_off_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="reaction_due", condition=models.Q(state="sending"))]
        constraints = [
            models.UniqueConstraint(fields=["message", "identity", "emoji"], name="reaction_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"{self.emoji} {self.message_id}"


AUDIO = {f"audio/{kind}" for kind in ("mpeg", "mp3", "mp4", "aac", "ogg", "opus", "wav", "x-wav", "wave", "webm")}


class AttachmentState(models.TextChoices):
    WHOLE = "whole", _("here")
    WAITING = "waiting", _("on its way")  # to be fetched from the provider, or to be looked through for viruses
    REFUSED = "refused", _("refused")


class Attachment(models.Model):
    """A file on a message; without a message while its writer has not sent yet."""

    State = AttachmentState

    message = models.ForeignKey(Message, models.CASCADE, null=True, blank=True, related_name="attachments")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    uploaded_by_identity = models.ForeignKey(
        "customers.Identity", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    file = models.FileField(upload_to="attachments/%Y/%m/%d/", blank=True)
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=127, default="application/octet-stream")
    size = models.PositiveBigIntegerField()  # bytes
    content_id = models.CharField(max_length=255, blank=True)
    is_inline = models.BooleanField(default=False)
    state = models.CharField(
        max_length=8, choices=AttachmentState.choices, default=AttachmentState.WHOLE, db_default="whole"
    )
    source = models.JSONField(null=True, blank=True)  # while it waits: what its adapter fetches it by
    kind = models.CharField(max_length=20, blank=True, db_default="")  # in the provider's word: "voice", "sticker"
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    due_at = models.DateTimeField(null=True, blank=True)  # while it waits: when it is tried next
    why = models.TextField(blank=True, db_default="")  # refused, or not here yet: in the agent's words
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="attachment_due", condition=models.Q(state="waiting"))]

    def __str__(self) -> str:
        return self.name

    @property
    def is_whole(self) -> bool:
        return self.state == AttachmentState.WHOLE

    @property
    def is_audio(self) -> bool:
        """What a browser plays."""
        return self.is_whole and self.content_type in AUDIO

    @property
    def is_image(self) -> bool:
        """An image that a browser shows without running anything: never SVG."""
        return self.is_whole and self.content_type in {
            "image/png",
            "image/jpeg",
            "image/gif",
            "image/webp",
            "image/avif",
        }
