"""What makes a question another than it looks, and what one is without a verb, in eight languages."""

import re

# "To check that it is you": what is known is asked on purpose, and so is what belongs to somebody else.
ON_PURPOSE = re.compile(
    r"for\s+(?:your\s+)?security|verify\s+(?:that\s+it|your\s+identity|you)|identity\s+check|data\s+protection"
    r"|sicherheit|identit[äa]t|datenschutz|legitim|s[ée]curit[ée]|v[ée]rifier\s+(?:que\s+c|votre)|seguridad|verificar\s+(?:que|su|tu)|identidad"
    r"|sicurezza|verificare\s+(?:che|la)|bezpiecze[ńn]|to[żz]samo[śs]|weryfik|sikkerhet|identitet|veiligheid|verifi[ëe]r"
    r"|legitimatie|identiteit",
    re.IGNORECASE,
)
# A photograph of something else than the goods: rarely the one that they sent.
OF_PAPERS = re.compile(
    r"label|receipt|invoice|barcode|serial|etikett|quittung|rechnung|kassenbon|seriennummer|[ée]tiquette|ticket\s+de|facture"
    r"|num[ée]ro\s+de\s+s[ée]rie|etiqueta|recibo|factura|n[úu]mero\s+de\s+serie|etichetta|scontrino|fattura|numero\s+di\s+serie"
    r"|etykiet|paragon|faktur|seryjn|kvittering|serienummer|bonnetje|factuur|kassabon",
    re.IGNORECASE,
)
# A question without a verb, "And your order number, please?": what may stand before the noun, and after it.
LEAD = re.compile(
    r"(?:(?:and|also|your|the|just|und|ihre?|deine?|die|noch|et|votre|ton|ta|le|y|su|tu|el|la|e|il|suo|sua|tuo|a|i|pani|pana|twój|og|din|ditt|en|uw|je|jouw|het|de)\s+|l')*",
    re.IGNORECASE,
)
TRAIL = re.compile(
    r"[\s,]*(?:please|bitte|s'il\s+vous\s+pla[îi]t|svp|por\s+favor|per\s+(?:favore|cortesia)|prosz[ęe]|takk|alstublieft|alsjeblieft|graag|din|ditt)?\s*[?:]",
    re.IGNORECASE,
)
