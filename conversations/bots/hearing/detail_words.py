"""Why a thing goes back, how it is, what is wanted for it, in which size: as customers of eight languages say it."""

import re

from conversations.bots.memory import Need

# By Need, in this order: the first that is found is it. The values are those of conversations.bots.deeds.
_WORDS: dict[Need, dict[str, str]] = {
    Need.REASON: {
        "wrong_item": r"wrong\s+(?:item|one|article|product|colou?r|thing)|falsche[rsn]?\s+(?:artikel|ware|produkt|farbe)|(?:mauvais|erron[ée])\s+(?:article|produit)|pas\s+le\s+bon\s+(?:article|produit)|art[íi]culo\s+(?:equivocado|err[óo]neo)|articolo\s+sbagliato|(?:niewłaściwy|zły|nie\s+ten)\s+(?:artykuł|towar|produkt)|feil\s+vare|verkeerd\w*\s+(?:artikel|product)",
        "damaged": r"damaged|faulty|defective|torn|ripped|scratched|besch[äa]digt|defekt|kaputt|zerrissen|ab[îi]m[ée]e?|endommag[ée]e?|d[ée]fectueu\w+|d[ée]chir[ée]e?|da[ñn]ad[oa]s?|defectuos\w+|rot[oa]s?\b|danneggiat\w+|difettos\w+|rott[oaie]\b|strappat\w+|uszkodzon\w+|wadliw\w+|podart\w+|skadet|defekt|ødelagt|revet|beschadigd|kapot|defect|gescheurd",
        "too_small": r"too\s+(?:small|tight|short|narrow)|zu\s+(?:klein|eng|kurz|schmal)|trop\s+(?:petite?s?|serr[ée]e?s?|courte?s?|[ée]troite?s?)|(?:demasiado|muy|queda\w*)\s+(?:muy\s+)?(?:peque\w+|estrech\w+|cort\w+|ajustad\w+)|troppo\s+(?:piccol\w+|strett\w+|cort\w+)|za\s+(?:mał\w+|ciasn\w+|krótk\w+|wąsk\w+)|for\s+(?:liten|lite|små|trang\w*|kort\w*|smal\w*)|te\s+(?:klein|krap|strak|kort|smal)",
        "too_big": r"too\s+(?:big|large|wide|long|loose)|zu\s+(?:gro(?:ß|ss)|weit|lang|breit)|trop\s+(?:grande?s?|larges?|longue?s?)|(?:demasiado|muy|queda\w*)\s+(?:muy\s+)?(?:grande\w*|anch\w+|larg\w+)|troppo\s+(?:grand\w+|larg\w+|lung\w+)|za\s+(?:duż\w+|szerok\w+|dług\w+|luźn\w+)|for\s+(?:stor\w*|vid\w*|lang\w*)|te\s+(?:groot|wijd|lang|breed)",
        "not_as_described": r"not\s+as\s+(?:described|pictured|shown)|(?:different|other)\s+(?:from|than)\s+(?:the\s+)?(?:picture|photo|description)|looks\s+different|nicht\s+wie\s+(?:beschrieben|abgebildet)|anders\s+(?:als|aus)|pas\s+(?:comme|conforme)|diff[ée]rente?\s+de\s+la|no\s+es\s+como|diferente\s+(?:a|de)\s+la|non\s+(?:è\s+)?come\s+(?:descritt|nella)|divers\w+\s+dalla|niezgodn\w+|inacz\w+\s+niż|ikke\s+som\s+(?:beskrevet|p[åa]\s+bildet)|ser\s+annerledes|niet\s+zoals|anders\s+dan",
        "changed_mind": r"changed?\s+my\s+mind|(?:don't|do\s+not)\s+(?:want|need|like)\s+(?:it|them)|no\s+longer\s+(?:want|need)|anders\s+[üu]berlegt|gef[äa]llt\s+(?:mir\s+)?nicht|brauche\s+(?:sie|es|ihn)\s+(?:doch\s+)?nicht|chang[ée]\s+d'avis|ne\s+me\s+pla[îi]t\s+pas|plus\s+besoin|cambiado\s+de\s+(?:idea|opini[óo]n)|no\s+me\s+gusta|ya\s+no\s+(?:la|lo)\s+(?:quiero|necesito)|cambiato\s+idea|non\s+mi\s+piace|non\s+mi\s+serve\s+pi[ùu]|rozmyśli\w+|zmieni[łl]\w+\s+zdanie|nie\s+podoba|nie\s+potrzebuj\w+|ombestemt|liker\s+(?:den|det|dem)\s+ikke|trenger\s+(?:den|det|dem)\s+ikke|van\s+gedachten|bevalt\s+(?:me\s+)?niet|niet\s+meer\s+nodig",
    },
    Need.CONDITION: {
        "unworn": r"unworn|unused|never\s+(?:been\s+)?(?:worn|used)|(?:not|n't)\s+(?:been\s+)?(?:worn|used)|brand\s+new|tags?\s+(?:still\s+)?on|ungetragen|unbenutzt|nie\s+(?:getragen|benutzt)|nicht\s+(?:getragen|benutzt)|mit\s+etikett|jamais\s+(?:port[ée]e?s?|utilis[ée]e?s?)|neu(?:f|ve)s?\b|avec\s+(?:l')?[ée]tiquette|sin\s+(?:usar|estrenar)|con\s+etiqueta|nunca\s+(?:usad|puest)\w+|mai\s+(?:indossat|usat)\w+|con\s+(?:l')?etichetta|nuov[oa]\s+di\s+zecca|nienoszon\w+|nieużywan\w+|z\s+metk\w+|ubrukt|aldri\s+brukt|ikke\s+brukt|med\s+(?:lapp|merkelapp)\w*|ongedragen|ongebruikt|nooit\s+gedragen|niet\s+gedragen|met\s+(?:label|kaartje)",
        "broken": r"broken|broke\b|kaputt|cass[ée]e?s?\b|rot[oa]s?\b|rott[oaie]\b|zepsut\w+|połaman\w+|ødelagt|kapot|stuk\b",
        "worn": r"(?:i\s+(?:have\s+)?)?(?:worn|wore)\s+(?:it|them|once|twice)|used\s+(?:it|them|once)|getragen|benutzt|port[ée]e?s?\s+(?:une|deux|plusieurs)|utilis[ée]e?s?\b|usad[oa]s?\b|indossat\w+|usat[oaie]\b|noszon\w+|używan\w+|har\s+brukt|brukt\b|gedragen|gebruikt",
    },
    Need.WISH: {
        "exchange": r"exchange|swap|replace(?:ment)?|umtausch\w*|tauschen|ersatz|[ée]chang\w+|remplac\w+|cambi(?:ar|o)\w*|reemplaz\w+|sostitu\w+|wymian\w+|wymieni\w+|bytt\w*|(?:om)?ruilen|vervang\w+",
        "refund": r"refund|money\s+back|geld\s+zur[üu]ck|erstatt\w+|rembours\w+|reembols\w+|dinero\s+de\s+vuelta|devoluci[óo]n\s+del\s+dinero|rimbors\w+|soldi\s+indietro|zwrot\w*\s+pieni\w+|pengene\s+tilbake|refusj\w+|geld\s+terug|terugbetal\w+",
        "neighbour": r"neighbou?r|nachbar\w*|voisin\w*|vecin[oa]\w*|vicin[oa]\s+di\s+casa|dal\s+vicino|s[ąa]siad\w*|nabo\w*|buren|buur(?:man|vrouw)",
        "safe_place": r"safe\s+place|porch|shed|garage|ablageort|ablegen|terrasse|lieu\s+s[ûu]r|lugar\s+seguro|luogo\s+sicuro|bezpieczn\w+\s+miejsc\w+|trygt\s+sted|veilige\s+plek",
        "later": r"another\s+day|later|postpone|reschedule|sp[äa]ter|anderen?\s+tag|verschieben|plus\s+tard|autre\s+jour|reporter|m[áa]s\s+tarde|otro\s+d[íi]a|aplazar|pi[ùu]\s+tardi|altro\s+giorno|posticip\w+|p[óo][źz]niej|inny\s+dzie[ńn]|przeło[żz]y\w*|senere|annen\s+dag|utsett\w*|andere\s+dag|uitstel\w*",
    },
}
DETAILS = {
    need: [(value, re.compile(rf"(?<!\w)(?:{words})", re.IGNORECASE)) for value, words in values.items()]
    for need, values in _WORDS.items()
}
# "in L", "a large", "gegen Größe 43": a size without its word. Single letters count as capitals alone.
SIZE = re.compile(
    r"(?:\b(?i:in|en|w|i|to|for|a|an|as|gegen|contre|por|per|con|na|til|voor|een|una?|eine?|als|der|la|in\s+die|size|need|want|brauche|lieber))\s+"
    r"(?P<size>X{0,3}[SL]|M|[2-5]XL|(?i:small|medium|large|x-large|extra\s+large)|(?:3[4-9]|4[0-9]|50)(?:[.,]5)?)(?![\w'’%-]|[.,]\d|\s*(?:€|%|cm|days?|tage|mins?))"
)
SIZES = {"small": "S", "medium": "M", "large": "L", "x-large": "XL", "extra large": "XL"}
