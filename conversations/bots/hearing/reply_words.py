"""Short answers in eight languages: yes, no, thanks, hello, goodbye, that did not help, back to another matter."""

import re

_POLITE = r"(?:,?\s*(?:please|pls|thanks|thank\s+you|thx|bitte|danke(?:\s+sch[öo]n)?|gerne?|merci|s'il\s+(?:vous|te)\s+pla[îi]t|svp|por\s+favor|gracias|per\s+favore|grazie|prosz[ęe]|dzi[ęe]ki|dzi[ęe]kuj[ęe]|takk|tusen\s+takk|alstublieft|alsjeblieft|graag|dank\s+(?:u|je)(?:\s+wel)?|bedankt|it\s+(?:did|helped|does)|das\s+hat\s+geholfen|c'est\s+bon|pomog[łl]o|det\s+hjalp|dat\s+hielp))*[\s.!]*"
YES = {
    "en": r"(?:yes|yeah|yep|yup|sure|ok(?:ay)?|correct|right|exactly|of\s+course|do\s+it|go\s+ahead|please\s+do|that'?s\s+(?:right|it|correct|fine)|sounds\s+good|fine|absolutely|definitely|confirm(?:ed)?|y|it\s+(?:did|helped)|perfect|great)",
    "de": r"(?:ja(?:wohl)?|jo|jep|genau|richtig|stimmt|korrekt|gerne?|ok(?:ay)?|klar|sicher|in\s+ordnung|passt|einverstanden|mach(?:en\s+sie)?\s+(?:das|es)|nat[üu]rlich|unbedingt|das\s+hat\s+geholfen)",
    "fr": r"(?:oui|ouais|ok|d'accord|exact(?:ement)?|c'est\s+(?:[çc]a|bon|exact|correct)|bien\s+s[ûu]r|volontiers|parfait|allez-y|tout\s+[àa]\s+fait|correct|je\s+confirme)",
    "es": r"(?:s[íi]|ok|vale|claro|correcto|exact(?:o|amente)|de\s+acuerdo|as[íi]\s+es|adelante|perfecto|por\s+supuesto|h[áa]g(?:a|al)o|eso\s+es|confirmo)",
    "it": r"(?:s[ìi]|ok|va\s+bene|certo|esatto|esattamente|corretto|giusto|d'accordo|perfetto|proceda|procedi|volentieri|confermo)",
    "pl": r"(?:tak|ok(?:ej)?|jasne|zgadza\s+si[ęe]|dok[łl]adnie|oczywi[śs]cie|dobrze|pewnie|potwierdzam|poprosz[ęe]|zgoda|super)",
    "no": r"(?:ja(?:\s+takk)?|jepp|jo|ok(?:ei)?|greit|stemmer|det\s+stemmer|riktig|gjerne|gj[øo]r\s+det|selvf[øo]lgelig|klart|fint|perfekt)",
    "nl": r"(?:ja(?:\s+graag)?|jazeker|ok(?:[ée]|ay)?|klopt|dat\s+klopt|juist|graag|prima|goed|doe\s+(?:dat|maar)|akkoord|zeker|inderdaad|precies)",
}
NO = {
    "en": r"(?:no(?:pe|pp)?|nah|not\s+really|don'?t|do\s+not|stop|cancel\s+that|leave\s+it|never\s?mind|wrong|that'?s\s+(?:wrong|not\s+(?:it|right))|not\s+(?:that|this)(?:\s+one)?|n|neither|none(?:\s+of\s+(?:these|those|them))?|it\s+did(?:n'?t|\s+not)(?:\s+help)?)",
    "de": r"(?:nein|n[öo]|nee|nicht|lieber\s+nicht|falsch|stimmt\s+nicht|lassen\s+sie\s+(?:es|das)|lass\s+(?:es|das)|auf\s+keinen\s+fall|keine[sr]?(?:\s+davon)?|doch\s+nicht|das\s+hat\s+nicht\s+geholfen|leider\s+nicht)",
    "fr": r"(?:non|pas\s+du\s+tout|surtout\s+pas|laissez(?:\s+tomber)?|laisse(?:\s+tomber)?|ce\s+n'est\s+pas\s+(?:[çc]a|correct)|c'est\s+faux|aucune?|pas\s+vraiment|annulez)",
    "es": r"(?:no|nop|para\s+nada|d[ée]jelo|d[ée]jalo|incorrecto|eso\s+no|ningun[oa]|mejor\s+no|no\s+es\s+(?:eso|as[íi])|no\s+mucho)",
    "it": r"(?:no|per\s+niente|lasci\s+(?:stare|perdere)|lascia\s+(?:stare|perdere)|sbagliato|non\s+[èe]\s+(?:cos[ìi]|giusto)|nessun[oa]|meglio\s+di\s+no|non\s+molto)",
    "pl": r"(?:nie(?:stety)?|wcale\s+nie|nie\s+trzeba|[źz]le|nie\s+zgadza\s+si[ęe]|[żz]ad(?:en|na|ne)|nie\s+pomog[łl]o|zostaw(?:my)?(?:\s+to)?|rezygnuj[ęe])",
    "no": r"(?:nei(?:\s+takk)?|niks|ikke|la\s+(?:det\s+)?v[æa]re|feil|stemmer\s+ikke|ingen(?:\s+av\s+(?:dem|disse))?|egentlig\s+ikke|dessverre)",
    "nl": r"(?:nee|neen|niet|laat\s+maar|fout|klopt\s+niet|dat\s+klopt\s+niet|geen(?:\s+van\s+(?:deze|beide))?|liever\s+niet|niet\s+echt|helaas\s+niet)",
}
THANKS = re.compile(
    r"(?:(?:ok(?:ay)?|great|perfect|super|wonderful|lovely|good|prima|toll|parfait|perfecto|perfetto|perfekt|flott|goed|[śs]wietnie|ah|oh|alles\s+klar|d'accord|vale|va\s+bene|topp|fint|mooi|si|s[íì]|yes|ja|oui|tak)[\s,.!]+)*"
    r"(?:(?:many\s+|very\s+|so\s+)?thank(?:s|\s+you|\s+u)?(?:\s+(?:a\s+lot|so\s+much|very\s+much|for\s+\w+(?:\s+\w+){0,2}))?|thx|ty|cheers|(?:vielen\s+|herzlichen\s+|besten\s+)?dank(?:e)?(?:\s+(?:sch[öo]n|sehr|ihnen|dir))?|"
    r"(?:un\s+grand\s+)?merci(?:\s+(?:beaucoup|bien))?|(?:muchas\s+|mil\s+)?gracias|(?:mille\s+|molte\s+)?grazie(?:\s+mille)?|dzi[ęe]k(?:uj[ęe]|i)(?:\s+bardzo)?|(?:tusen\s+|mange\s+)?takk(?:\s+(?:skal\s+du\s+ha|for\s+hjelpen))?|"
    r"(?:heel\s+erg\s+)?(?:bedankt|dank\s+(?:je|u)(?:\s+wel)?|dankjewel|dankuwel))(?:[\s,!.]+.{0,25})?[\s.!]*",
    re.IGNORECASE,
)
ALL_DONE = re.compile(
    r"(?:no|nein|non|nie|nei|nee)?[\s,.]*(?:that'?s\s+(?:all|it|everything)|that\s+is\s+all|nothing\s+else|all\s+good|i'?m\s+good|no\s+more(?:\s+questions)?|das\s+(?:ist|war(?:'s|s)?)\s+alles|das\s+w[äa]r'?s|sonst\s+nichts|c'est\s+tout|rien\s+d'autre|"
    r"(?:eso\s+)?es\s+todo|nada\s+m[áa]s|(?:[èe]\s+|questo\s+[èe]\s+)?tutto|nient'?altro|to\s+(?:ju[żz]\s+)?wszystko|nic\s+wi[ęe]cej|det\s+var\s+alt|det\s+er\s+alt|ikke\s+noe\s+mer|dat\s+(?:is|was)\s+alles|verder\s+niets|niets\s+meer|"
    r"bye(?:\s+bye)?|goodbye|tsch[üu]ss|auf\s+wiedersehen|au\s+revoir|adi[óo]s|hasta\s+luego|arrivederci|do\s+widzenia|ha\s+det(?:\s+bra)?|tot\s+ziens|doei)[\s,.!]*(?:thanks|thank\s+you|danke(?:\s+sch[öo]n)?|merci|gracias|grazie|dzi[ęe]kuj[ęe]|takk|bedankt|dank\s+(?:je|u))?[\s.!]*",
    re.IGNORECASE,
)
HELLO = re.compile(
    r"(?:(?:hi|hello|hey|hiya|good\s+(?:morning|afternoon|evening|day)|hallo|guten\s+(?:tag|morgen|abend)|moin|servus|gr[üu](?:ß|ss)\s+gott|bonjour|bonsoir|salut|coucou|hola|buen[oa]s(?:\s+(?:d[íi]as|tardes|noches))?|"
    r"ciao|salve|buon(?:giorno|asera)|buon\s+giorno|cze[śs][ćc]|dzie[ńn]\s+dobry|witam|hejka|hei|hei\s+hei|god\s+(?:dag|morgen|kveld)|heisann|hoi|dag|goede(?:morgen|middag|navond|ndag)|goeie\w+|hej)"
    r"(?:\s+(?:there|fern|all|team|zusammen|[àa]\s+tous|a\s+todos|a\s+tutti|wszystkim|alle\s*sammen))?[\s,.!?]*)+",
    re.IGNORECASE,
)
WORKED = re.compile(
    r"\b(?:it\s+worked|that\s+(?:helped|worked|solved)|solved|problem\s+solved|hat\s+(?:geholfen|geklappt)|gel[öo]st|[çc]a\s+m'a\s+aid[ée]|r[ée]solu|[çc]a\s+marche|me\s+ha\s+servido|solucionado|resuelto|funciona\s+ahora|risolto|ha\s+funzionato|utile|pomog[łl]o|rozwi[ąa]zan\w+|dzia[łl]a\s+ju[żz]|det\s+hjalp|l[øo]st|det\s+funket|geholpen|opgelost|het\s+werkt"
    r"|answers\s+(?:it|that|my|everything)|clears\s+(?:it|that)\s+up|beantwortet\s+(?:es|das|meine|alles)|(?:cela|[çc]a)\s+r[ée]pond|r[ée]pond\s+[àa]\s+ma|responde\s+(?:a\s+)?mi|me\s+lo\s+aclara|risponde\s+alla\s+mia"
    r"|odpowiada\s+na\s+moje|wyja[śs]nia\s+(?:to|spraw[ęe])|svarer\s+p[åa]\s+(?:det|sp[øo]rsm[åa]let)|beantwoordt\s+(?:het|dat|mijn|alles))\b",
    re.IGNORECASE,
)
DID_NOT_WORK = re.compile(
    r"\b(?:did(?:n'?t|\s+not)\s+(?:help|work)|does(?:n'?t|\s+not)\s+(?:help|work|answer)|not\s+helpful|no\s+help|hat\s+nicht\s+geholfen|hilft\s+(?:mir\s+)?nicht|(?:ne\s+)?m'aide\s+pas|pas\s+utile|no\s+me\s+(?:sirve|ayuda|ha\s+servido)|non\s+(?:mi\s+)?(?:aiuta|serve|[èe]\s+utile)|nie\s+pom(?:og[łl]o|aga)|hjalp\s+ikke|hjelper\s+ikke|helpt\s+(?:me\s+)?niet|niet\s+geholpen"
    r"|(?:beantwortet|beantwoordt)\b.{0,25}\b(?:nicht|niet)|r[ée]pond\s+pas|no\s+(?:me\s+)?responde|non\s+risponde|nie\s+odpowiada|svarer\s+ikke)\b",
    re.IGNORECASE,
)
# At the end of a short line that says something else before: "I will try that, thank you".
THANKFUL = re.compile(
    r"(?:\bthank(?:s|\s+you)|\bthx|\bcheers|\bdank(?:e|\s+(?:ihnen|dir|je|u))?|\bmerci|\bgracias|\bgrazie|\bdzi[ęe]k(?:uj[ęe]|i)|\btakk|\bbedankt)"
    r"(?:\s+(?:very\s+much|so\s+much|a\s+lot|sch[öo]n|sehr|beaucoup|bien|mille|bardzo|wel|skal\s+du\s+ha|for\s+hjelpen))?[\s.!)]*$",
    re.IGNORECASE,
)
KNOWS_NOT = re.compile(
    r"\b(?:(?:don'?t|do\s+not)\s+(?:know|have|remember)|no\s+idea|not\s+sure|can'?t\s+(?:find|remember)|lost\s+(?:it|the)|wei(?:ß|ss)\s+(?:ich\s+)?nicht|keine\s+ahnung|hab\w*\s+(?:ich\s+)?(?:nicht|keine)|finde\s+(?:sie\s+|ich\s+|die\s+)?nicht"
    r"|(?:ne\s+)?sais\s+pas|aucune\s+id[ée]e|(?:ne\s+l')?ai\s+(?:pas|plus)|trouve\s+(?:pas|plus)|no\s+(?:lo\s+|la\s+)?s[ée]\b|no\s+(?:lo\s+|la\s+)?(?:tengo|encuentro|recuerdo)|ni\s+idea|non\s+(?:lo\s+|la\s+)?(?:so|ho|trovo|ricordo)\b|nessuna\s+idea"
    r"|nie\s+(?:wiem|mam|pami[ęe]tam|znam)|nie\s+mog[ęe]\s+znale[źz][ćc]|vet\s+(?:jeg\s+)?ikke|aner\s+ikke|har\s+(?:jeg\s+|den\s+)?ikke|finner\s+(?:den\s+|det\s+)?ikke|husker\s+ikke|weet\s+(?:ik\s+)?(?:het\s+)?niet|geen\s+idee|heb\s+(?:ik\s+)?(?:niet|geen|die\s+niet)|kan\s+(?:het|hem)?\s*niet\s+vinden)\b",
    re.IGNORECASE,
)

# "Yes, but …": no yes to what was asked.
BUT = re.compile(
    r"\b(?:but|except|instead|aber|jedoch|stattdessen|mais|plut[ôo]t|sauf|pero|salvo|excepto|ma|per[òo]|tranne|ale|lecz|men|istedenfor|maar|behalve)\b",
    re.IGNORECASE,
)
STOP = re.compile(
    r"(?:(?:no|nein|non|nie|nei|nee|ok(?:ay)?)[\s,]+)?(?:never\s?mind|stop(?:p)?|forget\s+it|leave\s+it|cancel\s+that|lassen\s+sie\s+(?:es|das)|lass\s+(?:es|das)|egal|vergiss\s+es|laisse[zr]?(?:\s+tomber)?|tant\s+pis|d[ée]j[ea]lo|olv[íi]d[ae]lo|da\s+igual"
    r"|lasci[a]?\s+(?:stare|perdere)|non\s+importa|niewa[żz]ne|zostaw(?:my)?(?:\s+to)?|glem\s+det|la\s+(?:det\s+)?v[æa]re|laat\s+maar|geeft\s+niet)",
    re.IGNORECASE,
)


def compiled(table: dict[str, str]) -> dict[str, re.Pattern[str]]:
    """Each language's beside English, in which many answer anyway."""
    return {
        language: re.compile(rf"(?:{words}|{table['en']}){_POLITE}", re.IGNORECASE) for language, words in table.items()
    }


# Of the whole matter, where it is not the reason of a return. A short line.
CHANGED_MIND = re.compile(
    r"\b(?:changed\s+my\s+mind|(?:es\s+mir|mir(?:'s|\s+es|\s+das)?)\s+(?:doch\s+)?anders\s+[üu]berlegt|chang[ée]\s+d'avis|cambiado\s+de\s+(?:idea|opini[óo]n)|cambiato\s+idea|rozmy[śs]li[łl]\w*|zmieni[łl]\w+\s+zdanie|ombestemt\s+meg|van\s+gedachten\s+veranderd|(?:me|mij)\s+bedacht)\b",
    re.IGNORECASE,
)
