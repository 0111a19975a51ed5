"""Segments: conditions become one query; what cannot be asked is said in words."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers import profile, segments
from customers.models import Consent, Customer, Event, Identity, Membership, Order, Segment, Trait

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def person(name, *, orders=0, total=100, city=""):
    customer = Customer.objects.create(name=name, city=city, language="en")
    identity = Identity.objects.create(customer=customer, kind="email", value=f"{name}@home.example")
    for number in range(orders):
        Order.objects.create(
            identity=identity, source=1, external_id=f"{name}{number}", number=f"{name}{number}", currency="GBP",
            total=total, placed_at=NOW - timedelta(days=number), changed_at=NOW, status="delivered",
            lines=[{"name": "Otter Socks", "quantity": 1, "price": "9", "product_id": "sock"}],
        )  # fmt: skip
    profile.compute([customer.pk])
    return identity


def names(*rules, match="all"):
    return sorted(customer.name for customer in segments.matching({"match": match, "rules": list(rules)}))


def rule(field, is_, value=""):
    return {"field": field, "is": is_, "value": value}


def test_numbers_times_words_and_groups():
    person("ann", orders=3, city="Bergen")
    person("bob", orders=1, total=40)
    person("cy", city="bergen")
    assert names(rule("value", "over", "50")) == ["ann"]
    assert names(rule("city", "is", "Bergen")) == ["ann", "cy"]
    assert names(rule("last_order", "never")) == ["cy"]
    assert names(rule("value", "over", 200), rule("orders", "equal", 1), match="any") == ["ann", "bob"]
    inner = {"match": "any", "rules": [rule("orders", "over", 2), rule("orders", "under", 1)]}
    assert names(rule("city", "holds", "berg"), inner) == ["ann", "cy"]


def test_what_was_bought_done_allowed_and_known():
    ann, bob = person("ann", orders=1), person("bob")
    Event.objects.create(
        identity=bob, name="Product Viewed", category="behavioural", occurred_at=NOW - timedelta(days=3)
    )
    Trait.objects.create(identity=bob, name="shoe", value=42, said_at=NOW)
    Consent.objects.create(identity=ann, purpose="email", is_granted=True, said_at=NOW - timedelta(days=2))
    Consent.objects.create(identity=bob, purpose="email", is_granted=True, said_at=NOW - timedelta(days=2))
    Consent.objects.create(identity=bob, purpose="email", is_granted=False, said_at=NOW)
    assert names(rule("bought", "has", "Otter Socks")) == names(rule("bought", "has", "sock")) == ["ann"]
    assert names(rule("order", "has", "delivered")) == ["ann"]
    assert names(rule("event", "ever", "Product Viewed")) == ["bob"]
    assert names(rule("event", "lately", "Product Viewed, 5")) == ["bob"]
    assert names(rule("event", "lately", "Product Viewed, 2")) == []
    assert names(rule("attribute", "is", "shoe=42")) == names(rule("attribute", "is", "shoe")) == ["bob"]
    assert names(rule("consent", "given", "email")) == ["ann"]


def test_nobody_counts_twice_for_two_tags():
    from conversations.models import Conversation, Tag

    ann = person("ann")
    for _ in range(2):
        conversation = Conversation.objects.create(customer=ann.customer, last_message_at=NOW)
        conversation.tags.add(Tag.objects.get_or_create(name="vip")[0])
    assert segments.count({"rules": [rule("tag", "is", "vip")]}) == 1


@pytest.mark.parametrize(
    "conditions",
    [
        {},
        {"rules": []},
        {"rules": "value"},
        {"rules": [1]},
        {"match": "none", "rules": [rule("value", "over", 1)]},
        {"rules": [rule("password", "is", "x")]},
        {"rules": [rule("value", "holds", "x")]},
        {"rules": [rule("value", "over", "much")]},
        {"rules": [rule("value", "over", "NaN")]},
        {"rules": [rule("value", "over", "1e400")]},
        {"rules": [rule("last_order", "within", "-3")]},
        {"rules": [rule("city", "is", " ")]},
        {"rules": [rule("order", "has", "eaten")]},
        {"rules": [rule("event", "lately", "Product Viewed")]},
        {"rules": [rule("value", "over", 1)] * 41},
    ],
)
def test_conditions_that_cannot_be_asked_say_so(conditions):
    with pytest.raises(segments.BadConditionsError) as refused:
        segments.matching(conditions)
    assert str(refused.value).endswith(".")


def test_conditions_nested_without_end_are_refused():
    conditions = {"rules": [rule("value", "over", 1)]}
    for _ in range(50):
        conditions = {"rules": [conditions]}
    with pytest.raises(segments.BadConditionsError):
        segments.matching(conditions)


def test_every_field_and_way_of_asking_is_a_query_that_runs():
    for name, field in segments.FIELDS.items():
        for is_, ask in field.asks.items():
            value = (
                field.choices[0][0]
                if field.choices
                else {"number": "3", "days": "3", "nothing": ""}.get(ask.takes, "x, 3")
            )
            assert segments.count({"rules": [rule(name, is_, value)]}) >= 0
            assert segments.described({"rules": [rule(name, is_, value)]})


def test_memberships_follow_the_profile_and_keep_since():
    ann, bob = person("ann", orders=2), person("bob")
    good = Segment.objects.create(name="Good", conditions={"rules": [rule("orders", "over", 1)]})
    assert segments.fill(good) == 1
    since = Membership.objects.get().since
    Order.objects.filter(identity=ann).update(identity=bob)
    profile.compute([ann.customer_id, bob.customer_id])
    segments.place([bob.customer_id])
    assert Membership.objects.count() == 2  # Ann was not looked at
    segments.place([ann.customer_id, bob.customer_id])
    assert [membership.customer_id for membership in Membership.objects.all()] == [bob.customer_id]
    segments.fill(good)
    assert Membership.objects.get().since > since
    assert bob.customer.memberships.get().segment == good and segments.with_counts().get().size == 1
