"""Only a proof joins by itself: the same number, a sign-in, a shop's account, a provider's word; nothing else does."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.facts import LoyaltyFact, OrderFact
from customers.gather import gather
from customers.identify import Handle, _of_these, identify
from customers.merging import unmerge
from customers.models import Claim, Customer, Identity, MergeEntry
from customers.telling_apart import tell_apart

pytestmark = pytest.mark.django_db

MAIL = Handle("email", "ann@home.example", "Ann Bell", source="mail")
PHONE = Handle("phone", "+4791234567", source="sms")
ACCOUNT = Handle("shop", "hf:42", source="shop")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def order(*handles, external_id="1"):
    fact = OrderFact(1, external_id, f"HF-{external_id}", handles, "paid", "GBP", Decimal(9), NOON, NOON)
    gather(fact)


def living():
    return set(Customer.objects.living().values_list("pk", flat=True))


def test_an_account_that_owns_address_and_number_makes_one_of_two():
    ann, _ = identify([MAIL])
    caller, _ = identify([PHONE])
    order(ACCOUNT, MAIL, PHONE)
    assert len(living()) == 1
    assert set(Identity.objects.values_list("customer", flat=True)) == living()
    entry = MergeEntry.objects.get()
    assert "hf:42" in entry.evidence and entry.by is None
    unmerge(entry)
    assert living() == {ann.pk, caller.pk}


def test_loyalty_of_an_account_does_the_same():
    identify([MAIL])
    identify([ACCOUNT])
    gather(LoyaltyFact(1, (ACCOUNT, MAIL), NOON, tier="Gold"))
    assert len(living()) == 1


def test_an_address_typed_at_the_till_joins_nobody():
    ann, _ = identify([MAIL])
    typed = Handle("email", "ann@home.example", is_verified=False)
    order(ACCOUNT, typed)
    assert len(living()) == 2
    assert Claim.objects.get().customer != ann


def test_two_accounts_of_one_shop_are_two_people_whatever_address_they_name():
    identify([ACCOUNT, MAIL])
    identify([Handle("shop", "hf:43"), PHONE])
    order(ACCOUNT, MAIL, PHONE)
    assert len(living()) == 2 and not MergeEntry.objects.exists()
    assert Claim.objects.get().value == "+4791234567"  # evidence for an agent


def test_accounts_of_two_shops_are_joined_by_the_address_that_both_verified():
    identify([Handle("shop", "oslo:7"), PHONE])
    identify([ACCOUNT, MAIL])
    order(ACCOUNT, MAIL, PHONE)
    assert len(living()) == 1


def test_an_address_of_a_role_never_joins():
    identify([Handle("email", "info@firm.example")])
    identify([ACCOUNT])
    order(ACCOUNT, Handle("email", "info@firm.example"))
    assert len(living()) == 2


def test_who_was_told_apart_is_not_joined_by_any_proof(ada):
    ann, _ = identify([MAIL])
    caller, _ = identify([PHONE])
    tell_apart(ann.pk, caller.pk, by=ada)
    order(ACCOUNT, MAIL, PHONE)
    assert len(living()) == 2


def test_a_number_proven_on_two_media_is_one_person():
    ann, _ = identify([PHONE])
    again, identity = identify([Handle("whatsapp", "4791234567")])
    assert again == ann and identity.brought_by.kind == "phone"
    assert not MergeEntry.objects.exists()


def test_both_forms_of_a_brazilian_number_are_one_person():
    ann, _ = identify([Handle("phone", "+5551991234567")])
    assert identify([Handle("whatsapp", "555191234567")])[0] == ann
    assert Identity.objects.count() == 2  # each can be written to as it is


def test_a_claimed_number_is_nobodys_proof():
    ann, _ = identify([MAIL, Handle("phone", "+4791234567", is_verified=False)])
    caller, _ = identify([Handle("whatsapp", "4791234567")])
    assert caller != ann


def test_a_providers_own_link_joins():
    ann, _ = identify([Handle("messenger", "m1", "Ann")])
    identify([Handle("instagram", "i1", "ann.b")])
    linked = Handle("instagram", "i1", is_linked=True)
    assert identify([Handle("messenger", "m1"), linked])[0] == ann
    assert len(living()) == 1


def test_two_people_at_one_browser_stay_two_and_the_second_is_noted():
    ann, _ = identify([Handle("shop", "hf:1"), Handle("visitor", "v1")])
    bob, _ = identify([Handle("shop", "hf:2"), Handle("visitor", "v1")])
    assert bob != ann
    assert Claim.objects.get().customer == bob and Claim.objects.get().kind == "visitor"


def test_who_is_known_is_identified_by_one_look_up_and_one_lock():
    identify([MAIL, Handle("visitor", "v1")])
    with CaptureQueriesContext(connection) as queries:
        identify([MAIL, Handle("visitor", "v1")])
    said = [query["sql"].lower() for query in queries]
    assert len(said) == 4  # the advisory locks, the look-up, the customer's row, the time they were seen
    looks = [sql for sql in said if sql.startswith("select") and "customers_identity" in sql]
    locks = [sql for sql in said if "for no key update" in sql]
    assert (len(looks), len(locks)) == (1, 1)


def test_a_stranger_takes_four_queries():
    with CaptureQueriesContext(connection) as queries:
        identify([MAIL])
    assert len(queries) == 4  # locks, look-up, customer, identity


def test_the_look_up_walks_an_index_however_many_there_are():
    people = Customer.objects.bulk_create(Customer() for _ in range(3000))
    Identity.objects.bulk_create(
        Identity(customer=each, kind="email", value=f"p{each.pk}@home.example") for each in people
    )
    with connection.cursor() as cursor:
        cursor.execute("analyze customers_identity")
    plan = _of_these({("email", "p7@home.example"), ("visitor", "v1"), ("shop", "hf:42")}).explain()
    assert "Seq Scan" not in plan and "Index Scan" in plan
