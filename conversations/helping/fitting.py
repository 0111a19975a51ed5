"""Words that were written for one customer, made fit for another: nothing that was the first one's stays in them.

What this customer has given stands in its place where it is known for certain, else its name in brackets: an agent sees
at a glance what is to be filled in.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from conversations.handoff import slots
from conversations.handoff.asking_words import Slot
from conversations.handoff.slots import Given, Said
from conversations.models import Conversation, Message, RepeatedQuestion

if TYPE_CHECKING:
    from deskapp.models import User

PERSONAL = (Slot.ORDER, Slot.EMAIL, Slot.PHONE, Slot.ADDRESS, Slot.DATE)
OWN = (Slot.ORDER, Slot.EMAIL, Slot.PHONE, Slot.ADDRESS)  # what can be put in for another's
MOST = 20  # details of one text
SHORT = 3  # letters of a name that could be any word
LINK = re.compile(r"https?://\S+")
MONEY = re.compile(
    r"(?:[£$€]|\b(?:kr|zł|EUR|GBP|USD|NOK|SEK|DKK|PLN)\b\.?)\s?\d[\d.,  ]*\d|(?:[£$€])\s?\d"
    r"|\b\d[\d.,  ]*\s?(?:[£$€]|(?:kr|zł|EUR|GBP|USD|NOK|SEK|DKK|PLN)\b)"
)
NUMBER = re.compile(r"\b(?=[A-Z0-9-]*\d)[A-Z0-9][A-Z0-9-]{6,}[A-Z0-9]\b")  # of a parcel, a label, a voucher


def fitted(answer: Message, of: Conversation, to: Conversation, agent: "User", given: Sequence[Given]) -> str:
    """`answer`, which was said in `of`, as `agent` could say it in `to`; `given` is what that customer has told."""
    own = known_once(given)
    text = LINK.sub(f"[{_('link')}]", answer.text)
    text = MONEY.sub(f"[{_('sum')}]", text)
    text = _details(text, own)
    text = NUMBER.sub(lambda found: found[0] if found[0] in own.values() else f"[{_('number')}]", text)
    text = _renamed(text, of.customer.name, to.customer.name.split()[:1])
    if answer.author and answer.author_id != agent.pk:
        text = _renamed(text, answer.author.name, [agent.short_name])
    return text.strip()


def known_once(given: Sequence[Given]) -> dict[Slot, str]:
    """Details of which there is one value alone."""
    values: dict[Slot, set[str]] = {}
    for each in given:
        if each.slot in OWN:
            values.setdefault(each.slot, set()).add(each.value)
    return {slot: next(iter(found)) for slot, found in values.items() if len(found) == 1}


def _details(text: str, own: dict[Slot, str]) -> str:
    """One of each kind at a time, until none of somebody else's is left."""
    for _turn in range(MOST):
        foreign = [each for each in slots.given([Said(0, text)]) if each.slot in PERSONAL]
        foreign = [each for each in foreign if each.value != own.get(each.slot) and each.value in text]
        if not foreign:
            break
        for each in foreign:
            label = RepeatedQuestion.Slot(each.slot).label
            text = text.replace(each.value, own.get(each.slot) or f"[{label}]")
    return text


def _renamed(text: str, name: str, instead: list[str]) -> str:
    """Their whole name, and each part of it that is no common word."""
    mine = instead[0] if instead else f"[{_('name')}]"
    parts = [part for part in name.split() if len(part) >= SHORT]
    for each in sorted({name, *parts} - {""}, key=len, reverse=True):
        text = re.sub(rf"\b{re.escape(each)}\b", mine, text)
    return re.sub(rf"\b{re.escape(mine)}(?: {re.escape(mine)})+\b", mine, text) if instead else text
