"""Who is this? Verified handles find a customer; claims never do."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import close_old_connections, connection, transaction

from customers.identify import Handle, identify, identify_each, normalise
from customers.merging import unmerge
from customers.models import Claim, Customer, Identity, MergeEntry

pytestmark = pytest.mark.django_db

ANN = Handle("email", "Ann@Home.example", "Ann Bell")


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        ("email", " Ann.Bell+shop@Home.Example. ", "ann.bell+shop@home.example"),
        ("email", "o'hara@x.example", "o'hara@x.example"),
        ("phone", "+47 912 34 567", "+4791234567"),
        ("whatsapp", "4791234567", "+4791234567"),
        ("visitor", " 8f2c ", "8f2c"),
    ],
)
def test_a_handle_has_one_form(kind, given, kept):
    assert normalise(kind, given) == kept


def test_a_national_number_needs_its_region():
    assert normalise("phone", "020 7946 0018", region="GB") == "+442079460018"


@pytest.mark.parametrize(("kind", "given"), [("email", "ann"), ("email", "@x"), ("phone", "hello"), ("visitor", " ")])
def test_what_is_no_handle_is_refused(kind, given):
    with pytest.raises(ValueError):
        normalise(kind, given)


def test_a_new_address_makes_a_customer_with_the_name_it_brought():
    customer, identity = identify([ANN])
    assert (customer.name, identity.value, identity.is_verified) == ("Ann Bell", "ann@home.example", True)


def test_the_same_address_in_capitals_is_the_same_customer():
    first, _ = identify([ANN])
    again, _ = identify([Handle("email", "ANN@HOME.EXAMPLE", "A. Bell")])
    assert again == first
    assert again.name == "Ann Bell"


def test_an_address_typed_into_a_chat_is_a_claim_and_finds_nobody():
    ann, _ = identify([ANN])
    visitor, _ = identify([Handle("visitor", "v1"), Handle("email", "ann@home.example", is_verified=False)])
    assert visitor != ann
    assert Claim.objects.get(customer=visitor).value == "ann@home.example"


def test_a_from_header_that_failed_its_check_never_identifies_ann():
    ann, _ = identify([ANN])
    forged, identity = identify([Handle("email", "ann@home.example", "Ann Bell", is_verified=False)])
    assert forged != ann
    assert not identity.is_verified
    assert identity.label == "ann@home.example"


def test_a_signed_in_visitor_joins_the_customer_of_the_address_and_can_be_taken_apart():
    ann, _ = identify([ANN])
    anonymous, _ = identify([Handle("visitor", "v1")])
    known, identity = identify([Handle("visitor", "v1"), Handle("email", "ann@home.example")])
    assert known == ann
    assert identity.customer == ann
    entry = MergeEntry.objects.get()
    unmerge(entry)
    assert Identity.objects.get(kind="visitor").customer == anonymous
    unmerge(entry)
    assert Identity.objects.get(kind="email").customer == ann


def test_two_known_people_are_never_merged_by_a_message_that_names_both():
    ann, _ = identify([ANN])
    bob, _ = identify([Handle("email", "bob@home.example")])
    identify([Handle("email", "ann@home.example"), Handle("email", "bob@home.example")])
    assert not MergeEntry.objects.exists()
    assert Identity.objects.get(value="bob@home.example").customer == bob


@pytest.mark.django_db(transaction=True)
def test_twenty_first_messages_at_once_make_one_customer():
    start = threading.Barrier(20)
    seen = []

    def arrive(number):
        start.wait()
        handles = [Handle("visitor", "v7"), ANN] if number % 2 else [ANN, Handle("visitor", "v7")]
        try:
            with transaction.atomic():
                seen.append(identify(handles)[0].pk)
        finally:
            close_old_connections()
            from django.db import connection

            connection.close()

    threads = [threading.Thread(target=arrive, args=[number]) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 20
    assert len(set(seen)) == 1
    assert Customer.objects.count() == 1
    assert Identity.objects.count() == 2


def test_a_shared_browser_stays_with_whom_it_knew_first():
    ann, _ = identify([ANN, Handle("visitor", "v1")])
    bob, _ = identify([Handle("email", "bob@home.example", "Bob"), Handle("visitor", "v1")])
    assert bob != ann
    assert Identity.objects.get(kind="visitor").customer == ann


def test_several_writers_at_once_are_who_each_of_them_alone_would_be():
    ann, address = identify([ANN])
    nameless, _ = identify([Handle("email", "cy@home.example")])
    forged = Handle("email", "ann@home.example", "Ann Bell", is_verified=False, source="mail")
    bob = Handle("email", "Bob@Home.example", "Bob Vance", source="mail")
    writers = [(bob, "nb"), (ANN, ""), (Handle("email", "cy@home.example", "Cy Hill"), ""), (forged, "")]
    new, known, named, stranger = identify_each(writers)
    assert (new[0].name, new[0].language, new[0].is_new, new[1].value) == ("Bob Vance", "nb", True, "bob@home.example")
    assert (known, known[0].is_new) == ((ann, address), False)
    assert named[0] == nameless and Customer.objects.get(pk=nameless.pk).name == "Cy Hill"
    assert (stranger[1].value, stranger[1].is_verified) == ("unverified:ann@home.example", False)
    assert Customer.objects.count() == 4


def test_several_writers_at_once_are_seen_now():
    _, address = identify([ANN])
    Identity.objects.update(last_seen_at=datetime(2026, 1, 1, tzinfo=UTC))
    identify_each([(ANN, "")])
    assert Identity.objects.get(pk=address.pk).last_seen_at.year > 2025


@pytest.mark.django_db(transaction=True)
def test_batches_of_the_same_writers_make_each_customer_once():
    people = [(Handle("email", f"p{number}@home.example"), "") for number in range(12)]
    ready = threading.Barrier(4)

    def write(some):
        ready.wait(30)
        with transaction.atomic():
            identify_each(some)
        connection.close()

    threads = [threading.Thread(target=write, args=(some,)) for some in (people, people[::-1], people[6:], people[:6])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert Customer.objects.count() == Identity.objects.count() == 12


@pytest.mark.django_db(transaction=True)
def test_a_writer_whose_address_changes_hands_meanwhile_is_left_to_a_look_of_their_own():
    ann, address = identify([ANN])
    bob, _ = identify([Handle("email", "bob@home.example")])
    found = []

    def write():
        with transaction.atomic():
            found.extend(identify_each([(ANN, "")]))
        connection.close()

    with transaction.atomic():
        Customer.objects.select_for_update().get(pk=ann.pk)
        Identity.objects.filter(pk=address.pk).update(customer=bob)
        late = threading.Thread(target=write)
        late.start()
        wait_until_somebody_waits()
    late.join(60)
    assert found == [None]


def wait_until_somebody_waits():
    with connection.cursor() as cursor:
        for _look in range(3000):
            cursor.execute("select exists (select from pg_locks where not granted), pg_sleep(0.01)")
            if cursor.fetchone()[0]:
                return
    raise AssertionError("Nobody waits.")
