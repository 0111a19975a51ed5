"""The articles in Norwegian."""
# ruff: noqa: E501 - what is written for customers is not wrapped

TEXTS: dict[str, tuple[str, str]] = {
    "back": (
        "Sende noe i retur",
        "Du har **30 dager** fra den dagen varen kommer.\n\n1. Åpne bestillingen på kontoen din og velg *Returner*.\n2. Etiketten kommer på e-post: ethvert postkontor leser den av telefonen.\n3. Pakk den som den kom. Esken kan være revet, men merkelappene bør sitte på.\n\nEtiketten er gratis. Du kan også levere i butikkene våre i Kendal, York, Oslo og Bergen.",
    ),
    "delivery": (
        "Hvor lang tid leveringen tar",
        "Det som bestilles før klokken tolv, pakker vi samme dag, resten neste virkedag.\n\n- Storbritannia: 2 til 3 virkedager\n- Irland og Norge: 3 til 5\n- Resten av Europa: 4 til 6\n\nSå snart transportøren har pakken, kommer sporingsnummeret på e-post. Det kan gå en dag før den første meldingen vises.",
    ),
    "size": (
        "Finne riktig størrelse",
        "Mål utenpå det du skal ha under.\n\n- **Jakker** passer over en tynn fleece; til en tykk tar du en størrelse opp.\n- **Støvler** skal ha en tommelbredde foran tærne. Mellom to størrelser tar du den største.\n- **Bukser** finnes i tre lengder.\n\nFeil størrelse bytter vi gratis én gang, innen 30 dager.",
    ),
    "money": (
        "Når pengene kommer tilbake",
        "De går fra oss den dagen vi ser pakken din, og tilbake slik du betalte.\n\n- Kort: 3 til 5 virkedager, etter banken din\n- PayPal: innen en dag\n- Gavekort: med en gang\n\nDu får en e-post så snart de er på vei.",
    ),
    "care": (
        "Stelle ull og regntøy",
        "**Ull** vaskes på 30 grader med ullvaskemiddel og tørkes flatt, aldri i tørketrommel.\n\n**Regntøy** må også vaskes: skitt gjør at det lekker. Lukk alle glidelåser, bruk såpespon, skyll to ganger. Når dråpene ikke lenger perler, sprayer du det på nytt mens det er fuktig.",
    ),
    "abroad": (
        "Levering til andre land, og toll",
        "Vi sender til hele Europa, og til Japan, Canada og USA.\n\nI EU og Norge er tollen med i prisen. Ellers tar transportøren den ved døren, slik tollvesenet bestemmer. Gassbrennere blir i Storbritannia.",
    ),
}
