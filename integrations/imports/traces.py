"""Takes away what an import made, exactly, and leaves what somebody has used or changed since."""

from datetime import datetime
from typing import cast

from django.db import models
from django.utils.translation import gettext as _

from customers import profile
from customers.models import Claim, Customer, Event, EventKey, Identity, MergeEntry, MergeItem, Trait
from integrations.imports.kinds import Made, StayError
from integrations.models import Import

# What hangs on an identity only because of the import itself, or is computed anew.
_OURS = {Trait, Event, Claim, Identity}


def take_away_customer(one: Import, made: Made) -> str:
    """Whom it made goes whole, or stays whole, by a StayError; of whom it knew goes what it added, but for what is in
    use: that is said."""
    customer = Customer.objects.select_for_update(no_key=True).filter(pk=cast("int", made["customer"])).first()
    if customer is None:
        return ""
    if customer.erased_at:
        return ""  # somebody has forgotten them, with all that came along
    if made.get("is_new"):
        if why := _used(one, customer, made):
            raise StayError(why)
        _drop_facts(made)
        customer.delete()
        return ""
    _drop_facts(made)
    for name, (was, became) in cast("dict[str, list[str]]", made.get("fields", {})).items():
        Customer.objects.filter(pk=customer.pk, **{name: became}).update(**{name: was})
    if made.get("named"):
        Identity.objects.filter(pk=cast("int", made["speaker"])).update(name="", named_at=None)
    Claim.objects.filter(pk__in=_numbers(made, "claims")).delete()
    identities = Identity.objects.filter(pk__in=_numbers(made, "identities"), customer=customer)
    used = [identity for identity in identities if _hangs_on(identity)]
    identities.exclude(pk__in=[identity.pk for identity in used]).delete()
    profile.changed([customer.pk])
    if not used:
        return ""
    words = _("%(handle)s of %(name)s has been used since.")
    return words % {"handle": used[0].label, "name": customer.label}


def is_anything(made: Made) -> bool:
    return any(made.get(name) for name in ("is_new", "identities", "claims", "fields", "named", "traits"))


def _used(one: Import, customer: Customer, made: Made) -> str:
    """Why this customer, whom the import made, is left: in words; "" where nothing has been done with them."""
    name = {"name": customer.label}
    joined = MergeEntry.objects.filter(models.Q(kept=customer) | models.Q(absorbed=customer))
    if customer.merged_into_id or joined.exists():
        return _("%(name)s was joined with another customer since.") % name
    if customer.conversations.exists():
        return _("%(name)s has conversations.") % name
    fields = cast("dict[str, list[str]]", made.get("fields", {}))
    expected = {each: fields[each][1] if each in fields else "" for each in ("name", "city", "tier", "about")}
    if any(getattr(customer, each) != value for each, value in expected.items()) or customer.is_blocked:
        return _("%(name)s was changed since.") % name
    identities = list(customer.identities.all())
    if any(identity.source != one.source for identity in identities):
        return _("%(name)s has got another address or number since.") % name
    if used := next((each for each in identities if _hangs_on(each)), None):
        return _("%(handle)s of %(name)s has been used since.") % {**name, "handle": used.label}
    became = cast("dict[str, dict[str, object]]", made.get("traits", {})).get("became", {})
    others = Trait.objects.filter(identity__customer=customer).exclude(said_at=one.created_at)
    if others.exists() or Trait.objects.filter(identity__customer=customer).exclude(name__in=became).exists():
        return _("More has become known of %(name)s since.") % name
    return ""


def _hangs_on(identity: Identity) -> bool:
    """Orders, visits, messages: whatever points at it and did not come with it."""
    for relation in Identity._meta.related_objects:
        model = relation.related_model
        if model in _OURS or model is MergeItem:
            continue
        rows = model._base_manager
        if rows.filter(**{relation.field.name: identity}).exists():
            return True
    return Event.objects.filter(identity=identity).exclude(external_id__startswith="traits:import:").exists()


def _drop_facts(made: Made) -> None:
    """Each as it was before, where nobody has said anything newer."""
    told = cast("dict[str, dict[str, object]]", made.get("traits", {}))
    if not told:
        return
    identity = cast("int", made["speaker"])
    was = cast("dict[str, tuple[object, str, int]]", told["was"])
    for name, value in told["became"].items():
        rows = Trait.objects.filter(identity=identity, name=name, value=value)
        if name in was:
            before, at, source = was[name]
            rows.update(value=before, said_at=datetime.fromisoformat(at), source=source)
        else:
            rows.delete()
    external_id = f"traits:{told['event']}:{identity}"[:200]
    Event.objects.filter(identity=identity, external_id=external_id).delete()
    EventKey.objects.filter(source=0, external_id=external_id).delete()


def _numbers(made: Made, name: str) -> list[int]:
    return cast("list[int]", made.get(name, []))
