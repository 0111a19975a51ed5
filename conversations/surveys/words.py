"""What a survey says before anybody has changed it, in the languages that customers write in.

Beside the catalogues of gettext, because it goes to customers in their language, whatever the desk's own are.
"""

from collections.abc import Mapping

FALLBACK = "en"

WORDS: Mapping[str, Mapping[str, str]] = {
    "csat": {
        "en": "How was this conversation?",
        "de": "Wie war dieses Gespräch?",
        "fr": "Comment s’est passé cet échange ?",
        "es": "¿Cómo ha sido esta conversación?",
        "it": "Com’è andata questa conversazione?",
        "pl": "Jak oceniasz tę rozmowę?",
        "no": "Hvordan var denne samtalen?",
        "nl": "Hoe was dit gesprek?",
        "ar": "كيف كانت هذه المحادثة؟",
    },
    "csat_low": {
        "en": "Not good", "de": "Nicht gut", "fr": "Pas bien", "es": "Mal", "it": "Non bene", "pl": "Źle",
        "no": "Ikke bra", "nl": "Niet goed", "ar": "غير جيدة",
    },
    "csat_high": {
        "en": "Very good", "de": "Sehr gut", "fr": "Très bien", "es": "Muy bien", "it": "Molto bene",
        "pl": "Bardzo dobrze", "no": "Veldig bra", "nl": "Heel goed", "ar": "جيدة جدًا",
    },
    "nps": {
        "en": "Would you recommend us to a friend?",
        "de": "Würden Sie uns weiterempfehlen?",
        "fr": "Nous recommanderiez-vous à un proche ?",
        "es": "¿Nos recomendarías a un amigo?",
        "it": "Ci consiglieresti a un amico?",
        "pl": "Czy polecisz nas znajomemu?",
        "no": "Ville du anbefalt oss til en venn?",
        "nl": "Zou je ons aanraden bij een vriend?",
        "ar": "هل توصي بنا لصديق؟",
    },
    "nps_low": {
        "en": "Not at all", "de": "Gar nicht", "fr": "Pas du tout", "es": "Nada", "it": "Per niente",
        "pl": "Wcale nie", "no": "Slett ikke", "nl": "Helemaal niet", "ar": "إطلاقًا",
    },
    "nps_high": {
        "en": "Certainly", "de": "Auf jeden Fall", "fr": "Certainement", "es": "Seguro", "it": "Sicuramente",
        "pl": "Na pewno", "no": "Helt sikkert", "nl": "Zeker", "ar": "بالتأكيد",
    },
    "ces": {
        "en": "It was easy to get this solved.",
        "de": "Es war leicht, das zu klären.",
        "fr": "C’était facile à régler.",
        "es": "Ha sido fácil resolverlo.",
        "it": "È stato facile risolverlo.",
        "pl": "Łatwo było to załatwić.",
        "no": "Det var lett å få dette løst.",
        "nl": "Het was makkelijk om dit op te lossen.",
        "ar": "كان من السهل حل هذا الأمر.",
    },
    "ces_low": {
        "en": "I disagree", "de": "Stimmt nicht", "fr": "Pas d’accord", "es": "En desacuerdo",
        "it": "Non sono d’accordo", "pl": "Nie zgadzam się", "no": "Uenig", "nl": "Oneens", "ar": "لا أوافق",
    },
    "ces_high": {
        "en": "I agree", "de": "Stimmt genau", "fr": "D’accord", "es": "De acuerdo", "it": "Sono d’accordo",
        "pl": "Zgadzam się", "no": "Enig", "nl": "Eens", "ar": "أوافق",
    },
    "comment": {
        "en": "Anything we should know?",
        "de": "Was sollen wir noch wissen?",
        "fr": "Que devrions-nous savoir d’autre ?",
        "es": "¿Algo que debamos saber?",
        "it": "C’è altro che dovremmo sapere?",
        "pl": "Coś jeszcze powinniśmy wiedzieć?",
        "no": "Er det noe mer vi bør vite?",
        "nl": "Is er nog iets dat we moeten weten?",
        "ar": "هل هناك ما يجب أن نعرفه؟",
    },
    "tap": {
        "en": "One tap is enough:",
        "de": "Ein Klick genügt:",
        "fr": "Un clic suffit :",
        "es": "Basta un clic:",
        "it": "Basta un clic:",
        "pl": "Wystarczy jedno kliknięcie:",
        "no": "Ett trykk er nok:",
        "nl": "Eén klik is genoeg:",
        "ar": "نقرة واحدة تكفي:",
    },
    "reply": {
        "en": "Answer with a number from %(low)s (%(worst)s) to %(high)s (%(best)s), or here: %(link)s",
        "de": "Antworten Sie mit einer Zahl von %(low)s (%(worst)s) bis %(high)s (%(best)s), oder hier: %(link)s",
        "fr": "Répondez par un chiffre de %(low)s (%(worst)s) à %(high)s (%(best)s), ou ici : %(link)s",
        "es": "Responde con un número del %(low)s (%(worst)s) al %(high)s (%(best)s), o aquí: %(link)s",
        "it": "Rispondi con un numero da %(low)s (%(worst)s) a %(high)s (%(best)s), oppure qui: %(link)s",
        "pl": "Odpowiedz liczbą od %(low)s (%(worst)s) do %(high)s (%(best)s) albo tutaj: %(link)s",
        "no": "Svar med et tall fra %(low)s (%(worst)s) til %(high)s (%(best)s), eller her: %(link)s",
        "nl": "Antwoord met een getal van %(low)s (%(worst)s) tot %(high)s (%(best)s), of hier: %(link)s",
        "ar": "أجب برقم من %(low)s (%(worst)s) إلى %(high)s (%(best)s)، أو هنا: %(link)s",
    },
    "press": {
        "en": "Press a key from %(low)s, %(worst)s, to %(high)s, %(best)s.",
        "de": "Drücken Sie eine Taste von %(low)s, %(worst)s, bis %(high)s, %(best)s.",
        "fr": "Appuyez sur une touche de %(low)s, %(worst)s, à %(high)s, %(best)s.",
        "es": "Pulsa una tecla del %(low)s, %(worst)s, al %(high)s, %(best)s.",
        "it": "Premi un tasto da %(low)s, %(worst)s, a %(high)s, %(best)s.",
        "pl": "Naciśnij klawisz od %(low)s, %(worst)s, do %(high)s, %(best)s.",
        "no": "Trykk på en tast fra %(low)s, %(worst)s, til %(high)s, %(best)s.",
        "nl": "Druk op een toets van %(low)s, %(worst)s, tot %(high)s, %(best)s.",
        "ar": "اضغط على مفتاح من %(low)s، %(worst)s، إلى %(high)s، %(best)s.",
    },
    "thanks": {
        "en": "Thank you.", "de": "Danke.", "fr": "Merci.", "es": "Gracias.", "it": "Grazie.", "pl": "Dziękujemy.",
        "no": "Takk.", "nl": "Dank je wel.", "ar": "شكرًا لك.",
    },
    "thanks_name": {
        "en": "Thank you, %(name)s.", "de": "Danke, %(name)s.", "fr": "Merci, %(name)s.", "es": "Gracias, %(name)s.",
        "it": "Grazie, %(name)s.", "pl": "Dziękujemy, %(name)s.", "no": "Takk, %(name)s.",
        "nl": "Dank je wel, %(name)s.",
        "ar": "شكرًا لك، %(name)s.",
    },
    "saved": {
        "en": "You chose %(score)s, and it is saved. Tap another number to change it.",
        "de": "Sie haben %(score)s gewählt, das ist gespeichert. Tippen Sie auf eine andere Zahl, um es zu ändern.",
        "fr": "Vous avez choisi %(score)s, c’est enregistré. Touchez un autre chiffre pour changer.",
        "es": "Has elegido %(score)s y está guardado. Toca otro número para cambiarlo.",
        "it": "Hai scelto %(score)s ed è salvato. Tocca un altro numero per cambiare.",
        "pl": "Wybrano %(score)s i zapisano. Dotknij innej liczby, aby zmienić.",
        "no": "Du valgte %(score)s, og det er lagret. Trykk på et annet tall for å endre.",
        "nl": "Je koos %(score)s en dat is bewaard. Tik op een ander getal om het te veranderen.",
        "ar": "اخترت %(score)s وتم الحفظ. المس رقمًا آخر لتغييره.",
    },
    "choose": {
        "en": "Tap a number.", "de": "Tippen Sie auf eine Zahl.", "fr": "Touchez un chiffre.", "es": "Toca un número.",
        "it": "Tocca un numero.", "pl": "Dotknij liczby.", "no": "Trykk på et tall.", "nl": "Tik op een getal.",
        "ar": "المس رقمًا.",
    },
    "send": {
        "en": "Send", "de": "Senden", "fr": "Envoyer", "es": "Enviar", "it": "Invia", "pl": "Wyślij", "no": "Send",
        "nl": "Versturen", "ar": "إرسال",
    },
    "optional": {
        "en": "if you like", "de": "wenn Sie mögen", "fr": "si vous voulez", "es": "si quieres", "it": "se vuoi",
        "pl": "jeśli chcesz", "no": "om du vil", "nl": "als je wilt", "ar": "إن أردت",
    },
    "or_close": {
        "en": "Or close this page. Your answer is kept.",
        "de": "Oder schließen Sie diese Seite. Ihre Antwort bleibt gespeichert.",
        "fr": "Ou fermez cette page. Votre réponse est gardée.",
        "es": "O cierra esta página. Tu respuesta queda guardada.",
        "it": "Oppure chiudi questa pagina. La tua risposta è salvata.",
        "pl": "Albo zamknij tę stronę. Odpowiedź jest zapisana.",
        "no": "Eller lukk siden. Svaret ditt er lagret.",
        "nl": "Of sluit deze pagina. Je antwoord is bewaard.",
        "ar": "أو أغلق هذه الصفحة. إجابتك محفوظة.",
    },
    "done": {
        "en": "Thank you. It goes to our support team, and to nobody else.",
        "de": "Danke. Das liest unser Support-Team und sonst niemand.",
        "fr": "Merci. Seule notre équipe du support le lit.",
        "es": "Gracias. Solo lo lee nuestro equipo de atención.",
        "it": "Grazie. Lo legge solo il nostro team di assistenza.",
        "pl": "Dziękujemy. Czyta to tylko nasz zespół obsługi.",
        "no": "Takk. Bare kundeserviceteamet vårt leser dette.",
        "nl": "Dank je wel. Alleen ons supportteam leest dit.",
        "ar": "شكرًا لك. يقرأ هذا فريق الدعم لدينا فقط.",
    },
    "readers": {
        "en": "Only our support team reads this.",
        "de": "Das liest nur unser Support-Team.",
        "fr": "Seule notre équipe du support lit ceci.",
        "es": "Solo lo lee nuestro equipo de atención.",
        "it": "Lo legge solo il nostro team di assistenza.",
        "pl": "Czyta to tylko nasz zespół obsługi.",
        "no": "Bare kundeserviceteamet vårt leser dette.",
        "nl": "Alleen ons supportteam leest dit.",
        "ar": "يقرأ هذا فريق الدعم لدينا فقط.",
    },
    "stop": {
        "en": "Stop asking me", "de": "Nicht mehr fragen", "fr": "Ne plus me demander", "es": "No me preguntes más",
        "it": "Non chiedermelo più", "pl": "Nie pytaj mnie więcej", "no": "Ikke spør meg mer",
        "nl": "Vraag het me niet meer", "ar": "لا تسألوني بعد الآن",
    },
    "stopped": {
        "en": "We will not ask you again.",
        "de": "Wir fragen Sie nicht mehr.",
        "fr": "Nous ne vous demanderons plus.",
        "es": "No volveremos a preguntarte.",
        "it": "Non te lo chiederemo più.",
        "pl": "Nie zapytamy już więcej.",
        "no": "Vi spør deg ikke igjen.",
        "nl": "We vragen het je niet meer.",
        "ar": "لن نسألك مرة أخرى.",
    },
    "over": {
        "en": "This question is over. Thank you for looking in.",
        "de": "Diese Frage ist abgeschlossen. Danke, dass Sie hier sind.",
        "fr": "Cette question est close. Merci d’être passé.",
        "es": "Esta pregunta ya está cerrada. Gracias por venir.",
        "it": "Questa domanda è chiusa. Grazie per la visita.",
        "pl": "To pytanie jest już zamknięte. Dziękujemy za zajrzenie.",
        "no": "Dette spørsmålet er avsluttet. Takk for at du så innom.",
        "nl": "Deze vraag is gesloten. Bedankt voor het kijken.",
        "ar": "انتهى هذا السؤال. شكرًا على زيارتك.",
    },
    "open_again": {
        "en": "This matter is open again: we will ask you when it is solved.",
        "de": "Diese Sache ist wieder offen: Wir fragen Sie, wenn sie geklärt ist.",
        "fr": "Cette affaire est rouverte : nous vous demanderons quand elle sera réglée.",
        "es": "Este asunto está abierto de nuevo: te preguntaremos cuando esté resuelto.",
        "it": "La questione è di nuovo aperta: te lo chiederemo quando sarà risolta.",
        "pl": "Sprawa jest znów otwarta: zapytamy, gdy będzie załatwiona.",
        "no": "Saken er åpen igjen: Vi spør deg når den er løst.",
        "nl": "Deze zaak is weer open: we vragen het je als hij opgelost is.",
        "ar": "أُعيد فتح هذا الأمر: سنسألك عند حله.",
    },
}  # fmt: skip


def every(key: str) -> dict[str, str]:
    """In all languages that there are words in."""
    return dict(WORDS[key])


def word(key: str, language: str, **values: object) -> str:
    return in_language(WORDS[key], language) % values if values else in_language(WORDS[key], language)


def in_language(words: Mapping[str, str], language: str) -> str:
    """Of what somebody may have written in a few languages only: theirs, else English, else the first there is."""
    for tried in (language, language.partition("-")[0], FALLBACK):
        if words.get(tried, "").strip():
            return words[tried]
    return next((text for text in words.values() if text.strip()), "")
