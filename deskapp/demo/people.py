"""The customers of the demo: names, addresses and languages, the same ones on every machine."""

import random
import unicodedata
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product

from deskapp.demo.language import Language
from deskapp.demo.talk import Person
from deskapp.demo.words import SHARES

PROVIDERS = ("post", "letterbox", "fjordmail", "northmail", "homepost", "webpost")
TIERS = ("",) * 7 + ("Gold", "Silver", "Silver")
ABOUT = (
    "Prefers pick-up in the shop.", "Sizes up in everything.", "Writes at night, answers by morning are fine.",
    "Guides walking groups and orders for all of them.", "Has had two late parcels this year.", "",
    "", "", "", "", "", "",
)  # fmt: skip
PLAIN = str.maketrans("ıøæłđßþœ’ØŁİ", "ioaldsto-OLI")


def people(count: int, chance: random.Random, now: datetime, *, but: set[str]) -> list[Person]:
    """`count` people, no two of one name and none of the names in `but`, in the languages' shares."""
    names = {language: _names(language, chance) for language in SHARES}
    found: list[Person] = []
    while len(found) < count:
        language = chance.choices(list(names), weights=list(SHARES.values()))[0]
        name = next(names[language], None)
        if name is None:
            del names[language]  # this language has no more names: the others take its share
            names = names or {language: _names(language, chance)}
            continue
        if name[0] in but:
            continue
        found.append(_person(*name, language, len(found), chance, now))
    return found


def _names(language: Language, chance: random.Random) -> Iterator[tuple[str, str]]:
    pairs = list(product(language.first, language.last))
    chance.shuffle(pairs)
    for first, last in pairs:
        (first, _, first_latin), (last, _, last_latin) = first.partition("/"), last.partition("/")
        name = f"{last} {first}" if language.family_first else f"{first} {last}"
        yield name, f"{slug(first_latin or first)}.{slug(last_latin or last)}"


def _person(name: str, local: str, language: Language, number: int, chance: random.Random, now: datetime) -> Person:
    return Person(
        name=name,
        email=f"{local}@{chance.choice(PROVIDERS)}.example",
        language=language.code,
        timezone=language.timezone,
        city=chance.choice(language.cities),
        tier=chance.choice(TIERS),
        about=chance.choice(ABOUT),
        visitor=str(uuid.UUID(int=chance.getrandbits(128), version=4)) if chance.random() < 0.5 else "",
        shop=f"{20000 + number}",
        since=now - timedelta(days=chance.uniform(2, 182)),
    )


def slug(name: str) -> str:
    """Letters of an address: "Ní Bhriain" is "ni-bhriain"."""
    plain = unicodedata.normalize("NFKD", name.translate(PLAIN)).encode("ascii", "ignore").decode().lower()
    return "-".join(plain.replace(".", "").replace("'", "-").split())
