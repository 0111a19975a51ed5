"""How sure is it that two customers are one? Reasons for and against, each with a documented weight, and one formula.

certainty = 1 / (1 + e^-(PRIOR + the sum of the weights)), in per cent. The prior, 8 %, is of any two who have something
in common at all. Of reasons that say the same thing twice (a family, such as all that an e-mail address says) only the
heaviest counts. So one more reason for never lowers the certainty, and one more against never raises it.
"""

import math
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TypedDict

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PRIOR = -2.45


class Reason(TypedDict):
    """As kept in Suggestion.reasons: `says` is the address, number, name or place that it is about."""

    rule: str
    says: str
    weight: float


@dataclass(frozen=True)
class Rule:
    """`weight` is in units of log-odds: 0.7 doubles the odds, -0.7 halves them."""

    weight: float
    family: str
    words: Promise  # with %(says)s
    about: str = ""  # "purchases" or "browsing": for agents who may see those


RULES: Mapping[str, Rule] = {
    # What one of them proved, and the other only says: people seldom mistype their own address for another’s.
    "claims_email": Rule(4.2, "email", _("gave %(says)s, which is the other’s proven address")),
    "claims_number": Rule(3.6, "number", _("gave %(says)s, which is the other’s proven number")),
    "claims_loyalty": Rule(3.6, "loyalty", _("gave the loyalty number %(says)s of the other")),
    "claims_account": Rule(2.8, "account", _("named the other’s account %(says)s")),
    # A From header that failed its check may be forged by anyone who knows the address.
    "unproven_sender": Rule(3.0, "email", _("wrote as %(says)s, but the sender's check failed")),
    # Both only say so: a shared address or a family's number is as likely.
    "both_claim_email": Rule(2.9, "email", _("both gave %(says)s")),
    "both_claim_number": Rule(2.2, "number", _("both gave the number %(says)s")),
    "both_claim_loyalty": Rule(2.6, "loyalty", _("both gave the loyalty number %(says)s")),
    # Delivered to one mailbox at Gmail, or by a plus-tag nearly everywhere, but two accounts all the same.
    "email_variant": Rule(2.6, "email", _("%(says)s goes to the same mailbox")),
    "same_line": Rule(2.4, "number", _("%(says)s is the same number but for an extension or a digit")),
    "same_order": Rule(2.7, "order", _("asked about order %(says)s of the other"), "purchases"),
    "same_device": Rule(2.1, "device", _("used the same browser"), "browsing"),
    "name_and_postcode": Rule(3.3, "name", _("same name and postcode: %(says)s")),
    "name_and_city": Rule(2.3, "name", _("same name and city: %(says)s")),
    "name_and_zone": Rule(1.5, "name", _("same name and time zone: %(says)s")),
    "same_name": Rule(1.2, "name", _("same name: %(says)s")),
    "similar_name": Rule(0.8, "name", _("similar names: %(says)s")),
    # Against.
    "other_phone_and_name": Rule(-2.8, "not name", _("another proven number and another name: %(says)s")),
    "other_name": Rule(-1.4, "not name", _("never used the name %(says)s")),
    "other_accounts": Rule(-3.2, "not account", _("each signed in to an account of their own"), "purchases"),
    "role_address": Rule(-2.8, "not email", _("%(says)s is read by many people")),
    "crowded_device": Rule(-2.0, "not device", _("more than two people use that browser"), "browsing"),
    "two_places": Rule(-2.4, "not place", _("active at the same time in two places: %(says)s"), "browsing"),
}


def reason(rule: str, says: str = "") -> Reason:
    return Reason(rule=rule, says=says[:200], weight=RULES[rule].weight)


def heaviest(reasons: Iterable[Reason]) -> list[Reason]:
    """One of each family, those for first, the heaviest first."""
    best: dict[str, Reason] = {}
    for each in sorted(reasons, key=lambda each: (-abs(each["weight"]), each["rule"], each["says"])):
        best.setdefault(RULES[each["rule"]].family, each)
    return sorted(best.values(), key=lambda each: (each["weight"] < 0, -abs(each["weight"])))


def certainty(reasons: Iterable[Reason]) -> int:
    """In per cent, 1 to 99: of what is not proven nobody is certain."""
    odds = PRIOR + sum(each["weight"] for each in heaviest(reasons))
    return min(99, max(1, round(100 / (1 + math.exp(-odds)))))


def words(each: Reason) -> str:
    """The reason as the rest of a sentence, in the reader's language."""
    return str(RULES[each["rule"]].words) % {"says": each["says"]}


_FOLD = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


def name_parts(name: str) -> list[str]:
    """In small letters without accents: "Ingrid Sørensen" is ["ingrid", "sorensen"]."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_FOLD))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return [
        "".join(filter(str.isalnum, part)) for part in plain.replace("-", " ").split() if any(map(str.isalnum, part))
    ]


def is_same_name(one: str, other: str) -> bool:
    """Whole names, in whichever order the parts stand."""
    parts, others = sorted(name_parts(one)), sorted(name_parts(other))
    return len(parts) > 1 and parts == others


def is_similar_name(one: str, other: str) -> bool:
    """An initial or a part left out, or a letter or two mistyped; one word in common is not enough."""
    parts, others = name_parts(one), name_parts(other)
    if len(parts) < 2 or len(others) < 2:
        return bool(parts) and parts == others
    few, many = sorted((parts, others), key=len)
    if parts[-1] == others[-1] and few[0][0] == many[0][0] and (len(few[0]) == 1 or len(many[0]) == 1):
        return True
    return set(few) < set(many) or SequenceMatcher(None, " ".join(parts), " ".join(others)).ratio() >= 0.86


def is_other_name(one: str, other: str) -> bool:
    """Two whole names with no word in common."""
    parts, others = name_parts(one), name_parts(other)
    return len(parts) > 1 and len(others) > 1 and not set(parts) & set(others) and not is_similar_name(one, other)
