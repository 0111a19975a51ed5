"""The profile: every figure from the rows behind it, computed again and again to the same."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from customers import profile
from customers.models import Customer, Event, Identity, Loyalty, Order, Product, Profile, Return, Trait, Visit

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def ann():
    return Identity.objects.create(
        customer=Customer.objects.create(name="Ann", timezone="Asia/Tokyo"), kind="email", value="ann@home.example"
    )


def days_ago(days):
    return NOW - timedelta(days=days)


def ordered(identity, number, *, total, days, lines=(("sock", 1),), status="delivered", currency="GBP", refunded=0):
    return Order.objects.create(
        identity=identity,
        source=1,
        external_id=number,
        number=number,
        status=status,
        currency=currency,
        total=Decimal(total),
        refunded=Decimal(refunded),
        lines=[{"name": name, "quantity": count, "price": "1", "product_id": name} for name, count in lines],
        placed_at=days_ago(days),
        changed_at=days_ago(days),
    )


def of(identity):
    return profile.compute([identity.customer_id])[0]


def test_who_did_nothing_has_an_empty_profile(ann):
    found = of(ann)
    assert (found.orders, found.lifetime_value, found.at_risk, found.preferred_hour) == (0, 0, False, None)
    assert Profile.objects.count() == 1


def test_value_counts_what_was_kept_and_leaves_out_what_was_cancelled(ann):
    ordered(ann, "1", total=100, days=90, refunded=30)
    ordered(ann, "2", total=50, days=30)
    ordered(ann, "3", total=999, days=20, status="cancelled")
    found = of(ann)
    assert (found.lifetime_value, found.average_order, found.orders) == (Decimal(120), Decimal(60), 2)
    assert found.days_between_orders == 60


def test_sums_are_of_one_currency_and_never_add_pounds_to_yen(ann):
    ordered(ann, "1", total=100, days=9)
    ordered(ann, "2", total=50, days=8)
    ordered(ann, "3", total=20000, days=7, currency="JPY")
    found = of(ann)
    assert (found.currency, found.lifetime_value, found.orders) == ("GBP", Decimal(150), 3)


def test_the_return_rate_is_of_pieces(ann):
    ordered(ann, "1", total=10, days=9, lines=(("sock", 3), ("cap", 1)))
    for status in ("refunded", "refused"):
        Return.objects.create(
            identity=ann, source=1, external_id=status, status=status, currency="GBP", opened_at=NOW, changed_at=NOW,
            lines=[{"name": "cap", "quantity": 1}],
        )  # fmt: skip
    found = of(ann)
    assert (found.returns, found.return_rate) == (2, 0.25)


def test_the_next_purchase_is_the_median_interval_after_the_last_with_its_evidence(ann):
    Product.objects.create(source=1, external_id="oil", name="Oil", is_replenishable=True, changed_at=NOW)
    for number, days in enumerate((100, 70, 42, 10)):
        ordered(ann, str(number), total=5, days=days, lines=(("oil", 1), ("sock", 1)))
    [expected] = of(ann).next_purchase
    assert (expected["product"], expected["days"], len(expected["because"])) == ("oil", 30, 4)
    assert of(ann).next_purchase_at == days_ago(10) + timedelta(days=30)


def test_silence_beyond_twice_their_interval_is_a_risk_that_says_why(ann):
    for number, days in enumerate((200, 180, 160)):
        ordered(ann, str(number), total=5, days=days)
    found = of(ann)
    assert found.at_risk and found.because == [{"rule": "silent", "value": 160, "limit": 40}]
    ordered(ann, "again", total=5, days=1)
    assert not of(ann).at_risk


def test_an_unhappy_last_answer_is_a_risk_and_a_later_good_one_is_not(ann):
    def answered(score, days, of_=5):
        Event.objects.create(
            identity=ann, name="Survey Answered", category="attitudinal", occurred_at=days_ago(days),
            properties={"score": score, "of": of_},
        )  # fmt: skip

    answered(1, 5)
    assert [why["rule"] for why in of(ann).because] == ["unhappy"]
    answered(10, 2, of_=10)
    found = of(ann)
    assert found.satisfaction == 3.0 and not found.at_risk


def test_the_preferred_hour_is_by_the_customers_own_clock(ann):
    three_utc = (NOW - timedelta(days=2)).replace(hour=3, minute=10)
    Visit.objects.create(identity=ann, source=1, started_at=three_utc, ended_at=three_utc)
    found = of(ann)
    assert found.preferred_hour == 12 and found.last_seen_at == three_utc


def test_traits_of_all_identities_count_and_the_newest_wins(ann):
    other = Identity.objects.create(customer=ann.customer, kind="shop", value="7")
    for identity, name, value, days in ((ann, "plan", "free", 9), (other, "plan", "pro", 3), (ann, "size", 42, 1)):
        Trait.objects.create(identity=identity, name=name, value=value, said_at=days_ago(days))
    Loyalty.objects.create(identity=other, tier="Gold", points=1840, changed_at=NOW)
    found = of(ann)
    assert found.attributes == {"plan": "pro", "size": 42} and (found.tier, found.points) == ("Gold", 1840)


def test_what_changed_is_computed_once_and_only_that(ann):
    bob = Identity.objects.create(customer=Customer.objects.create(name="Bob"), kind="email", value="bob@home.example")
    ordered(ann, "1", total=10, days=1)
    profile.changed([ann.customer_id, ann.customer_id])
    assert profile.refresh() == [ann.customer_id]
    assert profile.refresh() == []
    assert Profile.objects.get(customer=ann.customer_id).orders == 1
    assert not Profile.objects.filter(customer=bob.customer_id).exists()


def test_many_profiles_take_as_many_queries_as_one(ann, django_assert_max_num_queries):
    people = [ann]
    for number in range(30):
        person = Customer.objects.create(name=str(number))
        people.append(Identity.objects.create(customer=person, kind="email", value=f"{number}@home.example"))
        ordered(people[-1], str(number), total=number, days=number)
    with django_assert_max_num_queries(14):
        assert len(profile.compute([identity.customer_id for identity in people])) == 31
