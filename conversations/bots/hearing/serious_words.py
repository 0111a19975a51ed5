"""Words of law and of danger, to which a bot never answers; and words of anger, in eight languages."""

import re

LAW = re.compile(
    r"\b(?:lawyers?|attorneys?|solicitors?|legal\s+(?:action|advice|proceedings|steps|team)|lawsuits?|su(?:e|ing)\s+(?:you|your|the|them)|(?:to|in|you\s+in)\s+court|small\s+claims|trading\s+standards|ombudsman|charge\s?backs?|data\s+(?:breach|protection\s+authority)|identity\s+theft|police|fraud(?:ulent)?|consumer\s+(?:protection|rights\s+(?:agency|office))|journalist"
    r"|anw[äa]lt(?:in|e|en|s)?|rechtsanw\w+|rechtliche\s+schritte|rechtsweg|klage\s+(?:ein|er)\w*|verklag\w+|anzeige\s+erstatt\w+|(?:vor|zum)\s+gericht|gerichtlich\w*|polizei|betrugs?\b|verbraucher(?:schutz|zentrale)|datenschutz(?:verletzung|beh[öo]rde|versto[sß]\w*)|mahnbescheid|schlichtungsstelle|schadens?ersatz"
    r"|avocate?s?|tribunal|justice|porter\s+plainte|poursui(?:tes|vre)\s+(?:judiciaires?|en\s+justice)|poursuivre|action\s+en\s+justice|mise\s+en\s+demeure|police|fraude|r[ée]pression\s+des\s+fraudes|dgccrf|cnil|ufc[\s-]que\s+choisir|dommages\s+et\s+int[ée]r[êe]ts"
    r"|abogad[oa]s?|demandar(?:l[eo]s|é)?|denunci\w+|tribunal(?:es)?|juzgado|acciones\s+legales|polic[íi]a|fraude|protecci[óo]n\s+de\s+datos|oficina\s+(?:de|del)\s+consum\w+|hojas?\s+de\s+reclamaci\w+"
    r"|avvocat[oaie]|vie\s+legali|azion[ei]\s+legal[ei]|denunci[aoe]\w*|tribunale|polizia|carabinieri|frode|garante\s+(?:della\s+)?privacy|associazion[ei]\s+(?:dei\s+)?consumatori|risarcimento\s+danni"
    r"|adwokat\w*|prawnik\w*|radc\w+\s+prawn\w+|s[ąa]d(?:u|em|zie|owy|owe|owa)\b|do\s+sądu|pozew|pozw\w+|policj\w+|prokuratur\w+|oszustw\w+|rzecznik\w*\s+(?:praw\s+)?konsument\w*|uokik|rodo\b|odszkodowani\w+"
    r"|advokat\w*|rettslig\w*|saks[øo]k\w*|stevn\w+|politi(?:et|anmeld\w*)?\b|anmeld(?:e|er)\s+(?:dere|det|saken|dette)|forbrukerr[åa]det|forbrukertilsynet|datatilsynet|bedrageri|erstatningskrav|rettssak|svindel\s+med"
    r"|advoca(?:at|ten)|juridische\s+stappen|rechtszaak|rechtbank|(?:naar|voor)\s+de\s+rechter\b(?!\s+(?:schoen|laars|kant|mouw|zij))|aanklagen|aangifte|politie|fraude|consumentenbond|autoriteit\s+persoonsgegevens|geschillencommissie|schadevergoeding|deurwaarder)\b",
    re.IGNORECASE,
)
DANGER = re.compile(
    r"\b(?:injur(?:y|ed|ies)|hurt\s+(?:myself|himself|herself|badly)|burn(?:ed|t)\s+(?:my|me|his|her|our|myself)|caught\s+fire|on\s+fire|fire\s+hazard|(?:is|started|was|began|began\s+to|started\s+to)\s+smok(?:e|ing)|explod\w+|electric\s+shock|electrocut\w+|allergic\s+(?:reaction|shock)|hospital|ambulance|poison\w*|chok(?:ed|ing)|suicid\w+|kill\s+(?:myself|you)|harm\s+myself|end\s+my\s+life|dangerous"
    r"|verletzt|verletzung\w*|verbrannt|verbrennung\w*|brennt(?!\s+(?:nicht|nur|schlecht|kaum))|feuer\s+gefangen|qualmt?e?|raucht\b|explodier\w+|stromschlag|allergische\s+reaktion|krankenhaus|notaufnahme|vergift\w+|erstick\w+|selbstmord|suizid\w*|umbringen|das\s+leben\s+nehmen|gef[äa]hrlich\w*|lebensgefahr"
    r"|bless(?:[ée]e?s?|ures?)|br[ûu]l(?:[ée]e?|ures?)|pris\s+feu|en\s+feu|incendie|fume\b|fum[ée]e|explos\w+|d[ée]charge\s+[ée]lectrique|[ée]lectrocut\w+|r[ée]action\s+allergique|h[ôo]pital|urgences|intoxi\w+|empoisonn\w+|[ée]touff\w+|suicid\w+|me\s+tuer|mettre\s+fin\s+[àa]\s+mes\s+jours|dangereu(?:x|se)"
    r"|herid[oa]s?\b|lesi[óo]n(?:es|ad[oa])?|quemad(?:o|a|ura|uras)\b|me\s+quem[ée]|incendi\w+|en\s+llamas|ech[aóo]\s+humo|explot\w+|descarga\s+el[ée]ctrica|reacci[óo]n\s+al[ée]rgica|hospital|urgencias|envenen\w+|intoxic\w+|asfixi\w+|suicid\w+|matarme|quitarme\s+la\s+vida|peligros[oa]"
    r"|ferit[oaie]\b|lesion[ei]|ustion\w+|bruciat[oa]|preso\s+fuoco|in\s+fiamme|incendi\w+|fumo\b|esplo(?:so|sa|de|sione)|scossa\s+elettrica|reazione\s+allergica|ospedale|pronto\s+soccorso|avvelen\w+|intossic\w+|soffoc\w+|suicid\w+|uccidermi|togliermi\s+la\s+vita|pericolos[oa]"
    r"|zrani\w+|obraże\w+|poparz\w+|oparz\w+|zapali[łl]\w*\s+si[ęe]|pali\s+się|pożar\w*|dymi\w*|wybuch\w*|porazi[łl]\w*\s+prąd\w*|reakcj\w+\s+alergiczn\w+|uczuleni\w+|szpital\w*|zatru\w+|zadławi\w+|samobójstw\w*|zabić\s+się|zabiję|niebezpieczn\w+"
    r"|skadet\s+(?:meg|seg|oss)|brannskad\w+|brent\s+(?:meg|seg)|tok\s+fyr|begynte\s+[åa]\s+brenne|det\s+brenner|brannfar\w*|r[øo]yk(?:er|te|utvikling)|eksplo\w+|elektrisk\s+st[øo]t|allergisk\s+reaksjon|sykehus\w*|legevakt\w*|forgift\w+|kvelning\w*|kvalt|selvmord\w*|ta\s+livet\s+av|farlig\w*"
    r"|gewond\b|verwond\w*|letsel|verbrand|brandwond\w*|in\s+brand|vlam\s+gevat|brandgevaar|rookt\b|rookontwikkeling|ontplof\w*|explode\w*|elektrische\s+schok|allergische\s+reactie|ziekenhuis|eerste\s+hulp|vergiftig\w*|gestikt|stikken|zelfmoord|su[ïi]cide\w*|van\s+het\s+leven\s+beroven|gevaarlijk)\b",
    re.IGNORECASE,
)
ANGER = re.compile(
    r"\b(?:unacceptable|outrage(?:ous)?|disgrac\w+|disgusting|ridiculous|furious|angry|fed\s+up|sick\s+(?:and\s+tired\s+)?of|scam(?:mers?)?|rip[\s-]?off|liars?|useless|pathetic|wtf|fuck\w*|bullshit|shitty?|idiots?|morons?|stupid(?!\s+(?:question|me|of\s+me))|hopeless|incompetent|appalling|shame\s+on|waste\s+of\s+(?:my\s+)?time|worst\s+(?:\w+\s+)?(?:service|shop|company|experience|store|support)|never\s+(?:again|(?:buy|order|shop)\w*)|how\s+dare|thieves|had\s+enough"
    r"|unversch[äa]mt\w*|frechheit|unfassbar|inakzeptabel|l[äa]cherlich|sauerei|skandal\w*|w[üu]tend|(?:stink)?sauer\b|betr[üu]ger|abzock\w*|verarsch\w*|schei(?:ß|ss)\w*|idioten?|zum\s+kotzen|nie\s+wieder|katastroph\w+|saftladen|schnauze\s+voll|es\s+reicht|reicht'?s?\s+mir|unterirdisch|unversch[äa]mtheit|nutzlos|unf[äa]hig\w*"
    r"|inadmissible|inacceptable|scandal\w+|honteu(?:x|se)|honte|arnaqu\w+|furieu(?:x|se)|ras[\s-]le[\s-]bol|marre|merde|putain|connards?|idiots?|imb[ée]ciles?|nuls?\b|lamentable|foute[zn]?|moquez|plus\s+jamais|catastroph\w+|incomp[ée]tents?|voleurs|insupportable|[ée]c[oœ]+eur\w+"
    r"|inaceptable|indignante|verg[üu]enza|vergonzos[oa]|estaf\w+|furios[oa]|hart[oa]\b|enfadad[oa]|cabread[oa]|mierda|joder|idiotas?|in[úu]til(?:es)?|nunca\s+m[áa]s|p[ée]sim[oa]|lamentable|rid[íi]cul[oa]|tomadura\s+de\s+pelo|ladrones|un\s+asco|indignad[oa]|incompetentes?"
    r"|inaccettabile|vergogn\w+|scandalos[oa]|truff\w+|furios[oa]|arrabbiat[oa]|incazzat[oa]|sono\s+stuf[oa]\b|merda|cazzo|idiot[ai]|schifo\w*|mai\s+pi[ùu]|pessim[oa]|ridicol[oa]|pres[ai]\s+in\s+giro|ladri|incompetenti?|indecente|inutili?\b"
    r"|niedopuszczaln\w+|skandal\w*|hańb\w+|żenad\w+|żenując\w+|oszu(?:ści|st\b|kal\w+)|wściek\w+|mam\s+(?:już\s+)?dość|kurw\w+|gówn\w+|cholern\w+|idio[ct]\w*|nigdy\s+więcej|beznadziejn\w+|fataln\w+|kpin\w*|bezczeln\w+|masakra|żałosn\w+|wstyd"
    r"|uakseptabel\w*|skandal\w*|skammelig|svindlere?|rasende|sint\b|forbanna|drit\w*|faen|helvete|idioter?|ubrukelig\w*|aldri\s+mer|elendig\w*|latterlig|fy\s+skam|lei\s+av|udugelig\w*|h[åa]pl[øo]s\w*|skuffende\s+d[åa]rlig"
    r"|onacceptabel\w*|schandalig\w*|schande|belachelijk|oplicht\w*|woedend|boos\b|pissig|klote\w*|kut\w*|godver\w*|verdomme|idio(?:ot|ten)|waardeloos|nooit\s+meer|het\s+zat|spuugzat|beu\b|prutsers|bedrog|slechtste|schaam\s+(?:je|jullie|u)|ongelofelijk\s+slecht)\b",
    re.IGNORECASE,
)
# Words that are named to say that it is not so: "I am not angry".
CALM = re.compile(
    r"\b(?:not|nicht|pas|no|non|nie|ikke|niet)\s+(?:at\s+all\s+)?(?:angry|w[üu]tend|sauer|furieux|enfadad[oa]|arrabbiat[oa]|sint|boos|dangerous|gef[äa]hrlich|injured|hurt|verletzt)\b",
    re.IGNORECASE,
)
