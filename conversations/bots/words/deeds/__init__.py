"""What deeds say to customers, one table for each language: the same keys in each, values in braces."""

from conversations.bots.words.deeds import de, en, es, fr, it, nl, no, pl

TABLES: dict[str, dict[str, str]] = {
    "en": en.WORDS, "de": de.WORDS, "fr": fr.WORDS, "es": es.WORDS,
    "it": it.WORDS, "pl": pl.WORDS, "no": no.WORDS, "nl": nl.WORDS,
}  # fmt: skip
