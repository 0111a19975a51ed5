"""The articles in German."""
# ruff: noqa: E501 - what is written for customers is not wrapped

TEXTS: dict[str, tuple[str, str]] = {
    "back": (
        "Etwas zurückschicken",
        "Sie haben **30 Tage** Zeit, ab dem Tag, an dem es ankommt.\n\n1. Öffnen Sie die Bestellung in Ihrem Konto und wählen Sie *Zurückschicken*.\n2. Das Etikett kommt per Mail: Jede Poststelle liest es vom Telefon ab.\n3. Packen Sie es ein, wie es kam. Der Karton darf gerissen sein, die Anhänger sollten noch dran sein.\n\nDas Etikett kostet nichts. Sie können es auch in unseren Läden in Kendal, York, Oslo und Bergen abgeben.",
    ),
    "delivery": (
        "Wie lange die Lieferung dauert",
        "Was vor zwölf Uhr bestellt wird, packen wir am selben Tag, alles andere am nächsten Werktag.\n\n- Großbritannien: 2 bis 3 Werktage\n- Irland und Norwegen: 3 bis 5\n- Übriges Europa: 4 bis 6\n\nSobald der Paketdienst es hat, kommt die Sendungsnummer per Mail. Bis zum ersten Eintrag kann ein Tag vergehen.",
    ),
    "size": (
        "Die passende Größe finden",
        "Messen Sie über dem, was Sie darunter tragen.\n\n- **Jacken** passen über ein dünnes Fleece; für ein dickes nehmen Sie eine Nummer größer.\n- **Stiefel** lassen vorn eine Daumenbreite. Zwischen zwei Größen nehmen Sie die größere.\n- **Hosen** gibt es in drei Beinlängen.\n\nDie falsche Größe tauschen wir einmal kostenlos, innerhalb von 30 Tagen.",
    ),
    "money": (
        "Wann das Geld zurückkommt",
        "Es geht an dem Tag hinaus, an dem wir Ihr Paket sehen, und auf dem Weg, auf dem Sie bezahlt haben.\n\n- Karten: 3 bis 5 Werktage, bis Ihre Bank es zeigt\n- PayPal: innerhalb eines Tages\n- Gutscheine: sofort\n\nSobald es unterwegs ist, bekommen Sie eine Mail.",
    ),
    "care": (
        "Wolle und Regenjacken pflegen",
        "**Wolle** wird bei 30 Grad mit Wollwaschmittel gewaschen und liegend getrocknet, nie im Trockner.\n\n**Regenjacken** wollen auch gewaschen werden: Schmutz macht sie undicht. Alle Reißverschlüsse zu, Seifenflocken, zweimal spülen. Wenn Tropfen nicht mehr abperlen, sprühen Sie sie feucht neu ein.",
    ),
    "abroad": (
        "Lieferung in andere Länder, und der Zoll",
        "Wir schicken in ganz Europa und nach Japan, Kanada und in die USA.\n\nIn der EU und in Norwegen ist der Zoll im Preis. Anderswo nimmt ihn der Paketdienst an der Tür, so wie Ihr Zoll es bestimmt. Gaskocher bleiben in Großbritannien.",
    ),
}
