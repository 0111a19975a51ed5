"""What customers write about each topic, in Norwegian."""
# ruff: noqa: E501 - what people say is not wrapped

SAID: dict[str, tuple[str, ...]] = {
    "return": ("Jeg vil sende jakken tilbake, hvordan gjør jeg det?", "Kan dere sende meg en returlapp?", "Hvor mange dager har jeg på å returnere?", "Jeg har ombestemt meg og returnerer sekken.", "Må jeg betale returfrakten selv?"),
    "size": ("Støvlene er for små, kan jeg bytte til en størrelse større?", "Jeg vil bytte jakken til medium.", "Fleecen er altfor vid, jeg trenger small.", "Jeg bestilte feil størrelse, hvordan bytter jeg?", "Jeg trenger 43 i stedet for 42."),
    "late": ("Hvor er bestillingen min?", "Pakken har ikke kommet ennå.", "Sporingen har stått stille i fire dager.", "Når blir den levert?", "Budet sier levert, men her er det ingenting."),
    "address": ("Jeg har flyttet, send den til den nye adressen.", "Kan dere endre leveringsadressen?", "Jeg skrev feil husnummer.", "Lever på kontoret og ikke hjemme, takk.", "Postnummeret i bestillingen er feil."),
    "delivery": ("Kan bestillingen komme en uke senere?", "Ikke lever før mandag, jeg er bortreist.", "Kan budet levere den hos naboen?", "Jeg vil gjerne ha en annen leveringsdag.", "Sett pakken på et trygt sted, takk.", "Kan dere utsette leveringen?"),
    "refund": ("Når får jeg pengene tilbake?", "Dere har fått returen, men jeg ser ingen refusjon.", "Hvor lang tid tar refusjonen?", "Jeg vil heller ha pengene enn et tilgodebevis.", "Refusjonen er mindre enn det jeg betalte."),
    "twice": ("Jeg er trukket to ganger.", "Det står to betalinger på kortet for én bestilling.", "Hvorfor har dere trukket beløpet dobbelt?", "Beløpet ble belastet to ganger.", "Vær så snill å kansellere det andre trekket."),
    "fault": ("Glidelåsen røk etter to måneder.", "Sømmen har gått opp, dekkes det av garantien?", "Teltet lekker.", "Sålen løsner fra støvelen.", "Den kom skadet, det er en rift i ermet."),
    "stock": ("Har dere den grønne jakken på lager i Kendal?", "Når kommer støvlene i 43 inn igjen?", "Har dere teltet i butikken?", "Det står utsolgt, får dere inn flere?", "Kan dere holde av en til meg i butikken?"),
    "invoice": ("Kan dere sende meg fakturaen?", "Jeg trenger en faktura med mva til firmaet.", "Kan jeg få en kopi av fakturaen som PDF?", "Organisasjonsnummeret mangler på fakturaen.", "Jeg har mistet kvitteringen."),
    "hours": ("Når er dere åpne på lørdag?", "Hva er åpningstidene?", "Er butikken åpen på helligdager?", "Hvor lenge er dere åpne i dag?", "Har dere søndagsåpent?"),
    "cancel": ("Jeg vil kansellere bestillingen.", "Kan jeg fortsatt avbestille?", "Jeg bestilte ved en feil, kan dere stoppe den?", "Vennligst kanseller ordren før den sendes.", "Hvordan avbestiller jeg?"),
}  # fmt: skip
