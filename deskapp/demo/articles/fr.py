"""The articles in French."""
# ruff: noqa: E501 - what is written for customers is not wrapped

TEXTS: dict[str, tuple[str, str]] = {
    "back": (
        "Renvoyer un article",
        "Vous avez **30 jours** à partir du jour où il arrive.\n\n1. Ouvrez la commande dans votre compte et choisissez *Renvoyer*.\n2. L’étiquette arrive par mail : n’importe quel bureau de poste la lit sur votre téléphone.\n3. Emballez-le comme il est venu. Le carton peut être déchiré, les étiquettes devraient y être encore.\n\nL’étiquette est gratuite. Vous pouvez aussi le rendre dans nos magasins de Kendal, York, Oslo et Bergen.",
    ),
    "delivery": (
        "Combien de temps prend la livraison",
        "Ce qui est commandé avant midi est emballé le jour même, le reste le jour ouvrable suivant.\n\n- Grande-Bretagne : 2 à 3 jours ouvrables\n- Irlande et Norvège : 3 à 5\n- Le reste de l’Europe : 4 à 6\n\nDès que le transporteur l’a, le numéro de suivi arrive par mail. Il peut passer un jour avant la première ligne.",
    ),
    "size": (
        "Trouver la bonne taille",
        "Mesurez par-dessus ce que vous porterez dessous.\n\n- **Les vestes** vont par-dessus une polaire fine ; pour une épaisse, prenez une taille de plus.\n- **Les chaussures** laissent la largeur d’un pouce devant. Entre deux pointures, prenez la plus grande.\n- **Les pantalons** existent en trois longueurs.\n\nNous échangeons la mauvaise taille gratuitement, une fois, dans les 30 jours.",
    ),
    "money": (
        "Quand l’argent revient",
        "Il part le jour où nous voyons votre colis, par le chemin du paiement.\n\n- Cartes : 3 à 5 jours ouvrables, selon votre banque\n- PayPal : en un jour\n- Bons : tout de suite\n\nVous recevez un mail dès qu’il est en route.",
    ),
    "care": (
        "Entretenir la laine et les imperméables",
        "**La laine** se lave à 30 degrés avec une lessive pour laine et sèche à plat, jamais au sèche-linge.\n\n**Les imperméables** se lavent aussi : la saleté les fait fuir. Fermez toutes les fermetures, prenez des paillettes de savon, rincez deux fois. Quand les gouttes ne perlent plus, pulvérisez le tissu encore humide.",
    ),
    "abroad": (
        "Livraison à l’étranger et douane",
        "Nous envoyons dans toute l’Europe, au Japon, au Canada et aux États-Unis.\n\nDans l’UE et en Norvège, les droits sont compris. Ailleurs, le transporteur les demande à la porte, selon votre douane. Les réchauds à gaz restent en Grande-Bretagne.",
    ),
}
