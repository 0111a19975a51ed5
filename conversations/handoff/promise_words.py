"""What customers are told at a handoff, in the languages that the bot speaks."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.formats import date_format

_DJANGO = {"no": "nb"}
_DAYS = {"de": "l, j. E, H:i", "no": "l j. E, H:i", "en": "l j F, H:i"}

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "to_team": "Somebody from %(team)s answers you here.",
        "to_somebody": "Somebody answers you here.",
        "wait_one": "Most people have an answer within a minute.",
        "wait": "Most people have an answer within %(minutes)s minutes.",
        "opens": "Nobody is here right now. People are here again: %(when)s. Everything you told me is kept for them; "
        "write here whatever else they should know.",
        "closed": "Nobody is here right now. Everything you told me is kept; write here whatever else we should know.",
        "call": "Call me instead",
        "mail": "Answer by email",
        "which_number": "Which number should we call?",
        "which_mail": "To which email address?",
        "is_number": "Shall we call you on %(where)s?",
        "not_number": "%(where)s cannot be dialled. Which number should we call?",
        "will_call": "We will call you on %(where)s.",
        "will_mail": "We will answer by email to %(where)s.",
    },
    "de": {
        "to_team": "Jemand aus dem Team %(team)s antwortet Ihnen hier.",
        "to_somebody": "Hier antwortet Ihnen jemand von uns.",
        "wait_one": "Die meisten haben innerhalb einer Minute eine Antwort.",
        "wait": "Die meisten haben innerhalb von %(minutes)s Minuten eine Antwort.",
        "opens": "Gerade ist niemand da. Wieder da sind wir: %(when)s. Alles, was Sie mir gesagt haben, ist notiert; "
        "schreiben Sie hier, was wir sonst noch wissen sollten.",
        "closed": "Gerade ist niemand da. Alles, was Sie mir gesagt haben, ist notiert; schreiben Sie hier, was wir "
        "sonst noch wissen sollten.",
        "call": "Lieber anrufen",
        "mail": "Per E-Mail antworten",
        "which_number": "Unter welcher Nummer sollen wir anrufen?",
        "which_mail": "An welche E-Mail-Adresse?",
        "is_number": "Sollen wir Sie unter %(where)s anrufen?",
        "not_number": "%(where)s lässt sich nicht anwählen. Unter welcher Nummer sollen wir anrufen?",
        "will_call": "Wir rufen Sie unter %(where)s an.",
        "will_mail": "Wir antworten per E-Mail an %(where)s.",
    },
    "fr": {
        "to_team": "Une personne de l’équipe %(team)s vous répondra ici.",
        "to_somebody": "Une personne vous répondra ici.",
        "wait_one": "La plupart ont une réponse en une minute.",
        "wait": "La plupart ont une réponse en %(minutes)s minutes.",
        "opens": "Il n’y a personne en ce moment. Nous sommes de retour : %(when)s. Tout ce que vous m’avez dit est "
        "gardé ; écrivez ici ce que nous devrions encore savoir.",
        "closed": "Il n’y a personne en ce moment. Tout ce que vous m’avez dit est gardé ; écrivez ici ce que nous "
        "devrions encore savoir.",
        "call": "M’appeler plutôt",
        "mail": "Répondre par e-mail",
        "which_number": "À quel numéro devons-nous appeler ?",
        "which_mail": "À quelle adresse e-mail ?",
        "is_number": "Devons-nous vous appeler au %(where)s ?",
        "not_number": "Le %(where)s ne peut pas être composé. À quel numéro devons-nous appeler ?",
        "will_call": "Nous vous appellerons au %(where)s.",
        "will_mail": "Nous répondrons par e-mail à %(where)s.",
    },
    "es": {
        "to_team": "Le responderá aquí una persona de %(team)s.",
        "to_somebody": "Le responderá aquí una persona.",
        "wait_one": "La mayoría recibe respuesta en un minuto.",
        "wait": "La mayoría recibe respuesta en %(minutes)s minutos.",
        "opens": "Ahora mismo no hay nadie. Volvemos a estar: %(when)s. Todo lo que me ha contado queda guardado; "
        "escriba aquí lo que más debamos saber.",
        "closed": "Ahora mismo no hay nadie. Todo lo que me ha contado queda guardado; escriba aquí lo que más debamos "
        "saber.",
        "call": "Prefiero una llamada",
        "mail": "Responder por correo",
        "which_number": "¿A qué número llamamos?",
        "which_mail": "¿A qué dirección de correo?",
        "is_number": "¿Le llamamos al %(where)s?",
        "not_number": "No se puede llamar al %(where)s. ¿A qué número llamamos?",
        "will_call": "Le llamaremos al %(where)s.",
        "will_mail": "Responderemos por correo a %(where)s.",
    },
    "it": {
        "to_team": "Le risponderà qui una persona di %(team)s.",
        "to_somebody": "Le risponderà qui una persona.",
        "wait_one": "La maggior parte riceve risposta entro un minuto.",
        "wait": "La maggior parte riceve risposta entro %(minutes)s minuti.",
        "opens": "In questo momento non c’è nessuno. Ci siamo di nuovo: %(when)s. Tutto quello che mi ha detto resta; "
        "scriva qui che cos’altro dovremmo sapere.",
        "closed": "In questo momento non c’è nessuno. Tutto quello che mi ha detto resta; scriva qui che cos’altro "
        "dovremmo sapere.",
        "call": "Vorrei una chiamata",
        "mail": "Risposta via e-mail",
        "which_number": "A quale numero chiamiamo?",
        "which_mail": "A quale indirizzo e-mail?",
        "is_number": "La chiamiamo al %(where)s?",
        "not_number": "Il numero %(where)s non è raggiungibile. A quale numero chiamiamo?",
        "will_call": "La chiameremo al %(where)s.",
        "will_mail": "Risponderemo via e-mail a %(where)s.",
    },
    "pl": {
        "to_team": "Odpowie tu ktoś z zespołu %(team)s.",
        "to_somebody": "Odpowie tu ktoś z nas.",
        "wait_one": "Większość osób dostaje odpowiedź w ciągu minuty.",
        "wait": "Większość osób dostaje odpowiedź w ciągu %(minutes)s min.",
        "opens": "Teraz nikogo tu nie ma. Wracamy: %(when)s. Wszystko, co już wiem, jest zapisane; proszę napisać tutaj, "
        "co jeszcze powinniśmy wiedzieć.",
        "closed": "Teraz nikogo tu nie ma. Wszystko, co już wiem, jest zapisane; proszę napisać tutaj, co jeszcze "
        "powinniśmy wiedzieć.",
        "call": "Proszę zadzwonić",
        "mail": "Odpowiedź e-mailem",
        "which_number": "Na jaki numer mamy zadzwonić?",
        "which_mail": "Na jaki adres e-mail?",
        "is_number": "Czy mamy zadzwonić pod numer %(where)s?",
        "not_number": "Pod numer %(where)s nie można zadzwonić. Na jaki numer mamy zadzwonić?",
        "will_call": "Zadzwonimy pod numer %(where)s.",
        "will_mail": "Odpowiemy e-mailem na adres %(where)s.",
    },
    "no": {
        "to_team": "Noen fra %(team)s svarer deg her.",
        "to_somebody": "Noen svarer deg her.",
        "wait_one": "De fleste får svar innen ett minutt.",
        "wait": "De fleste får svar innen %(minutes)s minutter.",
        "opens": "Ingen er her akkurat nå. Vi er tilbake: %(when)s. Alt du har fortalt meg, er tatt vare på; skriv her "
        "om det er noe mer vi bør vite.",
        "closed": "Ingen er her akkurat nå. Alt du har fortalt meg, er tatt vare på; skriv her om det er noe mer vi bør "
        "vite.",
        "call": "Ring meg heller",
        "mail": "Svar på e-post",
        "which_number": "Hvilket nummer skal vi ringe?",
        "which_mail": "Til hvilken e-postadresse?",
        "is_number": "Skal vi ringe deg på %(where)s?",
        "not_number": "%(where)s går ikke an å ringe. Hvilket nummer skal vi ringe?",
        "will_call": "Vi ringer deg på %(where)s.",
        "will_mail": "Vi svarer på e-post til %(where)s.",
    },
    "nl": {
        "to_team": "Iemand van %(team)s antwoordt u hier.",
        "to_somebody": "Iemand van ons antwoordt u hier.",
        "wait_one": "De meesten hebben binnen een minuut antwoord.",
        "wait": "De meesten hebben binnen %(minutes)s minuten antwoord.",
        "opens": "Er is nu niemand. We zijn er weer: %(when)s. Alles wat u mij hebt verteld, is bewaard; schrijf hier "
        "wat we nog meer moeten weten.",
        "closed": "Er is nu niemand. Alles wat u mij hebt verteld, is bewaard; schrijf hier wat we nog meer moeten weten.",
        "call": "Bel mij liever",
        "mail": "Antwoord per e-mail",
        "which_number": "Welk nummer mogen we bellen?",
        "which_mail": "Naar welk e-mailadres?",
        "is_number": "Zullen we u bellen op %(where)s?",
        "not_number": "%(where)s kan niet gebeld worden. Welk nummer mogen we bellen?",
        "will_call": "We bellen u op %(where)s.",
        "will_mail": "We antwoorden per e-mail naar %(where)s.",
    },
}


def moment(here: datetime, now: datetime, language: str) -> str:
    """“Monday 23 November, 09:00” on the clock of the place that opens then; the hour alone, where that is today."""
    language = language.split("-")[0]
    zone = here.tzinfo if isinstance(here.tzinfo, ZoneInfo) else None
    with translation.override(_DJANGO.get(language, language)):
        if here.date() == now.astimezone(zone).date():
            return date_format(here, "H:i")
        return date_format(here, _DAYS.get(language, "l j E, H:i"))
