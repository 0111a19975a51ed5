"""From a cart that was left to the mail that arrives, the answer that joins it and the order that counts; and all the
reasons for which nobody is written to."""

import json
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conversations import quiet_hours
from conversations.inbound.receive import receive
from conversations.models import Channel, Conversation, Delivery, Message, Occasion, OutreachRecord, OutreachRule
from conversations.outreach import goals, judging, links, lists, running
from conversations.outreach.why import Why
from customers import commerce, consent
from customers.facts import ConsentFact
from customers.identify import Handle
from customers.models import Customer, Identity, Purpose
from integrations.adapters.signed import signed
from integrations.inbound.process import process
from integrations.models import Connector, RawEvent
from integrations.outbound.deliver import deliver
from integrations.simulators.mail_servers import MailServers
from tests.conftest import from_ann
from tests.conversations.outreach.past import ago, bought, left
from tests.mailing import a_mail, connect, fetch

pytestmark = pytest.mark.django_db


def rule(kind="cart", **fields):
    words = {"en": {"subject": "Your cart, {customer}", "text": "{product} is still there: {link}\n\n<b>Bye</b>"}}
    if kind == "parcel":
        words = {"en": {"subject": "Order {number} is late", "text": "By {days} days, we are sorry."}}
    fields = {"wait_minutes": 0, "rest_days": 7, "held_out": 5, "tried_at": timezone.now(), "is_active": True, **fields}
    return OutreachRule.objects.create(name=f"{kind} {OutreachRule.objects.count()}", kind=kind, words=words, **fields)


def agrees(who, is_granted=True, days=1.0, purpose=Purpose.MARKETING_EMAIL):
    consent.say(ConsentFact(7, (Handle("shop", who),), purpose, is_granted, ago(days), "checkout"))


def customer(who):
    return Identity.objects.get(kind="shop", value=who).customer


def whys(one):
    lists.refresh(one.kind)
    return [each.why for each in judging.judge_each(one, list(judging.waiting(one)))]


@pytest.fixture
def nobody_held_out(monkeypatch):
    monkeypatch.setattr(judging, "holds_out", lambda rule, customer: False)


@pytest.fixture
def ann(mail, nobody_held_out):
    """Who agreed to mails, and left a cart two days ago."""
    left("ann", "c1", 2)
    agrees("ann")
    lists.refresh("cart")
    return customer("ann")


def test_a_cart_of_the_shop_becomes_a_mail_whose_answer_joins_it_and_whose_order_counts(mail, nobody_held_out, client):
    till = Connector(name="Till", adapter="orders", settings={"shop": "hf"})
    till.secrets = {"webhook_secret": "the-address", "signing_secret": "only the shop knows this"}
    till.save()
    buyer = {"account": "17", "name": "Ann Bell", "email": "ann@home.example", "email_confirmed": True}
    basket = {
        "kind": "cart", "id": "c1", "status": "open", "step": "payment", "currency": "GBP", "total": "129.00",
        "changed_at": ago(1).isoformat(), "buyer": buyer, "url": "https://shop.example/basket?c=c1",
        "lines": [{"name": "Kestrel & Trail Jacket", "quantity": 1, "price": 129.0, "product_id": "k"}],
    }  # fmt: skip
    agreed = {"kind": "customer", "consent": {"email": True}, "changed_at": ago(2).isoformat(), "buyer": buyer}
    for body in (basket, agreed):
        told = json.dumps(body).encode()
        url = reverse("hook", args=[till.pk, "the-address"])
        headers = signed("only the shop knows this", told)
        assert client.post(url, told, content_type="application/json", headers=headers).status_code == 200
        process(RawEvent.objects.latest("pk").pk)
    commerce.leave_silent_carts(now=timezone.now(), silent=timedelta(hours=1))
    one = rule()
    lists.refresh_due()
    with MailServers({"support@hollinfell.example"}) as servers:
        mailbox = connect(mail, servers)
        assert running.go_round() == 1
        assert running.go_round() == 0
        record = OutreachRecord.objects.get()
        deliver(record.message.delivery.pk)
        letter = message_from_bytes(servers.taken[-1].replace(b"\r\n", b"\n"), policy=default)
        assert letter["To"] == "Ann Bell <ann@home.example>" and letter["Subject"] == "Your cart, Ann"
        assert letter["Auto-Submitted"] == "auto-generated" and letter["List-Unsubscribe-Post"]
        page = letter.get_body(("html",)).get_content()
        assert 'href="https://shop.example/basket?c=c1"' in page and "Kestrel &amp; Trail" in page and "<b>" not in page
        talk = record.message.conversation
        assert talk.status == "resolved" and talk.waiting_since is None
        named = letter["Message-ID"]
        servers.put(a_mail("Does it run small?", in_reply_to=named, references=named))
        assert fetch(mailbox) == 1
    talk.refresh_from_db()
    assert talk.status == "open" and [m.kind for m in talk.messages.order_by("pk")] == ["outbound", "inbound"]
    order = {
        "kind": "order", "id": "o1", "number": "HF-1", "status": "paid", "currency": "GBP", "total": "129.00",
        "placed_at": (timezone.now() + timedelta(seconds=5)).isoformat(), "changed_at": timezone.now().isoformat(),
        "buyer": buyer, "lines": basket["lines"], "cart_id": "c1",
    }  # fmt: skip
    told = json.dumps(order).encode()
    headers = signed("only the shop knows this", told)
    client.post(reverse("hook", args=[till.pk, "the-address"]), told, content_type="application/json", headers=headers)
    process(RawEvent.objects.latest("pk").pk)
    OutreachRecord.objects.update(at=ago(0.001))  # a mail's clock has no parts of seconds
    later = timezone.now() + timedelta(days=8)
    result = goals.results(OutreachRecord.objects.all(), later)[one.pk]
    assert (result.written, result.over, result.met, result.answered) == (1, 1, 1, 1)
    assert goals.behind(OutreachRecord.objects.all(), "met", later).count() == 1
    assert goals.results(OutreachRecord.objects.all())[one.pk].over == 0


def test_who_is_held_out_hears_nothing_and_is_counted_alike(mail, monkeypatch):
    people = [f"p{number}" for number in range(40)]
    for who in people:
        left(who, f"c-{who}", 1)
        agrees(who)
    lists.refresh("cart")
    one = rule(held_out=50)
    assert running.go_round() == 40
    held = set(OutreachRecord.objects.filter(is_held_out=True).values_list("customer", flat=True))
    assert 8 < len(held) < 32
    assert not Message.objects.filter(conversation__customer__in=held).exists()
    assert Message.objects.count() == 40 - len(held) == Delivery.objects.count()
    assert {pk for pk in Customer.objects.values_list("pk", flat=True) if judging.holds_out(one, pk)} == held
    result = goals.results(OutreachRecord.objects.all())[one.pk]
    assert (result.written, result.held) == (40 - len(held), len(held))


def test_what_changes_between_the_list_and_the_message_stops_it(ann):
    one, occasion = rule(), Occasion.objects.get()
    agrees("ann", False, days=0)
    assert not running.reach_out(one.pk, occasion) and whys(one) == [Why.NO_CONSENT]
    agrees("ann", True, days=-0.001)
    bought("ann", "o1", 0)
    assert not running.reach_out(one.pk, occasion)
    assert not Message.objects.exists() and not Occasion.objects.exists()


def test_a_delivery_that_waits_is_taken_back_when_it_is_over(ann):
    rule()
    running.go_round()
    delivery = Delivery.objects.get()
    assert running.take_back() == 0
    bought("ann", "o1", 0)
    assert running.take_back() == 1
    delivery.refresh_from_db()
    assert delivery.status == "cancelled" and Conversation.objects.get().status == "resolved"


def test_a_worker_that_dies_has_said_nothing_and_the_next_says_it_once(ann, monkeypatch):
    one, occasion = rule(), Occasion.objects.get()
    with pytest.raises(SystemExit), monkeypatch.context() as patched, transaction.atomic():
        patched.setattr(running, "say", lambda *_: (_ for _ in ()).throw(SystemExit))
        running.reach_out(one.pk, occasion)
    assert not OutreachRecord.objects.exists()
    assert running.reach_out(one.pk, occasion) and not running.reach_out(one.pk, occasion)
    assert Message.objects.count() == 1


def test_nobody_is_written_to_who_talks_with_us_is_angry_blocked_or_at_rest(ann, mail):
    one, other = rule(), rule(rest_days=7)
    talk = receive(from_ann(mail, "Hello")).conversation
    assert whys(one) == [Why.TALKING]
    Conversation.objects.filter(pk=talk.pk).update(status="resolved", resolved_at=timezone.now(), mood=-0.7)
    assert whys(one) == [Why.ANGRY]
    Conversation.objects.filter(pk=talk.pk).update(mood=None, is_spam=True)
    assert whys(one) == [Why.SPAM]
    Conversation.objects.filter(pk=talk.pk).update(is_spam=False)
    Customer.objects.filter(pk=ann.pk).update(is_blocked=True)
    assert whys(one) == [Why.BLOCKED]
    Customer.objects.filter(pk=ann.pk).update(is_blocked=False)
    assert whys(one) == [None]
    assert running.go_round() == 1
    left("ann", "c2", 1)
    assert whys(one) == [Why.OWN_REST] and whys(other) == [Why.REST, Why.REST]


def test_the_cap_of_a_day_holds_and_the_rest_waits(mail, nobody_held_out):
    for who in "abc":
        left(who, f"c-{who}", 1)
        agrees(who)
    lists.refresh("cart")
    one = rule(daily_most=2)
    assert running.go_round() == 2 and whys(one) == [Why.DAILY]


def test_quiet_hours_go_by_the_customers_clock_also_when_it_is_put_back():
    ann = Customer(timezone="Europe/Oslo")
    begins, ends = time(21), time(8)
    night = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)  # half past midnight there, before the clocks go back
    until = quiet_hours.quiet_until(ann, begins, ends, night)
    assert until == datetime(2026, 10, 25, 7, 0, tzinfo=UTC)
    assert quiet_hours.quiet_until(ann, begins, ends, until) is None
    assert quiet_hours.quiet_until(ann, begins, ends, until - timedelta(minutes=1))
    spring = datetime(2026, 3, 28, 23, 0, tzinfo=UTC)  # midnight; at two it is three
    assert quiet_hours.quiet_until(ann, begins, ends, spring) == datetime(2026, 3, 29, 6, 0, tzinfo=UTC)


def test_in_quiet_hours_it_waits(ann):
    Customer.objects.filter(pk=ann.pk).update(timezone="Europe/Oslo")
    one = rule(quiet_from=time(21), quiet_until=time(8))
    at = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)
    Occasion.objects.update(at=at - timedelta(days=1))
    [night] = judging.judge_each(one, list(judging.waiting(one)), now=at)
    [morning] = judging.judge_each(one, list(judging.waiting(one)), now=at + timedelta(hours=5))
    assert (night.why, morning.why) == (Why.QUIET, None)


def test_a_late_parcel_is_news_and_no_marketing_until_they_want_no_more_of_it(mail, nobody_held_out):
    left("ann", "c1", 40)  # with which their address came
    bought("ann", "o1", 20, status="shipped", parcels=[("P", 19, "in transit", "")])
    lists.refresh("parcel")
    one = rule("parcel", goal="calm")
    assert running.go_round() == 1
    record = OutreachRecord.objects.get()
    assert record.message.subject == "Order o1 is late" and record.message.text.startswith("By 9 days")
    page = record.message.details["unsubscribe"].removeprefix("http://testserver")
    page = "/o/" + page.partition("/o/")[2]
    browser = Client(enforce_csrf_checks=True)
    assert browser.get(page).status_code == 200 and "news" not in consent.of_customer(record.customer_id)
    assert browser.post(page).status_code == 200
    assert not consent.of_customer(record.customer_id)["news"].is_granted
    bought("ann", "o2", 20, status="shipped", parcels=[("Q", 19, "in transit", "")])
    again = rule("parcel", goal="calm", rest_days=0, own_rest_days=0)
    assert set(whys(again)) == {Why.REFUSED}
    result = goals.results(OutreachRecord.objects.all())[one.pk]
    assert (result.refused, result.complained) == (1, 0)
    assert links.record_of("1~forged") is None


def test_what_they_used_last_comes_before_mail_where_they_agreed_to_that(ann, returns):
    bot = Channel.objects.create(name="Telegram", medium="telegram", address="bot", team=returns)
    talk = receive(
        from_ann(bot, "hi", handles=(Handle("telegram", "77"), Handle("shop", "ann")), external_id="t1")
    ).conversation
    Conversation.objects.filter(pk=talk.pk).update(status="resolved", resolved_at=timezone.now())
    one = rule()
    [verdict] = judging.judge_each(one, list(judging.waiting(one)))
    assert verdict.way.choice.channel.medium == "email"  # no word on messengers
    agrees("ann", purpose=Purpose.MARKETING_MESSAGING)
    [verdict] = judging.judge_each(one, list(judging.waiting(one)))
    assert verdict.way.choice.channel == bot
    agrees("ann", False, days=0, purpose=Purpose.MARKETING_MESSAGING)
    OutreachRule.objects.update(fallback="none")
    assert whys(OutreachRule.objects.get()) == [Why.NO_CONSENT]
