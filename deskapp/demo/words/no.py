"""What is said in Norwegian."""

from deskapp.demo.language import Language, Topic

WORDS = Language(
    code="no",
    timezone="Europe/Oslo",
    cities=("Bergen", "Oslo", "Trondheim", "Tromsø", "Lillehammer", "Voss", "Ålesund", "Bodø"),
    first=("Sigrid", "Håkon", "Åse", "Tormod", "Ragnhild", "Øystein", "Kjersti", "Magnus", "Solveig", "Eirik", "Marit"),
    last=("Bjørnstad", "Haugen", "Sæther", "Tveit", "Ødegård", "Lunde", "Aasen", "Myklebust", "Røed", "Fjellheim"),
    hello=("Hei,", "Hei igjen,", "God morgen,", "Hallo,"),
    bye=("Vennlig hilsen", "Mvh", "Hilsen fra fjellet", "På forhånd takk"),
    details=(
        "Lappene sitter fortsatt på.",
        "Jeg er på hytta fra fredag, men leser e-post.",
        "Resten av bestillingen var helt fin.",
        "Jeg legger ved et bilde.",
        "Betalt med Vipps, hvis det betyr noe.",
    ),
    more=(
        "Jeg glemte å si at adressen er ny siden {order}.",
        "Får dere inn {product} i {other} før jul?",
        "Etiketten lot seg ikke åpne på telefonen. Kan du sende den som PDF?",
        "Er det noe nytt om {order}?",
        "Kan den heller hentes i butikken i Oslo?",
        "Da pakker jeg {product} i kveld. Holder det med en vanlig pose?",
    ),
    thanks=(
        "Nå kom den, og den passer perfekt. Tusen takk!",
        "Pengene er på konto. Takk for rask hjelp.",
        "Så greit det ble. Ha en fin helg!",
        "Supert, da er alt i orden hos meg.",
    ),
    our_hello=("Hei {customer},", "Takk for at du skrev, {customer}.", "God dag, {customer},"),
    our_bye=("Hilsen\n{agent}", "Ha en fin dag,\n{agent}", "Vennlig hilsen\n{agent}"),
    settled=(
        "Så bra! Skriv bare hvis det skulle være noe mer.",
        "Da er det ordnet hos oss også. God tur!",
        "Pengene går ut i kveld og er fremme om tre dager.",
        "Jeg har lagt av en {other} til deg.",
    ),
    exchange=Topic(
        subjects=("Bytte {product} fra {size} til {other}", "For liten: {product}", "Feil størrelse i {order}"),
        openers=(
            "{product} fra {order} er flott, men {size} strammer over skuldrene.",
            "Jeg bommet på størrelsen: {product} i {size} er for kort i ermene.",
            "Kan jeg bytte {product} i {size} mot en {other}?",
        ),
        asks=("Har dere {other} på lager?", "Rekker den frem før vinterferien?"),
        answers=(
            "{other} er lagt av til deg og sendes i kveld. Etiketten for {size} følger her.",
            "Jeg har åpnet byttet på {order}. Lever {size} på posten, så går {other} ut med en gang.",
        ),
    ),
    late=Topic(
        subjects=("Hvor er {order}?", "Pakken står stille på Alnabru", "Venter fortsatt på {product}"),
        openers=(
            "Sporingen for {order} har ikke rørt seg siden lørdag.",
            "Det står at {order} er levert, men postkassen er tom.",
            "{product} skulle kommet på tirsdag, og jeg reiser snart.",
        ),
        asks=("Kan dere ringe transportøren?", "Kan den sendes til et utleveringssted i stedet?"),
        answers=(
            "Pakken var sortert feil og kjøres ut i morgen før klokken tolv.",
            "Ni dager er for lenge. Jeg har sendt en ny {product} i dag, med ekspress.",
        ),
    ),
    warranty=Topic(
        subjects=("Glidelåsen på {product} er gått", "Søm som løsner på {product}", "Reparasjon av {product}?"),
        openers=(
            "Glidelåsen på {product} åpner seg bak løperen etter én vinter.",
            "Sømmen under armen på {product} har gått opp noen centimeter.",
            "{product} slipper inn vann over skuldrene når det regner ordentlig.",
        ),
        asks=("Dekkes det av garantien?", "Hva koster det ellers å få den reparert?"),
        answers=(
            "Det tar vi oss av. Send den til verkstedet med denne etiketten, det tar to uker.",
            "En ny løper hjelper, og den er gratis. Vask plagget først, er du snill.",
        ),
    ),
    invoice=Topic(
        subjects=("Faktura for {order}", "Trukket to ganger?", "Kvittering med firmanavn"),
        openers=(
            "Regnskapet vil ha en faktura med mva for {order}.",
            "Det er trukket to beløp for {order} samme kveld.",
            "Rabatten fra nyhetsbrevet kom ikke med på {order}.",
        ),
        asks=("Kan dere sende den som PDF?", "Lar det seg rette?"),
        answers=(
            "Fakturaen ligger ved, med mva på egen linje.",
            "Det andre beløpet er bare reservert og slippes av banken innen fredag.",
        ),
    ),
    returned=Topic(
        subjects=("Retur av {order}", "Er returen kommet frem?", "Angrer på {product}"),
        openers=(
            "Jeg sender tilbake {product}, fargen var en annen i dagslys.",
            "Dere kvitterte for returen fra {order} på mandag.",
            "Skriveren er i stykker, så jeg får ikke brukt returlappen.",
        ),
        asks=("Når kommer pengene?", "Finnes det en kode jeg kan vise på telefonen?"),
        answers=(
            "Den ligger på bordet vårt og ser fin ut. Beløpet for {order} går ut i kveld.",
            "Her er en kode i stedet for etikett: vis den på posten, så skriver de ut resten.",
        ),
    ),
)
