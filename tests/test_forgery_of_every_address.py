"""No address of the desk takes a POST from a page that is not ours, but for those that know no cookie."""

import re

import pytest
from django.test import Client

from tests.test_visibility_of_every_address import routes

pytestmark = pytest.mark.django_db

EXEMPT = {
    "hooks/<int:connector_id>/<str:secret>/": "a provider proves itself by the secret and its signature",
    "hooks/<int:connector_id>/<str:secret>/<slug:kind>/": "the same",
    "demo-shop/acts/": "the demo's shop checks the desk's signature",
    "chat/<str:key>/session": "the widget brings its own token, and the origin is checked",
    "chat/<str:key>/messages": "the same",
    "chat/<str:key>/files": "the same",
    "s/<str:token>/": "a customer answers by a signed address, without a session",
    "s/<str:token>/stop/": "the same",
    "o/<str:token>/stop/": "the same",
    "form/<str:key>/": "a contact form proves nobody, and is signed by us",
    "v1/<slug:kind>": "a tracker brings its write key, and the origin is checked",
    "v1/<slug:kind>/": "the same",
    "tracker/here": "the same",
}
FILLED = {"int": "1", "str": "x", "slug": "x", "path": "x", "uuid": "5f0c1c0e-0000-4000-8000-000000000000"}
PLAIN = sorted({route for route in routes() if "(?P" not in route and "^" not in route} - set(EXEMPT))


def address(route):
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda found: FILLED[found[1] or "str"], route)


@pytest.mark.parametrize("route", PLAIN)
def test_a_forged_post_is_refused_before_anything_is_done(ada, route):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    assert client.post(address(route)).status_code == 403
    assert client.delete(address(route)).status_code == 403


@pytest.mark.parametrize("route", sorted(EXEMPT))
def test_the_exempt_know_no_cookie(ada, shop, route):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    filled = address(route).replace("/chat/x/", "/chat/chat-key/").replace("/v1/x", "/v1/track")
    answer = client.post(filled, HTTP_ORIGIN="https://elsewhere.example")
    assert answer.status_code in (400, 403, 404)
    assert "Access-Control-Allow-Credentials" not in answer and not answer.cookies
