"""How a customer asks for each thing that a bot can do, in eight languages; beside what a desk teaches by examples."""

import re

_GOODS = r"(?:order|parcel|package|packet|delivery|shipment|stuff|item)s?"
_WORDS = {
    "where": r"\b(?:where(?:'s|\s+is|\s+are)|when\s+(?:will|does|is|do)|status\s+of|track(?:ing)?)\b(?!.{0,30}\b(?:refund|money|open|shop|store)).{0,40}\b(?:"
    + _GOODS
    + r"|it|arriv\w*|deliver\w*|come)\b|\b(?:not|n't|never|still)\b.{0,30}\b(?:arrived|turned\s+up|been\s+delivered|received\s+(?:my|the|it|anything))|\bturns?\s+up\b|\btracking\b"
    r"|\bwo\s+(?:ist|bleibt|bleiben|sind|steckt)\b.{0,40}\b(?:bestellung|paket|p[äa]ckchen|lieferung|sendung|ware)|\bwann\b.{0,40}\b(?:kommt|geliefert|lieferung|zugestellt|ankommt|da\s+ist)\b|\b(?:noch\s+)?nicht\s+(?:angekommen|da\b|erhalten|geliefert)|\bwarte\b.{0,40}\b(?:paket|lieferung|bestellung|sendung)|\bsendungs(?:verfolgung|nummer|status)|\bliefer(?:status|termin)"
    r"|\bo[ùu]\s+(?:est|en\s+est|se\s+trouve|sont)\b.{0,30}\b(?:commande|colis|livraison|paquet)|\bquand\b.{0,50}\b(?:arriv\w*|livr\w+|re[çc]ev\w+)\b(?!.{0,20}rembours)|\b(?:pas|jamais)\s+(?:encore\s+)?(?:re[çc]u|arriv[ée])\w*\b(?!.{0,25}(?:rembours|argent))|\bsuivi\s+(?:de|du)\b|\bsuivre\s+(?:ma|mon)"
    r"|\bd[óo]nde\s+(?:est[áa]|anda)\b.{0,30}\b(?:pedido|paquete|env[íi]o)|\bcu[áa]ndo\b.{0,40}\b(?:llega\w*|entrega\w*|recib\w+)\b(?!.{0,20}(?:reembols|dinero))|\bno\s+(?:me\s+)?ha\s+llegado|\bno\s+he\s+recibido\b(?!.{0,20}(?:reembols|dinero))|\bseguimiento\b"
    r"|\bdov(?:'è|e\s+(?:è|si\s+trova|sono))\b.{0,30}\b(?:ordine|pacco|spedizione|merce)|\bquando\b.{0,40}\b(?:arriv\w+|consegn\w+|ricev\w+)\b(?!.{0,20}(?:rimbors|soldi))|\bnon\s+(?:è\s+)?(?:ancora\s+)?arrivat\w+|\btracciamento\b|\btracking\b"
    r"|\bgdzie\s+(?:jest|są|utknęła)\b.{0,30}\b(?:paczk\w+|zamówieni\w+|przesyłk\w+)|\bkiedy\b.{0,40}\b(?:przyjdzie|dotrze|dostarcz\w+|doręcz\w+|będzie\s+paczka|dostanę\s+(?:paczk\w*|zamówien\w*|przesyłk\w*))|\bnie\s+(?:dotarł\w*|przyszł\w*|doszł\w*|otrzymał\w+\s+(?:paczk|zamówi|przesył)\w*)|\bśledzeni\w+"
    r"|\bhvor\s+(?:er|blir|ble)\b.{0,40}\b(?:pakk\w+|bestilling\w*|ordre\w*|varen\w*|levering\w*)|\bnår\b.{0,40}\b(?:kommer\s+(?:pakk|bestill|ordre|var|den|det)\w*|lever\w+|får\s+jeg\s+(?:pakk|bestill|var)\w*)|\bikke\s+(?:fått|mottatt|kommet)\b(?!.{0,25}(?:penge|refusj))|\bspor(?:e|ing)\b"
    r"|\bwaar\s+(?:is|blijft|zijn)\b.{0,40}\b(?:bestelling|pakket\w*|zending|levering)|\bwanneer\b.{0,50}\b(?:bezorgd|geleverd|komt\s+(?:mijn|het|de)|ontvang\s+ik\s+mijn\s+(?:pakket|bestelling))|\b(?:nog\s+)?niet\s+(?:ontvangen|binnen|aangekomen|bezorgd)\b|\btrack\s*(?:&|and|en)?\s*trace"
    r"|\b(?:was|were|is)\s+(?:supposed|meant|due)\s+to\s+(?:come|arrive|be\s+(?:here|delivered))|\bshould\s+have\s+(?:come|arrived|been)|\b(?:has|have|did)\s*n[o']?t\s+(?:shown\s+up|come|arrived|turned\s+up)|\bnever\s+(?:came|arrived|showed)|\bwhere\s+(?:my|the)\s+(?:order|parcel|package|delivery)"
    r"|\b(?:sollte|müsste|hätte)\b.{0,40}\b(?:da\s+sein|ankommen|kommen|geliefert|zugestellt)|\bwo\b.{0,15}\b(?:sendung|bestellung|paket|lieferung)\b.{0,15}\b(?:steckt|bleibt|ist)|\b(?:devait|aurait\s+d[ûu])\s+(?:arriver|[êe]tre\s+(?:l[àa]|livr\w+))|\bo[ùu]\s+(?:se\s+trouve|est)\s+(?:ma|mon|la|le)\b.{0,12}\b(?:livraison|envoi|commande|colis)"
    r"|\b(?:ten[íi]a\s+que|deb[íi]a|deber[íi]a)\s+(?:llegar|haber\s+llegado)|\bpor\s+d[óo]nde\s+va\b|\bdoveva\s+(?:arrivare|essere)|\bconsegna\s+(?:era\s+)?prevista|\ba\s+che\s+punto\b|\bmia\s+spedizione\b|\bmiał\w*\s+(?:być|przyjść|dotrzeć|dojść)|\bco\s+z\s+(?:moj\w+|t\w+)\s+(?:paczk\w+|przesyłk\w+|zamówieni\w+)"
    r"|\bskulle\s+(?:ha\s+)?(?:kommet|komme|vært|blitt\s+levert)|\bhvor\s+(?:sendingen|pakken|bestillingen)\b|\b(?:zou|had)\b.{0,25}\b(?:komen|bezorgd|er\s+zijn|er\s+moeten\s+zijn|geleverd)|\bwaar\s+(?:mijn|de|het)\s+(?:zending|pakket|pakje|bestelling)"
    r"|\bnews\s+(?:on|of|about)\s+(?:my|the)?\s*(?:order|parcel|delivery)|\bnothing\s+(?:has\s+)?(?:came|come|arrived)|\bneuigkeiten\b.{0,20}\b(?:bestellung|lieferung|paket)|\bnichts\s+(?:ist\s+)?(?:gekommen|angekommen)|\bnouvelles\s+de\s+(?:ma|mon)\b|\brien\s+n'est\s+(?:venu|arriv[ée])|\bnoticias\s+(?:de|sobre)\s+mi\b|\bno\s+ha\s+(?:venido|llegado)\b"
    r"|\bnovit[àa]\s+(?:sul|sulla|del)\b|\bnon\s+è\s+arrivato\s+niente|\bwieści\b.{0,15}\b(?:zamówieni\w+|paczk\w+)|\bnic\s+nie\s+(?:przyszło|dotarło|doszło)|\bnytt\s+om\b.{0,15}\b(?:bestilling\w*|pakk\w+|ordre\w*)|\bingenting\s+har\s+kommet|\bnieuws\s+over\b.{0,15}\b(?:bestelling|pakket)|\bniets\s+(?:ge)?komen|\bniets\s+ontvangen",
    "return": r"\b(?:return(?:ing)?|send(?:ing)?)\s+(?:\w+\s+){0,5}?(?:back|jacket|boots?|shoes?|item|order|it|them|this|these|something)\b|\bstart\s+a\s+return|\breturn\s+(?:label|slip)|\bgive\s+(?:it|them)\s+back"
    r"|\bzur[üu]ck(?:schick|send|geb|zuschick|zusend|zugeb)\w*|\bretour(?:e|en|nieren|enschein|enlabel)\b|\br[üu]cksend\w+|\br[üu]ckgabe|\bwiderruf\w*"
    r"|\b(?:retourn|renvoy)\w+|\b(?:faire|fais|effectuer)\s+un\s+retour|\brendre\s+(?:la|le|les|cet|cette|un|une|mes|mon|ma)\b|\bbon\s+de\s+retour|[ée]tiquette\s+de\s+retour"
    r"|\bdevolver\b(?!.{0,12}dinero)|\b(?:hacer|hago|iniciar|tramitar)\s+una\s+devoluci[óo]n|\bquiero\s+devolver|\betiqueta\s+de\s+devoluci[óo]n"
    r"|\brestituir\w*|\b(?:un|il|fare|faccio)\s+reso\b|\brimandar\w*|\brendere\s+(?:la|il|gli|le|questo|questa)|\betichetta\s+di\s+reso"
    r"|\b(?:zwróci[ćc]|odesła[ćc]|oddać)\b(?!.{0,10}pieni)|\b(?:zrobić|dokonać|zgłosić)\s+zwrot\w*|\betykiet\w+\s+zwrot\w+"
    r"|\breturner\w*|\b(?:sende|sender|levere|gi)\b.{0,25}\btilbake\b|\bretur(?:lapp|en|etikett)?\b"
    r"|\b(?:terug\s*(?:sturen|zenden|brengen|geven)|retourneren|retourlabel|retour\s+(?:aanmelden|sturen|doen))\b|\bstuur\b.{0,20}\bterug\b"
    r"|\breturn\s+(?:something|policy|shipping)|\b(?:le|la|les)\s+rendre\b|\bdevolver(?:lo|la|los|las)\b|\b(?:per\s+il|del)\s+reso\b|\betykiet\w+\s+zwrotn\w+|\bretourlabel\b|\bsende\s+(?:den|det|dem)\s+tilbake"
    r"|\bbring\b.{0,25}\bback\b|\bzur[üu]ckbringen|\brapporter\b|\briportare\b|\blevere\s+tilbake|\bterugbrengen\b|\bodnieść\b",
    "exchange": r"\b(?:exchange|swap)\b|\btoo\s+(?:small|big|large|tight|wide|long|short)\b|\b(?:umtausch\w*|umzutauschen|tauschen)\b|\bzu\s+(?:klein|gro[sß]+|eng|weit|lang|kurz)\b"
    r"|\b[ée]chang\w+\s+(?:contre|la|le|les|mes|pour)|\btrop\s+(?:petite?s?|grande?s?|serr[ée]e?s?|large|longue?|courte?)\b|\bcambiar(?:la|lo|las|los)?\b.{0,25}\b(?:por|talla)\b|\b(?:me\s+queda|demasiado)\s+(?:muy\s+)?(?:peque\w+|grande|estrech\w+|anch\w+)"
    r"|\bcambiar\w*\b.{0,30}\bcon\b|\btroppo\s+(?:piccol\w+|grand\w+|strett\w+|larg\w+|lung\w+|cort\w+)|\bwymieni[ćc]\b|\bza\s+(?:mał\w+|duż\w+|ciasn\w+|szerok\w+|dług\w+|krótk\w+)\b"
    r"|\bbytte\b|\bfor\s+(?:liten|stor|trang|vid|lang|kort|små|store)\b|\b(?:om)?ruilen\b|\bte\s+(?:klein|groot|krap|wijd|lang|kort)\b"
    r"|\b(?:one\s+)?(?:half\s+a\s+)?size\s+(?:up|down|larger|bigger|smaller)|\b(?:larger|bigger|smaller|different|another|other)\s+size|\bnummer\s+(?:gr[öo](?:ß|ss)er|kleiner)|\bandere\s+gr[öo](?:ß|ss)e|\b(?:pointure|taille)\s+(?:au-dessus|en\s+dessous|plus)|\b(?:un\s+)?[ée]change\s+de\b|\b(?:un\s+)?n[úu]mero\s+(?:m[áa]s|menos)|\botra\s+talla|\bcambio\s+(?:de\s+)?(?:talla|taglia)"
    r"|\bnumero\s+in\s+(?:pi[ùu]|meno)|\baltra\s+taglia|\bwymian\w+\b|\bnumer\s+(?:większ\w+|mniejsz\w+)|\binny\s+rozmiar|\bstørrelse\s+(?:større|mindre|opp|ned)|\bannen\s+størrelse|\bmaat\s+(?:groter|kleiner)|\bandere\s+maat|\bomruil\w*"
    r"|\bnext\s+size|\bn[äa]chste\s+gr[öo](?:ß|ss)e|\btaille\s+(?:sup[ée]rieure|inf[ée]rieure)|\btalla\s+siguiente|\btaglia\s+successiva|\b(?:większ\w+|mniejsz\w+)\s+rozmiar|\bneste\s+(?:størrelse|nummer)|\bvolgende\s+maat|\bfall(?:en|t)\s+(?:klein|gro(?:ß|ss))\s+aus|\btaillent?\s+(?:petit|grand)",
    "address": r"\b(?:chang\w*|updat\w*|correct\w*|wrong|new|different|another)\b.{0,30}\b(?:delivery\s+|shipping\s+)?address\b(?!\s+book)|\baddress\b.{0,25}\b(?:wrong|changed|incorrect)|\bi(?:'ve|\s+have)?\s+moved\b"
    r"|\b(?:[äa]nder\w*|neue\w*|falsche\w*|andere\w*|korrigier\w*)\b.{0,30}\b(?:liefer|versand)?(?:adresse|anschrift)|\b(?:liefer|versand)?(?:adresse|anschrift)\b.{0,40}\b(?:[äa]ndern|falsch|korrigieren|ge[äa]ndert)|\bumgezogen\b"
    r"|\b(?:chang\w+|modifi\w+|corrig\w+|nouvelle|mauvaise|autre|tromp\w+\s+d')\s*(?:.{0,20})\badresse\b(?!\s+(?:e-?)?mail)|\bd[ée]m[ée]nag\w+|\bcambi\w+\b.{0,25}\bdirecci[óo]n|\bdirecci[óo]n\b.{0,25}\b(?:equivocada|incorrecta|nueva|mal)|\bmal\s+la\s+direcci[óo]n|\bme\s+he\s+mudado"
    r"|\b(?:cambi\w+|modific\w+|corregg\w+|sbagliat\w+|nuovo)\b.{0,25}\bindirizzo|\btraslocat\w+|\bcambiato\s+casa|\b(?:zmian\w+|zmieni\w+|popraw\w+|zły|błędn\w+|now\w+|inny)\b.{0,20}\badres\w*(?!\s*e-?mail)|\bprzeprowadzi\w+"
    r"|\b(?:endre\w*|ny|nye|feil|rette|annen)\b.{0,25}\b(?:leverings)?adresse\w*|\bflyttet\b|\b(?:wijzig\w*|nieuw\w*|verkeerd\w*|ander|aanpass\w*|fout\w*)\b.{0,25}\b(?:bezorg|aflever)?adres\b|\b(?:bezorg|aflever)?adres\b.{0,25}\b(?:wijzigen|aanpassen|veranderen|verkeerd)|\bverhuisd\b"
    r"|\bwrong\s+(?:street|house|postcode|town)|\b(?:to|at)\s+(?:my|a|the)\s+(?:office|work|new|other|different)\s+(?:address|place)|\bfalsche\s+(?:stra(?:ß|ss)e|hausnummer|plz)|\b(?:andere|b[üu]ro|neue)\s*(?:adresse|anschrift)|\bmauvaise\s+(?:rue|adresse)|\bautre\s+adresse|\b(?:puesto|escrito)\s+mal\s+la\s+(?:calle|direcci[óo]n)|\botra\s+direcci[óo]n"
    r"|\b(?:via|indirizzo)\s+sbagliat\w+|\baltro\s+indirizzo|\bz[łl][ąay]\w*\s+(?:ulic\w+|adres)|\binny\s+adres|\bfeil\s+(?:gate|husnummer|adresse)|\bverkeerde\s+(?:straat|huisnummer|postcode)|\bander\s+adres",
    "stock": r"\b(?:in|out\s+of|back\s+in)\s+stock\b|\b(?:do|have)\s+you\s+(?:have|got|still\s+have)\b.{0,50}\b(?:in\s+(?:size\s+)?(?:xs|s|m|l|xl|small|medium|large|\d{2})\b|shop|store|left|available)|\bavailable\b.{0,25}\b(?:in|size|shop|store)|\bany\s+left\b"
    r"|\b(?:vorr[äa]tig|auf\s+lager|lieferbar|verf[üu]gbar)\b|\bhaben\s+sie\b.{0,60}\b(?:noch|da|in\s+(?:gr[öo](?:ß|ss)e\s+)?(?:xs|s|m|l|xl)|filiale|gesch[äa]ft|laden)\b(?!.{0,12}(?:ge[öo]ffnet|offen))|\ben\s+stock\b|\bdisponibles?\b|\bavez-vous\b.{0,50}\b(?:en\s+(?:taille\s+)?(?:xs|s|m|l|xl|\d{2})|magasin|boutique)\b"
    r"|\bhay\s+stock\b|\b(?:tienen|ten[ée]is|queda\w*)\b.{0,50}\b(?:en\s+(?:la\s+)?(?:talla|tienda|xs|s|m|l|xl|\d{2})|stock)\b|\bdisponibil\w+|\bavete\b.{0,50}\b(?:in\s+(?:taglia\s+)?(?:xs|s|m|l|xl|\d{2})|negozio)\b|\bin\s+magazzino"
    r"|\b(?:dostępn\w+|na\s+stanie|w\s+magazynie)\b|\bczy\s+(?:macie|jest|są)\b.{0,50}\b(?:rozmiar\w*|sklepie|dostępn\w+)|\b(?:på\s+lager|utsolgt|fått\s+inn)\b|\bhar\s+dere\b.{0,50}\b(?:i\s+(?:str\w*\s+)?(?:xs|s|m|l|xl|small|medium|large|\d{2})|butikk\w*|igjen)\b"
    r"|\b(?:op\s+voorraad|uitverkocht|leverbaar)\b|\bhe(?:bben|eft|bt)\s+(?:jullie|u)\b.{0,50}\b(?:in\s+(?:maat\s+)?(?:xs|s|m|l|xl|\d{2})|winkel)\b"
    r"|\b(?:get|getting|have)\b.{0,40}\bback\s+in\b|\bgibt\s+es\b.{0,30}\bnoch\b|\breste-t-il\b|\bqueda[n]?\b.{0,40}\b(?:talla|en\s+(?:xs|s|m|l|xl))\b|\bc'[èe]\s+ancora\b|\bczy\s+(?:jest|są)\s+jeszcze|\bfortsatt\s+(?:igjen|inne)|\b(?:te\s+krijgen|verkrijgbaar)\b|\bhar\s+dere\b.{0,40}\bfortsatt|\bwieder\s+(?:da|rein|vorr[äa]tig)",
    "hours": r"\b(?:opening|business|shop)\s+hours\b|\b(?:when|what\s+time)\b.{0,20}\b(?:open|close)\b|\bare\s+you\s+(?:still\s+)?open\b|\b[öo]ffnungszeiten|\b(?:ge[öo]ffnet|offen)\b.{0,20}\?|\bwann\b.{0,25}\b(?:[öo]ffn|schlie(?:ß|ss)|ge[öo]ffnet|auf\b)|\bhoraires?\b|\b(?:ouvert|ferm[ée])s?\b.{0,25}\?|\bvous\s+(?:ouvrez|fermez)"
    r"|\bhorarios?\b|\b(?:abren|cierran|abiert[oa]s?)\b|\borari(?:o)?\b|\b(?:aperti|apert[oa]|chiusi|aprite|chiudete)\b|\b(?:godzin\w*\s+otwarcia|otwarci|otwart\w+|czynn\w+)\b|\bw\s+jakich\s+godzinach|\båpningstid\w*|\b(?:åpent|åpner|stenger|stengt)\b|\bopeningstijden|\b(?:open|gesloten)\b.{0,20}\?|\bhoe\s+laat\b.{0,20}\b(?:open|dicht|sluit)",
    "invoice": r"\b(?:invoice|receipt|bill)\b|\brechnung(?:s\w*)?\b|\b(?:kassen)?(?:bon|beleg)\b|\bquittung|\bfactures?\b|\bfacturas?\b|\brecibo\b|\bfattur[ae]\b|\bscontrino|\bricevuta\b|\bfaktur\w*|\bparagon\w*|\bkvittering\w*|\bfactuur\b|\bbon(?:netje)?\b",
    "cancel": r"\bcancel(?:l?ing|lation)?\b(?!.{0,6}\bthat\b)|\bstornier\w*|\bstorno\b|\b(?:bestellung|auftrag)\b.{0,30}\b(?:abbestellen|abbrechen|r[üu]ckg[äa]ngig|zur[üu]ckziehen)|\bannul(?:er|ez|ation|ier\w*|eren)\b|\banul(?:ar|aci[óo]n|e|owa\w*|uj\w*)\b|\bcancelar\b|\bannullar\w*|\bdisdir\w+|\banulowa\w*|\b(?:zrezygnowa\w*|rezygnuj\w*)\b.{0,20}\bzamówieni\w*|\bavbestill\w*|\bkansell\w*|\b(?:annuleren|annuleer|afbestellen)\b",
    "delivery": r"\b(?:deliver|come|arrive|send)\w*\b.{0,30}\b(?:another\s+day|later|neighbou?r|[s]afe\s+place|next\s+week|different\s+day)|\b(?:postpone|reschedule)\b|\b(?:sp[äa]ter|nachbar\w*|ablageort|anderen?\s+tag|verschieben|ablegen)\b.{0,40}\b(?:liefer\w*|zustell\w*|paket|abgeben)?|\b(?:voisin|reporter\s+la\s+livraison|plus\s+tard|autre\s+jour|report\s+de\s+livraison)\b"
    r"|\b(?:vecino|aplazar|otro\s+d[íi]a|m[áa]s\s+tarde)\b.{0,30}|\b(?:vicino\s+di\s+casa|dal\s+vicino|posticip\w+|altro\s+giorno|rimandare\s+la\s+consegna)\b|\b(?:sąsiad\w*|przełoży\w*|inny\s+dzień|później)\b|\b(?:nabo\w*|utsett\w*|annen\s+dag|senere)\b.{0,25}|\b(?:buren|buurman|uitstell\w*|andere\s+dag|later\s+bezorg\w*)\b",
}
CUES = {matter: re.compile(words, re.IGNORECASE) for matter, words in _WORDS.items()}
# What each may be done by, the fittest first (keys of conversations.bots.deeds.DEEDS).
DEEDS_OF = {
    "where": ("tracking", "status"),
    "return": ("return",),
    "exchange": ("return",),
    "address": ("address",),
    "stock": ("stock",),
    "hours": ("hours",),
    "invoice": ("invoice",),
    "cancel": ("cancel",),
    "delivery": ("delivery",),
}
# Of two that are both heard, which one it is: who wants to send a thing back because it is too small wants one thing.
RATHER = {("return", "exchange"): "return", ("delivery", "where"): "delivery", ("address", "delivery"): "address"}
RATHER |= {("exchange", "stock"): "exchange", ("address", "where"): "address", ("invoice", "where"): "invoice"}
RATHER |= {("return", "where"): "return", ("cancel", "where"): "cancel", ("stock", "hours"): "stock"}
# Money that is to come back, and things that broke: people's, even where a deed's words are near.
NOT_A_DEED = re.compile(
    r"\b(?:refund(?:ed)?|money\s+back|reimburs\w+|charged\s+twice|double\s+charge|broke|broken|faulty|defective|erstatt\w+|geld\s+zur[üu]ck|r[üu]ckerstatt\w+|doppelt\s+(?:abgebucht|belastet)|kaputt|defekt|rembours\w+|d[ée]bit[ée]\s+deux|cass[ée]e?s?|d[ée]fectueu\w+"
    r"|reembols\w+|devuelv\w+.{0,10}dinero|dinero\s+de\s+vuelta|cobrado\s+dos|rot[oa]s?\b|roto|defectuos\w+|rimbors\w+|soldi\s+indietro|addebit\w+\s+due|rott[oa]|difettos\w+|zwrot\w*\s+pieni\w+|pieni[ąa]dz\w*|pobran\w+\s+dwa|zepsu\w+|wadliw\w+"
    r"|refusj\w+|pengene\s+tilbake|trukket\s+to|ødelagt|defekt\w*|terugbetal\w+|geld\s+terug|dubbel\s+afgeschreven|stuk\b|kapot|defect)\b",
    re.IGNORECASE,
)
# Questions about how a thing goes in general, not for it to be done.
ASKS_HOW = re.compile(
    r"\bhow\s+(?:many|long|much)\b|\b(?:policy|deadline|cost|costs|free\s+of\s+charge|is\s+it\s+free|do\s+i\s+have\s+to\s+pay)\b"
    r"|\bwie\s+(?:viele?|lange)\b|\b(?:frist|kostet|kosten|kostenlos|bedingungen)\b|\bcombien\b|\b(?:d[ée]lai|co[ûu]te|gratuit\w*|conditions)\b"
    r"|\bcu[áa]nt[oa]s?\b|\b(?:plazo|cuesta|gratis|gratuit[oa]|condiciones)\b|\bquant[oiae]\b|\b(?:scadenza|costa|gratuit[oa]|condizioni)\b"
    r"|\b(?:ile|jak\s+długo)\b|\b(?:termin|kosztuje|darmow\w+|bezpłatn\w+|warunki)\b|\bhvor\s+(?:mange|lenge|mye|lang\s+tid)\b|\b(?:frist|koster|gratis|vilkår)\b"
    r"|\bhoe(?:veel|\s+lang)\b|\b(?:termijn|kost|gratis|voorwaarden)\b",
    re.IGNORECASE,
)
ABOUT_AN_ORDER = re.compile(
    r"\b(?:my\s+(?:last\s+|recent\s+)?(?:order|purchase)|meine[rn]?\s+(?:letzte[nr]?\s+)?bestellung|ma\s+(?:derni[èe]re\s+)?commande|mi\s+(?:[úu]ltimo\s+)?pedido|mio\s+(?:ultimo\s+)?ordine"
    r"|(?:moj\w+|swoj\w+)\s+zamówieni\w+|bestillingen\s+min|ordren\s+min|mijn\s+(?:laatste\s+)?bestelling)\b",
    re.IGNORECASE,
)
