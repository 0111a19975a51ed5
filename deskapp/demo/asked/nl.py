"""What customers write about each topic, in Dutch."""
# ruff: noqa: E501 - what people say is not wrapped

SAID: dict[str, tuple[str, ...]] = {
    "return": ("Ik wil de jas terugsturen, hoe doe ik dat?", "Kunt u mij een retourlabel sturen?", "Hoeveel dagen heb ik om iets te retourneren?", "Ik heb me bedacht en stuur de rugzak terug.", "Moet ik de retourkosten zelf betalen?"),
    "size": ("De schoenen zijn te klein, kan ik ze ruilen voor een maat groter?", "Ik wil de jas ruilen voor maat M.", "De fleece is veel te wijd, ik heb een S nodig.", "Verkeerde maat besteld, hoe ruil ik?", "Ik heb 43 nodig in plaats van 42."),
    "late": ("Waar blijft mijn bestelling?", "Mijn pakket is nog niet aangekomen.", "De track and trace staat al vier dagen stil.", "Wanneer wordt het bezorgd?", "Volgens de koerier bezorgd, maar hier is niets."),
    "address": ("Ik ben verhuisd, stuur het naar mijn nieuwe adres.", "Kunt u het bezorgadres nog wijzigen?", "Ik heb het verkeerde huisnummer ingevuld.", "Graag op kantoor bezorgen en niet thuis.", "De postcode in mijn bestelling klopt niet."),
    "delivery": ("Kan de bestelling een week later komen?", "Niet vóór maandag bezorgen, ik ben op reis.", "Mag de bezorger het bij de buren afgeven?", "Ik wil graag een andere bezorgdag.", "Leg het pakket op een veilige plek, graag.", "Kunnen jullie de bezorging uitstellen?"),
    "refund": ("Wanneer krijg ik mijn geld terug?", "U heeft mijn retour ontvangen maar ik zie geen terugbetaling.", "Hoe lang duurt de terugbetaling?", "Ik heb liever het geld dan een tegoedbon.", "Er is minder terugbetaald dan ik heb betaald."),
    "twice": ("Er is twee keer afgeschreven.", "Er staan twee betalingen op mijn kaart voor één bestelling.", "Waarom is het bedrag dubbel afgeschreven?", "Ik ben dubbel belast voor dezelfde bestelling.", "Graag de tweede afschrijving annuleren."),
    "fault": ("De rits ging na twee maanden kapot.", "De naad is losgeraakt, valt dat onder garantie?", "Mijn tent lekt.", "De zool laat los.", "Het kwam beschadigd aan, de mouw is gescheurd."),
    "stock": ("Is de groene jas op voorraad in Kendal?", "Wanneer zijn de schoenen in 43 weer leverbaar?", "Hebben jullie de tent in de winkel?", "Uitverkocht, komen er nog meer?", "Kunt u er een voor mij achterhouden in de winkel?"),
    "invoice": ("Kunt u mij de factuur sturen?", "Ik heb een factuur met btw nodig voor mijn bedrijf.", "Mag ik een kopie van de factuur als pdf?", "Ons btw-nummer ontbreekt op de factuur.", "Ik ben de kassabon kwijt."),
    "hours": ("Wat zijn de openingstijden?", "Zijn jullie zaterdag open?", "Is de winkel open op feestdagen?", "Tot hoe laat zijn jullie vandaag open?", "Zijn jullie op zondag geopend?"),
    "cancel": ("Ik wil mijn bestelling annuleren.", "Kan ik nog annuleren?", "Ik heb per ongeluk besteld, graag annuleren.", "Annuleer de bestelling voordat hij weggaat.", "Hoe annuleer ik een bestelling?"),
}  # fmt: skip
