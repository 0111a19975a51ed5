"""Whether somebody agreed to be written to: of which address they said so, and what holds of several words."""

from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.models import Delivery, OutreachRule
from conversations.outbound.reach import has_refused
from conversations.outreach import judging, lists, running
from conversations.outreach.why import Why
from customers import consent, segments
from customers.facts import ConsentFact
from customers.identify import Handle
from customers.merging import merge
from customers.models import Consent, Customer, Identity, Purpose
from tests.conversations.outreach.past import ago, left

pytestmark = pytest.mark.django_db
MAIL = Purpose.MARKETING_EMAIL


def says(kind, value, is_granted, days, purpose=MAIL):
    consent.say(ConsentFact(7, (Handle(kind, value),), purpose, is_granted, ago(days), "said so"))


@pytest.fixture
def rule(mail, monkeypatch):
    monkeypatch.setattr(judging, "holds_out", lambda rule, customer: False)
    words = {"en": {"subject": "Your cart", "text": "{product}: {link}"}}
    fields = {"wait_minutes": 0, "held_out": 5, "tried_at": timezone.now(), "is_active": True}
    return OutreachRule.objects.create(name="Carts", kind="cart", words=words, **fields)


@pytest.fixture
def ann(rule):
    """One person with two addresses, who left a cart."""
    left("ann", "c1", 2)
    one = Identity.objects.get(kind="shop", value="ann").customer
    other = Customer.objects.create(name="Ann")
    Identity.objects.create(customer=other, kind="email", value="ann@work.example", is_verified=True)
    merge(other, into=one, evidence="one person")
    lists.refresh("cart")
    return one


def written(rule):
    """To which address, or why to none."""
    [verdict] = judging.judge_each(rule, list(judging.waiting(rule)))
    return verdict.why or verdict.way.choice.identity.value


HOME, WORK, SHOP = ("email", "ann@home.example"), ("email", "ann@work.example"), ("shop", "ann")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ([], Why.NO_CONSENT),
        ([(HOME, True, 9)], "ann@home.example"),
        ([(WORK, True, 9)], "ann@work.example"),  # and not to the other, which they use more
        ([(SHOP, True, 9)], "ann@home.example"),  # an account's word goes for each
        ([(HOME, False, 9), (WORK, True, 3)], "ann@work.example"),  # a yes of one is none of another
        ([(HOME, True, 9), (WORK, False, 3)], Why.NO_CONSENT),  # a no is everybody's
        ([(HOME, True, 9), (SHOP, False, 3)], Why.NO_CONSENT),
        ([(HOME, False, 9), (SHOP, True, 3)], "ann@home.example"),
        ([(SHOP, False, 9), (HOME, True, 3)], "ann@home.example"),
        ([(HOME, True, 9), (SHOP, False, 2), (WORK, True, 1)], "ann@work.example"),
    ],
)
def test_a_yes_goes_for_the_address_of_which_it_was_said_and_a_no_for_all(ann, rule, said, told):
    for (kind, value), is_granted, days in said:
        says(kind, value, is_granted, days)
    assert written(rule) == told


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("other", [HOME, SHOP])
def test_of_a_yes_and_a_no_of_the_same_moment_the_no_holds(ann, rule, first, other):
    at = timezone.now() - timedelta(days=3)
    for (kind, value), is_granted in ((HOME, first), (other, not first)):
        consent.say(ConsentFact(7, (Handle(kind, value),), MAIL, is_granted, at, "said so"))
    assert Consent.objects.count() == 2
    assert written(rule) == Why.NO_CONSENT and not consent.of_customer(ann.pk)[MAIL].is_granted
    home = Identity.objects.get(value="ann@home.example")
    assert other != HOME or consent.holds([home.pk]) == {(home.pk, MAIL): False}
    allowing = {"all": True, "rules": [{"field": "consent", "is": "given", "value": str(MAIL)}]}
    assert not segments.matching(allowing).filter(pk=ann.pk).exists()


@pytest.mark.parametrize("first", [True, False])
def test_stop_and_start_of_the_same_moment_stop(first, returns):
    at = timezone.now() - timedelta(days=3)
    phone = Handle("phone", "+441134960001")
    for is_granted in (first, not first):
        consent.say(ConsentFact(7, (phone,), Purpose.ANY_MESSAGE, is_granted, at, "text message"))
    assert has_refused(Identity.objects.get(kind="phone"))


def test_what_waits_in_the_outbox_is_taken_back_when_its_address_refuses(ann, rule):
    says(*WORK, True, 9)
    assert running.go_round() == 1 and running.take_back() == 0
    delivery = Delivery.objects.get()
    assert delivery.message.identity.value == "ann@work.example"
    says(*HOME, True, 0)
    assert running.take_back() == 0
    says(*WORK, False, -0.001)
    assert running.take_back() == 1
