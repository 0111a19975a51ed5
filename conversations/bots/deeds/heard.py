"""What an answer in their own words stands for, where a deed knows but a few answers: eight languages at once."""

import re

# Beginnings of words.
_WORDS = {
    "too_small": r"small|tight|short|narrow|klein|eng|kurz|petit|serr[ée]|court|étroit|peque[ñn]|estrech|cort[oa]"
    r"|piccol|strett|mał[aeoy]?|ciasn|krótk|lite[nt]?\b|små|trang|kort|krap|stram",
    "too_big": r"big|large|loose|wide|long\b|groß|gross|weit|lang\b|grand|ample|grande|anch[oa]|holgad|larg[oa]"
    r"|duż[aey]|luźn|szerok|stor[te]?\b|vid|groot|grote|ruim|wijd",
    "damaged": r"damag|broken|broke|defect|faulty|torn|ripped|hole|stain|beschädig|kaputt|defekt|riss|loch|fleck"
    r"|abîm|cass|déchir|défect|trou|dañad|rot[oa]|defectuos|agujer|mancha|danneggiat|rott[oa]|difett"
    r"|strapp|uszkodz|zepsut|wadliw|dziur|podart|skad|ødelagt|hull|revn|kapot|beschadigd|stuk\b|scheur"
    r"|gat\b",
    "wrong_item": r"wrong (?:item|one|size|colou?r|thing|product)|other item"
    r"|falsche[rsn]? (?:artikel|größe|farbe|ware)|falsch geliefert|mauvais (?:article|produit)"
    r"|mauvaise (?:taille|couleur)|equivocad|sbagliat|nie ten|zły|pomyłk|feil (?:vare|størrelse|farge)"
    r"|verkeerd",
    "not_as_described": r"describ|picture|photo|looks different|beschreib|foto|anders aus|décri|descri|immagin|opis"
    r"|zdjęci"
    r"|beskr|bilde|beschrev|afbeelding",
    "changed_mind": r"chang\w* my mind|don.t (?:like|want|need)|no longer|anders überlegt|gefällt"
    r"|brauche? (?:es|sie|ihn) nicht|doch nicht|changé d.avis|plaît pas|plus besoin|cambiado de idea"
    r"|no me gusta|ya no|cambiato idea|non mi piace|non (?:mi )?serve|rozmyśli|nie podoba|niepotrzebn"
    r"|ombestemt|liker (?:den|det) ikke|trenger|bedacht|bevalt|niet nodig",
    "unworn": r"unworn|unused|never (?:worn|used)|not (?:worn|used)|new|tags?\b|ungetragen|unbenutzt|neu\b"
    r"|nicht getragen|non porté|pas porté|neuf|jamais|sin (?:usar|estrenar)|nuev[oa]|nuov[oa]|mai"
    r"|non indossat|nienosz|nieużywan|now[aey]|ubrukt|ny\b|ikke brukt|ongedragen|nieuw|niet gedragen"
    r"|ongebruikt",
    "worn": r"worn|used|wore|wash|getragen|benutzt|gewaschen|porté|utilisé|lavé|usad|llevad|lavad|indossat|usat"
    r"|lavat|noszon|używan|pran|brukt|vasket|gedragen|gebruikt|gewassen",
    "broken": r"broken|broke|damag|torn|kaputt|beschädigt|defekt|cass|abîm|rot[oa]|dañad|rott[oa]|danneggiat"
    r"|zepsut|uszkodz|ødelagt|skadet|kapot|beschadigd|stuk\b",
    "refund": r"refund|money|geld|erstatt|rembours|argent|reembols|dinero|rimbors|soldi|pieni|zwrot|penge|refusjon"
    r"|terug",
    "exchange": r"exchang|swap|another|other size|different|umtausch|tausch|andere|échang|autre|cambi|otra|altra"
    r"|scambi|wymian|inny|bytte|annen|ruil|omruil",
    "later": r"later|delay|postpone|away|holiday|später|verschieb|urlaub|plus tard|report|vacances|más tarde"
    r"|aplaz|vacacion|più tardi|rinvi|vacanz|później|przełóż|urlop|senere|utsett|ferie|vakantie|uitstel",
    "neighbour": r"neighbo|nachbar|voisin|vecin|vicin|sąsiad|nabo|bur(?:en|man|vrouw)",
    "safe_place": r"safe|porch|shed|garage|leave it|sicher|ablage|abstell|lieu sûr|abri|segur|sicuro|bezpieczn|trygt"
    r"|veilig",
}  # fmt: skip
_PATTERNS = {word: re.compile(rf"\b(?:{pattern})", re.IGNORECASE) for word, pattern in _WORDS.items()}


def meant(text: str, among: tuple[str, ...]) -> str:
    """The one of them; "" where it could be several, or none: then it is asked, with its answers to press."""
    if text in among:
        return text
    fits = [word for word in among if _PATTERNS[word].search(text)]
    if {"unworn", "worn"} <= set(fits):  # "not worn"
        fits.remove("worn")
    return fits[0] if len(fits) == 1 else ""
