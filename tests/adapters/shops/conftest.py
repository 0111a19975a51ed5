"""The shops of the tests: on loopback, speaking their providers' protocols."""

import pytest

from integrations.adapters.shops.shopify import api
from integrations.simulators.shops.shopify import ShopifyShop
from integrations.simulators.shops.woocommerce import WooShop
from tests.adapters.shops.shopping import shopify_connector, woo_connector


@pytest.fixture
def shop():
    """A Shopify shop; its bucket is large, and its own tests make it small."""
    with ShopifyShop(bucket=4000, leak=4000) as server:
        yield server
    api._tokens.clear()


@pytest.fixture
def connector(db, shop):
    return shopify_connector(shop)


@pytest.fixture
def woo():
    with WooShop() as server:
        yield server


@pytest.fixture
def woo_connected(db, woo):
    return woo_connector(woo)
