"""Of the eight languages in which a question for a known detail is noticed: Italian, Polish, Norwegian and Dutch."""

from conversations.handoff.asking_words import ENGLISH, FRENCH, GERMAN, SPANISH, Slot, Tongue

ITALIAN = Tongue(
    requests=r"\b(?:p(?:u[òo]|otrebbe|otresti|uoi)|per\s+(?:favore|cortesia|piacere)|le\s+dispiace(?:rebbe)?|ti\s+dispiace|la\s+prego|gentilmente|(?:sarebbe|[èe])\s+possibile)\b"
    r"(?=.{0,130}\b(?:invi|mand|da(?:re|rmi|rci|mmi)\b|d[ai]ci\b|dir|dic|indic|fornir|forni|comunic|conferm|condivid|trasmett|alleg|aggiung|scriv|mostr|ripet|specific|girar|lasci|d[ia]mi|farci|farmi))"
    r"|\b(?:mi|ci)\s+(?:invi[ia]?|mandi|manda|dica|dice|indichi|dia|fornisc[ae]|comunichi|lascia?|conferm[ia]|giri)\b|^(?:inviami|mandami|dimmi|indicami|dammi|mandaci)\b"
    r"|\b(?:mi|ci)\s+(?:serv(?:e|ono|irebbe|irebbero)|occorr(?:e|ono|erebbe)|manc(?:a|ano))\b|\b(?:ho|abbiamo|avrei|avremmo)\s+(?:ancora |solo |anche )*bisogno\b"
    r"|\b(?:posso|possiamo|potrei|potremmo)\s+(?:avere|sapere|chieder\w+|vedere|conoscere)\b|\b(?:ha|hai|avrebbe)\b(?!\s+(?:gi[àa]\s+)?(?:ricevuto|visto|letto|cambiato|modificato|trovato))(?=.{0,80}\?)|\b(?:ricorda|conosce|ricordi)\b",
    which=r"\b(?:qual(?:\s+[èe]|'[èe]|\s+era|i\s+sono|e)?|che)\s+(?:il |la |l'|i |le |suo |sua |tuo |tua |esatt[oa] )*",
    apart=r"\b(?:(?:a|in|su|da|per|via|tramite|con)\s+(?:il |la |l'|un |una |quest[oa] |nostr[oa] )?|al |alla |all'|dal |dalla |sul |sulla |nel |nella |nostr[oa] |mi[oa] |quest[oa'] ?)",
    breaks=r"\b(?:se|che|quando|perch[ée]|come|appena|affinch[ée]|poi|e\s+(?:noi|le|ti|la))\b",
    anew=r"\b(?:nuov[oaie]|altr[oaie]|second[oa]|divers[oa]|invece|cambi\w*|modific\w*|aggiornat\w*|pi[ùu]\s+nitid[ae]|miglior[ei]|prossim[oa]|ulterior[ei]|alternativ[oa])\b",
    nouns={
        Slot.ORDER: r"\b(?:numero|n[°º.]|codice|riferimento)\s+(?:(?:del|di|dell')\s*)?(?:(?:suo|tuo)\s+)?(?:ordine|acquisto)|\bnumero\s+d'ordine",
        Slot.ADDRESS: r"\bindirizzo\b(?!\s+(?:e-?mail|mail|di\s+posta\s+elettronica|ip|di\s+e-?mail))|\bcodice\s+postale|\bcap\b",
        Slot.EMAIL: r"\bindirizzo\s+(?:di\s+)?(?:e-?mail|mail|posta\s+elettronica)|\b(?:sua|tua|quale|la|una)\s+(?:e-?mail|mail)\b(?!\s+(?:di|che|con|del))",
        Slot.PHONE: r"\bnumero\s+(?:di\s+)?(?:telefono|cellulare|contatto)|\brecapito\s+telefonico|\b(?:suo|tuo)\s+(?:cellulare|telefono)\b|\bnumero\s+(?:al\s+quale|a\s+cui|dove)",
        Slot.SIZE: r"\b(?:taglia|misura|numero\s+di\s+(?:scarpe|piede))\b",
        Slot.DEVICE: r"\b(?:dispositivo|modello|browser|sistema\s+operativo|computer|tablet|smartphone)\b|\bche\s+(?:telefono|cellulare)|\bquale\s+(?:telefono|cellulare)",
        Slot.DATE: r"\bdata\b(?!\s+di\s+nascita)|\b(?:che|quale)\s+giorno",
        Slot.PHOTO: r"\b(?:foto(?:grafi[ae])?|immagin[ei])\b",
    },
    direct={
        Slot.ORDER: r"\b(?:di\s+)?(?:quale|che)\s+ordine\b",
        Slot.ADDRESS: r"\bdove\b.{0,25}\b(?:sped|invi|abit|mand|consegn|recapit)",
        Slot.EMAIL: r"\ba\s+quale\s+(?:e-?mail|mail|indirizzo\s+e-?mail)",
        Slot.PHONE: r"\b(?:a|su)\s+(?:che|quale)\s+numero\b|\bcome\b.{0,25}\b(?:telefon|chiamar)\w+.{0,20}\?",
        Slot.SIZE: r"\b(?:che|quale)\s+numero\s+(?:porta|calza|indossa)",
        Slot.DEVICE: r"\b(?:da|con)\s+(?:che\s+)?cosa\b.{0,25}\b(?:navig|colleg|us)|\b(?:usa|utilizza)\s+un\s+(?:iphone|android|mac|pc)",
        Slot.DATE: r"\bquando\s+(?:esattamente\s+)?(?:ha|hai|[èe]|l'ha|le\s+[èe]|si\s+[èe]|ha\s+fatto|aveva)\b.{0,60}\b(?:ordin|acquist|compr|arriv|ricevut|consegn|rott|inizi|success|effettuat)",
        Slot.PHOTO: r"\b(?:fare|scattare|farci|farmi)\s+(?:una|qualche|delle)\s+foto\b.{0,30}\?",
    },
)

POLISH = Tongue(
    requests=r"\b(?:czy\s+(?:jest\s+mo[żz]liwe|by[łl]oby\s+mo[żz]liwe|da\s+si[ęe]|m[óo]g[łl](?:by|aby|byś|abyś)|mo[żz]e(?:sz)?|mogliby)|mo[żz]e\s+pan[i]?|prosz[ęe]|prosimy|poprosz[ęe]|uprzejmie)\b"
    r"(?=.{0,120}\b(?:pod(?:a|ać|aj|anie|eś)|przes[łl]|wys[łl]|wy[śs]l|prze[śs]l|napis|powiedz|potwierdz|udost[ęe]pni|za[łl][ąa]cz|do[łl][ąa]cz|dos[łl]|pokaz|wskaz|poda|zostaw|o\s))"
    r"|\bpoprosz[ęe]\b|\bprosz[ęe]\s+o\b|\bprosimy\s+o\b|^(?:i |to )*(?:podaj|prze[śs]lij|wy[śs]lij|napisz|powiedz)\b"
    r"|\b(?:potrzebuj[ęe]|potrzebujemy|potrzebn[yaei]|brakuje\s+(?:mi|nam)|potrzebowa[łl]\w*)\b|\bczy\s+(?:ma|maj[ąa])\s+(?:pan[i]?|pa[ńn]stwo)\b|\bczy\s+masz\b|\bczy\s+(?:pami[ęe]ta|zna|pami[ęe]tasz|znasz)\b"
    r"|\bma\s+pan[i]?\s+(?:mo[żz]e\s+)?(?=.{0,40}\?)|\bczy\s+jest\b(?=.{0,60}\?)|\bczy\s+(?:mog[ęe]|mo[żz]emy)\s+(?:zobaczy[ćc]|prosi[ćc]|dosta[ćc]|pozna[ćc]|zapyta[ćc])",
    which=r"\b(?:jak(?:i|a|ie|iego|im|iej|[ąa])|kt[óo]r(?:y|a|e|ego))\s+(?:jest|by[łl][ao]?|to)?\s*(?:pana |pani |pa[ńn]stwa |tw[óo]j |twoj[aą]? |dok[łl]adn[aey] )*",
    apart=r"\b(?:(?:na|pod|w|we|do|z|ze|od|przez|za|po)\s+(?:ten |t[ęeąa] |tym |sw[óo]j |pana |pani |nasz |naszego |podany )?|nasz[aeąą]?(?:ego|ej|ym)? |m[óo]j |mojego |ten |tego |tym )",
    breaks=r"\b(?:je[śs]li|je[żz]eli|czy|[żz]e|gdy|kiedy|jak\s+tylko|dlaczego|poniewa[żz]|[żz]eby|aby|a\s+(?:my|ja|wtedy)|wtedy)\b(?!\s+(?:m[óo]g[łl]|mo[żz]))",
    anew=r"\b(?:now(?:y|a|e|ego|ej|ym|[ąa])|inn(?:y|a|e|ego|ej|ym|[ąa])|drug(?:i|a|ie|iego|iej)|zmien\w*|zmian\w*|zamiast|zaktualizowa\w*|wyra[źz]niejsz\w*|lepsz\w*|nast[ęe]pn\w*|kolejn\w*|dodatkow\w*)\b",
    nouns={
        Slot.ORDER: r"\b(?:numer(?:u|em)?|nr)\s+(?:pana\s+|pani\s+|swojego\s+|twojego\s+|tego\s+)?zam[óo]wienia",
        Slot.ADDRESS: r"\badres(?:u|em|ie)?\b(?!\s+(?:e-?mail|mail|poczty|elektroniczn|ip))(?!u?\s+e-?mail)|\bkod(?:u)?\s+pocztow",
        Slot.EMAIL: r"\badres(?:u|em)?\s+(?:e-?mail|mail|poczty|elektroniczn)|\b(?:pana|pani|tw[óo]j|swojego|jaki|swój)\s+(?:e-?mail|mail)a?\b|\be-?maila?\s+kontaktow",
        Slot.PHONE: r"\b(?:numer(?:u|em)?|nr)\s+(?:\w+\s+)?(?:telefonu|kom[óo]rki|kom[óo]rkow\w+|kontaktow\w+)|\btelefonu?\s+kontaktow\w+",
        Slot.SIZE: r"\brozmiar(?:u|em|ze)?\b(?!\w)(?!\s*tabel)",
        Slot.DEVICE: r"\burz[ąa]dzeni(?:e|a|u|em)\b|\bmodel(?:u|em)?\b|\bprzegl[ąa]dark[aięąe]\b|\bsystem(?:u)?\s+operacyjn|\b(?:smartfon|laptop|tablet|komputer)(?:u|a)?\b|\bjak(?:i|iego|im)\s+telefon",
        Slot.DATE: r"\bdat[aęyą]\b(?!\s+urodzenia)|\bkt[óo]rego\s+dnia|\bjaki(?:ego|m)\s+dni",
        Slot.PHOTO: r"\b(?:zdj[ęe][ćc](?:ie|ia|iem)?|fotk[aęi]|fotografi[aęie])\b",
    },
    direct={
        Slot.ORDER: r"\b(?:o\s+)?kt[óo]re(?:go)?\s+zam[óo]wieni[ae]\b|\bjakiego\s+zam[óo]wienia",
        Slot.ADDRESS: r"\bdok[ąa]d\b|\bgdzie\s+(?:mamy|mam|powinni|pan\s+mieszka|pani\s+mieszka)\b",
        Slot.EMAIL: r"\bna\s+jaki\s+(?:adres\s+)?(?:e-?mail|mail)",
        Slot.PHONE: r"\b(?:pod|na)\s+jaki(?:m)?\s+numer(?:em)?\b|\bjak\b.{0,25}\btelefonicznie.{0,15}\?",
        Slot.SIZE: r"\bjaki\s+numer\s+(?:buta|but[óo]w|pan\s+nosi|pani\s+nosi)",
        Slot.DEVICE: r"\bz\s+czego\b.{0,25}\bkorzysta|\bkorzysta\s+pan[i]?\s+z\s+(?:iphone|android|mac|pc)|\bna\s+czym\b.{0,25}\b(?:otwier|dzia[łl]|korzyst)",
        Slot.DATE: r"\bkiedy\b(?:\s+(?:dok[łl]adnie|to|pan|pani|pa[ńn]stwo|z[łl]o[żz]\w*|zosta[łl]\w*|paczka|zam[óo]wienie)){0,4}.{0,30}\b(?:zam[óo]wi|z[łl]o[żz]y|kupi|dotar|otrzyma|dostarcz|przysz|zepsu|sta[łl]o|zacz|zakup|dosta[łl])\w*",
        Slot.PHOTO: r"\b(?:zrobi[ćc])\s+(?:zdj[ęe]ci|fotk)\w*.{0,30}\?",
    },
)

NORWEGIAN = Tongue(
    requests=r"\b(?:(?:kan|kunne|vil|ville)\s+(?:du|dere)|er\s+det\s+mulig|g[åa]r\s+det\s+an)\b(?=.{0,120}\b(?:send|gi\b|oppgi|fortell|si\b|bekreft|del(?:e)?\b|legge|legg|skriv|vis(?:e)?\b|last|gjenta|opplys|sende))"
    r"|\bv[æa]r\s+(?:s[åa]\s+snill|vennlig)\b|\bvennligst\b|\bsend\s+(?:meg|oss|gjerne|et|bilde|inn)\b|\blegg\s+(?:gjerne\s+)?ved\b|\b(?:oppgi|fortell|skriv)\b(?=.{0,5}\s*(?:gjerne |meg |oss |ditt |din |et |også )*)"
    r"|\b(?:jeg|vi)\s+(?:trenger|beh[øo]ver|mangler|m[åa]\s+ha|vil\s+gjerne\s+(?:ha|vite|se))\b|\btrenger\s+(?:jeg|vi)\b|\bmangler\s+(?:jeg|vi)\b|\b(?:kan|f[åa]r)\s+(?:jeg|vi)\s+(?:f[åa]|ha|vite|be\s+om|sp[øo]rre\s+om|se)\b"
    r"|\bhar\s+du\b(?!.{0,70}\b(?:f[åa]tt|mottatt|lest|sett|endret|byttet))|\b(?:husker|vet|kjenner)\s+du\b|\bfinnes\s+det\b|\ber\s+det\s+(?:et|en|noe)\b(?=.{0,80}\?)",
    which=r"\b(?:hva|hvilke[nt]?|hvilke)\s+(?:er|var|slags)?\s*(?:det |den |din |ditt |dine |n[øo]yaktige? )*",
    apart=r"\b(?:(?:til|p[åa]|i|fra|via|per|under|med)\s+(?:den |det |din |ditt |denne |dette |v[åa]r |v[åa]rt |en |et )?|v[åa]rt? |min |mitt |denne |dette )",
    breaks=r"\b(?:om|at|hvis|n[åa]r|hvorfor|hvordan|fordi|s[åa]\s+(?:vi|jeg|skal|kan|snart)|slik\s+at|og\s+(?:vi|jeg))\b(?<!be om)(?<!re om)",
    anew=r"\b(?:ny(?:tt|e)?|ann(?:en|et)|andre|isteden(?:for)?|i\s+stedet|endre\w*|bytt\w*|oppdater\w*|skarpere|tydeligere|bedre|neste|ekstra|alternativ\w*|flere)\b",
    nouns={
        Slot.ORDER: r"\b(?:ordre|bestillings?)-?\s?(?:nummer(?:et)?|nr\b\.?|id\b)|\bnummeret\s+p[åa]\s+(?:ordren|bestillingen)",
        Slot.ADDRESS: r"(?<!post-)(?<!post)(?<!mail)\b(?:leverings|post|faktura|hjemme|bosteds)?adresse[n]?\b(?<!e-postadresse)(?<!e-postadressen)|\bpostnummer",
        Slot.EMAIL: r"\be-?post-?(?:adresse[n]?)|\be-?mail-?adresse|\bmailadresse[n]?|\b(?:din|hvilken)\s+(?:e-?post|e-?mail|mail)\b(?!-|\s+(?:fra|om|med))|\be-?post(?:en)?\s+din",
        Slot.PHONE: r"\b(?:telefon|mobil|kontakt)-?(?:nummer(?:et)?|nr\b\.?)|\bnummer\s+(?:vi|jeg)\s+kan",
        Slot.SIZE: r"\b(?:sko|kles)?st[øo]rrelse(?:n)?\b(?!stabell)",
        Slot.DEVICE: r"\benhet(?:en)?\b|\bmodell(?:en)?\b|\bnettleser(?:en)?\b|\boperativsystem|\b(?:mobil|telefon|pc|datamaskin|nettbrett)(?:en|modell)?\b(?!nummer)",
        Slot.DATE: r"\b(?:bestillings|ordre|leverings|kj[øo]ps)?dato(?:en)?\b|\bhvilken\s+dag",
        Slot.PHOTO: r"\b(?:bilde[rt]?|foto(?:et)?|bildene)\b",
    },
    direct={
        Slot.ORDER: r"\bhvilken\s+(?:ordre|bestilling)\b",
        Slot.ADDRESS: r"\bhvor\s+(?:skal|kan|vil|b[øo]r)\b.{0,20}\b(?:send|lever)|\bhvor\s+bor\s+du",
        Slot.EMAIL: r"\btil\s+hvilken\s+(?:e-?post|mail)",
        Slot.PHONE: r"\bhvilket\s+(?:telefon|mobil)?nummer\s+(?:kan|skal|b[øo]r)\b|\bp[åa]\s+hvilket\s+(?:telefon|mobil)?nummer\b|\bhvordan\b.{0,25}\bp[åa]\s+telefon.{0,10}\?",
        Slot.SIZE: r"\bhva\s+bruker\s+du\s+i\s+(?:sko|st[øo]rrelse)",
        Slot.DEVICE: r"\bhva\s+bruker\s+du\b(?!\s+i\s)|\bbruker\s+du\s+(?:en\s+)?(?:iphone|android|mac|pc)\b",
        Slot.DATE: r"\bn[åa]r\s+(?:du|den|det|pakken|ordren)\s+(?:\w+\s+)?(?:bestil|kj[øo]p|fikk|mott|kom|ble|skjed|slutt|begyn)|\bn[åa]r\s+(?:ble|kom|bestilte|kj[øo]pte|fikk|mottok|skjedde|begynte|sluttet|handlet|gikk|la|var|startet)\b",
        Slot.PHOTO: r"\b(?:ta|tatt)\s+(?:et|noen)\s+bilde\w*.{0,30}\?",
    },
)

DUTCH = Tongue(
    requests=r"\b(?:(?:kunt|kan|kun|zou|wil|wilt)\s+(?:u|je|jij)|(?:is|zou)\s+het\s+mogelijk)\b(?=.{0,120}\b(?:stuur|sturen|geven|geef|doorgeven|vertel|zeggen|bevestig|delen|deel|mailen|door\s*sturen|toesturen|laten|meesturen|toevoegen|noemen|schrijven|vermeld|opgeven|herhalen|bijvoegen|uploaden|tonen))"
    r"|\b(?:gelieve|graag|alstublieft|alsjeblieft|svp)\b(?=.{0,100}\b(?:stuur|sturen|geven|geef|doorgeven|vermeld|ontvang|te\s+ontvangen|opgeven|weten|delen|uw|je))"
    r"|^(?:en |dan )*(?:stuur|geef|vertel|laat|noem|vermeld)\w*\b|\b(?:ik|we|wij)\s+(?:heb|hebben|zou|zouden|mis|missen)\b(?=.{0,90}\b(?:nodig|willen\s+weten|nog|graag))"
    r"|\b(?:heb|hebben)\s+(?:ik|we|wij)\b(?=.{0,90}\bnodig)|\bmis(?:sen)?\s+(?:ik|we|wij)\b|\b(?:mag|kan|mogen)\s+(?:ik|we)\b(?=.{0,80}\b(?:hebben|weten|vragen|krijgen|zien|ontvangen))|\b(?:mag|mogen)\s+(?:ik|we|wij)\s+(?:uw|je)\b|\bkunnen\s+(?:we|wij)\b(?=.{0,80}\b(?:zien|krijgen|hebben))|\bis\s+er\s+(?:een|nog)\b(?=.{0,80}\?)"
    r"|\b(?:heeft\s+u|heb\s+je)\b(?!.{0,80}\b(?:ontvangen|gekregen|gezien|gelezen|gewijzigd|veranderd))|\b(?:weet|herinnert|weet)\s+(?:u|je)\b",
    which=r"\b(?:wat|welke?)\s+(?:is|was|zijn|waren|voor)?\s*(?:het |de |uw |je |jouw |een |precieze |exacte |soort )*",
    apart=r"\b(?:(?:naar|op|aan|per|via|van|in|onder|bij|uit|over)\s+(?:het |de |uw |je |dit |deze |dat |ons |onze |een )?|onze? |mijn |dit |deze )",
    breaks=r"\b(?:of|dat|als|zodra|waarom|omdat|zodat|hoe|dan\s+(?:kunnen|kan|sturen)|en\s+(?:we|ik|wij))\b",
    anew=r"\b(?:nieuwe?|andere?|tweede|ander|in\s+plaats|gewijzigd\w*|wijzig\w*|verander\w*|scherpere?|duidelijkere?|betere?|volgende?|extra|alternatie\w*|meer)\b",
    nouns={
        Slot.ORDER: r"\b(?:bestel|order)-?\s?(?:nummer|nr\b\.?|id\b|code)|\bnummer\s+van\s+(?:uw|je|de)\s+bestelling",
        Slot.ADDRESS: r"(?<!mail-)(?<!mail )\b(?:aflever|bezorg|post|huis|woon|factuur|verzend)?adres\b|\bpostcode\b",
        Slot.EMAIL: r"\be-?mail-?\s?adres|\bmailadres|\b(?:uw|je|welke|jouw)\s+(?:e-?mail|mail)\b(?!-|\s+(?:van|over|met))",
        Slot.PHONE: r"\b(?:telefoon|mobiele|gsm|mobiel|contact)-?\s?(?:nummer|nr\b\.?)|\bnummer\s+(?:waarop|waar)",
        Slot.SIZE: r"\b(?:schoen|kleding|confectie)?maat\b(?!tabel)",
        Slot.DEVICE: r"\b(?:apparaat|toestel|model|browser|besturingssysteem)\b|\b(?:smartphone|laptop|tablet|computer)\b|\bwelke\s+telefoon",
        Slot.DATE: r"\b(?:bestel|aankoop|lever|koop)?datum\b|\bwelke\s+dag",
        Slot.PHOTO: r"\b(?:foto(?:'s)?|afbeelding(?:en)?|plaatje)\b",
    },
    direct={
        Slot.ORDER: r"\b(?:om|over)?\s*welke\s+bestelling\b|\bwelke\s+order\b",
        Slot.ADDRESS: r"\bwaar(?:heen)?\b.{0,30}\b(?:sturen|bezorg|lever|woon)|\bwaar\s+woont\s+u",
        Slot.EMAIL: r"\bnaar\s+welk\s+(?:e-?mail|mail)",
        Slot.PHONE: r"\bop\s+welk\s+(?:telefoon)?nummer\b|\bhoe\b.{0,25}\btelefonisch.{0,20}\?",
        Slot.SIZE: r"\bwat\s+draagt\s+u\b",
        Slot.DEVICE: r"\bwaarmee\b.{0,25}\b(?:surf|bestel|werk|open)|\b(?:gebruikt\s+u|gebruik\s+je)\s+een\s+(?:iphone|android|mac|pc)",
        Slot.DATE: r"\bwanneer\s+(?:precies\s+)?(?:u|je|het|de)\b.{0,40}\b(?:bestel|gekocht|kocht|aangekomen|ontvang|gekregen|kapot)|\bwanneer\s+(?:precies\s+)?(?:heeft|heb|is|was|werd|kwam|kreeg|kocht|hebt|bestelde|ontving|begon)\b",
        Slot.PHOTO: r"\b(?:foto|foto's)\s+(?:van\s+\w+\s+)?(?:maken|nemen)\b.{0,20}\?",
    },
)

TONGUES: dict[str, Tongue] = {
    "en": ENGLISH,
    "de": GERMAN,
    "fr": FRENCH,
    "es": SPANISH,
    "it": ITALIAN,
    "pl": POLISH,
    "no": NORWEGIAN,
    "nl": DUTCH,
}
__all__ = ["TONGUES", "Slot"]
