"""What customers write about each topic, in Italian."""
# ruff: noqa: E501 - what people say is not wrapped

SAID: dict[str, tuple[str, ...]] = {
    "return": ("Vorrei restituire la giacca, come si fa?", "Mi mandate un'etichetta per il reso?", "Quanti giorni ho per il reso?", "Ho cambiato idea e rimando lo zaino.", "Devo pagare io la spedizione del reso?"),
    "size": ("Gli scarponi sono troppo piccoli, posso cambiarli con un numero in più?", "Vorrei cambiare la giacca con una taglia M.", "Il pile è troppo largo, mi serve una S.", "Ho sbagliato taglia, come faccio il cambio?", "Mi serve il 43 e non il 42."),
    "late": ("Dov'è il mio ordine?", "Il pacco non è ancora arrivato.", "Il tracciamento è fermo da quattro giorni.", "Quando arriva la consegna?", "Il corriere dice consegnato ma non ho ricevuto nulla."),
    "address": ("Ho cambiato casa, spedite al nuovo indirizzo.", "Si può cambiare l'indirizzo di consegna?", "Ho sbagliato il numero civico.", "Per favore consegnate in ufficio e non a casa.", "Il CAP del mio ordine è sbagliato."),
    "delivery": ("L’ordine può arrivare una settimana più tardi?", "Non consegnate prima di lunedì, sono in viaggio.", "Il corriere può lasciarlo dal vicino?", "Vorrei un altro giorno di consegna.", "Lasciate il pacco in un posto sicuro, per favore.", "Potete rimandare la consegna?"),
    "refund": ("Quando ricevo il rimborso?", "Avete ricevuto il reso ma non vedo i soldi.", "Quanto tempo ci vuole per il rimborso?", "Preferisco i soldi a un buono.", "Il rimborso è meno di quanto ho pagato."),
    "twice": ("Mi avete addebitato due volte.", "Ci sono due pagamenti sulla carta per un solo ordine.", "Perché avete preso i soldi due volte?", "L'importo è stato addebitato doppio.", "Annullate il secondo addebito, per favore."),
    "fault": ("La cerniera si è rotta dopo due mesi.", "La cucitura si è aperta, è in garanzia?", "La tenda perde acqua.", "La suola si stacca.", "È arrivato danneggiato, la manica è strappata."),
    "stock": ("La giacca verde è disponibile a Kendal?", "Quando tornano gli scarponi del 43?", "Avete la tenda in negozio?", "È esaurito, ne arrivano altri?", "Potete mettermene da parte uno in negozio?"),
    "invoice": ("Mi mandate la fattura?", "Mi serve una fattura con IVA per la ditta.", "Vorrei una copia della fattura in PDF.", "Nella fattura manca la partita IVA.", "Ho perso lo scontrino."),
    "hours": ("Quali sono gli orari di apertura?", "Siete aperti il sabato?", "Il negozio è aperto nei giorni festivi?", "Fino a che ora siete aperti oggi?", "Aprite la domenica?"),
    "cancel": ("Vorrei annullare il mio ordine.", "Posso ancora annullarlo?", "Ho ordinato per sbaglio, annullate per favore.", "Annullate l’ordine prima della spedizione.", "Come si annulla un ordine?"),
}  # fmt: skip
