"""In which language is it written? Told among those that the desk meets; a few words say too little to tell."""

from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

# Wider than what agents read: who writes in another is told apart, not taken for one of ours.
AMONG = (
    "en", "de", "fr", "es", "it", "pl", "no", "nl", "pt", "sv", "da", "fi", "cs", "ar", "ja", "zh", "ko", "ru", "uk",
    "el", "tr", "he",
)  # fmt: skip
LEAST_SIGNS = 20
LEAST_SURE = 0.8
MOST_SIGNS = 1000


def language_of(text: str, *, known: str = "") -> str:
    """ISO 639-1; `known` where the text is too short or could be of several."""
    text = " ".join(text.split())[:MOST_SIGNS]
    if len(text) < LEAST_SIGNS:
        return known
    language, sure = _identifier().classify(text)
    return str(language) if sure >= LEAST_SURE else known


@cache
def _identifier() -> LanguageIdentifier:
    """Without what it knows of some hundred other languages, which is most of its memory."""
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(AMONG))
    identifier._full_model = (identifier.nb_ptc, identifier.nb_pc, identifier.nb_classes)
    return identifier
