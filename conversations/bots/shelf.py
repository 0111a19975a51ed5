"""The articles that a bot may show in one language: by topic, and by their likeness to what was asked."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import log, sqrt

from django.db import connection

from conversations.bots.features import features
from conversations.bots.hearing.small_words import WORDS
from conversations.models.article import ArticleText

MOST_LANGUAGES = 12  # whose articles a process keeps
MOST = 500  # articles of one language that are looked through
ALIKE = 0.1  # from which an article is taken for an answer where its topic was not told
AHEAD = 1.3  # times as alike as the next one
SMALL = frozenset(word for words in WORDS.values() for word in words)
TITLE = 3  # times that a title counts


@dataclass(frozen=True)
class Page:
    """One article in one language; `text` is its key as an ArticleText."""

    text: int
    name: str
    topic: int | None
    title: str
    body: str


@dataclass(frozen=True)
class Shelf:
    pages: tuple[Page, ...] = ()

    def of_topic(self, topic: int, words: str) -> Page | None:
        """Of several, the likest to what was asked."""
        mine = [page for page in self.pages if page.topic == topic]
        return max(mine, key=lambda page: likeness(words, [page])[0], default=None) if len(mine) > 1 else _one(mine)

    def alike(self, words: str) -> Page | None:
        """The one that is clearly liker than the others, or None."""
        scores = likeness(words, self.pages)
        ranked = sorted(zip(scores, self.pages, strict=True), key=lambda pair: -pair[0])
        if not ranked or ranked[0][0] < ALIKE:
            return None
        if len(ranked) > 1 and ranked[0][0] < AHEAD * ranked[1][0]:
            return None
        return ranked[0][1]


# A number that is another as soon as anything of an article is.
_STAMP = """
select count(*), sum(hashtextextended(article::text || text::text, 0))
from conversations_articletext as text join conversations_article as article on article.id = text.article_id
where text.language = %s and article.is_active
"""
_last: dict[str, tuple[object, Shelf]] = {}  # by language: what this process has read


def shelf(language: str) -> Shelf:
    """One query; another one only where an article was changed."""
    with connection.cursor() as cursor:
        cursor.execute(_STAMP, [language])
        stamp = cursor.fetchone()
    known = _last.get(language)
    if known is None or known[0] != stamp:
        if len(_last) >= MOST_LANGUAGES:
            _last.clear()
        known = _last[language] = (stamp, _read(language))
    return known[1]


def _read(language: str) -> Shelf:
    rows = ArticleText.objects.filter(language=language, article__is_active=True).order_by("pk")
    values = rows.values_list("pk", "article__name", "article__topic", "title", "body")[:MOST]
    return Shelf(tuple(Page(*row) for row in values))


def likeness(words: str, pages: Iterable[Page]) -> list[float]:
    """0 to 1 of each page: the cosine of n-grams, each weighed by how few of the pages have it."""
    pages = list(pages)
    counted = [_counted(page) for page in pages]
    spread = Counter(key for each in counted for key in each)
    asked = features(_telling(words[:1000]))
    rarity = {key: 1 + log((1 + len(pages)) / (1 + spread[key])) for key in {*asked, *spread}}
    mine = _length(asked, rarity)
    return [_dot(asked, each, rarity) / (mine * _length(each, rarity) or 1.0) for each in counted]


def plain(body: str) -> str:
    """Markdown as it reads in a chat: without the signs that only make it look."""
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", body)
    text = re.sub(r"\[([^\]]+)\]\(((?:https?|mailto)[^)\s]*)\)", r"\1 (\2)", text)
    text = re.sub(r"^#{1,6}\s+|^>\s?", "", text, flags=re.MULTILINE)
    text = re.sub(r"^(\s*)[*+-]\s+", r"\1– ", text, flags=re.MULTILINE)
    text = re.sub(r"(\*\*|__|`)(.+?)\1", r"\2", text)
    text = re.sub(r"(?<!\w)[*_](\S(?:.*?\S)?)[*_](?!\w)", r"\1", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _one(pages: list[Page]) -> Page | None:
    return pages[0] if pages else None


def _counted(page: Page) -> Counter[int]:
    counted = features(_telling(page.body[:2000]))
    for key, often in features(_telling(page.title)).items():
        counted[key] += TITLE * often
    return counted


def _telling(text: str) -> str:
    return " ".join(word for word in re.findall(r"\w+", text) if word.casefold() not in SMALL)


def _length(counted: Counter[int], rarity: dict[int, float]) -> float:
    return sqrt(sum((_weight(often) * rarity[key]) ** 2 for key, often in counted.items())) or 1.0


def _dot(asked: Counter[int], page: Counter[int], rarity: dict[int, float]) -> float:
    shared = asked.keys() & page.keys()
    return sum(_weight(asked[key]) * _weight(page[key]) * rarity[key] ** 2 for key in shared)


def _weight(often: int) -> float:
    return 1 + log(often)
