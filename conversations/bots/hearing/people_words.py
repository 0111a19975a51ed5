"""How somebody asks for a person instead of the bot, and asks what the bot is, in eight languages."""

import re

_PERSON = {
    "en": r"(?:person|human(?:\s+being)?|agent|someone|somebody|representative|rep|operator|colleague|employee|adviser|advisor|manager|supervisor|member\s+of\s+staff|staff|customer\s+(?:service|support|care)|people)",
    "de": r"(?:menschen?|mitarbeiter(?:in|innen|n)?|person|kolleg(?:en|in|e)|berater(?:in)?|jemande[mn]|chef(?:in)?|vorgesetzten|kundenservice|kundendienst|sachbearbeiter(?:in)?|support)",
    "fr": r"(?:personne|humain|conseill(?:er|[eè]re)|agent|op[ée]rat(?:eur|rice)|quelqu'?un|coll[eè]gue|employ[ée]e?|responsable|service\s+client)",
    "es": r"(?:persona|humano|agente|asesora?|operadora?|representante|alguien|empleado|encargado|responsable|atenci[óo]n\s+al\s+cliente)",
    "it": r"(?:persona|umano|operatore|operatrice|addetto|addetta|consulente|qualcuno|collega|responsabile|servizio\s+clienti|assistente)",
    "pl": r"(?:człowiek\w*|konsultant\w*|pracownik\w*|osob\w*|kimś|ktoś|doradc\w*|kierownik\w*|biurem\s+obsługi|obsługą)",
    "no": r"(?:et\s+menneske|menneske|person|kundebehandler|medarbeider|rådgiver|noen|ansatt|sjefen|kundeservice|kundesenter(?:et)?|saksbehandler)",
    "nl": r"(?:mens|medewerker|medewerkster|persoon|iemand|collega|klantenservice|manager|leidinggevende)",
}
_SAID = (
    rf"\b(?:speak|speaking|talk|talking|chat|chatting|connect|put|transfer|pass|get)\s+(?:me\s+|us\s+)?(?:on\s+|through\s+|over\s+)?(?:to|with|in\s+touch\s+with)\s+(?:a|an|any|some|your|the|another)?\s*(?:real\s+|live\s+|actual\s+|human\s+|proper\s+)*{_PERSON['en']}\b",
    r"\b(?:want|need|prefer|like|get\s+me|give\s+me|is\s+there|can\s+i\s+have)\s+(?:to\s+have\s+)?(?:a|an|some)\s+(?:real\s+|live\s+|actual\s+|human\s+)*(?:person|human|agent|representative|operator|colleague)\b",
    r"\b(?:real|live|actual)\s+(?:person|human|agent|operator|people)\b|\bhuman\s+(?:being|agent|operator|support|help)\b|\bsomeone\s+(?:real|human)\b",
    r"\b(?:not|no|stop|enough)\s+(?:with\s+|of\s+)?(?:a\s+|the\s+|this\s+|these\s+)?(?:chat)?(?:bots?|robots?|machines?)\b|\bcall\s+me\b(?=\s*(?:back|on\b|at\b|asap|today|tomorrow|now|please|when|if|[.!?,]|$))|\bsomeone\s+(?:\w+\s+)?(?:call|phone|ring)\b",
    rf"\b(?:mit|an|zu)\s+(?:einem|einer|einen|nem|'nem|eurem|ihrem|eurer|ihrer|dem|der)?\s*(?:echten\s+|richtigen\s+|wirklichen\s+|menschlichen\s+)?{_PERSON['de']}\b.{{0,30}}\b(?:sprechen|reden|chatten|schreiben|verbinden|verbunden|telefonieren|weiterleiten|weitergeben)\b",
    rf"\b(?:sprechen|reden|verbinden\s+sie|verbinde)\b.{{0,25}}\b(?:mit|zu)\s+(?:\w+\s+){{0,2}}{_PERSON['de']}\b",
    r"\b(?:echte[nrm]?|richtige[nrm]?|wirkliche[nrm]?)\s+(?:menschen?|person|mitarbeiter(?:in)?)\b|\b(?:kein(?:en)?|nicht\s+(?:mit\s+)?(?:einem|dem))\s+(?:chat)?(?:bot|roboter|computer)\b|\b(?:rufen\s+sie\s+mich|ruf\s+mich|rückruf)\b|\b(?:will|möchte|brauche|hätte\s+gern)\s+(?:gerne?\s+)?(?:einen?|'nen)\s+(?:mensch(?:en)?|mitarbeiter(?:in)?|berater(?:in)?)\b",
    rf"\b(?:parler|discuter|[ée]changer|communiquer|passe[rz]|contact(?:er)?|joindre)\b(?:[\s-](?:moi|me))?\s*(?:[àa]|avec|en\s+contact\s+avec)?\s*(?:une?|d'|votre|le|la|l')?\s*(?:vraie?\s+|autre\s+)?{_PERSON['fr']}\b",
    r"\b(?:vraie\s+personne|vrai\s+humain|[êe]tre\s+humain|un\s+humain|(?:veux|voudrais|souhaite)\s+(?:une\s+personne|un\s+conseiller|une\s+conseill[eè]re))\b|\bpas\s+(?:[àa]\s+)?(?:un|de|une|le)\s+(?:chat)?(?:bot|robot|machine)\b|\brappel(?:ez|er)[\s-]moi\b",
    rf"\b(?:hablar|hablo|charlar|comunic\w+|contactar|p[áa]s\w+|ponga\w*)\s+(?:con|a|en\s+contacto\s+con)\s+(?:una?|su|el|la|alg[úu]n)?\s*(?:verdadera\s+)?{_PERSON['es']}\b",
    r"\b(?:persona\s+(?:real|de\s+verdad|humana)|ser\s+humano|agente\s+humano|un\s+humano|(?:quiero|necesito|prefiero)\s+(?:a\s+)?(?:una\s+persona|un\s+agente))\b|\b(?:no|ni)\s+(?:quiero\s+|con\s+)*(?:a\s+)?(?:un|este|el)\s+(?:chat)?(?:bot|robot)\b|\bll[áa]m(?:en|e)me\b",
    rf"\b(?:parlare|parlo|chattare|comunicare|passar\w*|contattare|mett\w+)\s*(?:mi\s+)?(?:con|a|in\s+contatto\s+con)\s+(?:una?|un'|il|la|un)?\s*(?:vera\s+|vero\s+)?{_PERSON['it']}\b",
    r"\b(?:persona\s+(?:reale|vera|umana|in\s+carne)|vera\s+persona|essere\s+umano|operatore\s+umano|un\s+umano|(?:voglio|vorrei|serve|preferisco)\s+(?:una\s+persona|un\s+operatore))\b|\bnon\s+(?:con\s+|voglio\s+)*(?:un|questo|il)\s+(?:chat)?(?:bot|robot)\b|\brichiamat(?:emi|e\s+mi)\b",
    rf"\b(?:rozmawia\w*|porozmawia\w*|pogada\w*|rozmow\w*|połącz\w*|przełącz\w*|skontaktowa\w*|pisa[ćc])\b.{{0,25}}\b{_PERSON['pl']}",
    r"\b(?:żyw\w+|prawdziw\w+)\s+(?:człowiek\w*|osob\w*)\b|\b(?:chc[ęe]|poprosz[ęe]|prosz[ęe]\s+o|potrzebuj[ęe])\s+(?:rozmow\w+\s+z\s+)?(?:człowiek\w*|konsultant\w*)\b|\bnie\s+(?:chc[ęe]\s+|z\s+)*(?:rozmawiać\s+z\s+)?(?:chat)?bot\w*\b|\b(?:proszę\s+o\s+telefon|proszę\s+zadzwonić|zadzwońcie)\b",
    rf"\b(?:snakke|snakker|prate|chatte|kontakt|sett(?:e|es)?)\b.{{0,15}}\b(?:med|til)\s+(?:en\s+|et\s+)?(?:ekte\s+|ordentlig\s+|levende\s+)?{_PERSON['no']}\b",
    r"\b(?:ekte|levende|ordentlig)\s+(?:menneske|person)\b|\b(?:vil|ønsker|trenger)\s+(?:å\s+ha\s+)?(?:et\s+menneske|en\s+person|en\s+kundebehandler)\b|\bikke\s+(?:med\s+)?(?:en|et|denne)\s+(?:chat)?(?:bot|robot|maskin)\b|\bring\s+meg\b",
    rf"\b(?:met|door\s+naar|aan)\s+(?:een|uw|jullie|de)?\s*(?:echte?\s+|andere\s+)?{_PERSON['nl']}\b.{{0,20}}\b(?:spreken|praten|chatten|verbinden|verbonden|bellen)\b|\b(?:spreken|praten|verbind\w*|chatten)\b.{{0,15}}\b(?:met|aan)\s+(?:een\s+|de\s+)?(?:echte?\s+)?{_PERSON['nl']}\b|\b(?:iemand|medewerker)\s+(?:aan\s+de\s+lijn|spreken)\b",
    r"\becht(?:e)?\s+(?:mens|persoon|medewerker)\b|\b(?:wil|graag)\s+(?:graag\s+)?(?:een\s+)?(?:mens|medewerker)\b|\b(?:geen|niet\s+(?:met\s+)?(?:een|deze))\s+(?:chat)?(?:bot|robot)\b|\bbel\s+m(?:e|ij)\b",
)
# A line of nothing else, as the button says it and as people type it.
_ALONE = (
    r"(?:a|an|the|ein(?:en)?|une?|una|un|et|en|een)?\s*(?:person|human|agent|operator|representative|somebody|someone|people|support|mensch(?:en)?|mitarbeiter(?:in)?|"
    r"personne|humain|conseiller|persona|humano|agente|operatore|umano|człowiek|konsultant|osoba|menneske|kundebehandler|mens|medewerker|persoon)"
    r"(?:,?\s+(?:please|pls|bitte|s'il\s+(?:vous|te)\s+pla[îi]t|svp|por\s+favor|per\s+favore|proszę|takk|alstublieft|graag|now|jetzt))?"
)
_NOT = r"\b(?:don'?t|do\s+not|no|without|nicht|keinen?|ohne|pas|sans|sin|senza|bez|uten|ikke|zonder|niet)\s+(?:need\s+|want\s+|have\s+)*(?:to\s+(?:speak|talk)\s+(?:to|with)\s+)?(?:a\s+|an\s+|einen\s+|besoin\s+d'une?\s+)?(?:person|human|agent|mensch\w*|mitarbeiter|personne|persona|człowiek\w*|menneske|medewerker)\b"
ASKS = re.compile("|".join(_SAID), re.IGNORECASE)
ALONE = re.compile(_ALONE, re.IGNORECASE)
DENIES = re.compile(_NOT, re.IGNORECASE)
WHAT_ARE_YOU = re.compile(
    r"\b(?:are\s+you|is\s+this|am\s+i\s+(?:talking|speaking|chatting)\s+(?:to|with))\s+(?:an?\s+|really\s+)*(?:ro)?(?:bot|chatbot|machine|ai|computer|human|real|person)\b"
    r"|\b(?:bist\s+du|sind\s+sie|ist\s+das)\s+(?:ein[e]?\s+|echt\s+)*(?:chat)?(?:bot|roboter|mensch|maschine|ki)\b"
    r"|\b(?:[êe]tes[\s-]vous|es[\s-]tu|c'est)\s+(?:une?\s+)?(?:vraie?\s+)?(?:chat)?(?:bot|robot|humain|machine|personne|ia)\b\s*\?"
    r"|\b(?:eres|es\s+usted|es\s+esto)\s+(?:una?\s+)?(?:chat)?(?:bot|robot|humano|persona|m[áa]quina)\b"
    r"|\b(?:sei|[èe]\s+lei|lei\s+[èe])\s+(?:una?\s+|un\s+)?(?:chat)?(?:bot|robot|umano|persona|macchina)\b"
    r"|\b(?:czy\s+)?(?:jesteś|to\s+jest|rozmawiam\s+z)\s+(?:chat)?(?:bot|robot|człowiek|maszyn)\w*"
    r"|\b(?:er\s+du|er\s+dette|snakker\s+jeg\s+med)\s+(?:en\s+|et\s+)?(?:ekte\s+)?(?:chat)?(?:bot|robot|menneske|maskin|person)\b"
    r"|\b(?:ben\s+je|bent\s+u|ben\s+jij|is\s+dit)\s+(?:een\s+)?(?:echte?\s+)?(?:chat)?(?:bot|robot|mens|machine|persoon)\b",
    re.IGNORECASE,
)
