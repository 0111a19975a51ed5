"""A connected shop, its webhooks as they come over the wire, and the desk's workers done by hand."""

from django.test import Client
from django.utils import timezone

from integrations.inbound import rereading
from integrations.inbound.process import process
from integrations.models import Connector, RawEvent, Reread
from integrations.simulators.shops import shopify, woocommerce

ADDRESS = "the-last-word-of-the-address"


def shopify_connector(shop, **settings):
    wired = {"domain": shopify.DOMAIN, "shop": "hf", "api_url": shop.url, "currency": "GBP"}
    connector = Connector(name="Hollin & Fell", adapter="shopify", settings={**wired, **settings})
    connector.secrets = {
        "webhook_secret": ADDRESS,
        "client_id": shopify.CLIENT,
        "client_secret": shopify.SECRET,
    }
    connector.save()
    return connector


def woo_connector(shop, **settings):
    wired = {"site": "https://woo.example", "shop": "woo", "api_url": shop.url, "currency": "EUR"}
    connector = Connector(name="Woolly", adapter="woocommerce", settings={**wired, **settings})
    connector.secrets = {
        "webhook_secret": ADDRESS,
        "signing_secret": woocommerce.SECRET,
        "consumer_key": woocommerce.KEY,
        "consumer_secret": woocommerce.KEY_SECRET,
    }
    connector.save()
    return connector


def post(connector, webhook, *, address=ADDRESS, body=None, **changed):
    """One webhook to the door; gives the status. Header names by keyword, with underscores for dashes."""
    headers = {**webhook.headers, **{name.replace("_", "-"): value for name, value in changed.items()}}
    sent = webhook.body if body is None else body
    kind = headers.pop("Content-Type", "application/json")
    return Client().post(f"/hooks/{connector.pk}/{address}/", data=sent, content_type=kind, headers=headers).status_code


def hear(connector, shop, **how):
    """All that the shop owes, through the door, and worked off."""
    shop.deliver(lambda webhook: _taken(post(connector, webhook)), **how)
    work_off()


def _taken(status):
    assert status == 200, status


def work_off():
    """What the workers would do, until nothing is left to do: process what is kept, read what was asked for."""
    while True:
        kept = list(RawEvent.objects.filter(state="kept").order_by("pk").values_list("pk", flat=True))
        for raw_id in kept:
            process(raw_id)
        due = list(Reread.objects.filter(due_at__lte=timezone.now()).values_list("pk", flat=True))
        for reread_id in due:
            rereading.reread(reread_id)
        if not kept and not due:
            return


def aside():
    """Why events were set aside."""
    return list(RawEvent.objects.filter(state="aside").values_list("error", flat=True))
