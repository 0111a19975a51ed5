"""Small words that tell a language in a short line; and those that tell Norwegian from Danish."""

SMALL = {
    "en": "the is my i have you it and to of where what when how can do not this for with please hello hi need want order thanks was are would could there your me any still get got has been did does an in this my me at as we our they",
    "de": "der die das ist mein meine ich habe sie es und zu wo was wann wie kann nicht dieses für mit bitte hallo brauche möchte bestellung danke war sind ein eine noch mir wurde guten tag auf dem den im bei nach noch schon habe ist hat haben werden wird oder aber doch auch wurde gegen kein keine ihr ihre meinen meiner",
    "fr": "le la les est mon ma mes je j'ai vous il et où quoi quand comment peux pas ce pour avec bonjour besoin veux commande merci était sont un une c'est du des que qui salut suis d'adresse adresse pas je encore à aux votre vos quels êtes en ai m'a ma toujours quel quelle comment",
    "es": "el la los es mi mis yo he usted lo y dónde donde qué cuándo cuando cómo puedo no este para con hola necesito quiero pedido gracias era son un una está mi por buenos del se ha las hay gustaría tienda tienen cuál del en con todavía aún me y qué mal han está están sobre abren película",
    "it": "il lo la è mio mia io ho lei e dove cosa quando come posso non questo per con ciao buongiorno voglio vorrei ordine grazie era sono un una sta mi della del che si serve siete aperti quali gli ancora anche alla nel dei delle hanno ha lo ci come mai potete vostro vostri domenica",
    "pl": "jest mój moja moje ja mam i gdzie co kiedy jak mogę nie to dla z proszę cześć chcę zamówienie dziękuję był są czy się na w do dzień dobry moją kto mam mi o po od jakich macie proszę jeszcze mnie ten ta mój jakim bardzo będzie",
    "no": "er min mitt mine jeg har du det og hvor hva når hvordan kan ikke dette for med hei trenger vil bestilling bestillingen takk var en et noe på fått vær deg meg blitt finnes på lager kom jakken teltet hvem ennå fram av en den vi dere fikk skal som men også blir",
    "nl": "de het is mijn ik heb u je en waar wat wanneer hoe kan niet dit voor met hallo nodig wil bestelling bedankt was zijn een graag alstublieft er ben mij goedendag deze nog op zijn jullie wie heeft van om kunt kan ben aan bij naar maar wel heb mijn onze ook wordt",
}
# Letters that only one of ours writes.
LETTERS = {
    "de": "ßäöü", "fr": "çœêâîûëï", "es": "ñ¿¡", "it": "ìò", "pl": "łąęśżźćń", "no": "åøæ",
}  # fmt: skip
WORDS = {language: frozenset(words.split()) for language, words in SMALL.items()}
# Danish and Norwegian share most words; these they do not.
NORWEGIAN = frozenset(
    "hva fått når hvordan noe etter blitt deg meg dere bestillingen hvilken nå også sendt pakken".split()
)
DANISH = frozenset("hvad fået hvornår noget efter blevet dig mig jer hvilken også sendt pakken af nu købt".split())
