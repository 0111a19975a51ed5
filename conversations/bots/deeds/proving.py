"""Asks a customer to prove who they are, before anything private is said or done: by a code to a known address.

Whatever they typed, they are told the same: nobody learns by it which addresses or orders we know.
"""

from conversations.bots import codes
from conversations.bots.deeds.deed import Matter, Outcome, Words
from conversations.bots.memory import Need
from conversations.models.handoff import HandoffReason


def ask(matter: Matter) -> Outcome | None:
    """What to say, or None where the code that they typed is right. `matter.proven` is None."""
    assert matter.conversation is not None
    if typed := matter.get(Need.CODE):
        return _checked(matter, typed)
    return _sent(matter)


def _sent(matter: Matter) -> Outcome:
    assert matter.conversation is not None
    email = matter.get(Need.EMAIL)
    if not email:
        return _waits("prove_email", Need.EMAIL)
    sent = codes.send_code(matter.conversation, email=email, order=matter.get(Need.ORDER))
    return {
        "sent": _waits("prove_code_sent", Need.CODE),
        "no_address": _waits("prove_email", Need.EMAIL),
        "limit": _too_often(),
    }[sent]


def _checked(matter: Matter, typed: str) -> Outcome | None:
    assert matter.conversation is not None
    found = codes.check_code(matter.conversation, typed)
    if found == "old":
        return _sent(matter)
    return {
        "right": None,
        "wrong": _waits("prove_code_wrong", Need.CODE),
        "none": _waits("prove_code_unread", Need.CODE),
        "over": _too_often(),
    }[found]


def _waits(key: str, need: Need) -> Outcome:
    return Outcome("asks", (Words(key),), waits_for=str(need))


def _too_often() -> Outcome:
    about = "They could not prove who they are: too many codes, or too many that were wrong."
    return Outcome("refused", (Words("prove_failed"),), about, hand_over=str(HandoffReason.NOT_ALLOWED))
