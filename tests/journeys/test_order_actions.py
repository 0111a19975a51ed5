"""An agent acts on an order in its shop: asked twice, within a limit, once, written down, shown as the shop has it."""

import json
import threading
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.urls import reverse
from django.utils import timezone

from conversations.inbound.receive import receive
from conversations.models import Activity, OrderAct
from conversations.tasks import give_up_on_order_acts
from customers import commerce
from customers.facts import Line, OrderFact
from customers.identify import Handle
from customers.models import Order
from integrations.adapters.signed import SIGNATURE, TIMESTAMP, check
from integrations.models import Connector
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db

SECRET = "only the shop knows this"
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


class Shop(HTTPServer):
    """A shop on loopback: takes signed acts, remembers them, and answers with the order as it is then."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Answers)
        self.asked, self.status, self.breaks = [], 200, False

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/acts"


class _Answers(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        check(SECRET, body, stamp=self.headers[TIMESTAMP], signature=self.headers[SIGNATURE])
        asked = json.loads(body)
        self.server.asked.append(asked)
        if self.server.breaks:
            self.close_connection = True
            return
        refunded = asked["amount"] or "0"
        status = {"hold": "held", "cancel": "cancelled"}.get(asked["what"], "paid")
        order = {"kind": "order", "id": "o1", "number": "HF-1", "currency": "GBP", "total": "148", "status": status}
        order |= {"placed_at": NOON.isoformat(), "changed_at": datetime.now(UTC).isoformat(), "refunded": refunded}
        order |= {"buyer": {"email": "ann@home.example", "account": "17"}}
        answer = {"items": [order]} if self.server.status == 200 else {"error": "The parcel has left already."}
        said = json.dumps(answer).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *args):
        pass


@pytest.fixture
def shop():
    server = Shop()
    threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def order(shop, mail, ada):
    """An order of Ann, who also wrote: a guest order would be somebody else's."""
    acts = ["refund", "cancel", "resend", "hold", "release"]
    till = Connector(name="Till", adapter="orders", settings={"act_url": shop.url, "acts": acts})
    till.secrets = {"signing_secret": SECRET}
    till.save()
    receive(from_ann(mail, "my jacket"))
    commerce.order(
        OrderFact(
            source=till.pk,
            external_id="o1",
            number="HF-1",
            status="paid",
            currency="GBP",
            total=Decimal("148"),
            handles=(Handle("shop", "17"), Handle("email", "ann@home.example")),
            placed_at=NOON,
            changed_at=NOON,
            lines=(Line("Jacket", 2, Decimal("74"), line_id="7"),),
        )  # fmt: skip
    )
    ada.refund_limit = Decimal("100")
    ada.save()
    return Order.objects.get()


def sure(**more):
    return {"key": str(uuid.uuid4()), "confirmed": "1"} | more


def act(client, order, what, data):
    return client.post(reverse("order_act", args=[order.pk, what]), data, HTTP_HX_REQUEST="true")


def test_a_refund_is_shown_first_then_done_once_and_written_down(client, ada, order, shop):
    client.force_login(ada)
    data = {"key": str(uuid.uuid4()), "amount": "40", "reason": "seam"}
    asked = act(client, order, "refund", data)
    assert "£40.00" in asked.content.decode() and not shop.asked
    for _ in range(2):
        done = act(client, order, "refund", data | {"confirmed": "1"})
        assert done.status_code == 200 and "£40.00 of HF-1" in done.content.decode()
    assert [each["amount"] for each in shop.asked] == ["40.00"]
    order.refresh_from_db()
    assert order.refunded == 40
    written = Activity.objects.get(verb="refunded")
    assert (written.by, written.to, written.reason) == (ada, "£40.00 of HF-1", "seam")


def test_pieces_make_the_sum_and_reach_the_shop_by_its_own_names(client, ada, order, shop):
    client.force_login(ada)
    act(client, order, "refund", sure(**{"piece-0": "1"}))
    assert shop.asked[0]["amount"] == "74.00"
    assert shop.asked[0]["pieces"][0] | {"sku": ""} == {"line_id": "7", "quantity": 1, "product_id": "", "sku": ""}


def test_more_than_the_limit_is_refused_with_the_limit_and_small_sums_add_up(client, ada, order, shop):
    client.force_login(ada)
    refused = act(client, order, "refund", sure(amount="120"))
    assert refused.status_code == 422 and "£100.00" in refused.content.decode()
    assert act(client, order, "refund", sure(amount="60")).status_code == 200
    again = act(client, order, "refund", sure(amount="60"))
    assert again.status_code == 422 and "£120.00" in again.content.decode()
    assert len(shop.asked) == 1


def test_who_has_no_limit_of_their_own_may_not_give_money_back(client, ada, order, shop):
    ada.refund_limit = 0
    ada.save()
    client.force_login(ada)
    assert "A supervisor can" in act(client, order, "cancel", sure()).content.decode()
    assert not shop.asked


def test_a_supervisor_may_more_and_an_admin_everything(client, sam, root, order, shop, settings):
    settings.SUPERVISOR_REFUND_LIMIT = 120
    client.force_login(sam)
    assert act(client, order, "refund", sure(amount="130")).status_code == 422
    client.force_login(root)
    assert act(client, order, "refund", sure(amount="130")).status_code == 200


def test_more_than_was_paid_is_never_refunded(client, root, order, shop):
    client.force_login(root)
    refused = act(client, order, "refund", sure(amount="148.01"))
    assert refused.status_code == 422 and "£148.00" in refused.content.decode()
    assert not shop.asked


@pytest.mark.parametrize("amount", ["-1", "x", "0", "1.005", "NaN"])
def test_what_is_no_sum_is_refused(client, root, order, shop, amount):
    client.force_login(root)
    assert act(client, order, "refund", sure(amount=amount)).status_code == 422
    assert not shop.asked


def test_the_shops_refusal_is_shown_in_words_and_may_be_tried_again(client, root, order, shop):
    client.force_login(root)
    shop.status = 422
    refused = act(client, order, "cancel", sure())
    assert "The parcel has left already." in refused.content.decode()
    assert not Activity.objects.filter(verb="cancelled_order").exists()
    shop.status = 200
    assert act(client, order, "cancel", sure()).status_code == 200
    order.refresh_from_db()
    assert order.status == "cancelled"


def test_a_shop_that_falls_silent_leaves_it_open_and_nothing_is_done_again_by_itself(client, root, order, shop):
    client.force_login(root)
    shop.breaks, data = True, sure(amount="10")
    for _ in range(2):
        act(client, order, "refund", data)
    assert len(shop.asked) == 1
    assert OrderAct.objects.get().state == "uncertain"
    assert "perhaps" in Activity.objects.get(verb="refunded").reason


def test_an_act_over_which_the_desk_died_is_uncertain_soon(client, root, order, shop):
    act_ = OrderAct.objects.create(order=order, by=root, what="refund", key=uuid.uuid4(), amount=10)
    client.force_login(root)
    refused = act(client, order, "refund", sure(amount="10"))
    assert refused.status_code == 422 and "right now" in refused.content.decode()
    OrderAct.objects.filter(pk=act_.pk).update(created_at=timezone.now() - timedelta(minutes=6))
    give_up_on_order_acts()
    act_.refresh_from_db()
    assert act_.state == "uncertain" and "interrupted" in act_.error
    assert act(client, order, "refund", sure(amount="10")).status_code == 200


def test_hold_needs_no_limit_and_then_only_release_is_offered(client, ada, order, shop):
    client.force_login(ada)
    offered = act(client, order, "hold", sure()).content.decode()
    assert "/acts/release/" in offered and "/acts/hold/" not in offered
    order.refresh_from_db()
    assert order.status == "held"


def test_without_htmx_it_works_too(client, ada, order, shop):
    client.force_login(ada)
    where = reverse("order_act", args=[order.pk, "refund"])
    assert client.get(where).status_code == 200
    assert client.post(where, sure(amount="5")).url == reverse("order", args=[order.pk])
    assert len(shop.asked) == 1


def test_only_what_the_connection_allows_is_offered(client, root, order):
    till = Connector.objects.get(adapter="orders")
    till.settings["acts"] = ["resend"]
    till.save()
    client.force_login(root)
    offered = client.get(reverse("order_acts", args=[order.pk])).content.decode()
    assert "/acts/resend/" in offered and "/acts/refund/" not in offered
    assert act(client, order, "refund", sure(amount="5")).status_code == 422


def test_who_may_not_see_purchases_finds_no_order(client, ada, order):
    ada.sees_purchases = False
    ada.save()
    client.force_login(ada)
    assert client.get(reverse("order_acts", args=[order.pk])).status_code == 404
    assert act(client, order, "resend", sure()).status_code == 404


def test_a_key_stands_for_one_act(client, root, order, shop):
    client.force_login(root)
    data = sure(amount="5")
    act(client, order, "refund", data)
    assert act(client, order, "resend", data).status_code == 422
    assert len(shop.asked) == 1
