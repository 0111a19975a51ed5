"""How somebody who waits for a person asks to be rung, to have the answer by mail, or to go on waiting. Pure.

In eight languages, a part of a sentence at a time: what is denied, what others do and what they are called is no wish.
"""

import re

MOST_SIGNS = 2000  # of a line that are read for it
_ON = (  # what may follow "call me", so that a name does not
    r"(?=\s*(?:$|[+(\d,:–-]|(?:back|up|on|at|instead|rather|asap|today|tonight|tomorrow|now|later|please|pls|when|whenever|if|as\s+soon|after|before|around|about|between|from|under|in|this\s+(?:morning|afternoon|evening|week|number)|to|so|and|over|via|any|my|first|on?ce|anytime)\b))"
)
_EN_ASKED = r"(?:(?:can|could|would|will|may)\s+(?:you|u|someone|somebody|anyone|anybody|one\s+of\s+you(?:r\s+\w+)?|they)(?:\s+(?:please|pls|kindly|just|maybe|possibly|also|instead))*\s+|(?:have|get|ask|let)\s+(?:someone|somebody|them|your\s+\w+)\s+(?:to\s+)?|(?:you|someone|somebody)\s+(?:can|could|may|should)\s+(?:also\s+|just\s+)?|(?:like|prefer|rather|want|need|love|better|easier|best)\s+(?:it\s+)?(?:if\s+)?(?:you|someone|somebody|for\s+you)\s+(?:to\s+|could\s+|would\s+|can\s+)?)"
_EN_BEGIN = r"(?:^|\b(?:please|pls|kindly)\s+)(?:(?:yes|no|ok(?:ay)?|please|pls|just|kindly|then|so|and|or|but|well|actually|thanks|hi|hello|do|better|rather|instead|in\s+that\s+case)\s+)*"
_BACK = r"(?=\s*(?:$|[+(\d:–-]|(?:au|aux|sur|s'il|svp|stp|demain|plus|d[èe]s|quand|[àa]|vers|ce|cet|cette|aujourd'hui|maintenant|plut[ôo]t|tout|entre|apr[èe]s|avant|merci|rapidement|bient[ôo]t|directement|en|sous|lundi|mardi|mercredi|jeudi|vendredi|par)(?!\w)))"
_ES_ON = r"(?=\s*(?:$|[+(\d:–-]|(?:al|a|en|por|cuando|ma[ñn]ana|hoy|ahora|mejor|luego|despu[ée]s|m[áa]s|de|esta|este|ya|gracias|porfa|y)\b))"
_CALL = (
    # English
    rf"{_EN_BEGIN}(?:call|ring|phone)\s+(?:me|us)\b{_ON}|{_EN_ASKED}(?:call|ring|phone|telephone)\s+(?:me|us)\b{_ON}|{_EN_BEGIN}(?:call|ring)\s+back(?=\s*(?:$|[+(\d]|(?:on|at|please|tomorrow|today|later)\b))",
    rf"(?:{_EN_BEGIN}|{_EN_ASKED})give\s+(?:me|us)\s+a\s+(?:quick\s+)?(?:(?:phone\s*)?call|ring|bell|buzz|call\W?back)\b",
    r"\b(?:i'd|i\s+would|we'd|we\s+would|i|we)\s+(?:really\s+|much\s+)?(?:like|prefer|rather|want|need|love|appreciate)\s+(?:to\s+(?:have|get|be)\s+|have\s+|be\s+)?(?:(?:an?|your)\s+)?(?:phone\s*call|call\W?back|(?:tele)?phoned|(?:called|rung)(?=\s*(?:$|[+(\d]|(?:back|on|at|instead|please|today|tomorrow|when|after|in)\b))|call(?=\s*(?:$|back|please|on|at|instead|from\s+(?:you|some|a)|today|tomorrow)))",
    r"\b(?:can|could|may)\s+(?:i|we)\s+(?:please\s+)?(?:have|get|request|be)\s+(?:a\s+)?(?:phone\s*call|call\W?back|called|rung|call\b(?=\s*(?:$|back|please|on|at|instead|from)))",
    rf"{_EN_BEGIN}(?:a\s+)?(?:phone\s*call|call\W?back|(?:by|via|over\s+the)\s+(?:tele)?phone)(?:\s+(?:please|pls|instead|would\s+be\s+(?:better|great|good|nice|best|fine)|is\s+(?:better|fine|best)|rather|on|at)\b.*)?$",
    # German
    r"\bruf(?:en\s+sie|t)?\s+(?:mich|uns)\b(?!.*\bals\b)|\b(?:k[öo]nn(?:en|ten)\s+sie|k[öo]nn(?:t|test|tet)\s+(?:ihr|du)|kannst\s+du|kann|k[öo]nnte|w[üu]rden\s+sie|w[üu]rde|m[öo]chte|will|soll|bitte|lieber|gern(?:e)?|mag)\b.{0,40}\b(?:mich|uns)\b.{0,40}\b(?:an|zur[üu]ck)(?:zu)?rufen\b",
    r"\b(?:m[öo]chte|will|w[üu]rde|bitte|lieber)\b.{0,30}\b(?:an|zur[üu]ck)gerufen\b|\b(?:bitte|erbitte|w[üu]nsche|h[äa]tte|m[öo]chte|brauche|lieber|gern)\w*\b.{0,25}\b(?:r[üu]ckruf|anruf)\b|^(?:(?:einen?|um)\s+)?(?:r[üu]ckruf|anruf)\s+(?:bitte|erbeten|unter|auf)|^bitte\s+(?:um\s+)?(?:zur[üu]ck|an)rufen|^(?:lieber|bitte)\s+(?:per\s+telefon|telefonisch)|^telefonisch\s+bitte",
    # French
    rf"^(?:(?:oui|non|ok|bonjour|merci|alors|dans\s+ce\s+cas|ou|et|veuillez)\s+)*(?:r?appelez|r?appelle|t[ée]l[ée]phonez)[\s-](?:moi|nous){_BACK}|\b(?:pou(?:vez|rriez|rrait|vait)|peut|peux|pourrais|voulez|veuillez|souhaite|pr[ée]f[èe]re|pr[ée]f[ée]rerais|voudrais|aimerais)\b.{{0,25}}\b(?:me|m'|nous)\s*(?:r?appell?(?:er|e|iez|ez)|t[ée]l[ée]phoner|joindre\s+par\s+t[ée]l[ée]phone){_BACK}",
    r"\b(?:souhaite|pr[ée]f[èe]re|pr[ée]f[ée]rerais|voudrais|aimerais|veux)\b.{0,15}\b(?:[êe]tre\s+r?appel[ée]e?s?|(?:qu'on|que\s+vous)\s+(?:me\s+|m')r?appell?(?:e|iez)|un\s+(?:r?appel|coup\s+de\s+(?:fil|t[ée]l[ée]phone))|par\s+t[ée]l[ée]phone)|^(?:un\s+)?(?:r?appel|par\s+t[ée]l[ée]phone|coup\s+de\s+fil)\s+(?:s'il|svp|stp|plut[ôo]t)|\bpassez[\s-]moi\s+un\s+coup\s+de\s+(?:fil|t[ée]l[ée]phone)",
    # Spanish
    rf"^(?:(?:s[íi]|no|ok|hola|vale|pues|mejor|entonces|por\s+favor|porfa)\s+)*ll[áa]m(?:en|e|a|ad)me\b{_ES_ON}|\bme\s+(?:puede|pueden|podr[íi]an?|pod[ée]is|puedes)\s+(?:por\s+favor\s+)?(?:volver\s+a\s+)?llamar\b{_ES_ON}|\b(?:puede|pueden|podr[íi]an?|pod[ée]is|puedes)\s+(?:por\s+favor\s+)?(?:alguien\s+)?(?:volver\s+a\s+)?llamar(?:me|nos)\b{_ES_ON}",
    r"\b(?:prefiero|preferir[íi]a|quiero|quisiera|me\s+gustar[íi]a|necesito)\b.{0,10}\b(?:que\s+me\s+(?:devuelvan\s+la\s+llamada|llam(?:en|e))|(?:recibir\s+)?una\s+llamada|(?:ser\s+|por\s+)?tel[ée]fono)\b|\bdevu[ée]lvan?me\s+la\s+llamada|^por\s+tel[ée]fono\s+(?:mejor|por\s+favor)|^mejor\s+(?:por\s+tel[ée]fono|una\s+llamada)|^una\s+llamada\s+por\s+favor",
    # Italian
    r"^(?:(?:s[ìi]|no|ok|ciao|allora|meglio|per\s+favore|per\s+cortesia)\s+)*(?:(?:ri)?chiam(?:atemi|ami)|mi\s+(?:ri)?chiami)\b|\b(?:pu[òo]|potete|potreste|potrebbe|puoi|qualcuno\s+pu[òo])\s+(?:per\s+favore\s+)?(?:qualcuno\s+)?(?:ri)?chiamar(?:mi|ci)\b|\bmi\s+(?:pu[òo]|potete|potreste|potrebbe|puoi)\s+(?:per\s+favore\s+)?(?:ri)?chiamare\b",
    r"\b(?:vorrei|preferisco|preferirei|desidero|voglio|gradirei)\b.{0,10}\b(?:(?:essere\s+|venire\s+)(?:ri)?chiamat[oa]|(?:ricevere\s+)?una\s+(?:(?:tele)?chiamata|telefonata)|che\s+mi\s+(?:ri)?chiam(?:i|iate)|per\s+telefono)\b|^(?:per\s+telefono|una\s+telefonata|una\s+chiamata)\s+(?:per\s+favore|grazie)",
    # Polish
    r"\bprosz[ęe]\s+(?:do\s+mnie\s+|o\s+|mi\s+|lepiej\s+|jednak\s+)*(?:zadzwoni[ćc](?!\s+do\s+(?!mnie|nas))|oddzwoni[ćc]|przedzwoni[ćc]|telefon(?=\s*(?:$|[+(\d]|(?:pod|na|w|jutro|dzi[śs]|po|od|mi[ęe]dzy|zwrotny|pilnie)\b))|oddzwonienie|kontakt\s+telefoniczny|rozmow[ęe]\s+telefoniczn[ąa])|\b(?:za|od)dzwo[ńn](?:cie)?\b(?:\s+do\s+mnie)?|\b(?:mog[ąa]|mo[żz]e|mo[żz]ecie|mo[żz]esz|m[óo]g[łl]\w*|mogliby\w*)\s+(?:kto[śs]\s+|pa[ńn]stwo\s+|pani?\s+|by\s+|do\s+mnie\s+|prosz[ęe]\s+)*(?:zadzwoni[ćc](?!\s+do\s+(?!mnie|nas))|oddzwoni[ćc])",
    r"\b(?:wol[ęe]|wola[łl]\w*|chc[ęe]|chcia[łl]\w*|poprosz[ęe]|prosi[łl]\w*)\s+(?:bym\s+|raczej\s+|o\s+)*(?:telefon\b(?!\s+\d)|rozmow[ęe]\s+telefoniczn[ąa]|telefonicznie|[żz]eby\s+kto[śs]\s+(?:do\s+mnie\s+)?(?:za|od)dzwoni[łl]|oddzwonienie)",
    # Norwegian
    r"^(?:(?:ja|nei|ok|hei|da|bare|heller|v[æa]r\s+s[åa]\s+snill|vennligst|v[æa]r\s+vennlig)\s+)*(?:og\s+|[åa]\s+)?ring\s+(?:meg|oss|tilbake)\b|\b(?:kan|kunne|vil)\s+(?:dere|du|noen|en\s+av\s+dere)\s+(?:v[æa]re\s+s[åa]\s+snill\s+[åa]\s+)?(?:heller\s+)?ringe\s+(?:meg|oss|tilbake|opp)\b",
    r"\b(?:vil|[øo]nsker|foretrekker|kan|kunne)\b.{0,25}\b(?:bli\s+(?:opp)?ringt|(?:[åa]\s+bli\s+)(?:opp)?ringt|at\s+(?:dere|noen)\s+ringer|en\s+(?:oppringning|telefon(?:samtale)?))\b|^(?:p[åa]\s+telefon|en\s+telefon|oppringning)\s+(?:takk|heller)",
    # Dutch
    r"^(?:(?:ja|nee|ok(?:[ée])?|hoi|hallo|dan|graag|liever|gewoon|alstublieft|aub)\s+)*bel\s+(?:me|mij|ons)\b(?!\s+niet)|\b(?:kunt\s+u|kun\s+je|kunnen\s+jullie|zou(?:den)?|kan|wilt\s+u|wil\s+je|willen\s+jullie|graag|liever)\b.{0,30}\b(?:me|mij|ons)\b.{0,30}\b(?:terug|op)?(?:te\s+)?bellen\b",
    r"\b(?:wil|zou|word|heb|liever|graag)\b.{0,25}\b(?:(?:terug|op)?gebeld|(?:een\s+)?(?:telefoontje|belletje))\b|^(?:graag\s+)?(?:terugbellen|telefonisch)\s+(?:graag|alstublieft|aub|a\s*u\s*b)|^graag\s+(?:terugbellen|telefonisch|een\s+telefoontje)",
)
_MAIL_WORD = r"(?:e-?\s?mail|mail|e-?post|courriel|correo(?:\s+electr[óo]nico)?|e-?mailem|mailem|mailowo)"
_MAIL_ON = (
    r"(?=\s*(?:$|[:–-]|(?:at|on|to|instead|back|please|pls|when|as|and|rather|under|later|the\s+(?:answer|reply))\b))"
)
_MAIL = (
    rf"{_EN_BEGIN}(?:e-?mail|mail|write(?:\s+to)?)\s+(?:me|us)\b{_MAIL_ON}|{_EN_ASKED}(?:e-?mail|mail|write(?:\s+to)?)\s+(?:me|us)\b{_MAIL_ON}|{_EN_BEGIN}(?:answer|reply|respond|write|get\s+back|send\s+(?:me\s+|us\s+)?(?:the|your|an)\s+(?:answer|reply))(?:\s+(?:to\s+)?(?:me|us))?\s+(?:by|via|per|with|in)\s+(?:an\s+)?{_MAIL_WORD}|{_EN_ASKED}(?:answer|reply|respond|write|get\s+back|send\s+(?:me\s+|us\s+)?(?:the|your|an)\s+(?:answer|reply))(?:\s+(?:to\s+)?(?:me|us))?\s+(?:by|via|per|with|in)\s+(?:an\s+)?{_MAIL_WORD}",
    rf"\b(?:i'd|i\s+would|i|we)\s+(?:really\s+|much\s+)?(?:like|prefer|rather|want)\s+(?:to\s+(?:have|get)\s+|have\s+)?(?:(?:the|your|an?)\s+(?:answer|reply|response)\s+)?(?:an?\s+|by\s+|via\s+){_MAIL_WORD}(?=\s*(?:$|instead|please|back|from\s+you|at|to|rather))|{_EN_BEGIN}(?:by|via|per|an)\s+{_MAIL_WORD}(?:\s+(?:please|pls|instead|is\s+(?:fine|better|ok(?:ay)?|best)|would\s+be\s+(?:better|fine|great|best)|rather|to|at)\b.*)?$|{_EN_BEGIN}{_MAIL_WORD}\s+(?:instead|please|is\s+(?:fine|better|best|ok(?:ay)?)|would\s+be\s+(?:better|best|fine))",
    rf"\b(?:schreib(?:en\s+sie|t|e)?|antwort(?:en\s+sie|e|et)|meld(?:en\s+sie|e|et)|mail(?:en\s+sie|e|t)|schick(?:en\s+sie|e|t))\s+(?:mir|uns|sich)?\s*(?:bitte\s+|lieber\s+|doch\s+|einfach\s+)*(?:eine\s+|per\s+|via\s+|die\s+antwort\s+per\s+){_MAIL_WORD}|\bmail(?:en\s+sie|e|t)\s+(?:mir|uns)\b|\b(?:antwort|antworten)\s+(?:bitte\s+|lieber\s+)?(?:per|via)\s+{_MAIL_WORD}|^(?:nein\s+|ja\s+|bitte\s+|lieber\s+|gern(?:e)?\s+)*(?:per|via|eine)\s+{_MAIL_WORD}(?:\s+(?:bitte|w[äa]re|ist|antworten|an|melden|reicht)\b.*)?$|\b(?:m[öo]chte|h[äa]tte|w[üu]rde|k[öo]nn\w+|bevorzuge)\b.{{0,25}}\bantwort\w*\b.{{0,10}}\b(?:per|via)\s+{_MAIL_WORD}|\b(?:k[öo]nn\w+)\b.{{0,25}}\b(?:per|via)\s+{_MAIL_WORD}\s+antworten",
    r"\b(?:r[ée]pond(?:ez|re|s)|[ée]cri(?:vez|re|s)|contact(?:ez|er))(?:[\s-](?:moi|nous))?\s+(?:plut[ôo]t\s+)?(?:par|via)\s+(?:e-?)?(?:mail|courriel)|\b(?:envoyez|envoie)[\s-]moi\s+(?:un|la\s+r[ée]ponse\s+par)\s+(?:e-?mail|mail|courriel)|\b(?:pr[ée]f[èe]re|pr[ée]f[ée]rerais|voudrais|souhaite|aimerais)\b.{0,25}\b(?:par|un)\s+(?:e-?mail|mail|courriel)|^(?:une\s+r[ée]ponse\s+|plut[ôo]t\s+|oui\s+|non\s+)*par\s+(?:e-?mail|mail|courriel)(?:\s+(?:s'il|svp|stp|plut[ôo]t|de\s+pr[ée]f[ée]rence|merci|[àa])\b.*)?$",
    rf"\b(?:resp[óo]nd(?:a|an|e)(?:me)?|cont[ée]st(?:e|en|a)(?:me)?|escr[íi]b(?:a|an|e)(?:me)?|responder(?:me)?|contestar(?:me)?)\s+(?:mejor\s+)?(?:por|v[íi]a)\s+{_MAIL_WORD}|\b(?:m[áa]nd(?:e|en|a)me|env[íi](?:e|en|a)me)\s+un\s+{_MAIL_WORD}|\b(?:prefiero|preferir[íi]a|quisiera|quiero)\b.{{0,25}}\b(?:por|un)\s+{_MAIL_WORD}|^(?:mejor\s+|s[íi]\s+|no\s+|la\s+respuesta\s+)*por\s+{_MAIL_WORD}(?:\s+(?:por\s+favor|mejor|gracias|a)\b.*)?$",
    rf"\b(?:rispond(?:a|ete|i)(?:mi)?|rispondermi|scriv(?:a|ete|i)(?:mi)?|scrivermi|mi\s+(?:risponda|scriva))\s+(?:pure\s+)?(?:via|per|tramite)\s+{_MAIL_WORD}|\bmi\s+mandi\s+una\s+{_MAIL_WORD}|\b(?:mandatemi|inviatemi|scrivetemi)\s+una\s+{_MAIL_WORD}|\b(?:preferisco|preferirei|vorrei)\b.{{0,25}}\b(?:via|per|tramite|una)\s+{_MAIL_WORD}|^(?:meglio\s+|s[ìi]\s+|no\s+|risposta\s+)*(?:via|per)\s+{_MAIL_WORD}(?:\s+(?:per\s+favore|grazie|a)\b.*)?$",
    r"\b(?:odpowiedzie[ćc]|odpisa[ćc]|napisa[ćc]|odpowiedzcie|napiszcie|odpiszcie|odpowied[źz]|kontakt)\s+(?:do\s+mnie\s+|mi\s+|prosz[ęe]\s+)*(?:e-?mailem|mailem|mailow[oyąa]|e-?mailow[oyąa]|na\s+(?:e-?)?maila?|przez\s+e-?mail)|\b(?:wol[ęe]|wola[łl]\w*|poprosz[ęe])\s+(?:bym\s+)?(?:odpowied[źz]\s+)?(?:e-?mail(?:em|owo)?|mail(?:em|owo)?)\b|^(?:lepiej\s+|prosz[ęe]\s+)*(?:e-?mailem|mailem|mailowo)(?:\s+prosz[ęe])?$",
    r"\b(?:svar|skriv)\s+(?:meg\s+|heller\s+|til\s+meg\s+)*(?:p[åa]|via|per)\s+(?:e-?post|mail)|\b(?:kan|kunne|vil)\s+(?:dere|du|noen)\b.{0,20}\bsvare?\b.{0,10}\b(?:p[åa]|via|per)\s+(?:e-?post|mail)|\bsend\s+meg\s+(?:heller\s+)?(?:en|svaret\s+p[åa])\s+(?:e-?post|mail)|\b(?:vil|[øo]nsker|foretrekker)\b.{0,25}\b(?:p[åa]\s+|en\s+)?e-?post\b(?!\s*(?:adresse|en))|^(?:heller\s+|svar\s+|ja\s+|nei\s+)*(?:p[åa]\s+|via\s+)?e-?post\s+(?:takk|heller|er\s+(?:greit|bedre|fint))",
    r"\b(?:antwoord|reageer|schrijf|antwoorden|reageren)\s+(?:me\s+|mij\s+|maar\s+|liever\s+|graag\s+|alstublieft\s+)*(?:per|via)\s+(?:e-?mail|mail)|\b(?:per|via)\s+(?:e-?)?mail\s+(?:te\s+)?(?:antwoorden|reageren)|^(?:(?:ja|nee|graag|liever|dan)\s+)*(?:mail\s+(?:me|mij)\b|(?:per|via)\s+(?:e-?)?mail(?:\s+(?:graag|alstublieft|aub|is\s+(?:prima|beter|goed)|naar)\b.*)?$)|\bstuur\s+(?:me|mij)\s+(?:liever\s+|maar\s+)?een\s+(?:e-?)?mail|\b(?:wil|heb|ontvang|krijg)\b.{0,25}\b(?:antwoord|reactie)\b.{0,10}\b(?:per|via)\s+(?:e-?)?mail|\bliever\s+een\s+(?:e-?)?mail",
)
_HERE = r"(?:\s+(?:here|right\s+here|in\s+(?:the|this)\s+chat|on\s+(?:the\s+)?chat|for\s+(?:you|them|someone|somebody|a\s+person|an?\s+(?:agent|answer|colleague)|your\s+(?:answer|reply))|then|online|instead|a\s+(?:bit|while|moment)|hier|dann|gern(?:e)?|im\s+chat|solange|so\s+lange|ici|alors|en\s+ligne|sur\s+le\s+chat|aqu[íi]|en\s+el\s+chat|entonces|qui|in\s+chat|in\s+linea|allora|tu|tutaj|na\s+czacie|her|i\s+chatten|da|wel|even|in\s+de\s+chat|liever|lieber|plut[ôo]t|mejor|heller|raczej))*"
_WAIT = rf"""(?:(?:no|yes|ok(?:ay)?|fine|sure|alright|please|then|no\s+problem|thanks|nein|ja|gut|bitte|dann|non|oui|d'accord|merci|s[íi]|vale|por\s+favor|s[ìi]|va\s+bene|per\s+favore|nie|tak|dobrze|prosz[ęe]|nei|greit|takk|nee|goed|prima)\s+)*
(?:(?:i'll|i\s+will|i\s+can|i'd\s+rather|i\s+would\s+rather|i'd\s+prefer\s+to|i\s+prefer\s+to|i'm\s+happy\s+to|i\s+am\s+happy\s+to|happy\s+to|let\s+me|i)\s+(?:just\s+|gladly\s+|rather\s+)?(?:wait|stay(?=\s+(?:here|in|on))|keep\s+waiting|carry\s+on\s+waiting){_HERE}
|(?:i'm|i\s+am)\s+(?:happy\s+)?(?:waiting|staying)(?:\s+(?:here|in\s+(?:the|this)\s+chat|online|then))+
|(?:answer|reply|write)(?:\s+(?:to\s+)?me)?\s+(?:right\s+)?(?:here|in\s+(?:the|this)\s+chat)(?:\s+(?:please|instead))*
|(?:no\s+need\s+to|don't|do\s+not|you\s+(?:don't|do\s+not)\s+(?:need|have)\s+to)\s+(?:call|ring|phone)(?:\s+(?:me|us))?(?:\s+(?:back|please|any\s*more|now|after\s+all))*
|(?:ich\s+)?(?:(?:kann|m[öo]chte|will|w[üu]rde)\s+)?(?:(?:gern(?:e)?|lieber|hier|auch|dann)\s+)*(?:warte|warten|bleibe(?=\s+(?:hier|dran|im))){_HERE}(?:\s+dran)?
|lieber\s+hier(?:\s+im\s+chat)?(?:\s+(?:warten|bleiben|schreiben))?|(?:bitte\s+)?(?:doch\s+)?(?:nicht|keinen?)\s+(?:anrufen|zur[üu]ckrufen|anruf|r[üu]ckruf)(?:\s+bitte)?|rufen\s+sie\s+(?:mich\s+)?(?:bitte\s+)?(?:doch\s+)?nicht\s+(?:an|zur[üu]ck)|antworten\s+sie\s+(?:mir\s+)?(?:bitte\s+|lieber\s+)*hier
|(?:j'attends|j'attendrai|je\s+patiente|je\s+(?:pr[ée]f[èe]re|vais|veux\s+bien|peux)\s+(?:attendre|patienter|rester(?=\s+(?:ici|en|sur)))|je\s+reste(?=\s+(?:ici|en|sur))){_HERE}|(?:ne\s+)?m'appelez\s+pas|n'appelez\s+pas|pas\s+d'appel|r[ée]pondez(?:[\s-]moi)?\s+(?:plut[ôo]t\s+)?ici
|(?:yo\s+)?(?:espero|esperar[ée]|(?:prefiero|puedo|voy\s+a)\s+(?:esperar|seguir(?=\s+(?:aqu|en)))|me\s+quedo(?=\s+(?:aqu|en))){_HERE}|no\s+me\s+llam(?:e|en)|no\s+hace\s+falta\s+(?:que\s+me\s+)?llam\w+|resp[óo]nd(?:a|an)me\s+aqu[íi]
|(?:aspetto|aspetter[òo]|attendo|attender[òo]|(?:preferisco|posso|vorrei)\s+(?:aspettare|attendere|restare(?=\s+(?:qui|in)))|resto(?=\s+(?:qui|in))){_HERE}|non\s+mi\s+chiam(?:i|ate)|non\s+chiamatemi|(?:mi\s+)?rispond(?:a|ete)(?:mi)?\s+(?:pure\s+)?qui
|(?:po|za)?czekam{_HERE}|(?:za|po)czekam{_HERE}|(?:wol[ęe]|mog[ęe])\s+(?:tu\s+|tutaj\s+)?(?:za|po)?czeka[ćc]{_HERE}|(?:zostaj[ęe]|zostan[ęe])(?=\s+(?:tu|na)){_HERE}|nie\s+(?:trzeba\s+)?(?:dzwoni[ćc]|dzwo[ńn]cie)(?:\s+do\s+mnie)?|odpowiedzie[ćc]\s+(?:mi\s+)?(?:tu|tutaj)
|jeg\s+(?:kan\s+|vil\s+(?:heller\s+|gjerne\s+)?)?vente(?:r)?{_HERE}|jeg\s+blir(?=\s+(?:her|i)){_HERE}|ikke\s+ring(?:\s+meg)?|(?:dere\s+)?trenger\s+ikke\s+(?:[åa]\s+)?ringe|svar\s+(?:meg\s+)?(?:heller\s+)?her
|ik\s+(?:wacht|(?:wil|kan|blijf)\s+(?:liever\s+|graag\s+|wel\s+|hier\s+)*wachten|blijf(?=\s+(?:hier|in|even))){_HERE}|bel\s+(?:me|mij)\s+(?:maar\s+|liever\s+|alstublieft\s+)*niet|niet\s+bellen|antwoord\s+(?:me\s+)?(?:maar\s+|liever\s+)*hier)
(?:\s+(?:please|pls|thanks|thank\s+you|bitte|danke|s'il\s+vous\s+pla[îi]t|svp|merci|por\s+favor|gracias|per\s+favore|grazie|prosz[ęe]|dzi[ęe]kuj[ęe]|takk|alstublieft|bedankt|graag))*"""
# Said of what is not to be, of what was, and of others than us; and a question after when it comes.
_NO_WISH = re.compile(
    r"\b(?:not|don't|didn't|doesn't|never|nobody|no\s+one|without|said|promised|told|supposed|meant|waiting\s+for|waited|missed|tried|refused|instead\s+of|rather\s+than|stop|no\s+need|why|driver|courier|carrier|postman|neighbou?rs?|he|she"
    r"|nicht|nie|niemand|keinen?|ohne|versprochen|sagte|gesagt|hie(?:ß|ss)|warum|wieso|statt|fahrer|kurier|bote|paketdienst|nachbar\w*"
    r"|pas|jamais|personne|sans|promis|aucun|pourquoi|au\s+lieu|livreur|transporteur|voisine?|il|elle"
    r"|nunca|nadie|ning[úu]n\w*|sin|prometi\w*|dijeron|dijo|repartidor|mensajero|transportista|vecin[oa]"
    r"|nessuno|senza|promesso|detto|perch[ée]|corriere|vicin[oa]|invece\s+di"
    r"|nikt|nigdy|bez|obieca\w*|mia[łl]\w*|m[óo]wi\w*|dlaczego|kurier\w*|dostawc\w*|s[ąa]siad\w*|zamiast"
    r"|ikke|aldri|ingen|uten|lovet|sa|hvorfor|sj[åa]f[øo]r\w*|bud(?:et)?|naboen?|i\s+stedet\s+for"
    r"|niet|nooit|geen|zonder|beloofd|gezegd|waarom|chauffeur|koerier|bezorger|buren|buurman|in\s+plaats\s+van)\b"
    r"|^(?:when|what|at\s+what|how|who|did|has|have\s+you|were|was|wann|um\s+wie\s*viel|quand|[àa]\s+quelle|cu[áa]ndo|a\s+qu[ée]\s+hora|quando|a\s+che\s+ora|kiedy|o\s+kt[óo]rej|n[åa]r|wanneer|hoe\s+laat)\b",
    re.IGNORECASE,
)
_TALKS = {
    wish: re.compile("|".join(f"(?:{each})" for each in words), re.IGNORECASE)
    for wish, words in {"call": _CALL, "mail": _MAIL}.items()
}
_WAITS = re.compile(_WAIT.replace("\n", ""), re.IGNORECASE)
# Where one part of a sentence ends: not within a number or an address.
_PARTS = re.compile(
    r"[!?;\n…]+|(?<!\d)\.(?=\s|$)|,(?=\s|$)|\s[–—-]\s|\s(?:but|however|so|and|aber|und|oder|et|sondern|mais|pero|sino|però|ma|ale|lecz|men|maar|instead\s+just)\s",
    re.IGNORECASE,
)
_POLITE = re.compile(
    r"\b(?:please|pls|kindly|bitte|s'il\s+(?:vous|te)\s+pla[îi]t|svp|por\s+favor|per\s+favore|alstublieft|aub|a\.u\.b)\b",
    re.IGNORECASE,
)


def wish_of(text: str) -> str:
    """ "call" or "mail", as the first part of it that says so, else "wait"; "" where none does."""
    text = text[:MOST_SIGNS].replace("’", "'").replace("\u00a0", " ").replace("a.u.b.", "aub")
    parts = [" ".join(part.split()).strip(" .:\"'“”„«»()") for part in _PARTS.split(text)]
    wishes = [wish for part in parts if part and (wish := _wish_in(part))]
    return next((wish for wish in wishes if wish != "wait"), wishes[0] if wishes else "")


def _wish_in(part: str) -> str:
    plain = " ".join(_POLITE.sub(" ", part).split()).strip(" ,")
    if _WAITS.fullmatch(part) or plain and _WAITS.fullmatch(plain):
        return "wait"
    for wish, talks in _TALKS.items():
        for words in dict.fromkeys((part, plain)):
            found = talks.search(words)
            if found and not _NO_WISH.search(words[: found.end()]):
                return wish
    return ""
