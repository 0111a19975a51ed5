"""What customers are told at a handoff, in the languages that the bot speaks."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.formats import date_format

_DJANGO = {"no": "nb"}
_DAYS = {"de": "l, j. E, H:i", "no": "l j. E, H:i", "en": "l j F, H:i"}

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "to_team": "I am passing you on to a person in %(team)s, with everything you told me.",
        "to_people": "I am passing you on to a person, with everything you told me.",
        "wait_one": "Most people have an answer within a minute.",
        "wait": "Most people have an answer within %(minutes)s minutes.",
        "opens": "Nobody is here right now. People are here again: %(when)s. Everything you told me is kept for them; "
        "write here whatever else they should know.",
        "closed": "Nobody is here right now. Everything you told me is kept; write here whatever else we should know.",
        "read": "%(name)s from %(team)s has read your chat so far.",
        "read_alone": "%(name)s has read your chat so far.",
        "no_need": "No need to repeat anything.",
        "call": "Call me instead",
        "mail": "Answer by email",
        "which_number": "Which number should we call?",
        "which_mail": "To which email address?",
        "will_call": "We will call you on %(where)s.",
        "will_mail": "We will answer by email to %(where)s.",
    },
    "de": {
        "to_team": "Ich gebe Sie an einen Menschen im Team %(team)s weiter, mit allem, was Sie mir gesagt haben.",
        "to_people": "Ich gebe Sie an einen Menschen weiter, mit allem, was Sie mir gesagt haben.",
        "wait_one": "Die meisten haben innerhalb einer Minute eine Antwort.",
        "wait": "Die meisten haben innerhalb von %(minutes)s Minuten eine Antwort.",
        "opens": "Gerade ist niemand da. Wieder da sind wir: %(when)s. Alles, was Sie mir gesagt haben, ist notiert; "
        "schreiben Sie hier, was wir sonst noch wissen sollten.",
        "closed": "Gerade ist niemand da. Alles, was Sie mir gesagt haben, ist notiert; schreiben Sie hier, was wir "
        "sonst noch wissen sollten.",
        "read": "%(name)s von %(team)s hat Ihren Chat bis hierher gelesen.",
        "read_alone": "%(name)s hat Ihren Chat bis hierher gelesen.",
        "no_need": "Sie müssen nichts wiederholen.",
        "call": "Lieber anrufen",
        "mail": "Per E-Mail antworten",
        "which_number": "Unter welcher Nummer sollen wir anrufen?",
        "which_mail": "An welche E-Mail-Adresse?",
        "will_call": "Wir rufen Sie unter %(where)s an.",
        "will_mail": "Wir antworten per E-Mail an %(where)s.",
    },
    "fr": {
        "to_team": "Je vous passe une personne de l’équipe %(team)s, avec tout ce que vous m’avez dit.",
        "to_people": "Je vous passe une personne, avec tout ce que vous m’avez dit.",
        "wait_one": "La plupart ont une réponse en une minute.",
        "wait": "La plupart ont une réponse en %(minutes)s minutes.",
        "opens": "Il n’y a personne en ce moment. Nous sommes de retour : %(when)s. Tout ce que vous m’avez dit est "
        "gardé ; écrivez ici ce que nous devrions encore savoir.",
        "closed": "Il n’y a personne en ce moment. Tout ce que vous m’avez dit est gardé ; écrivez ici ce que nous "
        "devrions encore savoir.",
        "read": "%(name)s de l’équipe %(team)s a lu votre discussion jusqu’ici.",
        "read_alone": "%(name)s a lu votre discussion jusqu’ici.",
        "no_need": "Inutile de répéter quoi que ce soit.",
        "call": "M’appeler plutôt",
        "mail": "Répondre par e-mail",
        "which_number": "À quel numéro devons-nous appeler ?",
        "which_mail": "À quelle adresse e-mail ?",
        "will_call": "Nous vous appellerons au %(where)s.",
        "will_mail": "Nous répondrons par e-mail à %(where)s.",
    },
    "es": {
        "to_team": "Le paso con una persona de %(team)s, con todo lo que me ha contado.",
        "to_people": "Le paso con una persona, con todo lo que me ha contado.",
        "wait_one": "La mayoría recibe respuesta en un minuto.",
        "wait": "La mayoría recibe respuesta en %(minutes)s minutos.",
        "opens": "Ahora mismo no hay nadie. Volvemos a estar: %(when)s. Todo lo que me ha contado queda guardado; "
        "escriba aquí lo que más debamos saber.",
        "closed": "Ahora mismo no hay nadie. Todo lo que me ha contado queda guardado; escriba aquí lo que más debamos "
        "saber.",
        "read": "%(name)s de %(team)s ha leído su chat hasta aquí.",
        "read_alone": "%(name)s ha leído su chat hasta aquí.",
        "no_need": "No hace falta repetir nada.",
        "call": "Prefiero una llamada",
        "mail": "Responder por correo",
        "which_number": "¿A qué número llamamos?",
        "which_mail": "¿A qué dirección de correo?",
        "will_call": "Le llamaremos al %(where)s.",
        "will_mail": "Responderemos por correo a %(where)s.",
    },
    "it": {
        "to_team": "La passo a una persona di %(team)s, con tutto quello che mi ha detto.",
        "to_people": "La passo a una persona, con tutto quello che mi ha detto.",
        "wait_one": "La maggior parte riceve risposta entro un minuto.",
        "wait": "La maggior parte riceve risposta entro %(minutes)s minuti.",
        "opens": "In questo momento non c’è nessuno. Ci siamo di nuovo: %(when)s. Tutto quello che mi ha detto resta; "
        "scriva qui che cos’altro dovremmo sapere.",
        "closed": "In questo momento non c’è nessuno. Tutto quello che mi ha detto resta; scriva qui che cos’altro "
        "dovremmo sapere.",
        "read": "%(name)s di %(team)s ha letto la chat fino a qui.",
        "read_alone": "%(name)s ha letto la chat fino a qui.",
        "no_need": "Non serve ripetere nulla.",
        "call": "Preferisco una chiamata",
        "mail": "Rispondere via e-mail",
        "which_number": "A quale numero chiamiamo?",
        "which_mail": "A quale indirizzo e-mail?",
        "will_call": "La chiameremo al %(where)s.",
        "will_mail": "Risponderemo via e-mail a %(where)s.",
    },
    "pl": {
        "to_team": "Przekazuję rozmowę osobie z zespołu %(team)s, ze wszystkim, co już wiem.",
        "to_people": "Przekazuję rozmowę człowiekowi, ze wszystkim, co już wiem.",
        "wait_one": "Większość osób dostaje odpowiedź w ciągu minuty.",
        "wait": "Większość osób dostaje odpowiedź w ciągu %(minutes)s min.",
        "opens": "Teraz nikogo tu nie ma. Wracamy: %(when)s. Wszystko, co już wiem, jest zapisane; proszę napisać tutaj, "
        "co jeszcze powinniśmy wiedzieć.",
        "closed": "Teraz nikogo tu nie ma. Wszystko, co już wiem, jest zapisane; proszę napisać tutaj, co jeszcze "
        "powinniśmy wiedzieć.",
        "read": "%(name)s z zespołu %(team)s zna już całą tę rozmowę.",
        "read_alone": "%(name)s zna już całą tę rozmowę.",
        "no_need": "Nie trzeba niczego powtarzać.",
        "call": "Proszę zadzwonić",
        "mail": "Odpowiedź e-mailem",
        "which_number": "Na jaki numer mamy zadzwonić?",
        "which_mail": "Na jaki adres e-mail?",
        "will_call": "Zadzwonimy pod numer %(where)s.",
        "will_mail": "Odpowiemy e-mailem na adres %(where)s.",
    },
    "no": {
        "to_team": "Jeg gir deg videre til et menneske i %(team)s, med alt du har fortalt meg.",
        "to_people": "Jeg gir deg videre til et menneske, med alt du har fortalt meg.",
        "wait_one": "De fleste får svar innen ett minutt.",
        "wait": "De fleste får svar innen %(minutes)s minutter.",
        "opens": "Ingen er her akkurat nå. Vi er tilbake: %(when)s. Alt du har fortalt meg, er tatt vare på; skriv her "
        "om det er noe mer vi bør vite.",
        "closed": "Ingen er her akkurat nå. Alt du har fortalt meg, er tatt vare på; skriv her om det er noe mer vi bør "
        "vite.",
        "read": "%(name)s fra %(team)s har lest chatten din så langt.",
        "read_alone": "%(name)s har lest chatten din så langt.",
        "no_need": "Du trenger ikke å gjenta noe.",
        "call": "Ring meg heller",
        "mail": "Svar på e-post",
        "which_number": "Hvilket nummer skal vi ringe?",
        "which_mail": "Til hvilken e-postadresse?",
        "will_call": "Vi ringer deg på %(where)s.",
        "will_mail": "Vi svarer på e-post til %(where)s.",
    },
    "nl": {
        "to_team": "Ik geef u door aan iemand van %(team)s, met alles wat u mij hebt verteld.",
        "to_people": "Ik geef u door aan een medewerker, met alles wat u mij hebt verteld.",
        "wait_one": "De meesten hebben binnen een minuut antwoord.",
        "wait": "De meesten hebben binnen %(minutes)s minuten antwoord.",
        "opens": "Er is nu niemand. We zijn er weer: %(when)s. Alles wat u mij hebt verteld, is bewaard; schrijf hier "
        "wat we nog meer moeten weten.",
        "closed": "Er is nu niemand. Alles wat u mij hebt verteld, is bewaard; schrijf hier wat we nog meer moeten weten.",
        "read": "%(name)s van %(team)s heeft uw chat tot hier gelezen.",
        "read_alone": "%(name)s heeft uw chat tot hier gelezen.",
        "no_need": "U hoeft niets te herhalen.",
        "call": "Bel mij liever",
        "mail": "Antwoord per e-mail",
        "which_number": "Welk nummer mogen we bellen?",
        "which_mail": "Naar welk e-mailadres?",
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
