"""The words by which each of eight languages asks for a detail: what the details are called, and how one requests."""

from dataclasses import dataclass
from enum import StrEnum


class Slot(StrEnum):
    ORDER, ADDRESS, EMAIL, PHONE = "order", "address", "email", "phone"
    SIZE, DEVICE, DATE, PHOTO = "size", "device", "date", "photo"


@dataclass(frozen=True)
class Tongue:
    """Regular expressions, read without regard to case. `requests`: "could you send", "we need", "do you have";
    `which`: what stands right before a noun to ask for it; `apart`: what stands right before a noun that is not asked
    for ("to your", "our"); `breaks`: what between request and noun makes it another clause ("tell me whether"); `anew`:
    what asks for another than the known one; `direct`: questions without the noun ("when did you order")."""

    requests: str
    which: str
    apart: str
    breaks: str
    anew: str
    nouns: dict[Slot, str]
    direct: dict[Slot, str]


ENGLISH = Tongue(
    requests=r"(?:(?:could|can|would|will|might)\s+you|(?:would|will|is)\s+it\s+(?:be\s+)?possible|if\s+you\s+(?:could|can)|mind|please|kindly|pls)\s*"
    r"(?:(?!not\b)[\w']+,?\s+){0,5}?(?:send|sending|giv(?:e|ing)|tell|telling|shar(?:e|ing)|provid(?:e|ing)|confirm|"
    r"let\s+(?:me|us)\s+(?:know|have)|reply\s+with|attach|upload|specify|state|include|supply|add|show|type|enter|"
    r"repeat|resend|drop|pass|text)\b"
    r"|^(?:and |then |also |just |so )*(?:send|give|tell|share|provide|confirm|let\s+(?:me|us)\s+(?:know|have)|reply\s+with|attach|upload|specify|state|drop|pass)\b"
    r"|\b(?:i|we)(?:'ll|'d| will| would| just| still| also| only| first)*\s+(?:need|require|"
    r"like\s+to\s+(?:have|know|see)|want\s+to\s+know|am\s+missing|are\s+missing)\b"
    r"|\b(?:is|are|was)\s+there\s+(?:a|an|any|some)\b(?=.{0,90}\?)|\bany\s+chance\s+(?:of|for|you)\b"
    r"|\b(?:may|can|could|might)\s+(?:i|we)\s+(?:please |also |just )*(?:have|get|ask|see|take)\b"
    r"|\b(?:do\s+you\s+(?:still |also |perhaps |happen\s+to )*(?:have|know|remember|recall)|have\s+you\s+got)\b"
    r"|\b(?:all|what)\s+(?:i|we)(?:'m| am|'re| are)?\s+(?:still )?(?:need|missing)\b",
    which=r"\b(?:what|which)(?:'s|\s+(?:is|was|are|were))?\s+(?:the |your |exact |full |current |of |best )*",
    apart=r"\b(?:(?:to|at|by|via|from|on|in|about|under|into|through)\s+(?:your |the |this |that |a |an |our |my )?(?:same )?"
    r"|our |my |this |their )",
    breaks=r"\b(?:if|whether|that|once|how|why|because|so\s+(?:we|i)|then\s+(?:we|i)|and\s+(?:we|i)|where\s+to)\b",
    anew=r"\b(?:new|another|other|different|second|instead|changed?|changing|updated?|sharper|clearer|closer|better|next|"
    r"alternative|again\s+from|more|additional)\b",
    nouns={
        Slot.ORDER: r"\border[\s-]*(?:number|no\b\.?|nr\b\.?|id\b|ref(?:erence)?\b|code|#)|\breference\s+number"
        r"|\bnumber\s+of\s+(?:your|the)\s+(?:order|purchase)|\border\s+confirmation\s+number",
        Slot.ADDRESS: r"(?<!mail )(?<!mail-)(?<!web )(?<!ip )\baddress\b(?!\s+book)|\bpost(?:al\s+)?code\b",
        Slot.EMAIL: r"\be-?mail\s+(?:address|id)|\bmail\s+address|\b(?:your|which|what|a\s+valid)\s+e-?mail\b(?!\s+(?:from|about|with|of|to))",
        Slot.PHONE: r"\b(?:tele)?phone\s+(?:number|no\b)|\b(?:mobile|cell|contact|callback|daytime)(?:\s+phone)?\s+number"
        r"|\bnumber\s+(?:(?:for\s+.{0,25})?to\s+(?:call|ring|phone)|where|on\s+which|we\s+can\s+(?:call|reach)|i\s+can\s+(?:call|reach))|\byour\s+mobile\b|\bphone\s+contact",
        Slot.SIZE: r"\bsizes?\b(?!\s+(?:chart|guide|table))",
        Slot.DEVICE: r"\bdevice\b|\b(?:phone|laptop|tablet|computer)(?:\s+model)?\b(?!\s+(?:number|call|no\b|contact))|\bmodel\b|\bbrowser\b|\boperating\s+system\b",
        Slot.DATE: r"\b(?:order|purchase|delivery|arrival)\s+date|\bdate\b(?!\s+of\s+birth)|\b(?:what|which)\s+day\b|\bday\s+(?:you|it|the)",
        Slot.PHOTO: r"\b(?:photo(?:graph)?|picture|image|pic|snapshot)s?\b",
    },
    direct={
        Slot.ORDER: r"\bwhich\s+order\b|\bwhat\s+order\s+(?:is|are|was)",
        Slot.ADDRESS: r"\bwhere\s+(?:should|shall|can|do|would|may)\s+(?:we|i|you)\b.{0,30}\b(?:send|ship|deliver|live|post)"
        r"|\bwhere\s+do\s+you\s+live|\bwhere\s+(?:is|was|does|should)\s+(?:it|the\s+parcel|the\s+order|your\s+parcel)\s+(?:to\s+)?(?:go|be\s+(?:sent|delivered))",
        Slot.EMAIL: r"\bwhere\s+(?:can|should|may)\s+(?:we|i)\s+e-?mail\b",
        Slot.PHONE: r"\bhow\s+can\s+(?:we|i)\s+(?:call|ring|phone)\s+you|\b(?:what|which)\s+number\s+(?:can|should|may|shall|could)\s+(?:we|i)|\breach\s+you\s+by\s+phone\s*\?",
        Slot.SIZE: r"\bsize\s+(?:you|it)\b.{0,30}\b(?:was|is)\s*\?|\bhow\s+(?:big|large|long)\s+are\s+your\s+feet|\bwhat\s+do\s+you\s+(?:usually\s+)?wear\b",
        Slot.DEVICE: r"\bwhat\s+(?:are\s+you|do\s+you)\s+us(?:e|ing)\b.{0,20}\bon\b|\bare\s+you\s+(?:on|using)\s+(?:a|an)\s+(?:phone|iphone|android|mac|pc|computer)\b",
        Slot.DATE: r"\bwhen\s+(?:exactly\s+)?(?:you|it|the\s+\w+)\s+(?:\w+\s+)?(?:order|bought|purchas|placed|receiv|got\b|arriv|broke|stopp|start)|\bwhen\s+(?:exactly\s+)?(?:did|was|were|have)\s+(?:you|it|the|your|this)\b.{0,40}\b(?:order|buy|bought|purchas|arriv|deliver|receiv|break|broke|happen|start|stop|place|get|c[oa]me)",
        Slot.PHOTO: r"\b(?:could|can|would)\s+you\s+(?:please\s+)?(?:take|make)\b.{0,25}\b(?:photo|picture)",
    },
)

GERMAN = Tongue(
    requests=r"\b(?:k[öo]nn(?:t?en|test|ten|t)\s+(?:sie|du|ihr)|kannst\s+du|magst\s+du|w[äa]re\s+es\s+m[öo]glich|ist\s+es\s+m[öo]glich|wollen\s+sie|w[üu]rd(?:en|est)\s+(?:sie|du)|bitte|m[öo]gen\s+sie)\b"
    r"(?=.{0,120}\b(?:schick|send|nenn|nennst|mitteil|mitzuteilen|teilen|teil|geb|gib|verrat|best[äa]tig|angeb|anzugeben|sag|zukommen|"
    r"hochlad|anh[äa]ng|zeig|zusend|zuschick|schreib|durchgeb|mitschick|f[üu]g|reich|wiederhol|erg[äa]nz|(?:zu)?senden|[üu]bermittel|lassen|lass))"
    r"|^(?:dann |und )*(?:schicken|senden|nennen|teilen|geben|sagen|verraten|schreiben|schreib|verrate|verraten|schick|send|nenn|sag|gib|teil)\w*\b\s+(?:sie\s+)?(?:mir|uns)\b"
    r"|\b(?:ich|wir)\s+(?:br[äa]uchte[n]?|brauche?n?|ben[öo]tige?n?)\b|\b(?:br[äa]uchte[n]?|brauche?n?|ben[öo]tige?n?)\s+(?:ich|wir)\b"
    r"|\b(?:schicken|senden|nennen|geben|teilen|sagen|verraten)\s+sie\s+(?:mir|uns|sie|die|ihre)\b|\bh[äa]tte(?:n\s+sie|st\s+du)\b(?=.{0,90}\?)|\b(?:gibt|g[äa]be)\s+es\b(?=.{0,90}\?)|\bk[öo]nn(?:t?en)\s+wir\b(?=.{0,80}\b(?:haben|bekommen|sehen|erfahren))"
    r"|\b(?:d[üu]rfte|darf|k[öo]nnte|kann)\s+ich\b(?=.{0,80}\b(?:haben|bekommen|erfahren|fragen|bitten))|\bhaben\s+sie\b(?!.{0,90}\b(?:erhalten|bekommen|gelesen|gesehen|ge[äa]ndert))"
    r"|\bhast\s+du\b(?!.{0,90}\b(?:erhalten|bekommen|gelesen|gesehen|ge[äa]ndert))|\bfehl(?:t|en)\s+(?:mir|uns|noch|nur)|\b(?:wissen\s+sie|wei[sß]+t\s+du)\b",
    which=r"\b(?:welche[rsnm]?|was\s+f[üu]r\s+ein\w*|(?:wie|was)\s+(?:ist|lautet|war))\s+(?:denn |noch |ist |genau )*(?:die |das |der |ihre? |deine? |den |genaue )*",
    apart=r"\b(?:(?:an|auf|per|von|in|unter|zu[rm]?|bei|aus|[üu]ber)\s+(?:die |der |das |dem |ihre[rn]? |deine[rn]? |diese[rn]? |unsere[rn]? )?|unsere?[rn]?\s+|meine?[rn]?\s+|diese[rn]?\s+|ohne\s+)",
    breaks=r"\b(?:ob|dass|wenn|sobald|warum|weil|damit|dann|und\s+(?:wir|ich)|wie\s+(?:sie|du|wir))\b",
    anew=r"\b(?:neue[nrsm]?|ander(?:e[nrsm]?|weitige)|weitere[nrsm]?|zweite[nrsm]?|stattdessen|[äa]nder\w*|ge[äa]ndert\w*|aktualisier\w*|sch[äa]rfer\w*|"
    r"besser\w*|n[äa]chste[nrsm]?|alternative\w*|zus[äa]tzlich\w*)\b",
    nouns={
        Slot.ORDER: r"\b(?:bestell|auftrags|order)-?\s?(?:nummer|nr\b\.?|id\b)|\bnummer\s+(?:ihrer|deiner|der)\s+bestellung|\bvorgangsnummer",
        Slot.ADDRESS: r"(?<!mail-)(?<!mail)(?<!mail )(?:\b(?:liefer|rechnungs|post|wohn|versand|privat|heimat)?(?:-)?(?:adresse|anschrift))\b|\bpostleitzahl\b",
        Slot.EMAIL: r"\b(?:e-?)?mail-?\s?adresse|\b(?:ihre|deine|welche)\s+e-?mail\b(?!-|\s+(?:vom|von|mit))",
        Slot.PHONE: r"\b(?:telefon|handy|mobil|r[üu]ckruf|festnetz|ruf)-?(?:nummer|nr\b\.?)|\bnummer,?\s+(?:unter|auf)\s+der",
        Slot.SIZE: r"\b(?:schuh|kleider|konfektions|hosen)?-?gr[öo](?:ß|ss)e\b(?!ntabelle)",
        Slot.DEVICE: r"\bger[äa]t\b|\b(?:handy|smartphone|laptop|tablet|computer|rechner)(?:-?modell)?\b|\bmodell\b|\bbrowser\b|\bbetriebssystem\b",
        Slot.DATE: r"\b(?:bestell|kauf|liefer|rechnungs)?-?datum\b(?!s)|\ban\s+welchem\s+tag|\bgeburtsdatum\b(?<!geburtsdatum)",
        Slot.PHOTO: r"\b(?:foto|bild|fotograf?ie|aufnahme|photo)(?:s|er|n)?\b",
    },
    direct={
        Slot.ORDER: r"\b(?:um|zu|auf|von)?\s*welche[rsn]?\s+bestellung\b",
        Slot.ADDRESS: r"\bwohin\s+(?:d[üu]rfen|sollen|k[öo]nnen|soll|darf|kann|geht)\b|\bwo\s+wohn(?:en\s+sie|st\s+du)",
        Slot.EMAIL: r"\bwohin\b.{0,20}\bmailen",
        Slot.PHONE: r"\bunter\s+welcher\s+(?:telefon-?|handy-?|ruf)?nummer\b|\bwie\b.{0,25}\btelefonisch\s+erreich\w+\s*\?",
        Slot.SIZE: r"\bwas\s+tragen\s+sie\b|\bwie\s+gro[sß]+\s+(?:sind\s+sie|bist\s+du)",
        Slot.DEVICE: r"\bwomit\b.{0,25}\b(?:surf|[öo]ffn|bestell|nutz)|\b(?:nutzen|benutzen|verwenden)\s+sie\s+(?:ein|einen)\s+(?:iphone|android|mac|pc|handy)",
        Slot.DATE: r"\bwann\s+(?:genau\s+)?(?:sie|du|die|das|es|ihre?|deine?|haben|hast|war|wurde|ist|kam|hatten)\b.{0,70}\b(?:bestell|gekauft|angekommen|geliefert|erhalten|bekommen|kaputt|passiert|begonnen|aufgetreten|zugestellt|gebrochen|an\b|kauf|lieferung)",
        Slot.PHOTO: r"\b(?:fotografieren|ein\s+foto\s+machen|foto\s+davon\s+machen)\b.{0,20}\?",
    },
)

FRENCH = Tongue(
    requests=r"\b(?:pou(?:rriez|vez)[\s-]vous|peux[\s-]tu|pourrais[\s-]tu|tu\s+peux|vous\s+pou(?:vez|rriez)|(?:serait|est)-il\s+possible|merci\s+de|veuillez|s'il\s+vous\s+pla[îi]t|auriez[\s-]vous\s+l[ae]|svp)\b"
    r"(?=.{0,140}\b(?:envoy|donn|indiqu|communiqu|dire|dites|transm|confirm|fourn|pr[ée]cis|partag|joind|ajout|[ée]cri|montr|rappel|faire\s+parvenir|renseign|adress(?:er|ez)\b|r[ée]p[ée]t|passer))"
    r"|^(?:et |alors )*(?:envoyez|donnez|laissez|rappelez|indiquez|dites|communiquez|pr[ée]cisez|transmettez|envoie|donne|dis)[\s-](?:moi|nous)"
    r"|\b(?:j'aurais|j'ai|nous\s+aurions|nous\s+avons|on\s+a)\s+(?:\w+\s+){0,2}besoin\b|\bil\s+(?:me|nous)\s+(?:faut|faudrait|manque)\b"
    r"|\b(?:vous|tu)\s+(?:auriez|avez|aurais|as)\b(?!\s+(?:bien\s+|d[ée]j[àa]\s+)?(?:re[çc]u|vu|lu|chang|trouv|modifi))(?=.{0,80}\?)|\by\s+a-t-il\b|\b(?:puis-je|peut-on|pourrais-je|pouvons-nous|pourrions-nous)\b(?=.{0,40}\b(?:voir|avoir|conna[îi]tre|demander|obtenir))"
    r"|\b(?:avez|auriez)[\s-]vous(?!\s+(?:bien\s+|d[ée]j[àa]\s+)?(?:re[çc]u|vu|lu|chang|trouv|modifi))|\bas-tu(?!\s+(?:bien\s+)?(?:re[çc]u|vu|lu|chang))|\b(?:connaissez|savez)[\s-]vous\b",
    which=r"\bquel(?:le)?s?\s+(?:[ée]taient?|est|sont|[ée]tait)?\s*(?:donc |exactement )*(?:l[ae]s?\s+|l'|votre |ton |ta |vos |bonne? )*",
    apart=r"\b(?:(?:[àa]|sur|par|via|dans|depuis|sous)\s+(?:la |le |les |l'|votre |vos |cette |ce |notre |une |un )?|au |notre |nos |mon |ma |cette |ce )",
    breaks=r"\b(?:si|que|afin|pourquoi|parce|comment|lorsque|d[èe]s|pour\s+que|puis\s+nous|et\s+(?:nous|je))\b",
    anew=r"\b(?:nouve(?:au|lle|l)|autres?|deuxi[èe]me|second[e]?|plut[ôo]t|chang\w*|modifi\w*|diff[ée]rent[e]?|plus\s+nette|meilleure?|prochain[e]?|suppl[ée]mentaire|[àa]\s+la\s+place)\b",
    nouns={
        Slot.ORDER: r"\b(?:num[ée]ro|n[°ºo]\.?|r[ée]f[ée]rence)\s+de\s+(?:la\s+|votre\s+|ta\s+)?commande",
        Slot.ADDRESS: r"\badresse\b(?!\s+(?:(?:de\s+)?(?:e-?mail|mail|courriel|messagerie)|[ée]lectronique|ip))|\bcode\s+postal",
        Slot.EMAIL: r"\badresse\s+(?:de\s+)?(?:e-?mail|mail|[ée]lectronique|courriel|messagerie)|\b(?:votre|ton|quel)\s+(?:e-?mail|courriel|mail)\b(?!\s+(?:du|de))",
        Slot.PHONE: r"\bnum[ée]ro\s+(?:de\s+)?(?:t[ée]l[ée]phone|portable|mobile)|\bnum[ée]ro\s+o[ùu]|(?<!modèle de )(?<!modele de )\b(?:votre|ton)\s+(?:num[ée]ro|portable|t[ée]l[ée]phone)\b(?!\s+d[e'])",
        Slot.SIZE: r"\b(?:taille|pointure)s?\b",
        Slot.DEVICE: r"\bappareil\b(?!\s+photo)|\b(?:mod[èe]le|navigateur|syst[èe]me\s+d'exploitation|smartphone|ordinateur|tablette)\b|\bquel\s+t[ée]l[ée]phone",
        Slot.DATE: r"\bdate\b(?!\s+de\s+naissance)|\bquel\s+jour",
        Slot.PHOTO: r"\b(?:photo(?:graphie)?|image|clich[ée])s?\b",
    },
    direct={
        Slot.ORDER: r"\b(?:de\s+)?quelle\s+commande\b",
        Slot.ADDRESS: r"\bo[ùu]\s+(?:devons|pouvons|faut|dois|puis|souhaitez|habitez|voulez)\b",
        Slot.EMAIL: r"\b[àa]\s+quelle\s+adresse\s+(?:e-?mail|mail|[ée]lectronique)",
        Slot.PHONE: r"\b(?:[àa]|sur)\s+quel\s+num[ée]ro\b|\bcomment\b.{0,25}\bjoindre\s+par\s+t[ée]l[ée]phone",
        Slot.SIZE: r"\bque\s+chaussez|\bvous\s+(?:chaussez|faites)\s+du\s+combien",
        Slot.DEVICE: r"\bsur\s+quoi\b.{0,25}\b(?:utilis|navigu)|\butilisez-vous\s+un\s+(?:iphone|android|mac|pc)",
        Slot.DATE: r"\b[àa]\s+quel\s+moment\s+(?:avez|as)\b|\bquand\s+(?:exactement\s+)?(?:vous|tu|votre|la|avez|as|est|a|l'avez|cela|le\s+colis)\b.{0,60}\b(?:command|achet|re[çc]u|arriv|livr|cass|commenc|pass)",
        Slot.PHOTO: r"\b(?:prendre|faire)\s+(?:une|quelques|des)\s+photos?\b.{0,30}\?",
    },
)

SPANISH = Tongue(
    requests=r"\b(?:pod(?:r[íi]a|r[íi]as|r[íi]an)|pued(?:e|es|en)|por\s+favor|ser[íi]a\s+(?:tan\s+amable|posible)|es\s+posible|le\s+importa(?:r[íi]a)?|te\s+importa(?:r[íi]a)?)\b"
    r"(?=.{0,130}\b(?:env[íi]|mand|da(?:r|rme|rnos|me|nos)\b|d[éei]me|d[íi]ga|dime|dec|ind[ií](?:c|qu)|facil[ií]t|confirm|compart|proporcion|comunic|adjunt|a[ñn]ad|escrib|pas[ae]|muestr|repet|especifi))"
    r"|^[¿¡]?(?:y |entonces )*(?:env[íi]e|mande|d[íi]ga|ind[íi]que|f[ac]cil[íi]te|m[áa]nda|env[íi]a|di|dime|pasa|p[áa]sa|comp[áa]rta|conf[íi]rme)(?:me|nos)?\b"
    r"|\b(?:ind[íi]que|d[íi]ga|env[íi]e|facil[íi]te|mande|conf[íi]rme|comun[íi]que|d[ée]je)(?:me|nos)\b"
    r"|\b(?:necesit(?:o|amos|ar[íi]a|ar[íi]amos)|me\s+falta|nos\s+falta|me\s+hace\s+falta|nos\s+hace\s+falta|requerimos)\b"
    r"|\b(?:podr[íi]a(?:mos)?|puedo|podemos)\s+(?:tener|saber|ver|pedir\w*|preguntar\w*)\b|\b(?:me|nos)\s+(?:facilit|dej|dic|da\b|das\b|pas|env[íi]|mand|indic|confirm|compart)\w*(?=.{0,70}\?)|\bhay\b(?=.{0,80}\?)|\b(?:tien(?:e|es)|tendr[íi]as?)\b(?!\s+que)(?=.{0,90}\?)|\b(?:sabe|recuerda|sabes|recuerdas)\b",
    which=r"\b(?:cu[áa]l(?:es)?\s+(?:es|era|fue|son)|qu[ée])\s+(?:el |la |su |tu |los |las )*",
    apart=r"\b(?:(?:a|en|por|desde|sobre|bajo|hacia)\s+(?:el |la |los |las |su |tu |esta |este |nuestr[oa] |un |una )?|al |del |nuestr[oa]s? |mi |est[ea] )",
    breaks=r"\b(?:si|que|cuando|c[óo]mo|por\s*qu[ée]|porque|para\s+que|luego|y\s+(?:le|te|lo|nosotros))\b",
    anew=r"\b(?:nuev[oa]s?|otr[oa]s?|segund[oa]|distint[oa]|diferente|cambi\w*|modific\w*|actualiz\w*|en\s+su\s+lugar|m[áa]s\s+n[íi]tid[oa]|mejor|pr[óo]xim[oa]|adicional|alternativ[oa])\b",
    nouns={
        Slot.ORDER: r"\b(?:n[úu]mero|n[°ºo]\.?|referencia|c[óo]digo)\s+(?:de\s+|del\s+)(?:su\s+|tu\s+|la\s+)?(?:pedido|orden|compra)",
        Slot.ADDRESS: r"\bdirecci[óo]n\b(?!\s+(?:de\s+(?:correo|e-?mail)|electr[óo]nica|ip|e-?mail))|\bc[óo]digo\s+postal|\bdomicilio\b",
        Slot.EMAIL: r"\bdirecci[óo]n\s+(?:de\s+(?:correo|e-?mail)|electr[óo]nica|e-?mail)|\b(?:su|tu|qu[ée]|el|un)\s+(?:correo(?:\s+electr[óo]nico)?|e-?mail)\b(?!\s+(?:que|de\s+confirm|con))",
        Slot.PHONE: r"\bn[úu]mero\s+(?:de\s+)?(?:tel[ée]fono|m[óo]vil|celular|contacto)|\btel[ée]fono\s+de\s+contacto|(?<!modelo de )\b(?:su|tu|un)\s+(?:tel[ée]fono|m[óo]vil)\b|\bn[úu]mero\s+(?:al|donde|en)\b",
        Slot.SIZE: r"\b(?:talla|n[úu]mero\s+de\s+(?:pie|calzado))s?\b|\btama[ñn]o\b",
        Slot.DEVICE: r"\b(?:dispositivo|modelo|navegador|sistema\s+operativo|ordenador|tableta|smartphone)\b|\bqu[ée]\s+(?:tel[ée]fono|m[óo]vil)",
        Slot.DATE: r"\bfecha\b(?!\s+de\s+nacimiento)|\bqu[ée]\s+d[íi]a",
        Slot.PHOTO: r"\b(?:foto(?:graf[íi]a)?|imagen|im[áa]gene)s?\b",
    },
    direct={
        Slot.ORDER: r"\b(?:de\s+)?qu[ée]\s+pedido\b|\bcu[áa]l\s+pedido",
        Slot.ADDRESS: r"\b(?:ad[óo]nde|d[óo]nde)\b.{0,25}\b(?:envi|mand|vive|entreg)",
        Slot.EMAIL: r"\ba\s+qu[ée]\s+(?:correo|e-?mail)",
        Slot.PHONE: r"\b(?:a|en)\s+qu[ée]\s+n[úu]mero\b|\bc[óo]mo\b.{0,25}\b(?:llamar|por\s+tel[ée]fono)\w*\s*\?",
        Slot.SIZE: r"\bqu[ée]\s+n[úu]mero\s+(?:calza|usa|lleva)",
        Slot.DEVICE: r"\b(?:desde|con)\s+qu[ée]\b.{0,25}\b(?:usa|naveg|conect|entra)|\b[¿]?(?:usa|utiliza)\s+un\s+(?:iphone|android|mac|pc)",
        Slot.DATE: r"\bcu[áa]ndo\s+(?:exactamente\s+)?(?:hizo|hiciste|realiz|compr|ped|pid|lleg|recibi|se\s+|le\s+|fue|empez|entreg|l[oa]\s+)\w*",
        Slot.PHOTO: r"\b(?:hacer|sacar|tomar)(?:le|me|nos)?\s+(?:una|unas)\s+fotos?\b.{0,30}\?",
    },
)
