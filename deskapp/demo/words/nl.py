"""What is said in Dutch."""

from deskapp.demo.language import Language, Topic

WORDS = Language(
    code="nl",
    timezone="Europe/Amsterdam",
    cities=("Utrecht", "Gent", "Zwolle", "Maastricht", "Leeuwarden", "Delft"),
    first=("Maartje", "Joris", "Fenna", "Bram", "Noortje", "Thijs", "Roos", "Daniël"),
    last=("van den Berg", "de Vries", "Hoekstra", "Coöperberg", "Smeets", "ter Horst", "Bakker"),
    hello=("Goedemorgen,", "Hallo,", "Beste mensen,", "Dag,"),
    bye=("Met vriendelijke groet", "Alvast bedankt", "Groetjes", "Hartelijke groet"),
    details=("De labels zitten er nog aan.", "De rest was prima.", "Foto zit erbij.", "Het was een cadeau."),
    more=(
        "Is er al nieuws over {order}?",
        "Het label opent niet op mijn telefoon, kan het als PDF?",
        "Valt de {product} in {other} ook langer in de mouw?",
        "Mag het naar mijn werk? Thuis is er niemand.",
        "Het pakje is klaar. Wat moet erop staan?",
    ),
    thanks=("Binnen, en hij zit als gegoten. Bedankt!", "Het geld is er, fijn geholpen.", "Top, dan weet ik genoeg."),
    our_hello=("Hoi {customer},", "Dag {customer},", "Fijn dat je schrijft, {customer}."),
    our_bye=("Groet,\n{agent}", "Fijne dag,\n{agent}", "Hartelijks,\n{agent}"),
    settled=(
        "Mooi! Eén regel van jou en we gaan weer open.",
        "Ook bij ons staat alles goed.",
        "Het bedrag is vanochtend overgemaakt.",
    ),
    exchange=Topic(
        subjects=("{product} ruilen: {size} voor {other}", "{product} te krap", "Verkeerde maat, {order}"),
        openers=(
            "De {product} uit {order} is prachtig, maar {size} trekt bij de schouders.",
            "Verkeerd gegokt: onder de {product} in {size} past geen trui.",
            "Kan ik een {product} in {size} ruilen voor {other}?",
        ),
        asks=("Ligt {other} op voorraad?", "Is hij er voor zaterdag?"),
        answers=(
            "{other} ligt apart en gaat vanavond mee. Het label voor {size} zit hierbij.",
            "De ruil op {order} staat open: lever {size} in en {other} vertrekt.",
        ),
    ),
    late=Topic(
        subjects=("Waar is {order}?", "Pakket staat stil", "Nog steeds geen {product}"),
        openers=(
            "Volgens de tracking ligt {order} al vijf dagen in het depot.",
            "{order} zou bezorgd zijn, maar de buren weten van niets.",
            "In de doos van vandaag ontbrak de {product}.",
        ),
        asks=("Kunnen jullie de bezorger bellen?", "Kan het naar een afhaalpunt?"),
        answers=(
            "Het was verkeerd gesorteerd en komt morgen voor twaalven.",
            "Negen dagen is te lang. Er is net een tweede {product} vertrokken.",
        ),
    ),
    warranty=Topic(
        subjects=("Rits van {product} kapot", "Naad los: {product}", "{product} laten repareren"),
        openers=(
            "De rits van mijn {product} springt open achter de schuiver.",
            "Onder de arm van de {product} is een naad los.",
            "Bij echte regen lekt de {product} op de schouders.",
        ),
        asks=("Valt dat onder de garantie?", "Wat kost een reparatie anders?"),
        answers=(
            "Dat lossen wij op. Stuur hem met dit label naar de werkplaats, twee weken.",
            "Een nieuwe schuiver helpt, gratis. Eerst even wassen graag.",
        ),
    ),
    invoice=Topic(
        subjects=("Factuur van {order}", "Dubbel afgeschreven", "Factuur op bedrijfsnaam"),
        openers=(
            "De boekhouding wil een factuur met btw voor {order}.",
            "{order} is twee keer afgeschreven.",
            "De herfstbon is aangenomen, maar het totaal van {order} bleef gelijk.",
        ),
        asks=("Kan het als PDF?", "Is het nog te corrigeren?"),
        answers=(
            "De factuur van {order} zit erbij, btw apart vermeld.",
            "De tweede is een reservering en vervalt vrijdag.",
        ),
    ),
    returned=Topic(
        subjects=("Retour {order}", "Is mijn pakje binnen?", "Terugbetaling {product}"),
        openers=(
            "De {product} gaat terug, bij daglicht is het mijn kleur niet.",
            "Maandag hebben jullie getekend voor de retour van {order}.",
            "Mijn printer is stuk en het label wil papier.",
        ),
        asks=("Wanneer komt het geld?", "Is er een code voor op de telefoon?"),
        answers=(
            "Hij ligt hier, helemaal goed. Het bedrag van {order} gaat vanavond weg.",
            "Hier is een code: laat hem aan de balie zien.",
        ),
    ),
)
