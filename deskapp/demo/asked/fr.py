"""What customers write about each topic, in French."""
# ruff: noqa: E501 - what people say is not wrapped

SAID: dict[str, tuple[str, ...]] = {
    "return": ("Je voudrais renvoyer la veste, comment faire ?", "Pouvez-vous m'envoyer une étiquette de retour ?", "Combien de jours ai-je pour retourner un article ?", "J'ai changé d'avis, je vous renvoie le sac.", "Les frais de retour sont-ils à ma charge ?"),
    "size": ("Les chaussures sont trop petites, puis-je les échanger contre une pointure au-dessus ?", "Je voudrais échanger la veste contre une taille M.", "La polaire est bien trop large, il me faut un S.", "Je me suis trompé de taille, comment échanger ?", "Il me faut du 43 et non du 42."),
    "late": ("Où est ma commande ?", "Mon colis n'est toujours pas arrivé.", "Le suivi n'a pas bougé depuis quatre jours.", "Quand serai-je livré ?", "Le transporteur dit livré mais je n'ai rien reçu."),
    "address": ("J'ai déménagé, merci de livrer à ma nouvelle adresse.", "Peut-on changer l'adresse de livraison ?", "Je me suis trompée de numéro de rue.", "Merci de livrer au bureau plutôt qu'à la maison.", "Le code postal de ma commande est faux."),
    "delivery": ("La commande peut-elle arriver une semaine plus tard ?", "Merci de ne pas livrer avant lundi, je suis en vacances.", "Le livreur peut-il le laisser chez un voisin ?", "Je voudrais un autre jour de livraison.", "Laissez le colis en lieu sûr, s’il vous plaît.", "Pouvez-vous reporter la livraison ?"),
    "refund": ("Quand serai-je remboursée ?", "Vous avez reçu mon retour mais je ne vois aucun remboursement.", "Combien de temps prend le remboursement ?", "Je préfère être remboursé plutôt qu'un bon d'achat.", "Le remboursement est inférieur à ce que j'ai payé."),
    "twice": ("J'ai été débitée deux fois.", "Il y a deux paiements sur ma carte pour une seule commande.", "Pourquoi avez-vous prélevé deux fois la somme ?", "Mon compte a été débité en double.", "Merci d'annuler le second prélèvement."),
    "fault": ("La fermeture éclair a cassé au bout de deux mois.", "La couture s'est défaite, est-ce sous garantie ?", "Ma tente prend l'eau.", "La semelle se décolle.", "L'article est arrivé abîmé, la manche est déchirée."),
    "stock": ("La veste verte est-elle en stock à Kendal ?", "Quand les chaussures seront-elles de nouveau disponibles en 43 ?", "Avez-vous la tente en magasin ?", "C'est épuisé, allez-vous en recevoir ?", "Pouvez-vous m'en réserver une en boutique ?"),
    "invoice": ("Pouvez-vous m'envoyer la facture ?", "Il me faut une facture avec TVA pour mon entreprise.", "Je voudrais une copie de la facture en PDF.", "Le numéro de TVA manque sur la facture.", "J'ai perdu le ticket de caisse."),
    "hours": ("Quels sont vos horaires d'ouverture ?", "Êtes-vous ouverts le samedi ?", "Le magasin est-il ouvert les jours fériés ?", "Jusqu'à quelle heure êtes-vous ouverts aujourd'hui ?", "Ouvrez-vous le dimanche ?"),
    "cancel": ("Je voudrais annuler ma commande.", "Puis-je encore annuler ?", "J’ai commandé par erreur, annulez s’il vous plaît.", "Annulez ma commande avant l’envoi.", "Comment annuler une commande ?", "Je me suis trompée, il faut annuler la commande de ce matin."),
}  # fmt: skip
