"""What is said in Italian."""

from deskapp.demo.language import Language, Topic

WORDS = Language(
    code="it",
    timezone="Europe/Rome",
    cities=("Trento", "Aosta", "Bologna", "Cuneo", "Udine", "Perugia"),
    first=("Niccolò", "Ginevra", "Matteo", "Chiara", "Ettore", "Letizia", "Dario", "Noemi"),
    last=("Colombo", "Dalla Libera", "Fontanè", "Rigoni", "Sartori", "Zanella", "De Santis"),
    hello=("Buongiorno,", "Salve,", "Buonasera,"),
    bye=("Cordiali saluti", "Grazie mille", "Un saluto", "Grazie in anticipo"),
    details=("Ha ancora i cartellini.", "Il resto dell’ordine era perfetto.", "Allego una foto.", "È un regalo."),
    more=(
        "Ci sono novità su {order}?",
        "L’etichetta non si apre sul telefono: l’avete in PDF?",
        "Il {product} in {other} è più lungo anche di maniche?",
        "Potete consegnare al mio ufficio?",
        "Il pacco è pronto, che cosa scrivo fuori?",
    ),
    thanks=("È arrivato e calza a pennello, grazie!", "Ho visto il rimborso, gentilissimi.", "Perfetto, tutto chiaro."),
    our_hello=("Ciao {customer},", "Buongiorno {customer},", "Grazie del messaggio, {customer}."),
    our_bye=("Un caro saluto,\n{agent}", "Buona giornata,\n{agent}", "A presto,\n{agent}"),
    settled=(
        "Ne sono felice. Basta una riga e riapriamo.",
        "Anche da noi è tutto a posto. Buone camminate!",
        "Il rimborso è partito stamattina.",
    ),
    exchange=Topic(
        subjects=("Cambio {product}: {size} con {other}", "{product} un po’ stretto", "Taglia sbagliata, {order}"),
        openers=(
            "Il {product} di {order} è bellissimo, ma la {size} tira sulle spalle.",
            "Ho sbagliato taglia: nel {product} {size} non ci sta un maglione.",
            "Posso cambiare un {product} {size} con una {other}?",
        ),
        asks=("La {other} è disponibile?", "Arriverebbe prima di sabato?"),
        answers=(
            "La {other} è da parte per te e parte stasera; in allegato l’etichetta per la {size}.",
            "Ho aperto il cambio su {order}: consegna la {size} e spediamo la {other}.",
        ),
    ),
    late=Topic(
        subjects=("Dov’è {order}?", "Pacco fermo da venerdì", "Aspetto ancora il {product}"),
        openers=(
            "Il tracciamento di {order} è fermo da cinque giorni.",
            "Risulta che {order} sia consegnato, ma qui non c’è nulla.",
            "Nella scatola di oggi mancava il {product}.",
        ),
        asks=("Potete sentire il corriere?", "Si può mandare a un punto di ritiro?"),
        answers=(
            "Era stato smistato male: passa domani prima di mezzogiorno.",
            "Nove giorni sono troppi. È appena partito un altro {product}.",
        ),
    ),
    warranty=Topic(
        subjects=("Cerniera del {product} rotta", "Cucitura aperta: {product}", "Riparate il {product}?"),
        openers=(
            "La cerniera del {product} si apre dietro al cursore dopo un solo inverno.",
            "Si è aperta una cucitura del {product} sotto il braccio.",
            "Con la pioggia vera il {product} bagna sulle spalle.",
        ),
        asks=("È coperto dalla garanzia?", "Quanto costerebbe la riparazione?"),
        answers=(
            "Ci pensiamo noi: spediscilo al laboratorio con questa etichetta, due settimane.",
            "Basta un cursore nuovo, gratis. Lavalo prima, per favore.",
        ),
    ),
    invoice=Topic(
        subjects=("Fattura per {order}", "Addebito doppio", "Fattura intestata alla ditta"),
        openers=(
            "La contabilità chiede una fattura con IVA per {order}.",
            "Mi avete addebitato {order} due volte in quattro minuti.",
            "Il buono d’autunno è stato accettato, ma il totale di {order} è lo stesso.",
        ),
        asks=("La mandate in PDF?", "Si può ancora correggere?"),
        answers=(
            "In allegato la fattura di {order}, con l’IVA a parte.",
            "Il secondo addebito è solo una riserva e scade venerdì.",
        ),
    ),
    returned=Topic(
        subjects=("Reso di {order}", "È arrivato il mio pacco?", "Rimborso del {product}"),
        openers=(
            "Rimando il {product}: alla luce del giorno non è il mio colore.",
            "Lunedì avete firmato per il reso di {order}.",
            "La stampante è rotta e l’etichetta vuole la carta.",
        ),
        asks=("Quando arriva il rimborso?", "C’è un codice da mostrare sul telefono?"),
        answers=(
            "È qui, tutto bene. L’importo di {order} parte stasera.",
            "Ecco un codice: mostralo allo sportello, stampano loro.",
        ),
    ),
)
