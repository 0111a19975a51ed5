"""Shopify's customers: whose handles they are, what is known of them, and which advertising they agreed to."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from customers.facts import ConsentFact, TraitsFact
from customers.identify import Handle
from customers.models import Purpose
from integrations.adapters.reading import inner, moment, newest, words
from integrations.adapters.shops.base import buyer
from integrations.adapters.shops.shopify.words import CONSENT
from integrations.models import Connector

SOURCE = "Shopify"
CONSENTS = {"email_marketing_consent": Purpose.MARKETING_EMAIL, "sms_marketing_consent": Purpose.MARKETING_SMS}


def handles_of(
    connector: Connector, customer: dict[str, Any], *, email: str = "", phone: str = ""
) -> tuple[Handle, ...]:
    """Of a customer, and of what was typed at the checkout. Shopify makes a customer of every guest, too: an account
    with a proven address is only one where somebody signs in (`state` is “enabled”) and has confirmed it."""
    is_account = words(customer.get("state")) == "enabled"
    own = words(customer.get("email"))
    found = buyer(
        str(connector.settings.get("shop", "")),
        account=words(customer.get("id")),
        name=name_of(customer),
        email=own or email,
        phone=words(customer.get("phone")) or phone,
        region=str(connector.settings.get("region", "")),  # Shopify itself writes numbers with their country
        email_is_proven=bool(own) and is_account and customer.get("verified_email") is True,
    )
    other = email if own and email.lower() != own.lower() else ""
    return (*found, *buyer(str(connector.settings.get("shop", "")), email=other))


def name_of(person: dict[str, Any]) -> str:
    return f"{words(person.get('first_name'))} {words(person.get('last_name'))}".strip() or words(person.get("name"))


def customer_facts(connector: Connector, customer: dict[str, Any]) -> Iterator[TraitsFact | ConsentFact]:
    handles = handles_of(connector, customer)
    if not handles:
        return
    at = newest(customer.get("updated_at") or customer.get("created_at"))
    if traits := _traits(customer):
        name = f"customer:{words(customer.get('id'))}:{at.isoformat()}"
        yield TraitsFact(connector.pk, name, handles, traits, at)
    yield from consent_facts(connector, customer, handles, at)


def consent_facts(
    connector: Connector, said: dict[str, Any], handles: tuple[Handle, ...], at: datetime
) -> Iterator[ConsentFact]:
    """Nothing for somebody who was never asked: Shopify says “not_subscribed” of them too, without a date."""
    for field, purpose in CONSENTS.items():
        consent = inner(said, field)
        state = words(consent.get("state")).lower()
        said_at = consent.get("consent_updated_at")
        if state not in CONSENT or (state == "not_subscribed" and not said_at):
            continue
        how = words(consent.get("opt_in_level")) or words(consent.get("consent_collected_from"))
        evidence = f"{SOURCE}: {state}, {how}" if how else f"{SOURCE}: {state}"
        when = moment(said_at, "consent_updated_at") if said_at else at
        yield ConsentFact(connector.pk, handles, purpose, CONSENT[state], when, evidence)


def _traits(customer: dict[str, Any]) -> dict[str, object]:
    address = inner(customer, "default_address")
    tags = [tag.strip() for tag in words(customer.get("tags")).split(",") if tag.strip()]
    traits: dict[str, object] = {
        "city": words(address.get("city")),
        "country": words(address.get("country_code")),
        "company": words(address.get("company")),
        "shop_tags": tags,
    }
    return {name: value for name, value in traits.items() if value}
