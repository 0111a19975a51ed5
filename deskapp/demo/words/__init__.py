"""One module for each language that customers of the demo write in."""

from deskapp.demo.language import Language
from deskapp.demo.words import ar, de, en, es, fr, it, ja, nl, no, pl, tr

# How many of a hundred customers write in it.
SHARES: dict[Language, int] = {
    en.WORDS: 40, no.WORDS: 11, de.WORDS: 11, fr.WORDS: 8, es.WORDS: 6, it.WORDS: 5,
    pl.WORDS: 6, nl.WORDS: 5, ar.WORDS: 3, ja.WORDS: 3, tr.WORDS: 2,
}  # fmt: skip
