"""What the demo's bot answers out of: a few articles of Hollin & Fell, in the languages that their customers write."""

from dataclasses import dataclass

from conversations.models import Article, ArticleText, Topic
from deskapp.demo.articles import de, en, es, fr, it, nl, no, pl
from deskapp.demo.asked import TOPICS

Texts = dict[str, tuple[str, str]]  # by the article's key: title and body in Markdown
WRITTEN: dict[str, Texts] = {
    module.__name__.rpartition(".")[2]: module.TEXTS for module in (en, de, fr, no, es, it, pl, nl)
}


@dataclass(frozen=True)
class About:
    name: str
    topic: str = ""  # a key of deskapp.demo.asked.TOPICS


ARTICLES = {
    "back": About("Sending something back", "return"),
    "delivery": About("How long delivery takes", "late"),
    "size": About("Finding the right size", "size"),
    "money": About("When the money comes back", "refund"),
    "care": About("Caring for wool and waterproofs"),
    "abroad": About("Delivery to other countries, and customs"),
}


def build() -> None:
    """Once: articles that somebody wrote anew, or took away, stay as they are."""
    if Article.objects.exists():
        return
    topics = {topic.name: topic for topic in Topic.objects.all()}
    for key, about in ARTICLES.items():
        named = TOPICS[about.topic][0] if about.topic else ""
        article = Article.objects.create(name=about.name, topic=topics.get(named))
        ArticleText.objects.bulk_create(
            ArticleText(article=article, language=language, title=texts[key][0], body=texts[key][1])
            for language, texts in WRITTEN.items()
            if key in texts
        )
