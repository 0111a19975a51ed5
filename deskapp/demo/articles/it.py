"""The articles in Italian, as far as they are written."""
# ruff: noqa: E501 - what is written for customers is not wrapped

TEXTS: dict[str, tuple[str, str]] = {
    "back": (
        "Restituire un articolo",
        "Avete **30 giorni** dal giorno in cui arriva.\n\n1. Aprite l’ordine nel vostro account e scegliete *Restituire*.\n2. L’etichetta arriva per mail: ogni ufficio postale la legge dal telefono.\n3. Imballatelo com’è arrivato, con i cartellini.\n\nL’etichetta è gratuita. Potete consegnarlo anche nei nostri negozi di Kendal, York, Oslo e Bergen.",
    ),
    "delivery": (
        "Quanto dura la consegna",
        "Ciò che si ordina prima di mezzogiorno parte lo stesso giorno, il resto il giorno lavorativo dopo.\n\n- Gran Bretagna: da 2 a 3 giorni lavorativi\n- Irlanda e Norvegia: da 3 a 5\n- Il resto d’Europa: da 4 a 6\n\nQuando il corriere ha il pacco, il numero di tracciamento arriva per mail.",
    ),
}
