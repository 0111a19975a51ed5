"""/settings/shops/: for admins; a connection is really tried, and the past shows how far it is read."""

import pytest
from django.urls import reverse
from django.utils import timezone

from integrations.inbound import backfill
from integrations.models import Backfill, Connector, Reread
from tests.adapters.shops.conftest import connector, shop  # noqa: F401  (fixtures)

pytestmark = pytest.mark.django_db


def test_only_admins_come_here(client, ada, sam, root):
    for agent, status in ((ada, 404), (sam, 404), (root, 200)):
        client.force_login(agent)
        assert client.get(reverse("shops")).status_code == status


def test_a_test_of_the_connection_says_what_it_found_or_what_is_wrong(client, root, connector, shop):  # noqa: F811
    client.force_login(root)
    given_up = Reread.objects.create(
        connector=connector, kind="orders", external_id="1", asked_at=timezone.now(), due_at=None, tries=12
    )
    answer = client.post(reverse("shop_check", args=[connector.pk]), follow=True)
    assert b"Signed in to Hollin &amp; Fell" in answer.content
    connector.refresh_from_db()
    assert (connector.error, connector.settings["locations"]) == ("", {"501": "Keswick", "502": "Kendal"})
    given_up.refresh_from_db()
    assert given_up.due_at
    connector.secrets = {**connector.secrets, "client_secret": "wrong"}
    connector.save()
    answer = client.post(reverse("shop_check", args=[connector.pk]), follow=True)
    assert b"copy both again" in answer.content
    assert b"does not work" in answer.content
    connector.refresh_from_db()
    assert "copy both again" in connector.error


def test_the_past_is_begun_here_and_its_row_asks_for_itself_until_it_is_done(client, root, connector, shop):  # noqa: F811
    shop.place(owe=False)
    client.force_login(root)
    answer = client.post(reverse("shop_past", args=[connector.pk]), follow=True)
    assert b'hx-trigger="every 2s"' in answer.content
    started = Backfill.objects.get()
    where = reverse("shop_past", args=[connector.pk])
    backfill.run(started.pk, seconds=0)
    row = client.get(where, HTTP_HX_REQUEST="true").content
    assert b'<progress max="100" value="42"' in row
    assert b"3 of 7" in row
    Backfill.objects.update(due_at=timezone.now())
    backfill.run(started.pk)
    row = client.get(where, HTTP_HX_REQUEST="true").content
    assert b'value="100"' in row
    assert b"hx-trigger" not in row


def test_a_shop_without_an_api_has_nothing_to_test(client, root):
    till = Connector.objects.create(name="Till", adapter="orders")
    mailbox = Connector.objects.create(name="Mail", adapter="imap")
    client.force_login(root)
    assert b"Test connection" not in client.get(reverse("shops")).content
    for one in (till, mailbox):
        assert client.post(reverse("shop_past", args=[one.pk])).status_code == 404
        assert client.post(reverse("shop_check", args=[one.pk])).status_code == 404


def test_many_shops_cost_no_more_queries_than_one(client, root, django_assert_max_num_queries):
    client.force_login(root)
    for number in range(10):
        Connector.objects.create(name=f"Shop {number}", adapter="shopify", settings={"domain": "x"})
    with django_assert_max_num_queries(12):
        client.get(reverse("shops"))
