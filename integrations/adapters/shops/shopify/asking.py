"""Asks Shopify's GraphQL with a little patience, and has it change things, whose refusals come with status 200."""

from typing import Any

from django.utils.translation import gettext as _

from integrations.adapters.base import AdapterError
from integrations.adapters.reading import inner, rows, words
from integrations.adapters.shops.calling import RefusedError, patient
from integrations.adapters.shops.shopify import api
from integrations.models import Connector


def ask(connector: Connector, query: str, variables: dict[str, object]) -> dict[str, Any]:
    return api.data_of(patient(lambda: api.graphql(connector, query, variables)))


def change(connector: Connector, mutation: str, variables: dict[str, object], name: str) -> dict[str, Any]:
    done = inner(ask(connector, mutation, variables), name)
    wrong = rows(done, "userErrors") + rows(done, "orderCancelUserErrors")
    if wrong:
        told = "; ".join(words(each.get("message")) for each in wrong)
        raise RefusedError(
            _("The shop refused: %(reason)s") % {"reason": told[:300]}, status=422, said=str(wrong)[:2000]
        )
    if not done:
        raise AdapterError(_("The shop's answer cannot be read: is this the address of its API?"))
    return done
