"""What a new rule says before anybody has written its words, in the desk's own languages."""
# ruff: noqa: E501 - what customers read is not wrapped

from collections.abc import Mapping

from conversations.models.outreach import OccasionKind

Said = Mapping[str, Mapping[str, str]]

STANDARD: Mapping[str, Said] = {
    OccasionKind.CART: {
        "en": {
            "subject": "Your cart at {desk} is still here",
            "text": "Hello {customer},\n\nyou left {product} in your cart. It is still there: {link}\n\n"
            "Is anything unclear, about sizes or delivery? Just answer, and somebody of us will.\n\n{desk}",
        },
        "de": {
            "subject": "Ihr Warenkorb bei {desk}",
            "text": "Guten Tag {customer},\n\nin Ihrem Warenkorb liegt noch: {product}. Hier finden Sie ihn wieder:"
            " {link}\n\nIst etwas offen, zu Größen oder zur Lieferung? Antworten Sie einfach.\n\n{desk}",
        },
        "fr": {
            "subject": "Votre panier chez {desk}",
            "text": "Bonjour {customer},\n\nvotre panier contient encore : {product}. Retrouvez-le ici : {link}\n\n"
            "Une question sur la taille ou la livraison ? Répondez simplement à ce message.\n\n{desk}",
        },
        "es": {
            "subject": "Tu cesta en {desk}",
            "text": "Hola, {customer}:\n\nen tu cesta queda {product}. La encuentras aquí: {link}\n\n"
            "¿Alguna duda sobre tallas o envío? Responde a este mensaje.\n\n{desk}",
        },
    },
    OccasionKind.PARCEL: {
        "en": {
            "subject": "Your order {number} takes longer",
            "text": "Hello {customer},\n\nyour parcel of order {number} should be with you by now, and is not. We have seen"
            " it, and are sorry. Where it is: {carrier} {parcel} {link}\n\n"
            "You need not do anything. If you would rather have it otherwise, just answer.\n\n{desk}",
        },
        "de": {
            "subject": "Ihre Bestellung {number} braucht länger",
            "text": "Guten Tag {customer},\n\ndas Paket zu Ihrer Bestellung {number} sollte schon da sein. Wir haben es"
            " bemerkt, und es tut uns leid. Wo es ist: {carrier} {parcel} {link}\n\n"
            "Sie müssen nichts tun. Möchten Sie es anders haben, antworten Sie einfach.\n\n{desk}",
        },
        "fr": {
            "subject": "Votre commande {number} a du retard",
            "text": "Bonjour {customer},\n\nle colis de votre commande {number} devrait déjà être chez vous. Nous l’avons"
            " vu et vous prions de nous excuser. Suivi : {carrier} {parcel} {link}\n\n"
            "Vous n’avez rien à faire. Si vous préférez une autre solution, répondez simplement.\n\n{desk}",
        },
        "es": {
            "subject": "Tu pedido {number} se retrasa",
            "text": "Hola, {customer}:\n\nel paquete de tu pedido {number} ya debería haber llegado. Lo hemos visto y lo"
            " sentimos. Dónde está: {carrier} {parcel} {link}\n\n"
            "No tienes que hacer nada. Si prefieres otra solución, responde a este mensaje.\n\n{desk}",
        },
    },
    OccasionKind.REFILL: {
        "en": {
            "subject": "{product}: time for more?",
            "text": "Hello {customer},\n\nyou bought {product} {days} days ago. If it is running out, here it is: {link}"
            "\n\n{desk}",
        },
        "de": {
            "subject": "{product}: Zeit für Nachschub?",
            "text": "Guten Tag {customer},\n\nvor {days} Tagen haben Sie {product} gekauft. Geht es zur Neige, finden Sie"
            " es hier: {link}\n\n{desk}",
        },
        "fr": {
            "subject": "{product} : bientôt fini ?",
            "text": "Bonjour {customer},\n\nvous avez acheté {product} il y a {days} jours. S’il vous en faut : {link}"
            "\n\n{desk}",
        },
        "es": {
            "subject": "{product}: ¿hace falta más?",
            "text": "Hola, {customer}:\n\ncompraste {product} hace {days} días. Si se está acabando, aquí está: {link}"
            "\n\n{desk}",
        },
    },
    OccasionKind.RISK: {
        "en": {
            "subject": "How can we put it right?",
            "text": "Hello {customer},\n\nnot everything went well with us lately. If something is still open, or could"
            " be better, just answer: somebody of us reads it.\n\n{desk}",
        },
        "de": {
            "subject": "Was können wir besser machen?",
            "text": "Guten Tag {customer},\n\nzuletzt lief bei uns nicht alles gut. Ist noch etwas offen, oder geht es"
            " besser? Antworten Sie einfach: Jemand von uns liest es.\n\n{desk}",
        },
        "fr": {
            "subject": "Que pouvons-nous améliorer ?",
            "text": "Bonjour {customer},\n\ntout ne s’est pas bien passé chez nous dernièrement. S’il reste quelque chose"
            " à régler, répondez simplement : quelqu’un de chez nous vous lit.\n\n{desk}",
        },
        "es": {
            "subject": "¿Cómo podemos arreglarlo?",
            "text": "Hola, {customer}:\n\núltimamente no todo ha ido bien. Si queda algo pendiente o se puede mejorar,"
            " responde: alguien del equipo lo leerá.\n\n{desk}",
        },
    },
}
