"""Customers out of a table: who they are is settled by the same rules as for a message (customers.identify), and what
they have already is never replaced."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

from django.utils.translation import gettext as _

from customers.facts import TraitsFact
from customers.handles import UNVERIFIED, fitted
from customers.identify import Handle, identify, normalise
from customers.models import Claim, Customer, Identity, Trait
from customers.models.identity import Kind
from customers.traits import MOST_TRAITS, know
from integrations.imports import traces
from integrations.imports.choices import Choices
from integrations.imports.items import Item, Row
from integrations.imports.kinds import Made
from integrations.models import Import

OWN_FIELDS = {"name": 200, "language": 12, "timezone": 64, "city": 120, "tier": 40, "about": 20_000}
HANDLES = (("email", Kind.EMAIL), ("phone", Kind.PHONE), ("external_id", Kind.API))


@dataclass(frozen=True)
class Person:
    one: Import
    handles: tuple[Handle, ...]
    fields: dict[str, str]
    traits: dict[str, object] = field(default_factory=dict)

    def shown(self) -> Sequence[tuple[str, str]]:
        state = _("verified") if self.handles[0].is_verified else _("claimed")
        handles = [(str(Kind(handle.kind).label), f"{handle.value} ({state})") for handle in self.handles]
        known = [(_NAMES[name](), value[:80]) for name, value in self.fields.items() if value]
        return [*known, *handles, *((name, _in_words(value)) for name, value in self.traits.items())]

    def remark(self) -> str:
        found = Identity.objects.filter(**_key(self.handles[0])).select_related("customer").first()
        return _("Is here already as %(name)s.") % {"name": found.customer} if found else ""

    def bring(self) -> Made:
        customer, made = settle(self.one, self.handles, self.fields)
        if self.traits:
            made |= self._know(made)
        return made if traces.is_anything(made) else {}

    def _know(self, made: Made) -> Made:
        """Facts, as a shop's system would tell them; those that stood before are written down, for the undoing."""
        identity = Identity.objects.get(pk=cast("int", made["speaker"]))
        before = {trait.name: trait for trait in Trait.objects.filter(identity=identity, name__in=self.traits)}
        new = {name: value for name, value in self.traits.items() if name not in before or before[name].value != value}
        if not new:
            return {}
        name = f"{self.one.source}:{identity.pk}"
        know(TraitsFact(0, name, self.handles[:1], new, self.one.created_at))
        now = Trait.objects.filter(identity=identity, name__in=new, said_at=self.one.created_at)
        taken = {trait.name: trait.value for trait in now}
        was = {key: [trait.value, trait.said_at.isoformat(), trait.source] for key, trait in before.items()}
        return {"traits": {"became": taken, "was": {key: was[key] for key in taken if key in was}, "event": name}}


def _in_words(value: object) -> str:
    return (", ".join(map(str, value)) if isinstance(value, list) else str(value))[:80]


_NAMES = {
    "name": lambda: _("Name"), "language": lambda: _("Language"), "timezone": lambda: _("Time zone"),
    "city": lambda: _("City"), "tier": lambda: _("Tier"), "about": lambda: _("About"),
}  # fmt: skip


class Customers:
    def understand(self, one: Import, item: Item) -> Person:
        [row] = item.rows
        handles = tuple(handles_in(row, one))
        if not handles:
            raise ValueError(_("It has neither an address nor a number: there is nothing to know them by."))
        name = row.get("name") or " ".join(filter(None, [row.get("first_name"), row.get("last_name")]))
        found = {"name": name, **{each: row.get(each) for each in OWN_FIELDS if each != "name"}}
        for each, most in OWN_FIELDS.items():
            if len(found[each]) > most:
                words = _("%(field)s has %(n)s characters; up to %(most)s are kept.")
                raise ValueError(words % {"field": _NAMES[each](), "n": len(found[each]), "most": most})
        traits: dict[str, object] = {key[:80]: value for key, value in row.own.items() if key}
        if tags := list(words_in(row.cells.get("tags", []))):
            traits["tags"] = tags
        if len(traits) > MOST_TRAITS:
            words = _("It has %(n)s facts of its own; one customer can have %(most)s.")
            raise ValueError(words % {"n": len(traits), "most": MOST_TRAITS})
        return Person(one, handles, found, traits)

    def take_away(self, one: Import, made: Made) -> str:
        return traces.take_away_customer(one, made)


def handles_in(row: Row, one: Import) -> Iterator[Handle]:
    """The address first: it stands best for a person. Raises ValueError for what is none."""
    choices = Choices.of(one)
    for name, kind in HANDLES:
        for value in row.cells.get(name, []):
            for each in re.split(r"[;,]", value) if kind != Kind.API else [value]:
                if each.strip():
                    yield handle_of(kind, each.strip(), choices, one.source)


def handle_of(kind: str, value: str, choices: Choices, source: str, name: str = "") -> Handle:
    try:
        normalise(kind, value, region=choices.region or None)
    except ValueError:
        if kind == Kind.PHONE and not choices.region and not value.startswith(("+", "00")):
            words = _("“%(value)s” is a national number: say of which country.")
        elif kind == Kind.PHONE:
            words = _("“%(value)s” is no phone number.")
        else:
            words = _("“%(value)s” is no email address.")
        raise ValueError(words % {"value": value[:80]}) from None
    return Handle(kind, value, name, choices.is_verified, source, choices.region)


def words_in(cells: Sequence[str]) -> Iterator[str]:
    seen = set()
    for cell in cells:
        for each in re.split(r"[;,|]", cell):
            word = " ".join(each.split()).lstrip("#")[:40]
            if word and word.lower() not in seen:
                seen.add(word.lower())
                yield word


def settle(one: Import, handles: Sequence[Handle], fields: dict[str, str]) -> tuple[Customer, Made]:
    """The customer of these handles with what they lacked filled in, and what was made for it. Only one import runs at
    a time, so what is of its source and was not there before was made here."""
    keys = [_key(handle) for handle in handles]
    before = _of_this(one, keys)
    customer, speaker = identify(handles, language=fields.get("language", ""))
    after = _of_this(one, keys)
    made: Made = {"customer": customer.pk, "speaker": speaker.pk, "is_new": customer.is_new}
    made["identities"] = sorted(after[0] - before[0])
    claims = Claim.objects.filter(customer=customer, source=one.source).values_list("pk", flat=True)
    made["claims"] = sorted(set(claims) - before[1])
    made["fields"] = _fill(customer, fields)
    if (name := fields.get("name", "")) and not speaker.name:
        Identity.objects.filter(pk=speaker.pk).update(name=name[:200], named_at=one.created_at)
        made["named"] = True
    return customer, made


def _of_this(one: Import, keys: Sequence[dict[str, str]]) -> tuple[set[int], set[int]]:
    values = [key["value"] for key in keys]
    identities = Identity.objects.filter(source=one.source, value__in=values).values_list("pk", flat=True)
    bare = [value.removeprefix(UNVERIFIED) for value in values]
    claims = Claim.objects.filter(source=one.source, value__in=bare).values_list("pk", flat=True)
    return set(identities), set(claims)


def _fill(customer: Customer, fields: dict[str, str]) -> dict[str, list[str]]:
    """What is there stays. Gives what each was, and what it became."""
    news = {name: value for name, value in fields.items() if value and not getattr(customer, name)}
    if customer.is_new:  # identify wrote these already
        news |= {name: fields[name] for name in ("language", "name") if fields.get(name)}
    if news:
        Customer.objects.filter(pk=customer.pk).update(**news)
    return {name: ["", value] for name, value in news.items()}


def _key(handle: Handle) -> dict[str, str]:
    """Under which its identity is, or would be, kept."""
    value = normalise(handle.kind, handle.value, region=handle.region or None)
    return {"kind": handle.kind, "value": value if handle.is_verified else fitted(f"{UNVERIFIED}{value}")}
