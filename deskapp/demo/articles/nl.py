"""The articles in Dutch, as far as they are written."""
# ruff: noqa: E501 - what is written for customers is not wrapped

TEXTS: dict[str, tuple[str, str]] = {
    "back": (
        "Iets terugsturen",
        "U hebt **30 dagen** vanaf de dag dat het aankomt.\n\n1. Open de bestelling in uw account en kies *Terugsturen*.\n2. Het label komt per mail: elk postkantoor leest het van uw telefoon.\n3. Pak het in zoals het kwam, met de kaartjes eraan.\n\nHet label is gratis. U kunt het ook afgeven in onze winkels in Kendal, York, Oslo en Bergen.",
    ),
    "delivery": (
        "Hoe lang de bezorging duurt",
        "Wat vóór twaalf uur besteld is, pakken we dezelfde dag in, de rest op de volgende werkdag.\n\n- Groot-Brittannië: 2 tot 3 werkdagen\n- Ierland en Noorwegen: 3 tot 5\n- De rest van Europa: 4 tot 6\n\nZodra de vervoerder het heeft, komt het volgnummer per mail.",
    ),
}
