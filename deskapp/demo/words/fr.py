"""What is said in French."""

from deskapp.demo.language import Language, Topic

WORDS = Language(
    code="fr",
    timezone="Europe/Paris",
    cities=("Grenoble", "Nantes", "Annecy", "Lille", "Liège", "Chambéry", "Rennes"),
    first=("Étienne", "Maëlys", "Solène", "Bastien", "Cécile", "Anaïs", "Loïc", "Noémie", "François", "Clémence"),
    last=("Lefèvre-Roux", "Moreau", "Guérin", "Dubois", "Kéroual", "Chevallier", "N’Diaye", "Béranger", "Poirier"),
    hello=("Bonjour,", "Bonsoir,", "Madame, Monsieur,", "Rebonjour,"),
    bye=("Bien cordialement", "Merci d’avance", "Belle journée", "Salutations"),
    details=(
        "Les étiquettes sont encore dessus.",
        "C’est un cadeau, je voudrais régler cela discrètement.",
        "Le reste de la commande est parfait.",
        "Je joins une photo.",
        "J’ai payé par carte, si cela compte.",
    ),
    more=(
        "Une dernière question : le {product} en {other} est-il aussi plus long de manches ?",
        "Avez-vous des nouvelles de {order} ?",
        "L’étiquette ne s’ouvre pas sur mon téléphone, l’auriez-vous en PDF ?",
        "Pourrait-on livrer à mon bureau ? Je ne suis jamais là avant dix-huit heures.",
        "Le colis est prêt, que dois-je écrire dessus ?",
        "Et en vert mousse, serait-ce plus rapide ?",
    ),
    thanks=(
        "Reçu ce matin, il me va à merveille. Merci !",
        "Le remboursement est arrivé, merci de votre aide.",
        "C’est parfait, tout est clair maintenant.",
        "Quel soulagement, et quelle gentillesse.",
    ),
    our_hello=("Bonjour {customer},", "Merci de votre message, {customer}.", "Bonsoir {customer},"),
    our_bye=("Bien à vous,\n{agent}", "Belle journée,\n{agent}", "Cordialement,\n{agent}"),
    settled=(
        "Tant mieux ! Un mot de vous, et nous reprenons là où nous étions.",
        "Tout est en ordre de notre côté aussi.",
        "La somme est partie ce matin, comptez trois jours.",
        "Une taille {other} vous attend, mise de côté.",
    ),
    exchange=Topic(
        subjects=("Échange {product}, {size} contre {other}", "{product} trop juste", "Erreur de taille, {order}"),
        openers=(
            "Le {product} de la commande {order} est superbe, mais le {size} tire aux épaules.",
            "Je me suis trompée : en {size}, le {product} ne laisse pas passer un pull.",
            "Puis-je échanger un {product} en {size} contre un {other} ?",
        ),
        asks=("Le {other} est-il en stock ?", "Arriverait-il avant samedi ?"),
        answers=(
            "Un {other} vous est réservé et part ce soir. L’étiquette pour le {size} est jointe.",
            "L’échange est ouvert sur {order} : déposez le {size}, et le {other} part aussitôt.",
        ),
    ),
    late=Topic(
        subjects=("Où est passée {order} ?", "Colis immobile depuis vendredi", "{product} toujours attendu"),
        openers=(
            "Le suivi de {order} n’a pas bougé depuis cinq jours.",
            "On me dit que {order} est livrée, or je n’ai rien reçu.",
            "Il manque le {product} dans le carton arrivé aujourd’hui.",
        ),
        asks=("Pourriez-vous appeler le transporteur ?", "Un point relais serait-il possible ?"),
        answers=(
            "Le dépôt l’avait mal trié : il passe demain avant midi.",
            "Neuf jours, c’est trop. Un second {product} est parti à l’instant.",
        ),
    ),
    warranty=Topic(
        subjects=("Fermeture du {product} cassée", "Couture défaite, {product}", "Réparer mon {product}"),
        openers=(
            "La fermeture du {product} s’ouvre derrière le curseur, après un seul hiver.",
            "Une couture du {product} a lâché sous le bras gauche.",
            "L’eau traverse les épaules du {product} dès qu’il pleut pour de bon.",
        ),
        asks=("Est-ce couvert par la garantie ?", "Combien coûterait la réparation, sinon ?"),
        answers=(
            "C’est à nous d’y remédier. Envoyez-le à l’atelier avec cette étiquette : deux semaines.",
            "Un curseur neuf suffira, sans frais. Un lavage avant l’envoi, s’il vous plaît.",
        ),
    ),
    invoice=Topic(
        subjects=("Facture de {order}", "Débitée deux fois", "Facture au nom de l’entreprise"),
        openers=(
            "La comptabilité me demande une facture avec TVA pour {order}.",
            "Deux paiements sont partis pour {order}, à quatre minutes d’écart.",
            "Le bon d’automne a été accepté, mais le total de {order} n’a pas changé.",
        ),
        asks=("Pouvez-vous l’envoyer en PDF ?", "Est-ce encore modifiable ?"),
        answers=(
            "La facture de {order} est jointe, la TVA sur sa propre ligne.",
            "Le second débit n’est qu’une réserve : la banque la libère d’ici vendredi.",
        ),
    ),
    returned=Topic(
        subjects=("Retour de {order}", "Mon colis est-il arrivé ?", "Remboursement du {product}"),
        openers=(
            "Je renvoie le {product}, la couleur n’est pas la mienne au grand jour.",
            "Vous avez signé lundi pour le retour de {order}.",
            "Mon imprimante est en panne et votre étiquette veut du papier.",
        ),
        asks=("Quand serai-je remboursée ?", "Auriez-vous un code à montrer sur le téléphone ?"),
        answers=(
            "Il est sur notre table, rien à redire. Le montant de {order} part ce soir.",
            "Voici un code à la place : montrez-le au guichet, on imprime le reste.",
        ),
    ),
)
