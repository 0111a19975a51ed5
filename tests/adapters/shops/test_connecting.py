"""Connecting a shop: it is tried, what is wrong is said in words, and nothing half-done is left."""

import io

import pytest
from django.core.management import CommandError, call_command

from integrations.models import Connector
from integrations.simulators.shops import shopify, woocommerce
from tests.adapters.shops.shopping import hear

pytestmark = [pytest.mark.django_db, pytest.mark.urls("integrations.urls")]

DESK = "https://desk.example"


@pytest.fixture(autouse=True)
def _public(settings):
    settings.SITE_URL = DESK


def to_shopify(server, **changed):
    given = {"domain": shopify.DOMAIN, "client_id": shopify.CLIENT, "client_secret": shopify.SECRET}
    return connect("shopify", **{"api_url": server.url, **given, **changed})


def to_woo(server, **changed):
    given = {"site": "https://woo.example", "consumer_key": woocommerce.KEY, "consumer_secret": woocommerce.KEY_SECRET}
    return connect("woocommerce", **{"api_url": server.url, **given, **changed})


def connect(adapter, **given):
    said, wrong = io.StringIO(), io.StringIO()
    call_command("connect_shop", "Hollin & Fell", adapter=adapter, stdout=said, stderr=wrong, **given)
    return said.getvalue() + wrong.getvalue()


def test_shopify_is_tried_noted_and_asked_for_its_webhooks(shop):
    said = to_shopify(shop)
    connector = Connector.objects.get()
    assert "Signed in to Hollin & Fell, which has 2 places." in said
    assert "refund, cancel, resend, hold, release" in said
    assert f"{DESK}/hooks/{connector.pk}/{connector.secrets['webhook_secret']}/" in said
    assert connector.settings["locations"] == {"501": "Keswick", "502": "Kendal"}
    assert (connector.settings["currency"], connector.settings["shop"]) == ("GBP", shopify.DOMAIN)
    assert connector.checked_at
    topics = {each["topic"] for each in shop.subscriptions}
    assert {"ORDERS_UPDATED", "RETURNS_REQUEST", "CHECKOUTS_UPDATE", "INVENTORY_LEVELS_UPDATE"} <= topics


def test_connected_again_nothing_is_doubled_and_the_address_stays(shop):
    to_shopify(shop)
    before, subscriptions = Connector.objects.get(), len(shop.subscriptions)
    to_shopify(shop, shop="hf")
    after = Connector.objects.get()
    assert after.pk == before.pk
    assert after.secrets == before.secrets
    assert after.settings["shop"] == "hf"
    assert len(shop.subscriptions) == subscriptions


def test_what_it_is_connected_to_is_heard(shop):
    to_shopify(shop)
    connector = Connector.objects.get()
    shop.place()
    from integrations.models import RawEvent
    from tests.adapters.shops.shopping import post

    assert post(connector, shop.owed[0], address=connector.secrets["webhook_secret"]) == 200
    assert RawEvent.objects.filter(kind="orders/create").exists()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"client_secret": "wrong"}, "copy both again"),
        ({"domain": "shop.example"}, "myshopify.com"),
        ({"domain": "other.myshopify.com"}, "opens another shop"),
        ({"client_id": "", "client_secret": ""}, "It needs client id and client secret"),
        ({"client_id": "", "client_secret": "", "access_token": "shpat_wrong", "signing_secret": "s"}, "key"),
    ],
    ids=str,
)
def test_what_is_wrong_with_shopify_is_said_and_nothing_is_stored(shop, changed, words):
    with pytest.raises(CommandError, match=words):
        to_shopify(shop, **changed)
    assert not Connector.objects.exists()


def test_an_older_apps_token_works_too(shop):
    to_shopify(shop, client_id="", access_token=shopify.TOKEN)
    assert Connector.objects.get().secrets["access_token"] == shopify.TOKEN


def test_rights_that_are_missing_are_named(shop):
    shop.scopes.remove("write_returns")
    with pytest.raises(CommandError, match="read_returns"):
        to_shopify(shop)
    shop.scopes[:] = [scope.replace("write_", "read_") for scope in shop.scopes] + ["read_returns"]
    assert "Agents can do nothing to orders" in to_shopify(shop)


def test_only_the_last_sixty_days_are_readable_and_it_says_so(shop):
    shop.scopes.remove("read_all_orders")
    assert "Orders of the last 60 days" in to_shopify(shop)


def test_a_desk_without_a_public_address_is_connected_without_webhooks(shop, settings):
    settings.SITE_URL = "http://localhost:8000"
    assert "is not supported" in to_shopify(shop)
    assert Connector.objects.get().is_active


def test_a_shop_that_is_away_is_not_connected(shop):
    shop.outage = True
    with pytest.raises(CommandError, match="out of order"):
        to_shopify(shop)
    assert "is connected" in to_shopify(shop, untried=True)


def test_woocommerce_is_tried_noted_and_asked_for_its_webhooks(woo):
    said = to_woo(woo)
    connector = Connector.objects.get()
    assert "Signed in to WooCommerce 10.3.4." in said
    assert (connector.settings["currency"], connector.settings["shop"]) == ("EUR", "woo.example")
    assert {each["topic"] for each in woo.webhooks} >= {"order.created", "order.updated", "customer.updated"}
    assert {each["secret"] for each in woo.webhooks} == {connector.secrets["signing_secret"]}
    assert {each["delivery_url"] for each in woo.webhooks} == {
        f"{DESK}/hooks/{connector.pk}/{connector.secrets['webhook_secret']}/"
    }


def test_woocommerce_webhooks_that_were_paused_are_woken(woo):
    to_woo(woo)
    woo.webhooks[0]["status"] = "disabled"
    to_woo(woo)
    assert {each["status"] for each in woo.webhooks} == {"active"}
    assert len(woo.webhooks) == 8


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"consumer_secret": "wrong"}, "does not know this consumer key"),
        ({"consumer_secret": ""}, "It needs consumer key and consumer secret"),
        ({"site": "woo.example"}, "begins with https://"),
        ({"status": ["being-sewn"]}, "no meaning beside it"),
        ({"status": ["being-sewn=sewn"]}, "no state of an order"),
    ],
    ids=str,
)
def test_what_is_wrong_with_woocommerce_is_said_and_nothing_is_stored(woo, changed, words):
    with pytest.raises(CommandError, match=words):
        to_woo(woo, **changed)
    assert not Connector.objects.exists()


def test_keys_in_the_address_where_a_server_drops_the_header(woo):
    to_woo(woo, auth="query")
    assert all("authorization" not in call.headers for call in woo.calls)
    assert all(call.query["consumer_key"] == woocommerce.KEY for call in woo.calls)


def test_an_old_woocommerce_cannot_send_again_and_a_very_old_one_is_refused(woo):
    woo.version = "9.1.0"
    assert "resend" not in to_woo(woo)
    woo.version = "7.9.0"
    with pytest.raises(CommandError, match=r"works with 8\.0"):
        to_woo(woo)


def test_a_site_without_woocommerce_says_so(woo):
    with pytest.raises(CommandError, match="no WooCommerce at this address"):
        to_woo(woo, api_url=f"{woo.url}/blog")


def test_no_address_leads_into_our_own_network(settings, shop, woo):
    settings.LOCAL = False
    with pytest.raises(CommandError, match="simulated shop"):
        to_shopify(shop)
    with pytest.raises(CommandError, match="public server"):
        to_woo(woo, site="https://127.0.0.1", api_url="")
    with pytest.raises(CommandError, match="begins with https://"):
        to_woo(woo, site="http://woo.example", api_url="")
    assert not shop.calls
    assert not woo.calls


def test_a_name_that_comes_to_mean_our_own_network_is_not_called(settings, woo, woo_connected):
    from integrations.adapters import adapter_named
    from integrations.adapters.base import AdapterError

    settings.LOCAL = False
    woo_connected.settings["api_url"] = woo.url.replace("http://", "https://")
    with pytest.raises(AdapterError, match="does not answer"):
        adapter_named("woocommerce").look_over(woo_connected)
    assert not woo.calls


def test_hearing_needs_no_api(connector, shop):
    shop.outage = True
    shop.place()
    hear(connector, shop)
