"""STOP, START and HELP: what a text message that is one such word says, in the languages it is asked for in.

The English words are those that carriers and Twilio act on by themselves:
https://help.twilio.com/articles/223134027 (opt-out keywords), https://www.twilio.com/docs/messaging/features/advanced-opt-out
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from customers.facts import ConsentFact
from customers.identify import Handle
from customers.models import Purpose
from customers.models.identity import Kind

Word = Literal["STOP", "START", "HELP", ""]

# Without accents, which many phones leave out. What may as well answer a question of an agent's ("cancel", "end",
# "yes") is here only where the provider acts on it: then we have to know of it.
_STOP = {
    "stop", "stopall", "unsubscribe", "optout", "opt-out", "opt out", "stopp", "arret", "arreter", "desabonner",
    "desinscrire", "baja", "alto", "parar", "pare", "sair", "descadastrar", "abmelden", "abbestellen", "afmelden",
    "disiscrivi", "cancellami", "avregistrera", "avsluta", "avmeld", "frameld", "wypisz", "rezygnuje", "odhlasit",
    "leiratkozas", "dezabonare", "стоп", "отписаться", "توقف", "ايقاف", "الغاء الاشتراك", "停止", "退订", "退訂",
    "해지",
}  # fmt: skip
_STOP_AT_PROVIDER = {"cancel", "end", "quit", "revoke"}
_START = {"start", "unstop", "optin", "opt-in", "opt in", "подписаться", "ابدا", "開始", "开始"}
_HELP = {"help", "info", "aide", "ayuda", "hilfe", "ajuda", "aiuto", "помощь", "مساعدة", "帮助", "幫助", "도움"}

PURPOSES = {
    Kind.PHONE: (Purpose.MARKETING_SMS, Purpose.ANY_MESSAGE),
    Kind.WHATSAPP: (Purpose.MARKETING_MESSAGING, Purpose.ANY_MESSAGE),
}


def word_of(text: str, *, provider_stops: bool = False) -> Word:
    """Only where it is all that was written: “please stop sending brochures” is for an agent to read."""
    plain = _plain(text)
    if plain in STOP or (provider_stops and plain in STOP_AT_PROVIDER):
        return "STOP"
    if plain in START:
        return "START"
    return "HELP" if plain in HELP else ""


def consent_of(connector_id: int, handles: tuple[Handle, ...], word: str, said_at: datetime) -> Iterator[ConsentFact]:
    """Nothing for HELP, and for what is no such word."""
    if word not in ("STOP", "START") or not handles:
        return
    way = "WhatsApp" if handles[0].kind == Kind.WHATSAPP else "text message"
    for purpose in PURPOSES[Kind(handles[0].kind)]:
        yield ConsentFact(connector_id, handles[:1], purpose, word == "START", said_at, f"{word} by {way}")


def _plain(text: str) -> str:
    """As it is compared: the words above, too (Korean and Arabic letters come apart)."""
    bare = "".join(each for each in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(each))
    return re.sub(r"\s+", " ", bare).strip(" \t\n.!¡?¿\"'«»“”*")


STOP, STOP_AT_PROVIDER, START, HELP = (set(map(_plain, words)) for words in (_STOP, _STOP_AT_PROVIDER, _START, _HELP))
