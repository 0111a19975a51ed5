"""Events, visits, traits, consent, wishes: each once, and the same rows in whatever order they are heard."""

import random
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers import consent, event_names, events
from customers.facts import ConsentFact, EventFact, TraitsFact
from customers.gather import gather, gather_all
from customers.identify import Handle, identify
from customers.merging import merge, unmerge
from customers.models import Cart, Category, Claim, Consent, Customer, Event, EventKey, Identity, Trait, Visit, WishItem

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ANN = (Handle("visitor", "ann's browser"),)
JACKET = {"product_id": "j1", "name": "Fell jacket", "category": "Jackets"}


def event(name="Page Viewed", *, minute=0.0, key=None, handles=ANN, source=1, properties=None, context=None):
    at = NOON + timedelta(minutes=minute)
    return EventFact(source, key or f"{name} {minute}", handles, name, at, properties or {}, context or {})


# once


def test_an_event_that_comes_twice_is_there_once_also_by_another_clock():
    assert gather(event(key="one"))
    assert gather(event(key="one", minute=30)) == set()
    assert Event.objects.get().occurred_at == NOON


def test_an_event_that_is_twice_in_one_batch_is_there_once():
    gather_all([event(key="one"), event(key="one", minute=3), event(key="two")])
    assert set(Event.objects.values_list("external_id", "occurred_at")) == {("one", NOON), ("two", NOON)}


def test_two_sources_may_use_the_same_name():
    gather_all([event(key="one"), event(key="one", source=2)])
    assert Event.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_eight_processes_with_overlapping_batches_keep_each_event_once():
    people = [(Handle("visitor", f"browser {number}"),) for number in range(10)]
    batch = [event(key=f"e{number}", minute=number / 10, handles=people[number % 10]) for number in range(200)]
    failed = []

    def work(seed):
        mine = random.Random(seed).sample(batch, 150)
        try:
            for start in range(0, len(mine), 50):
                for _try in range(5):  # a deadlock is answered by trying again, as processing does
                    try:
                        gather_all(mine[start : start + 50])
                        break
                    except Exception as error:
                        failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    gather_all(batch)
    assert Event.objects.count() == EventKey.objects.count() == 200
    assert Identity.objects.count() == Customer.objects.count() == 10
    assert Visit.objects.count() == 10
    assert sum(Visit.objects.values_list("pages", flat=True)) == 200


def test_a_hundred_events_of_known_people_are_a_handful_of_statements():
    people = [(Handle("visitor", f"browser {number}"),) for number in range(20)]
    gather_all([event(key=f"first {who[0].value}", handles=who) for who in people])
    batch = [event(key=f"e{number}", minute=1 + number / 60, handles=people[number % 20]) for number in range(100)]
    with CaptureQueriesContext(connection) as statements:
        gather_all(batch)
    assert len(statements) <= 10  # two of them are the savepoint's
    assert Event.objects.count() == 120


def test_a_hundred_strangers_are_a_handful_of_statements():
    batch = [event(key=f"e{number}", handles=(Handle("visitor", f"new {number}"),)) for number in range(100)]
    with CaptureQueriesContext(connection) as statements:
        gather_all(batch)
    assert len(statements) <= 16
    assert Customer.objects.count() == 100


# whose


def test_events_follow_the_identity_through_merge_and_back():
    customer, identity = identify(ANN)
    ann, _ = identify([Handle("email", "ann@home.example")])
    gather(event())
    entry = merge(customer, into=ann, evidence="test")
    gather(event(minute=1))
    assert Event.objects.filter(identity__customer=ann).count() == 2
    unmerge(entry)
    gather(event(minute=2))
    assert Event.objects.filter(identity__customer=customer).count() == 3
    assert set(Event.objects.values_list("identity", flat=True)) == {identity.pk}


def test_a_claim_that_comes_later_is_kept_beside_what_is_known():
    gather(event())
    gather(event(minute=1, handles=(*ANN, Handle("email", "ann@home.example", is_verified=False))))
    assert Claim.objects.get().customer == Customer.objects.get()


def test_a_name_that_comes_later_is_taken():
    gather(event())
    gather(event(minute=1, handles=(Handle("visitor", "ann's browser", "Ann Bell"),)))
    assert Customer.objects.get().name == "Ann Bell"


def test_the_zone_of_a_browser_is_the_customer_s_where_nobody_said_another():
    gather(event(context={"language": "en-GB", "timezone": "Mars/Olympus"}))
    gather(event(minute=1, context={"language": "nb", "timezone": "Europe/Oslo"}))
    gather(event(minute=2, context={"language": "de", "timezone": "Europe/Berlin"}))
    customer = Customer.objects.get()
    assert (customer.language, customer.timezone) == ("en-GB", "Europe/Oslo")


# visits


def visits():
    """What the table says, without keys."""
    rows = []
    for visit in Visit.objects.order_by("started_at"):
        keys = set(visit.events.values_list("external_id", flat=True))
        told = (visit.started_at, visit.ended_at, visit.pages, visit.seconds, visit.page, visit.seen, visit.searches)
        rows.append((*told, visit.context, keys))
    return rows


def test_a_sitting_folds_into_one_visit():
    gather_all(
        [
            event(minute=0, properties={"url": "https://shop.example/", "title": "Home"}, context={"device": "Phone"}),
            event("Products Searched", minute=1, properties={"query": "rain"}),
            event("Product Viewed", minute=2, properties=JACKET),
            event("Product Viewed", minute=3, properties=JACKET),
            event("Page Left", minute=4, properties={"seconds": 95}),
            event("Product Added", minute=5, properties=JACKET),
            event("Order Completed", minute=6, properties={"order_id": "HF-1"}),
        ]
    )
    visit = Visit.objects.get()
    assert (visit.pages, visit.seconds, visit.searches) == (1, 95, ["rain"])
    assert visit.seen == [{"id": "j1", "name": "Fell jacket", "kind": "Jackets", "times": 2}]
    assert visit.page == {"url": "https://shop.example/", "title": "Home"}
    assert visit.context == {"device": "Phone"}
    assert visit.ended_at == NOON + timedelta(minutes=5)  # an order is no part of a visit
    folded = Event.objects.filter(is_folded=True).values_list("name", flat=True)
    assert set(folded) == {"Page Viewed", "Products Searched", "Product Viewed", "Page Left"}


@pytest.mark.parametrize(("gap", "sittings"), [(30, 1), (30.1, 2)])
def test_half_an_hour_of_silence_ends_a_visit(gap, sittings):
    gather(event(minute=0))
    gather(event(minute=gap))
    assert Visit.objects.count() == sittings


def test_two_browsers_and_two_sites_are_visits_of_their_own():
    gather_all([event(), event(key="b", handles=(Handle("visitor", "bob's browser"),)), event(key="c", source=2)])
    assert Visit.objects.count() == 3


def forget():
    for model in (Event, Visit, EventKey):
        model.objects.all().delete()


PIECES = st.lists(
    st.tuples(
        st.integers(0, 150),  # minute
        st.sampled_from(["Page Viewed", "Product Viewed", "Products Searched", "Page Left", "Product Added"]),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda piece: piece[0],
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=PIECES, seed=st.integers(0, 10**6), size=st.integers(1, 6))
def test_visits_are_the_same_in_whatever_order_and_batches_their_pieces_come(pieces, seed, size):
    facts = [
        event(
            name,
            minute=minute,
            key=f"{minute}",
            properties={"product_id": f"p{which}", "query": f"q{which}", "seconds": which, "title": f"t{which}"},
            context={"device": f"d{which}", "campaign": {"name": f"c{which}"}},
        )
        for minute, name, which in pieces
    ]
    forget()
    gather_all(sorted(facts, key=lambda fact: fact.occurred_at))
    in_order = visits()
    forget()
    random.Random(seed).shuffle(facts)
    for start in range(0, len(facts), size):
        gather_all(facts[start : start + size])
    assert visits() == in_order


def test_events_of_one_moment_fold_the_same_either_way():
    pieces = [event("Products Searched", key=key, properties={"query": key}) for key in ("b", "a", "c")]
    for piece in pieces:
        gather(piece)
    assert Visit.objects.get().searches == ["a", "b", "c"]


# traits, consent, wishes


def traits(key, minute, **known):
    return TraitsFact(1, key, ANN, known, NOON + timedelta(minutes=minute))


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_the_newest_word_on_a_trait_stands(order):
    said = [traits("a", 0, plan="free", city="Bergen"), traits("b", 5, plan="pro"), traits("c", 9, plan="team")]
    for number in order:
        gather(said[number])
    assert dict(Trait.objects.values_list("name", "value")) == {"plan": "team", "city": "Bergen"}


def test_two_words_of_one_moment_end_the_same_either_way():
    for order in ((0, 1), (1, 0)):
        Trait.objects.all().delete()
        said = [traits("a", 0, plan="free"), traits("b", 0, plan="pro")]
        for number in order:
            gather(said[number])
        assert Trait.objects.get().value == "pro"


def test_a_change_of_details_is_told_once_and_saying_the_same_is_not():
    gather(traits("a", 0, plan="free"))
    assert gather(traits("b", 5, plan="free")) == set()
    gather(traits("c", 6, plan="pro"))
    told = Event.objects.filter(name="Profile Changed").order_by("occurred_at")
    assert [each.properties["changed"] for each in told] == [{"plan": "free"}, {"plan": "pro"}]
    assert told[0].category == Category.PROFILE


def word(minute, granted, purpose="analytics"):
    return ConsentFact(1, ANN, purpose, granted, NOON + timedelta(minutes=minute), "banner")


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_the_newest_word_on_consent_holds(order):
    identify(ANN)
    said = [word(0, True), word(5, False), word(9, True)]
    for number in order:
        gather(said[number])
    identity = Identity.objects.get()
    assert consent.holds([identity.pk]) == {(identity.pk, "analytics"): True}
    assert consent.of_customer(identity.customer_id)["analytics"].is_granted


def test_the_same_word_with_every_page_is_one_row():
    for minute in range(5):
        gather(word(minute, True))
    assert Consent.objects.count() == 1
    assert Event.objects.filter(name="Consent Changed").count() == 1


def test_a_refusal_of_a_browser_that_nobody_knows_makes_nobody():
    gather(word(0, False))
    assert not Identity.objects.exists() and not Consent.objects.exists()


def test_a_purpose_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="no purpose"):
        gather(word(0, True, "everything"))


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_newest_word_on_a_wish_stands(order):
    said = [
        event("Product Added to Wishlist", minute=0, properties=JACKET),
        event("Product Removed from Wishlist", minute=1, properties=JACKET),
    ]
    for number in order:
        gather(said[number])
    assert not WishItem.objects.exists()
    gather(event("Product Added to Wishlist", minute=2, properties=JACKET))
    assert WishItem.objects.get().name == "Fell jacket"


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1), (1, 3, 0, 2)])
def test_a_cart_of_which_only_the_steps_are_told_is_kept_whole(order):
    def step(called, minute, /, **about):
        return event(called, minute=minute, properties={"cart_id": "c1", "currency": "EUR", "price": 149, **about})

    said = [
        step("Product Added", 0, **JACKET),
        step("Product Added", 1, product_id="b1", name="Boots", price="99.50"),
        step("Product Added", 2, **JACKET),
        step("Product Removed", 3, product_id="b1", name="Boots"),
    ]
    for number in order:
        gather(said[number])
    cart = Cart.objects.get()
    assert [(line["name"], line["quantity"]) for line in cart.lines] == [("Fell jacket", 2)]
    assert (cart.total, cart.currency) == (298, "EUR")


def test_steps_after_the_whole_cart_are_added_to_it():
    whole = {"cart_id": "c1", "products": [{**JACKET, "price": 149, "quantity": 1}]}
    gather(event("Cart Updated", minute=0, properties=whole))
    gather(event("Product Added", minute=1, properties={"cart_id": "c1", "product_id": "b1", "name": "B", "price": 1}))
    assert Cart.objects.get().total == 150


# steps of our own


def test_a_step_of_our_own_is_noted_once():
    _, identity = identify(ANN)
    step = events.Step(identity, "Order Placed", 1, "order:1:7:placed", NOON, {"order": "HF-7"})
    assert events.record_steps([step, step]) == 1
    assert events.record_steps([step]) == 0
    placed = Event.objects.get()
    assert placed.category == Category.TRANSACTIONAL and not placed.is_folded


# names


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("view_item", "Product Viewed"),
        ("add_to_cart", "Product Added"),
        ("begin_checkout", "Checkout Started"),
        ("purchase", "Order Completed"),
        ("page_view", "Page Viewed"),
        ("product viewed", "Product Viewed"),
        ("PRODUCT_VIEWED", "Product Viewed"),
        ("product_added_to_cart", "Product Added"),
        ("checkout_completed", "Order Completed"),
        ("search_submitted", "Products Searched"),
        ("Moon Reached", "Moon Reached"),
        ("", ""),
    ],
)
def test_other_tools_names_are_ours(theirs, ours):
    assert event_names.standard(theirs) == ours


def test_no_spelling_means_two_things():
    spelled = {}
    for name, known in event_names.MEANINGS.items():
        for each in {event_names._spelling(alias) for alias in (name, *known.aliases)}:
            assert spelled.setdefault(each, name) == name


def test_every_name_has_a_category_an_icon_of_ours_and_a_sentence_without_words():
    from pathlib import Path

    sprite = (Path(event_names.__file__).parent.parent / "static" / "icons.svg").read_text()
    for name, known in event_names.MEANINGS.items():
        assert known.category in Category.values
        assert f'id="icon-{known.icon}"' in sprite, name
        assert event_names.sentence(name, {}), name
    assert {known.category for known in event_names.MEANINGS.values()} == set(Category.values)


@pytest.mark.parametrize(
    ("name", "properties", "line"),
    [
        ("Product Viewed", JACKET, "Looked at Fell jacket"),
        ("Product Viewed", {"products": [{"item_id": "1", "item_name": "Boots"}]}, "Looked at Boots"),
        ("Product Viewed", {}, "Looked at a product"),
        ("Products Searched", {"search_term": "100% wool"}, "Searched for “100% wool”"),
        ("Checkout Started", {"value": "149", "currency": "EUR"}, "Began checkout of €149.00"),
        ("Checkout Started", {"value": "149"}, "Began checkout"),
        ("Order Shipped", {"order_id": "HF-7"}, "Order HF-7 was sent"),
        ("Moon Reached", {"x": 1}, "Moon Reached"),
    ],
)
def test_an_event_reads_as_a_sentence(name, properties, line):
    assert event_names.sentence(name, properties) == line
