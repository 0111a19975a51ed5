"""Small words that tell a language in a short line; and those that tell Norwegian from Danish."""

SMALL = {
    "en": "the is my i have you it and to of where what when how can do not this for with please hello hi need want order thanks was are would could there your me",
    "de": "der die das ist mein meine ich habe sie es und zu wo was wann wie kann nicht dieses für mit bitte hallo brauche möchte bestellung danke war sind ein eine noch mir wurde guten tag",
    "fr": "le la les est mon ma mes je j'ai vous il et où quoi quand comment peux pas ce pour avec bonjour besoin veux commande merci était sont un une c'est du des que qui salut",
    "es": "el la los es mi mis yo he usted lo y dónde donde qué cuándo cuando cómo puedo no este para con hola necesito quiero pedido gracias era son un una está mi por buenos del",
    "it": "il lo la è mio mia io ho lei e dove cosa quando come posso non questo per con ciao buongiorno voglio vorrei ordine grazie era sono un una sta mi della del che",
    "pl": "jest mój moja moje ja mam i gdzie co kiedy jak mogę nie to dla z proszę cześć chcę zamówienie dziękuję był są czy się na w do dzień dobry moją",
    "no": "er min mitt mine jeg har du det og hvor hva når hvordan kan ikke dette for med hei trenger vil bestilling bestillingen takk var en et noe på fått vær deg meg blitt",
    "nl": "de het is mijn ik heb u je en waar wat wanneer hoe kan niet dit voor met hallo nodig wil bestelling bedankt was zijn een graag alstublieft er ben mij goedendag",
}
WORDS = {language: frozenset(words.split()) for language, words in SMALL.items()}
# Danish and Norwegian share most words; these they do not.
NORWEGIAN = frozenset(
    "hva fått når hvordan noe etter blitt deg meg dere bestillingen hvilken nå også sendt pakken".split()
)
DANISH = frozenset("hvad fået hvornår noget efter blevet dig mig jer hvilken også sendt pakken af nu købt".split())
