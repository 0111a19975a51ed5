"""What is said in German."""

from deskapp.demo.language import Language, Topic

WORDS = Language(
    code="de",
    timezone="Europe/Berlin",
    cities=("Freiburg", "Münster", "Leipzig", "Graz", "Kassel", "Zürich", "Görlitz", "Kempten"),
    first=("Jürgen", "Annegret", "Björn", "Käthe", "Lukas", "Friederike", "Matthias", "Rüya", "Henning", "Gesa", "Ulf"),
    last=("Weiß", "Schröder", "Brandstätter", "Yıldız", "Kühn", "Obermüller", "Petersen", "Löffler", "Haas", "Vogt"),
    hello=("Guten Tag,", "Hallo,", "Sehr geehrte Damen und Herren,", "Moin,"),
    bye=("Mit freundlichen Grüßen", "Viele Grüße", "Besten Dank im Voraus", "Herzliche Grüße"),
    details=(
        "Die Etiketten hängen noch daran.",
        "Ab Donnerstag bin ich auf der Hütte und nur abends erreichbar.",
        "Der Rest der Lieferung war tadellos.",
        "Ein Foto hängt an.",
        "Bezahlt habe ich per Lastschrift.",
    ),
    more=(
        "Noch eine Frage: Fällt der {product} in {other} auch in den Ärmeln länger aus?",
        "Gibt es zu {order} schon etwas Neues?",
        "Das Etikett ließ sich auf dem Handy nicht öffnen. Geht es als PDF?",
        "Könnte das Paket an meine Arbeit gehen? Vor sechs ist niemand zu Hause.",
        "Das Päckchen ist fertig. Was schreibe ich außen drauf?",
        "Auf dem zweiten Bild sieht man die Stelle besser.",
    ),
    thanks=(
        "Heute angekommen und sitzt wie angegossen. Vielen Dank!",
        "Das Geld ist da. Danke für die schnelle Hilfe.",
        "Wunderbar, damit ist alles geklärt.",
        "So freundlich wird man selten bedient.",
    ),
    our_hello=("Hallo {customer},", "Guten Tag {customer},", "Danke für Ihre Nachricht, {customer}."),
    our_bye=("Herzliche Grüße\n{agent}", "Beste Grüße\n{agent}", "Einen schönen Tag noch\n{agent}"),
    settled=(
        "Das freut mich. Eine Zeile von Ihnen genügt, und wir sind wieder da.",
        "Auch bei uns ist alles verbucht.",
        "Die Gutschrift ist heute früh hinausgegangen.",
        "Eine {other} liegt mit Ihrem Namen im Lager bereit.",
    ),
    exchange=Topic(
        subjects=("Umtausch {product}, {size} gegen {other}", "{product} fällt klein aus", "Falsche Größe, {order}"),
        openers=(
            "Der {product} aus {order} ist schön, spannt aber in {size} an den Schultern.",
            "Ich habe mich vertan: {size} ist mir beim {product} eine Nummer zu knapp.",
            "Lässt sich der {product} in {size} gegen {other} tauschen?",
        ),
        asks=("Ist {other} vorrätig?", "Wie schicke ich {size} zurück, ohne zweimal zu zahlen?"),
        answers=(
            "{other} ist für Sie zurückgelegt und geht heute Abend hinaus. Das Etikett für {size} liegt bei.",
            "Der Tausch zu {order} ist angelegt. Sobald {size} abgegeben ist, schicken wir {other} los.",
        ),
    ),
    late=Topic(
        subjects=("Wo bleibt {order}?", "Sendung steht seit Freitag", "Als zugestellt gemeldet: {order}"),
        openers=(
            "Seit fünf Tagen liegt {order} laut Verfolgung im Depot.",
            "Angeblich wurde {order} zugestellt, hier ist aber nichts.",
            "Aus {order} kam heute nur die Hälfte, der {product} fehlt.",
        ),
        asks=("Können Sie beim Paketdienst nachfragen?", "Ginge auch eine Packstation?"),
        answers=(
            "Ich habe mit dem Depot gesprochen: Das Paket war falsch einsortiert und kommt morgen vor zwölf.",
            "Neun Tage sind zu lang. Ein zweiter {product} ist unterwegs; kommen beide, lehnen Sie einen ab.",
        ),
    ),
    warranty=Topic(
        subjects=("Reißverschluss am {product} defekt", "Naht gelöst: {product}", "Garantie auf den {product}"),
        openers=(
            "Der Reißverschluss meines {product} geht hinter dem Schieber wieder auf.",
            "Unter dem linken Arm des {product} ist die Naht daumenbreit offen.",
            "Bei richtigem Regen kommt das Wasser durch die Schultern des {product}.",
        ),
        asks=("Fällt das unter die Garantie?", "Was würde die Reparatur sonst kosten?"),
        answers=(
            "Das bringen wir in Ordnung. Bitte mit diesem Etikett an die Werkstatt, es dauert zwei Wochen.",
            "Ein neuer Schieber hilft, kostenlos. Bitte waschen Sie das Stück vorher.",
        ),
    ),
    invoice=Topic(
        subjects=("Rechnung zu {order}", "Doppelt abgebucht", "Rechnung auf die Firma"),
        openers=(
            "Für die Buchhaltung brauche ich zu {order} eine Rechnung mit ausgewiesener Steuer.",
            "Für {order} wurde zweimal abgebucht, im Abstand von vier Minuten.",
            "Der Herbstgutschein wurde angenommen, der Betrag von {order} blieb aber gleich.",
        ),
        asks=("Geht das als PDF?", "Lässt sich das noch ändern?"),
        answers=(
            "Die Rechnung zu {order} hängt an, die Steuer steht in einer eigenen Zeile.",
            "Die zweite Buchung ist nur vorgemerkt und verfällt bis Freitag.",
        ),
    ),
    returned=Topic(
        subjects=("Rücksendung {order}", "Ist mein Paket angekommen?", "Erstattung für den {product}"),
        openers=(
            "Den {product} gebe ich zurück, bei Tageslicht ist es nicht meine Farbe.",
            "Die Rücksendung aus {order} haben Sie am Montag quittiert.",
            "Mein Drucker streikt, und Ihr Etikett möchte auf Papier.",
        ),
        asks=("Wann kommt die Erstattung?", "Gibt es einen Code für das Handy?"),
        answers=(
            "Alles in bester Ordnung hier. Der Betrag zu {order} geht heute Abend hinaus.",
            "Statt des Etiketts ein Code: am Schalter vorzeigen, den Rest druckt die Post.",
        ),
    ),
)
