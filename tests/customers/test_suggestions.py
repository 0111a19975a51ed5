"""Who may be one: each piece of evidence as it arrives, and 'not the same' for good."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from conversations.inbound.receive import receive
from conversations.mentions import note_new, numbers_in
from conversations.tasks import suggest
from customers import suggestions
from customers.evidence import words
from customers.facts import EventFact, OrderFact, TraitsFact
from customers.gather import gather
from customers.identify import Handle, identify
from customers.merging import merge, unmerge
from customers.models import Claim, Customer, Identity, NotSame, Suggestion
from customers.suggestions import accept, allow, of, refuse, sweep
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db

ANN = Handle("email", "ann@home.example", "Ann Bell")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def visitor(number, *more, name=""):
    return identify([Handle("visitor", f"v{number}", name), *more])[0]


def claimed(kind, value):
    return Handle(kind, value, is_verified=False)


def rules():
    """Looks at everybody, and says by which rules the one suggestion stands."""
    sweep()
    found = Suggestion.objects.all()
    return {reason["rule"] for each in found for reason in each.reasons}


def the_one():
    sweep()
    return Suggestion.objects.get()


def test_an_address_typed_into_a_chat_suggests_its_owner_and_joins_nobody():
    ann, _ = identify([ANN])
    guest = visitor(1, claimed("email", "Ann@home.example"))
    found = the_one()
    assert (found.one, found.other) == (ann, guest)
    assert found.certainty >= 80 and "claims_email" in rules()
    assert words(found.reasons[0]) == "gave ann@home.example, which is the other’s proven address"
    assert Customer.objects.living().count() == 2


def test_it_makes_no_difference_which_of_them_comes_first():
    visitor(1, claimed("email", "ann@home.example"))
    assert sweep() == set()
    identify([ANN])
    assert rules() == {"claims_email"}


@pytest.mark.parametrize(
    ("first", "second", "rule"),
    [
        ([ANN], [Handle("email", "ann@home.example", "Ann Bell", is_verified=False)], "unproven_sender"),
        ([Handle("phone", "+4791234567")], [Handle("visitor", "v1"), claimed("phone", "+4791234567")], "claims_number"),
        ([Handle("whatsapp", "4791234567")], [Handle("x", "x1"), claimed("phone", "+4791234567")], "claims_number"),
        ([Handle("loyalty", "HF7")], [Handle("visitor", "v1"), claimed("loyalty", "HF7")], "claims_loyalty"),
        ([Handle("shop", "hf:42")], [Handle("visitor", "v1"), claimed("shop", "hf:42")], "claims_account"),
        ([Handle("email", "a.nn+x@gmail.com")], [Handle("email", "ann@googlemail.com")], "email_variant"),
        ([Handle("email", "ann+x@home.example")], [ANN], "email_variant"),
        ([Handle("phone", "+442079460018;ext=7")], [Handle("phone", "+442079460018")], "same_line"),
        (
            [Handle("visitor", "v1"), claimed("email", "x@y.example")],
            [Handle("visitor", "v2"), claimed("email", "x@y.example")],
            "both_claim_email",
        ),
        (
            [Handle("visitor", "v1"), claimed("phone", "+4791234567")],
            [Handle("visitor", "v2"), claimed("phone", "+4791234567")],
            "both_claim_number",
        ),
        (
            [Handle("visitor", "v1"), claimed("loyalty", "HF7")],
            [Handle("visitor", "v2"), claimed("loyalty", "HF7")],
            "both_claim_loyalty",
        ),
        (
            [Handle("telegram", "t1"), Handle("visitor", "v1")],
            [Handle("telegram", "t2"), Handle("visitor", "v1")],
            "same_device",
        ),
    ],
)  # fmt: skip
def test_each_thing_in_common_is_a_reason(first, second, rule):
    identify(first)
    identify(second)
    assert rule in rules()


def test_a_crowd_at_one_browser_says_nothing():
    for number in range(4):
        identify([Handle("telegram", f"t{number}"), Handle("visitor", "v1")])
    assert not rules()  # 38 % for two of them, 8 % in a crowd


def test_an_address_of_a_role_counts_against():
    identify([Handle("email", "info@firm.example")])
    visitor(1, claimed("email", "info@firm.example"), name="Bob Vance")
    found = the_one()
    assert "role_address" in {reason["rule"] for reason in found.reasons}
    assert found.certainty < 30


def test_two_accounts_of_one_shop_count_against():
    identify([Handle("shop", "hf:1"), claimed("email", "bob@home.example"), claimed("phone", "+4791234567")])
    identify([Handle("shop", "hf:2"), Handle("email", "bob@home.example"), Handle("phone", "+4791234567")])
    found = the_one()
    assert "other_accounts" in {reason["rule"] for reason in found.reasons}
    assert found.certainty == 90  # 99 without


def test_another_number_and_another_name_count_against():
    ann, _ = identify([ANN, Handle("phone", "+4791234567")])
    caller, _ = identify([Handle("phone", "+4790000000", "Magnus Berg"), claimed("email", "ann@home.example")])
    guest, _ = identify([Handle("visitor", "v1", "Magnus Berg"), claimed("email", "ann@home.example")])
    sweep()
    found = {(each.one, each.other): each for each in Suggestion.objects.all()}
    assert "other_phone_and_name" in {reason["rule"] for reason in found[ann, caller].reasons}
    assert "other_name" in {reason["rule"] for reason in found[ann, guest].reasons}
    assert found[ann, caller].certainty < 30 < found[ann, guest].certainty < 65


def test_the_same_name_in_the_same_place_is_a_reason_and_alone_it_is_none():
    one, _ = identify([Handle("telegram", "t1", "Ingrid Sørensen")])
    other, _ = identify([Handle("instagram", "i1", "ingrid sorensen")])
    third, _ = identify([Handle("messenger", "m1", "Ingrid Sørensen")])
    assert not rules()
    for handle in (Handle("telegram", "t1"), Handle("messenger", "m1")):
        gather(TraitsFact(1, handle.value, (handle,), {"city": "Bergen", "postcode": "5003"}, NOON))
    suggestions.stale([one.pk, other.pk, third.pk])
    found = the_one()
    assert {found.one, found.other} == {one, third}
    assert "name_and_postcode" in {reason["rule"] for reason in found.reasons}


def test_the_same_name_in_the_same_zone_is_a_weak_reason():
    for kind in ("telegram", "instagram"):
        person, _ = identify([Handle(kind, "x1", "Ingrid Sørensen")])
        Customer.objects.filter(pk=person.pk).update(timezone="Europe/Oslo")
    assert the_one().certainty < 35


def test_two_places_at_once_count_against():
    for number, place in ((1, "Bergen"), (2, "Łódź")):
        handles = (Handle("telegram", f"t{number}"), Handle("visitor", f"v{number}"))
        for minute in (0, 10):
            at = NOON + timedelta(minutes=minute)
            context = {"place": place}
            gather(
                EventFact(1, f"{number}{minute}", handles, "Page Viewed", at, {"url": "https://x.example/"}, context)
            )
    identify([Handle("telegram", "t1"), Handle("email", "x@y.example")])
    identify([Handle("telegram", "t2"), claimed("email", "x@y.example")])
    found = the_one()
    assert "active at the same time in two places: Bergen, Łódź" in map(words, found.reasons)
    assert found.certainty < 40  # 85 without


def test_asking_about_an_order_suggests_who_ordered(mail):
    buyer = Handle("shop", "hf:42")
    gather(OrderFact(1, "o1", "HF-48213", (buyer,), "paid", "GBP", Decimal(9), NOON, NOON))
    note_new()  # what was there before is not looked at
    message = receive(from_ann(mail, "Where is my parcel hf-48213? I ordered on 2026-11-20."))
    suggest()
    assert Claim.objects.get().value == "HF-48213"
    assert Claim.objects.get().identity == message.identity
    assert {reason["rule"] for reason in Suggestion.objects.get().reasons} >= {"same_order"}
    assert Customer.objects.living().count() == 2


def test_ones_own_order_is_nobody_elses(mail):
    mine = Handle("email", "ann@home.example")
    gather(OrderFact(1, "o1", "HF-48213", (mine,), "paid", "GBP", Decimal(9), NOON, NOON))
    note_new()
    receive(from_ann(mail, "Where is HF-48213?"))
    suggest()
    assert not Claim.objects.exists()


def test_an_order_number_can_be_no_identity():
    with pytest.raises(Exception, match="identity_is_no_order"):
        Identity.objects.create(customer=identify([ANN])[0], kind="order", value="HF-1")


def test_numbers_are_found_in_what_people_write():
    assert numbers_in("#1001, HF-48213 and hf-2; call 12, mail a1234@x.example") == ["1001", "HF-48213"]


def test_not_the_same_is_remembered_through_merges_and_unmerges(ada):
    ann, _ = identify([ANN])
    guest = visitor(1, claimed("email", "ann@home.example"))
    refuse(the_one(), by=ada)
    assert NotSame.objects.count() == 1 and not Suggestion.objects.exists()
    third, _ = identify([Handle("telegram", "t1")])
    entry = merge(guest, into=third, evidence="test", by=ada)
    sweep()
    assert not Suggestion.objects.exists()
    unmerge(entry, by=ada)
    merge(ann, into=third, evidence="test", by=ada)
    sweep()
    assert not Suggestion.objects.exists()
    allow(third.pk, guest.pk)
    sweep()
    assert Suggestion.objects.count() == 1


def test_accepting_merges_with_the_reasons_as_evidence_and_undoing_brings_the_suggestion_back(ada):
    ann, _ = identify([ANN])
    guest = visitor(1, claimed("email", "ann@home.example"))
    found = the_one()
    entry = accept(found, into=ann, by=ada)
    assert (entry.absorbed, entry.certainty) == (guest, found.certainty)
    assert "ann@home.example" in entry.evidence
    assert not Suggestion.objects.exists()
    unmerge(entry, by=ada)
    sweep()
    assert Suggestion.objects.count() == 1


def test_who_is_looked_at_is_not_due_until_something_is_new():
    ann, _ = identify([ANN])
    sweep()
    assert not Customer.objects.filter(looked_at=None).exists()
    identify([ANN])
    assert not Customer.objects.filter(looked_at=None).exists()
    identify([ANN, claimed("phone", "+4791234567")])
    assert Customer.objects.get(looked_at=None) == ann


def test_opening_a_customer_looks_at_once():
    ann, _ = identify([ANN])
    visitor(1, claimed("email", "ann@home.example"))
    assert len(of(Customer.objects.get(pk=ann.pk))) == 1


def test_a_reason_that_falls_away_takes_the_suggestion_along():
    identify([ANN])
    visitor(1, claimed("email", "ann@home.example"))
    the_one()
    Claim.objects.all().delete()
    Customer.objects.update(looked_at=None)
    assert sweep() and not Suggestion.objects.exists()


def test_a_handle_that_everybody_claims_suggests_nobody(django_assert_max_num_queries):
    for number in range(30):
        visitor(number, claimed("phone", "+4791234567"))
    with django_assert_max_num_queries(30):
        sweep()
    assert not Suggestion.objects.exists()


def test_doubles_are_looked_for_along_indexes():
    people = Customer.objects.bulk_create(Customer() for _ in range(3000))
    Identity.objects.bulk_create(
        Identity(customer=each, kind="email", value=f"p{each.pk}@x.example", alike=f"q{each.pk}@x.example")
        for each in people
    )
    with connection.cursor() as cursor:
        cursor.execute("analyze customers_identity")
    values = [f"q{number}@x.example" for number in range(80)]
    for field in ("value", "alike"):
        plan = Identity.objects.filter(kind__in=["email"], **{f"{field}__in": values}).explain()
        assert "Seq Scan" not in plan
