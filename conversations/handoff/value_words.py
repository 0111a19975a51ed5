"""How details look when a customer writes them: numbers, addresses, sizes, devices and days, in eight languages."""

import re

EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}")

_ORDER = (
    r"(?:order(?!ed)|purchase|bestell(?:ung|nummer|nr)|bestell-?\s?nr|auftrag(?:snummer)?|commande|pedido|orden|compra|ordine|acquisto|"
    r"zam[óo]wieni[aeu]m?|zakup|ordre(?:nummer(?:et)?|nr|n)?|bestilling(?:en|snummer(?:et)?)?|bestelling|bestelnummer|ordernummer)"
)
ORDER_NAMED = re.compile(
    rf"\b{_ORDER}\b\.?(?!\s+(?:date|datum))(?:[^\n.!?]{{0,40}}?)(?<![\w.,/+-])((?:#|(?-i:[A-Z]{{1,4}}-?))?\d{{4,14}}(?:-\d{{1,6}})?)(?![\w]|[./-]\d|\s?(?:€|eur\b|zł|kr\b|%))",
    re.IGNORECASE,
)
ORDER_CODE = re.compile(r"(?<![\w-])([A-Z]{1,4}-\d{4,12}|#\d{3,14})(?!\w|-\d)")
ORDER_BARE = re.compile(r"[\s#]*((?:[A-Z]{1,4}[ -]?)?\d{5,7})[\s.!]*", re.IGNORECASE)

PHONE = re.compile(r"(?<![\w#@-])(?:\+|\(|\d)[\d ()/.-]{6,22}\d(?![\w@]|-\d)")
PHONE_NAMED = re.compile(
    r"phone|mobile|\bcell|\bcall|reach|\bring|telefon|handy|mobil|\bnummer|rufnummer|\bt[ée]l|portable|appel|joindre|m[óo]vil|llam|cellulare|chiam|kom[óo]rk|dzwoni|\bbel|bereik",
    re.IGNORECASE,
)

_MONTHS = (
    r"jan(?:uary|uar|vier|uari)?|feb(?:ruary|ruar|bruari|braio)?|f[ée]v(?:rier)?|febrero|febbraio|februari|mar(?:ch|s|zo|zec|ca)?|m[äa]rz|maart|marzo|apr(?:il|ile)?|avril|abril|kwietnia|"
    r"may|mai|mayo|maggio|maja|mei|jun(?:e|i|io)?|juin|giugno|czerwca|jul(?:y|i|io)?|juillet|luglio|lipca|aug(?:ust|ustus)?|ao[ûu]t|agosto|sierpnia|"
    r"sep(?:t|tember|tembre|tiembre)?|settembre|wrze[śs]nia|o[ck]t(?:ober|obre|ubre)?|ottobre|pa[źz]dziernika|nov(?:ember|embre|iembre)?|novembre|listopada|"
    r"de[cszv](?:ember|ember|embre)?|diciembre|dicembre|d[ée]cembre|desember|dezember|grudnia|stycznia|lutego|marca|enero|gennaio"
)
_DAYS = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|"
    r"lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bado|domingo|luned[ìi]|marted[ìi]|mercoled[ìi]|gioved[ìi]|venerd[ìi]|sabato|domenica|"
    r"poniedzia[łl]ek|wtorek|[śs]rod[aęy]|czwartek|pi[ąa]tek|sobot[aęy]|niedziel[aęi]|(?:man|tirs|ons|tors|fre|l[øo]r|s[øo]n)dag(?:en)?|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag"
)
_NEAR = r"yesterday|gestern|vorgestern|hier\b(?!\s+(?:ist|sind|war|kann|noch|meine|mein|die|der|das|nochmal|in\b|unten))|avant-hier|ayer|anteayer|ieri|wczoraj|przedwczoraj|i\s+g[åa]r|gisteren|eergisteren"
DATE = re.compile(
    rf"\b(?:\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}[./-]\d{{1,2}}[./-](?:\d{{4}}|\d{{2}})\b|\d{{1,2}}\.\d{{1,2}}\.(?!\d)|"
    rf"\d{{1,2}}(?:st|nd|rd|th|er|\.|º)?\s+(?:of\s+|de\s+)?(?:{_MONTHS})\b\.?(?:,?\s+(?:de\s+)?\d{{4}})?|"
    rf"(?:{_MONTHS})\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}})?|(?:last\s+|letzten\s+|forrige\s+|vorige\s+|afgelopen\s+)?(?:{_DAYS})\b|(?:{_NEAR})\b)",
    re.IGNORECASE,
)

_NAME = r"[^\W\d_][\w'.-]*"
_CAPITAL = r"[A-ZÅÄÖÜØÆŁŚŻŹĆÑÉÈÀ]"
_TOWN = rf"{_CAPITAL}(?:[^\W\d_]|['.-](?=\w))+(?!\w)(?:[ ]{_CAPITAL}[^\W\d_]{{2,}}(?!\w)){{0,2}}"
_BRITISH = r"[A-Z]{1,2}\d[\dA-Z]?\s*\d[A-Z]{2}"
_CODE = rf"(?:{_BRITISH}|\d{{2}}-\d{{3}}|\d{{4}}\s?[A-Z]{{2}}\b|\d{{4,5}}\b)"
_REST = rf"(?:[,\s]{{1,3}}{_CODE})?(?:[,\s]{{1,3}}{_TOWN})?(?:[,\s]{{1,3}}(?:{_BRITISH}|\d{{2}}-\d{{3}})\b)?"
_HOUSE = r"\d{1,4}\s?[a-zA-Z]?(?:[/-]\d{1,4})?\b"
STREETS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<![\w.,])\d{{1,4}}[A-Za-z]?,?\s+(?:{_NAME}\s+){{1,3}}(?:[Ss]treet|[Rr]oad|[Aa]venue|[Ll]ane)\b{_REST}",
        rf"(?<![\w.,])\d{{1,4}}[A-Za-z]?,?\s+(?:{_CAPITAL}[\w'.-]+\s+){{1,3}}(?:[Ss]treet|[Ss]t|[Rr]oad|[Rr]d|[Ll]ane|[Ll]n|[Aa]venue|[Aa]ve|[Dd]rive|[Cc]lose|[Ww]ay|[Cc]ourt|[Ss]quare|[Tt]errace|[Gg]ardens|[Cc]rescent|[Hh]ill|[Gg]rove|[Rr]ow|[Mm]ews|[Bb]oulevard)\b\.?{_REST}",
        rf"\b(?:{_CAPITAL}[\w'.]*[ -]){{0,2}}(?:{_CAPITAL}[\w'.]*)?(?:[Ss]tra(?:ß|ss)e|[Ss]tr\.|[Ww]eg|[Pp]latz|[Aa]llee|[Gg]asse|[Rr]ing|[Uu]fer|[Dd]amm|straat|laan|plein|gracht|kade|dijk|gaten|gata|veien|vegen|vei|gate|plass)\s+{_HOUSE}{_REST}",
        rf"\b\d{{1,4}}(?:\s?(?:bis|ter))?,?\s+(?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Bb]d|[Pp]lace|[Cc]hemin|[Aa]ll[ée]e|[Ii]mpasse|[Qq]uai|[Rr]oute|[Cc]ours)\s+(?:{_NAME}\s?){{1,4}}{_REST}",
        rf"\b(?:[Cc]alle|[Cc]/|[Aa]venida|[Aa]vda\.?|[Pp]laza|[Pp]aseo|[Rr]onda|[Vv]ia|[Vv]iale|[Pp]iazza|[Cc]orso|[Ll]argo|[Vv]icolo)\s*(?:{_NAME}\s?){{1,4}},?\s*{_HOUSE}{_REST}",
        rf"\b(?:ul\.|[Uu]lic[aiyąę]|al\.|[Aa]lej[aei]|os\.|pl\.)\s*(?:{_NAME}\s){{1,3}}{_HOUSE}{_REST}",
    )
)

_SIZES = r"(?:[2-6]?x{1,4}[sl]|[sml]|small|medium|large|\d{2}(?:[.,]5)?(?:[/-]\d{2})?|\d{1,2}(?:[.,]5)?)"
_SIZE = r"(?:\bsize|(?:schuh|kleider|konfektions)?gr(?:ö|oe)(?:ß|ss)e|gr\.|taille|pointure|\btalla|\btaglia|\bmisura|\brozmiar(?:u|em|ze)?|(?:sko)?st[øo]rrelse(?:n)?|\bstr\.|(?:schoen)?maat|n[úu]mero\s+de\s+pie|numero\s+di\s+scarpe)"
SIZE_NAMED = re.compile(
    rf"{_SIZE}(?:\s+(?:is|ist|est|es|è|to|er|in|of|von|jest|mia[łl]\w*|by[łl]o?|that|eu|uk|us|m[åa]\s+v[æa]re|should|be|habe\s+ich|ich|brauche|trage|wäre|nehme|la|el|il|het|een|en|a|de|i|w|auf)){{0,4}}\s*:?\s*(?P<size>{_SIZES})(?![\w%]|[.,]\d|\s*(?:cm|€|kg))",
    re.IGNORECASE,
)
SIZE_BARE = re.compile(rf"(?<![\w.,]){_SIZES}(?![\w%]|[.,]\d)", re.IGNORECASE)

DEVICE = re.compile(
    r"\b(?:iphone(?:\s?(?:se|x[rs]?|\d{1,2})(?:\s?(?:pro|plus|max|mini))*)?|ipad(?:\s?(?:air|pro|mini))?|mac\s?book(?:\s?(?:air|pro))?|imac|"
    r"(?:samsung\s+)?galaxy\s+\w+(?:\s?(?:plus|ultra|fe))?|samsung(?:\s+[a-z]\d+)?|(?:google\s+)?pixel\s?\d\w?(?:\s+pro)?|huawei(?:\s+\w*\d\w*)?|xiaomi(?:\s+\w*\d\w*)?|"
    r"redmi\s+\w+|oneplus(?:\s?\d+)?|fairphone(?:\s?\d)?|motorola(?:\s+\w*\d\w*)?|thinkpad|surface\s+(?:pro|go)(?:\s?\d+)?|chromebook|kindle|"
    r"android\s+\d{1,2}|ios\s?\d{1,2}(?:\.\d+)?|windows\s+(?:xp|\d{1,2})|macos(?:\s+\w+)?|ubuntu|linux|"
    r"(?:google\s+)?chrome|firefox|safari|(?:microsoft\s+)?edge\b|opera\b|android(?:-?(?:phone|handy|telefon|tablet))?)\b",
    re.IGNORECASE,
)

# "not 38", "instead of 38": what is denied is not given.
NOT_BEFORE = re.compile(
    r"\b(?:not|isn't|wasn't|no\s+longer|instead\s+of|rather\s+than|nicht|statt|anstatt|pas|plut[ôo]t\s+que|au\s+lieu\s+de|en\s+lugar\s+de|en\s+vez\s+de|"
    r"invece\s+d\w+|non|nie|zamiast|ikke|i\s+stedet\s+for|istedenfor|niet|in\s+plaats\s+van|no\s+es|no\s+era|,\s+no(?:\s+el|\s+la)?)\b",
    re.IGNORECASE,
)
WRONG = re.compile(
    r"\b(?:wrong|incorrect|mistaken|falsch\w*|fausse?|incorrecte?|erron[ée]+|err[óo]ne[oa]|equivocad[oa]|incorrect[oa]|mal\b|sbagliat[oa]|errat[oa]|"
    r"b[łl][ęe]dn[yaei]\w*|niepoprawn\w+|feil\b|galt|verkeerd\w*|fout\w*)",
    re.IGNORECASE,
)
