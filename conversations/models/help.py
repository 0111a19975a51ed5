"""Likeness: a solved conversation as a vector; Hint: what an agent was offered, and took or refused; Translation."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Bits(models.Field):
    """bit(n): zeros and ones in text."""

    def __init__(self, *args: object, length: int = 1, **options: object) -> None:
        self.length = length
        super().__init__(*args, **options)  # type: ignore[arg-type]

    def deconstruct(self) -> tuple[str, str, list[object], dict[str, object]]:
        name, path, args, options = super().deconstruct()
        return name, path, list(args), {**options, "length": self.length}

    def db_type(self, connection: object) -> str:
        return f"bit({self.length})"


class Likeness(models.Model):
    """What its customer wanted, as conversations.helping.vectors makes it: `bits` to find it by, `places` (a byte each)
    to compare it. Where the database has pgvector, `bits` has an index of its own (conversations.helping.nearest)."""

    conversation = models.OneToOneField(
        "conversations.Conversation", models.CASCADE, primary_key=True, related_name="likeness"
    )
    model = models.CharField(max_length=8)
    language = models.CharField(max_length=12, blank=True)
    bits = Bits(length=384)
    places = models.BinaryField(max_length=384)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "likenesses"
        indexes = [
            # With the bits, so that a database without pgvector reads the newest of a language from it alone.
            models.Index(fields=["model", "language", "-conversation"], name="likeness_newest", include=["bits"])
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} by {self.model}"


class HintKind(models.TextChoices):
    SIMILAR = "similar", _("a conversation that was solved")
    CANNED = "canned", _("a canned reply")
    ANSWER = "answer", _("what was answered before")
    ARTICLE = "article", _("an article")
    TRANSLATION = "translated", _("a translation")


class Verdict(models.TextChoices):
    TAKEN = "taken", _("taken")
    REFUSED = "refused", _("refused")


class Hint(models.Model):
    """Ids and kinds alone: that something was offered to an agent for a conversation, once for each `of`, the key of
    what it came from (a conversation, a canned reply, the text of an article; 0 for a translation)."""

    Kind, Verdict = HintKind, Verdict

    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="hints")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=HintKind.choices)
    of = models.BigIntegerField()
    topic = models.ForeignKey("conversations.Topic", models.SET_NULL, null=True, blank=True, related_name="+")
    likeness = models.FloatField(default=0.0)  # 0 to 1, when it was shown
    verdict = models.CharField(max_length=7, choices=Verdict.choices, blank=True)  # "": none yet
    shown_at = models.DateTimeField(db_default=Now(), editable=False)
    said_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "agent", "kind", "of"], name="hint_once"),
            models.CheckConstraint(condition=models.Q(kind__in=HintKind.values), name="hint_kind_known"),
            models.CheckConstraint(condition=models.Q(verdict__in=["", *Verdict.values]), name="hint_verdict_known"),
        ]
        indexes = [models.Index(fields=["kind", "of"], name="hint_of")]

    @staticmethod
    def of_conversations(keys: list[int]) -> models.Q:
        """What was offered in them, and elsewhere because of them."""
        because = models.Q(kind__in=[HintKind.SIMILAR, HintKind.ANSWER], of__in=keys)
        return models.Q(conversation__in=keys) | because

    def __str__(self) -> str:
        return f"{self.kind} {self.of} for {self.conversation_id}: {self.verdict or 'shown'}"


class Translation(models.Model):
    """A message's words in another language, as a connector's provider gave them: asked for once."""

    message = models.ForeignKey("conversations.Message", models.CASCADE, related_name="translations")
    language = models.CharField(max_length=12)
    text = models.TextField()
    by = models.CharField(max_length=80)  # the connector's name
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "language"], name="translation_once")]

    def __str__(self) -> str:
        return f"{self.message_id} in {self.language}"
