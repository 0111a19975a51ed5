"""Which date, which part of a device: what narrows a detail, in questions and in answers alike."""

import re

from conversations.handoff.asking_words import Slot

_FACETS = {
    Slot.DATE: {
        "arrived": r"arriv|deliver|receiv|came|get\s+it|geliefert|liefer|angekommen|erhalten|ankam|ankunft|zugestellt|livr|re[çc]ue?s?\b|arriv[ée]|lleg|recib"
        r"|entreg|ricev|consegn|dotar|dostar|otrzyma|dor[ęe]cz|przysz|levert|lever|kom\b|fikk|mottok|mottatt|bezorg|aangekomen|ontvang|ontving|kreeg",
        "bought": r"order|bought|buy|purchas|paid|placed|bestell|gekauft|kauf|command|achet|achat|pedid|ped[íi]|compr|hice|realiz[óo]|acquist|ordin|zam[óo]wi"
        r"|kupi|zakup|z[łl]o[żz]|kj[øo]p|bestil|handlet|besteld|gekocht|kocht|aankoop|koop",
        "happened": r"broke|break|happen|start|stop|began|defect|kaputt|passiert|begonnen|aufgetreten|gebrochen|cass|commenc|pass[ée]|estrope|empez|rompi"
        r"|romp|rott|inizi|success|smesso|zepsu|zacz|sta[łl]o|przesta|gikk\s+i|skjedde|begynte|sluttet|startet|kapot|gebeurd|begon|stuk",
    },
    Slot.DEVICE: {
        "browser": r"browser|navigat|navegador|przegl[ąa]dark|nettleser|chrome|firefox|safari|\bedge\b|opera\b",
        "system": r"operating|betriebssystem|exploitation|operativ|operacyjn|besturings|windows|macos|\bandroid\s+\d|\bios\s?\d|linux|ubuntu",
    },
}
_READ = {
    slot: [(facet, re.compile(pattern, re.IGNORECASE)) for facet, pattern in facets.items()]
    for slot, facets in _FACETS.items()
}


def facet_of(slot: Slot, words: str) -> str:
    """ "" where the words do not narrow it."""
    return next((facet for facet, pattern in _READ.get(slot, []) if pattern.search(words)), "")
