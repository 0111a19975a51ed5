"""What a rule says: words for each language, with what they may name of the occasion; checked when they are saved."""

import re
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import escape, format_html
from django.utils.translation import gettext as _
from django.utils.translation import override

from conversations.canned_words import first_name, put, variables
from conversations.models import Occasion, OutreachRule
from conversations.models.outreach import OccasionKind
from customers.models import Customer
from customers.money import formatted

LONGEST_SUBJECT, LONGEST = 150, 2000
_BETWEEN_SENTENCES = re.compile(r"((?<=[.!?])\s+)")
LANGUAGES = ("en", "de", "fr", "es", "it", "pl", "no", "nl", "ar")

_EVERYWHERE = ("customer", "desk")
PLACES: Mapping[str, tuple[str, ...]] = {
    OccasionKind.CART: (*_EVERYWHERE, "product", "value", "link"),
    OccasionKind.PARCEL: (*_EVERYWHERE, "number", "carrier", "parcel", "days", "link"),
    OccasionKind.REFILL: (*_EVERYWHERE, "product", "days", "link"),
    OccasionKind.RISK: _EVERYWHERE,
}

# Beside the catalogues of gettext, because it goes to customers in their language, whatever the desk's own are.
STOP: Mapping[str, str] = {
    "en": "No more messages like this one", "de": "Keine solchen Nachrichten mehr",
    "fr": "Ne plus recevoir ce genre de message", "es": "No recibir más mensajes como este",
    "it": "Non ricevere più messaggi come questo", "pl": "Nie przysyłajcie więcej takich wiadomości",
    "no": "Ingen flere slike meldinger", "nl": "Geen berichten meer zoals dit", "ar": "لا أريد رسائل أخرى كهذه",
}  # fmt: skip
STOPPED: Mapping[str, str] = {
    "en": "We will not write to you like this again.", "de": "Wir schreiben Ihnen so nicht mehr.",
    "fr": "Nous ne vous écrirons plus ainsi.", "es": "No volveremos a escribirte así.",
    "it": "Non ti scriveremo più così.", "pl": "Nie będziemy już tak pisać.",
    "no": "Vi skriver ikke slik til deg igjen.",
    "nl": "We schrijven je zo niet meer.", "ar": "لن نكتب إليك بهذه الطريقة مرة أخرى.",
}  # fmt: skip
BY_TEXT: Mapping[str, str] = {
    "en": "Reply STOP to end these.", "de": "STOP beendet diese Nachrichten.", "fr": "Répondez STOP pour arrêter.",
    "es": "Responde STOP para no recibir más.", "it": "Rispondi STOP per non riceverne più.",
    "pl": "Odpisz STOP, aby zrezygnować.", "no": "Svar STOP for å avslutte.", "nl": "Antwoord STOP om te stoppen.",
    "ar": "أرسل STOP للإيقاف.",
}  # fmt: skip


class BadWordsError(ValueError):
    """Words that cannot be said; the text is for whoever wrote them."""


def check(kind: str, subject: str, text: str) -> None:
    if len(subject) > LONGEST_SUBJECT or len(text) > LONGEST:
        raise BadWordsError(_("That is too long: %d characters at most.") % LONGEST)
    if text and not subject:
        raise BadWordsError(_("A mail needs a subject."))
    check_places(kind, f"{subject} {text}")


def check_places(kind: str, text: str) -> None:
    known = PLACES[kind]
    if unknown := [name for name in variables(text) if name not in known]:
        may = ", ".join(f"{{{name}}}" for name in known)
        raise BadWordsError(
            _("{%(name)s} says nothing here: %(may)s may stand in it.") % {"name": unknown[0], "may": may}
        )


def language_for(rule: OutreachRule, customer: Customer) -> str:
    """Their own where the rule has words in it, else the rule's."""
    own = customer.language.partition("-")[0].lower()
    return own if own in rule.words else rule.language


def values_of(occasion: Occasion, customer: Customer, language: str) -> dict[str, str]:
    """Of each of PLACES what it says; what is not known says nothing."""
    about = occasion.about
    goods = [str(name) for name in about.get("products", [])] or [str(about.get("product") or "")]
    with override(language):
        found = {
            "customer": first_name(customer),
            "desk": settings.DESK_NAME,
            "product": ", ".join(name for name in goods[:3] if name),
            "value": formatted(occasion.value, occasion.currency, language) if occasion.currency else "",
            "link": str(about.get("url") or ""),
            "number": str(about.get("number") or ""),
            "carrier": str(about.get("carrier") or ""),
            "parcel": str(about.get("parcel") or ""),
            "days": number_format(max(1, _days(occasion)), decimal_pos=0),
        }
    return {name: found[name] for name in PLACES[occasion.kind]}


def _days(occasion: Occasion) -> int:
    """That a parcel is late, or since they bought it last."""
    if occasion.kind == OccasionKind.PARCEL:
        return (timezone.now() - occasion.at).days
    last = str(occasion.about.get("last", ""))
    return (timezone.now() - datetime.fromisoformat(last)).days if last else 0


def worded(rule: OutreachRule, language: str, values: Mapping[str, str]) -> tuple[str, str]:
    """The subject, and the text as HTML: a value never becomes more than its text, and a link is one. A sentence all of
    whose places say nothing is left out: no “here it is:” without a link."""
    said = rule.words[language]
    subject = " ".join(put(said["subject"], values).split())
    shown = {name: _link(value) if name == "link" else escape(value) for name, value in values.items()}
    written = [part.strip() for part in said["text"].replace("\r\n", "\n").split("\n\n")]
    paragraphs = [part for each in written if (part := _sayable(each, values))] or written
    html = "".join(f"<p>{put(escape(part), shown).replace(chr(10), '<br>')}</p>" for part in paragraphs if part)
    return subject[:998], html


def _sayable(text: str, values: Mapping[str, str]) -> str:
    first, *more = _BETWEEN_SENTENCES.split(text)
    said = [("", first), *zip(more[::2], more[1::2], strict=True)]
    return "".join(before + each for before, each in said if not _is_silent(each, values)).strip()


def _is_silent(sentence: str, values: Mapping[str, str]) -> bool:
    places = variables(sentence)
    return bool(places) and not any(values.get(name, name) for name in places)


def _link(address: str) -> str:
    is_one = address.startswith(("https://", "http://"))
    return format_html('<a href="{}">{}</a>', address, address) if is_one else escape(address)


def in_language(said: Mapping[str, str], language: str) -> str:
    return said.get(language.partition("-")[0]) or said["en"]
