"""What a call says of its sender's consent, in Segment's consent object or in our own words.

https://segment.com/docs/privacy/consent-management/: `context.consent.categoryPreferences` has a truth value for each
category, under a name that the shop chose; the connector's setting `consent_categories` says which of them is what to
us. A category that is there and not true is refused. Where a call says nothing, the setting `consent` decides:
"required" (nothing behavioural is kept; so it is for browsers), or "assumed".
"""

from collections.abc import Mapping
from typing import Any

from customers.models import Purpose
from integrations.models import Connector

# As consent managers name their categories; OneTrust has C0002 for what measures.
CATEGORIES = {
    "analytics": Purpose.ANALYTICS,
    "statistics": Purpose.ANALYTICS,
    "performance": Purpose.ANALYTICS,
    "measurement": Purpose.ANALYTICS,
    "c0002": Purpose.ANALYTICS,
    "location": Purpose.LOCATION,
    "geolocation": Purpose.LOCATION,
    "personalisation": Purpose.PERSONALISATION,
    "personalization": Purpose.PERSONALISATION,
    "personal": Purpose.PERSONALISATION,
}


def is_required(connector: Connector) -> bool:
    return bool(connector.settings.get("consent", "required") == "required")


def told(connector: Connector, context: Mapping[str, Any]) -> dict[str, bool]:
    """By purpose, as far as the call says."""
    consent = context.get("consent")
    preferences = consent.get("categoryPreferences") if isinstance(consent, dict) else None
    if not isinstance(preferences, dict):
        return {}
    named = {**CATEGORIES, **connector.settings.get("consent_categories", {})}
    found: dict[str, bool] = {}
    for category, value in preferences.items():
        purpose = named.get(str(category).lower())
        if purpose:
            found[str(purpose)] = found.get(str(purpose), True) and value is True
    return found


def allows_behaviour(connector: Connector, context: Mapping[str, Any]) -> bool | None:
    """None where the call does not say and need not."""
    said = told(connector, context).get(Purpose.ANALYTICS)
    return said if said is not None else (False if is_required(connector) else None)
