"""Article: an answer in Markdown that customers may read, in several languages; and whether it helped."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Article(models.Model):
    name = models.CharField(_("name"), max_length=120)  # for the team
    topic = models.ForeignKey(
        "conversations.Topic", models.SET_NULL, null=True, blank=True, related_name="articles", verbose_name=_("topic")
    )
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(models.functions.Lower("name"), name="article_name_once")]

    def __str__(self) -> str:
        return self.name


class ArticleText(models.Model):
    article = models.ForeignKey(Article, models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=12)
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"), max_length=20_000)  # Markdown
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "language"], name="article_text_once")]

    def __str__(self) -> str:
        return self.title


class ArticleVerdict(models.Model):
    """What a customer said to “did this help?”, once for each time that it was shown."""

    text = models.ForeignKey(ArticleText, models.CASCADE, related_name="verdicts")
    message = models.OneToOneField("conversations.Message", models.CASCADE, related_name="+")  # that showed it
    helped = models.BooleanField(null=True, blank=True)  # None: they have not said
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = [models.Index(fields=["text", "at"], name="article_verdict_of_text")]

    def __str__(self) -> str:
        return f"{self.text_id}: {self.helped}"
