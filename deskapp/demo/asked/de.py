"""What customers write about each topic, in German."""
# ruff: noqa: E501 - what people say is not wrapped

SAID: dict[str, tuple[str, ...]] = {
    "return": ("Ich möchte die Jacke zurückschicken, wie geht das?", "Bitte senden Sie mir ein Etikett für die Rücksendung.", "Wie lange kann ich die Ware zurückgeben?", "Die Hose gefällt mir doch nicht, ich schicke sie zurück.", "Muss ich die Rücksendung selbst bezahlen?"),
    "size": ("Die Schuhe sind zu klein, kann ich sie eine Nummer größer haben?", "Ich möchte die Jacke gegen Größe M umtauschen.", "Der Pullover ist viel zu weit, bitte tauschen Sie ihn in S.", "Falsche Größe bestellt, wie tausche ich um?", "Ich brauche 43 statt 42."),
    "late": ("Wo bleibt mein Paket?", "Meine Bestellung ist noch nicht angekommen.", "Die Sendungsverfolgung steht seit vier Tagen still.", "Wann wird endlich geliefert?", "Laut Bote zugestellt, aber hier ist nichts."),
    "address": ("Ich bin umgezogen, bitte liefern Sie an die neue Adresse.", "Können Sie die Lieferadresse noch ändern?", "Ich habe die falsche Hausnummer angegeben.", "Bitte ins Büro liefern und nicht nach Hause.", "Die Postleitzahl in meiner Bestellung stimmt nicht."),
    "delivery": ("Kann die Bestellung eine Woche später kommen?", "Bitte nicht vor Montag liefern, ich bin verreist.", "Darf der Bote es beim Nachbarn abgeben?", "Bitte einen anderen Liefertag, am Freitag ist niemand da.", "Legen Sie das Paket bitte an einem sicheren Ort ab.", "Können Sie die Lieferung verschieben?"),
    "refund": ("Wann bekomme ich mein Geld zurück?", "Die Erstattung ist noch nicht auf meinem Konto.", "Sie haben die Rücksendung, aber ich sehe keine Gutschrift.", "Wie lange dauert die Rückzahlung?", "Ich möchte lieber das Geld als einen Gutschein."),
    "twice": ("Ich wurde zweimal belastet.", "Der Betrag wurde doppelt abgebucht.", "Auf meiner Karte stehen zwei Zahlungen für eine Bestellung.", "Warum haben Sie zweimal abgebucht?", "Bitte stornieren Sie die zweite Abbuchung."),
    "fault": ("Der Reißverschluss ist nach zwei Monaten kaputt.", "Die Naht ist aufgegangen, ist das Garantie?", "Mein Zelt ist undicht.", "Die Sohle löst sich vom Stiefel.", "Die Jacke kam beschädigt an, der Ärmel ist gerissen."),
    "stock": ("Ist die grüne Jacke in Kendal vorrätig?", "Wann sind die Stiefel in 43 wieder lieferbar?", "Haben Sie das Zelt im Laden?", "Ausverkauft, kommt da noch etwas nach?", "Können Sie mir eine in der Filiale zurücklegen?"),
    "invoice": ("Bitte schicken Sie mir die Rechnung.", "Ich brauche eine Rechnung mit Mehrwertsteuer für die Firma.", "Auf der Rechnung fehlt unsere Umsatzsteuernummer.", "Kann ich eine Kopie der Rechnung als PDF haben?", "Ich finde den Kaufbeleg nicht mehr."),
    "hours": ("Wann haben Sie am Samstag geöffnet?", "Wie sind Ihre Öffnungszeiten?", "Ist der Laden an Feiertagen offen?", "Bis wann ist heute offen?", "Haben Sie sonntags geöffnet?"),
    "cancel": ("Bitte stornieren Sie meine Bestellung.", "Kann ich die Bestellung noch stornieren?", "Ich habe aus Versehen bestellt, bitte anhalten.", "Ich möchte meinen Auftrag widerrufen, er ist noch nicht verschickt.", "Wie storniere ich eine Bestellung?", "Bestellung von heute Morgen bitte stornieren."),
}  # fmt: skip
