"""Segments: customers alike in something, as conditions that become one query, with a live count.

Conditions are JSON: {"match": "all" | "any", "rules": [{"field", "is", "value"}, …]}, where a rule may be such a group
itself. FIELDS says which fields there are, and how each may be asked.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from functools import reduce
from operator import and_, or_

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Consent, Customer, Event, Membership, Order, Purpose, Return, Segment, Trait
from customers.models.consent import OLDEST_FIRST
from customers.models.order import OrderStatus

MOST_RULES = 40
MOST_DEPTH = 4
Json = Mapping[str, object]


class BadConditionsError(ValueError):
    """Conditions that cannot be asked; the text is for whoever wrote them."""


@dataclass(frozen=True)
class Ask:
    """One way to ask a field: its words, and the condition it becomes."""

    words: object
    where: Callable[[str, object], Q]
    takes: str = "text"  # what is typed beside it: "text", "number", "days", "choice", "name=value", "nothing"


@dataclass(frozen=True)
class Field:
    label: object
    path: str
    asks: Mapping[str, Ask]
    choices: tuple[tuple[str, object], ...] = ()


def _text(value: object) -> str:
    text = str(value).replace("\x00", "").strip()
    if not text:
        raise BadConditionsError(_("Say which."))
    return text


def _number(value: object) -> Decimal:
    if not str(value).strip():
        raise BadConditionsError(_("Say how many."))
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise BadConditionsError(_("“%s” is not a number.") % value) from error
    if not number.is_finite() or abs(number) > 10**12:
        raise BadConditionsError(_("“%s” is not a number we can compare with.") % value)
    return number


def _days(value: object) -> timedelta:
    number = _number(value)
    if not 0 <= number <= 36_500:
        raise BadConditionsError(_("Days are from 0 to 36,500."))
    return timedelta(days=float(number))


def _compare(lookup: str) -> Callable[[str, object], Q]:
    return lambda path, value: Q(**{f"{path}{lookup}": _number(value)})


_NUMBERS = {
    "over": Ask(gettext_lazy("is over"), _compare("__gt"), "number"),
    "under": Ask(gettext_lazy("is under"), _compare("__lt"), "number"),
    "equal": Ask(gettext_lazy("is just"), _compare(""), "number"),
}
_TIMES = {
    "within": Ask(
        gettext_lazy("in the last … days"), lambda path, v: Q(**{f"{path}__gte": timezone.now() - _days(v)}), "days"
    ),
    "before": Ask(
        gettext_lazy("longer ago than … days"), lambda path, v: Q(**{f"{path}__lt": timezone.now() - _days(v)}), "days"
    ),
    "never": Ask(gettext_lazy("never"), lambda path, _v: Q(**{path: None}), "nothing"),
}
_COMING = {
    "soon": Ask(
        gettext_lazy("in the next … days"), lambda path, v: Q(**{f"{path}__lte": timezone.now() + _days(v)}), "days"
    ),
    "known": Ask(gettext_lazy("is known"), lambda path, _v: ~Q(**{path: None}), "nothing"),
}
_WORDS = {
    "is": Ask(gettext_lazy("is"), lambda path, v: Q(**{f"{path}__iexact": _text(v)})),
    "not": Ask(gettext_lazy("is not"), lambda path, v: ~Q(**{f"{path}__iexact": _text(v)})),
    "holds": Ask(gettext_lazy("contains"), lambda path, v: Q(**{f"{path}__icontains": _text(v)})),
}
_YES_NO = {
    "yes": Ask(gettext_lazy("yes"), lambda path, _v: Q(**{path: True}), "nothing"),
    "no": Ask(gettext_lazy("no"), lambda path, _v: ~Q(**{path: True}), "nothing"),
}


def _some(rows: QuerySet) -> Q:
    """Customers with such a row, through whichever of their identities."""
    return Q(Exists(rows.filter(identity__customer=OuterRef("pk"))))


def _bought(_path: str, value: object) -> Q:
    line = [{"name": _text(value)}]
    by_id = [{"product_id": _text(value)}]
    counted = Order.objects.exclude(status=OrderStatus.CANCELLED)
    return _some(counted.filter(Q(lines__contains=line) | Q(lines__contains=by_id)))


def _did(_path: str, value: object) -> Q:
    return _some(Event.objects.filter(name=_text(value)))


def _did_lately(_path: str, value: object) -> Q:
    """ "Product Viewed, 30": the name of an event, and within how many days."""
    name, comma, days = _text(value).rpartition(",")
    if not comma:
        raise BadConditionsError(_("Write the event and the days, such as: Product Viewed, 30."))
    return _some(Event.objects.filter(name=name.strip(), occurred_at__gte=timezone.now() - _days(days)))


def _open_return(_path: str, _value: object) -> Q:
    return _some(Return.objects.filter(status__in=["opened", "approved", "sent", "received"]))


def _order_status(_path: str, value: object) -> Q:
    return _some(Order.objects.filter(status=_text(value)))


def _allows(_path: str, value: object) -> Q:
    """The newest word on this purpose, of any identity, grants it."""
    said = Consent.objects.filter(identity__customer=OuterRef("pk"), purpose=_text(value))
    newest = said.order_by(*OLDEST_FIRST).reverse().values("is_granted")[:1]
    return Q(pk__in=Customer.objects.annotate(allowed=newest).filter(allowed=True).values("pk"))


def _trait(_path: str, value: object) -> Q:
    name, equals, wanted = _text(value).partition("=")
    if not equals:
        return _some(Trait.objects.filter(name=name.strip()))
    text = wanted.strip()
    meant: list[object] = [text, *([int(text)] if text.lstrip("-").isdecimal() else [])]
    meant += [text == "true"] if text in ("true", "false") else []
    return _some(Trait.objects.filter(name=name.strip(), value__in=meant))


def _writes_by(_path: str, value: object) -> Q:
    return Q(profile__media__has_key=_text(value))


_MEDIA = tuple((name, name.capitalize()) for name in ("email", "chat", "voice", "sms", "whatsapp", "telegram"))
_ORDERED = {"has": Ask(gettext_lazy("has one that is"), _order_status, "choice")}

FIELDS: dict[str, Field] = {
    "value": Field(gettext_lazy("Lifetime value"), "profile__lifetime_value", _NUMBERS),
    "average": Field(gettext_lazy("Average order"), "profile__average_order", _NUMBERS),
    "orders": Field(gettext_lazy("Number of orders"), "profile__orders", _NUMBERS),
    "returns": Field(gettext_lazy("Number of returns"), "profile__returns", _NUMBERS),
    "return_rate": Field(gettext_lazy("Share of pieces returned, 0 to 1"), "profile__return_rate", _NUMBERS),
    "last_order": Field(gettext_lazy("Last order"), "profile__last_order_at", _TIMES),
    "first_order": Field(gettext_lazy("First order"), "profile__first_order_at", _TIMES),
    "last_seen": Field(gettext_lazy("Last seen"), "profile__last_seen_at", _TIMES),
    "next_purchase": Field(gettext_lazy("Next purchase expected"), "profile__next_purchase_at", _COMING),
    "at_risk": Field(gettext_lazy("At risk"), "profile__at_risk", _YES_NO),
    "satisfaction": Field(gettext_lazy("Satisfaction, 1 to 5"), "profile__satisfaction", _NUMBERS),
    "tier": Field(gettext_lazy("Loyalty tier"), "profile__tier", _WORDS),
    "points": Field(gettext_lazy("Loyalty points"), "profile__points", _NUMBERS),
    "language": Field(gettext_lazy("Language"), "language", _WORDS),
    "city": Field(gettext_lazy("City"), "city", _WORDS),
    "bought": Field(gettext_lazy("Bought"), "", {"has": Ask(gettext_lazy("the product"), _bought)}),
    "order": Field(gettext_lazy("Order"), "", _ORDERED, tuple((str(v), label) for v, label in OrderStatus.choices)),
    "return": Field(gettext_lazy("Return"), "", {"open": Ask(gettext_lazy("is open"), _open_return, "nothing")}),
    "event": Field(
        gettext_lazy("Event"),
        "",
        {
            "ever": Ask(gettext_lazy("happened"), _did),
            "lately": Ask(gettext_lazy("happened within days: name, days"), _did_lately),
        },
    ),
    "consent": Field(
        gettext_lazy("Consent"),
        "",
        {"given": Ask(gettext_lazy("is given for"), _allows, "choice")},
        tuple((str(value), label) for value, label in Purpose.choices),
    ),
    "attribute": Field(
        gettext_lazy("Attribute"), "", {"is": Ask(gettext_lazy("name, or name=value"), _trait, "name=value")}
    ),
    "channel": Field(
        gettext_lazy("Writes by"), "", {"has": Ask(gettext_lazy("among others"), _writes_by, "choice")}, _MEDIA
    ),
    "tag": Field(gettext_lazy("Tag of a conversation"), "conversations__tags__name", {"is": _WORDS["is"]}),
    "waiting": Field(
        gettext_lazy("Conversation"),
        "conversations__status",
        {"open": Ask(gettext_lazy("is open"), lambda path, _v: Q(**{path: "open"}), "nothing")},
    ),
}
SETS = {"tag", "waiting"}  # fields whose path fans out: asked apart, so that no customer counts twice


def matching(conditions: Json) -> QuerySet[Customer]:
    """The living customers for whom `conditions` hold. Raises BadConditionsError, saying what is wrong."""
    return Customer.objects.living().filter(_group(conditions, depth=0), erased_at=None)


def _group(group: Json, *, depth: int) -> Q:
    rules = group.get("rules")
    if not isinstance(rules, list) or not rules:
        raise BadConditionsError(_("A segment needs at least one condition."))
    if len(rules) > MOST_RULES or depth > MOST_DEPTH:
        raise BadConditionsError(_("That is more conditions than one segment can have."))
    if group.get("match", "all") not in ("all", "any"):
        raise BadConditionsError(_("Say whether all or any of the conditions must hold."))
    joined = and_ if group.get("match", "all") == "all" else or_
    return reduce(joined, (_rule(rule, depth=depth) for rule in rules))


def _rule(rule: object, *, depth: int) -> Q:
    if not isinstance(rule, Mapping):
        raise BadConditionsError(_("A condition has a field, a comparison and a value."))
    if "rules" in rule:
        return _group(rule, depth=depth + 1)
    name = str(rule.get("field", ""))
    if (asked := FIELDS.get(name)) is None:
        raise BadConditionsError(_("There is no field “%s”.") % name)
    if (ask := asked.asks.get(str(rule.get("is", "")))) is None:
        raise BadConditionsError(_("“%(field)s” cannot be asked that way.") % {"field": asked.label})
    if asked.choices and rule.get("value") not in dict(asked.choices):
        raise BadConditionsError(_("Choose one for “%(field)s”.") % {"field": asked.label})
    where = ask.where(asked.path, rule.get("value", ""))
    return Q(pk__in=Customer.objects.filter(where).values("pk")) if name in SETS else where


def described(conditions: Json) -> str:
    """The conditions as a sentence: "Lifetime value is over 500 and Last order in the last … days: 30"."""
    word = _(" and ") if conditions.get("match", "all") == "all" else _(" or ")
    rules = conditions.get("rules")
    parts = [_described(rule) for rule in rules if isinstance(rule, Mapping)] if isinstance(rules, list) else []
    return word.join(parts)


def _described(rule: Json) -> str:
    if "rules" in rule:
        return f"({described(rule)})"
    asked = FIELDS.get(str(rule.get("field")))
    ask = asked.asks.get(str(rule.get("is"))) if asked else None
    if asked is None or ask is None:
        return str(rule.get("field"))
    value = str(dict(asked.choices).get(str(rule.get("value", "")), rule.get("value", "")))
    return f"{asked.label} {ask.words} {value}".strip()


def count(conditions: Json) -> int:
    return matching(conditions).count()


def with_counts() -> QuerySet[Segment]:
    return Segment.objects.annotate(size=Count("memberships")).order_by("name")


def place(customers: Iterable[int]) -> None:
    """Brings the memberships of these customers up to date in every segment: three statements a segment. One whose
    conditions cannot be asked any more stays as it is."""
    ids = list(customers)
    for segment in Segment.objects.order_by("pk") if ids else ():
        with suppress(BadConditionsError):
            _fill(segment, among=ids)


@transaction.atomic
def fill(segment: Segment) -> int:
    """Counts everybody anew, for conditions that come true by the clock; says how many there are."""
    segment = Segment.objects.select_for_update(no_key=True).get(pk=segment.pk)
    _fill(segment)
    Segment.objects.filter(pk=segment.pk).update(counted_at=timezone.now())
    return segment.memberships.count()


def _fill(segment: Segment, *, among: list[int] | None = None) -> None:
    members, right = segment.memberships.all(), matching(segment.conditions)
    if among is not None:
        members, right = members.filter(customer__in=among), right.filter(pk__in=among)
    members.exclude(customer__in=right.values("pk")).delete()
    missing = right.exclude(pk__in=Membership.objects.filter(segment=segment).values("customer")).order_by("pk")
    Membership.objects.bulk_create(
        [Membership(segment=segment, customer_id=pk) for pk in missing.values_list("pk", flat=True)],
        ignore_conflicts=True,
        batch_size=5000,
    )
