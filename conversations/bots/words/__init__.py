"""What the bot says, in the eight languages that it speaks: one table for each, by the same keys."""

from conversations.bots.words import de, deeds, en, es, fr, it, nl, no, pl

_OWN = {
    "en": en.WORDS, "de": de.WORDS, "fr": fr.WORDS, "es": es.WORDS,
    "it": it.WORDS, "pl": pl.WORDS, "no": no.WORDS, "nl": nl.WORDS,
}  # fmt: skip
TABLES: dict[str, dict[str, str]] = {language: own | deeds.TABLES[language] for language, own in _OWN.items()}
LANGUAGES = tuple(TABLES)
OURS = {"nb": "no", "nn": "no"}  # as browsers name Norwegian


def spoken(language: str) -> str:
    """The language of ours that a code names ("de-AT", "nb"), or "" for one that the bot does not speak."""
    bare = language.replace("_", "-").split("-")[0].lower()
    bare = OURS.get(bare, bare)
    return bare if bare in TABLES else ""


def say(key: str, language: str, **values: object) -> str:
    """In English where the language is none of ours. Raises KeyError for what nobody wrote."""
    return TABLES[spoken(language) or "en"][key].format(**values)
