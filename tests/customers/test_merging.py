"""Merge then unmerge changes nothing, whatever arrived in between."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conversations.models import Conversation
from customers.identify import Handle, identify
from customers.merging import AlreadyMergedError, merge, unmerge
from customers.models import Customer, Identity

pytestmark = pytest.mark.django_db

CAST = ["ann", "bob", "cy", "dee"]
DEEDS = st.lists(
    st.one_of(
        st.tuples(st.just("merge"), st.sampled_from(CAST), st.sampled_from(CAST)),
        st.tuples(st.just("arrive"), st.sampled_from(CAST), st.just("")),
        st.tuples(st.just("undo"), st.just(""), st.just("")),
    ),
    max_size=14,
)


def root_of(customer):
    customer.refresh_from_db()
    return root_of(customer.merged_into) if customer.merged_into else customer


def test_nobody_is_merged_with_themselves():
    ann, _ = identify([Handle("email", "ann@home.example")])
    with pytest.raises(ValueError):
        merge(ann, into=ann, evidence="?")


@given(DEEDS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_row_ends_under_the_identity_that_made_it(deeds):
    Conversation.objects.all().delete()
    Customer.objects.update(merged_into=None)
    Customer.objects.all().delete()
    people = {name: identify([Handle("email", f"{name}@home.example", name)])[0] for name in CAST}
    made: list[tuple[Conversation, str]] = []
    open_entries = []
    for deed, one, other in deeds:
        if deed == "merge" and root_of(people[one]) != root_of(people[other]):
            open_entries.append(merge(root_of(people[one]), into=root_of(people[other]), evidence="test"))
        elif deed == "arrive":
            customer, identity = identify([Handle("email", f"{one}@home.example")])
            assert customer == root_of(people[one])
            made.append((Conversation.objects.create(customer=customer), one))
        elif deed == "undo" and open_entries:
            unmerge(open_entries.pop())
    for entry in reversed(open_entries):
        unmerge(entry)
    for name, customer in people.items():
        assert Identity.objects.get(value=f"{name}@home.example").customer == customer
        assert root_of(customer) == customer


def person(name):
    return identify([Handle("email", f"{name}@home.example", name)])[0]


def owner_of(name):
    return Identity.objects.get(value=f"{name}@home.example").customer


def test_merges_are_undone_in_any_order():
    ann, bob, cy = person("ann"), person("bob"), person("cy")
    first = merge(ann, into=bob, evidence="test")
    second = merge(bob, into=cy, evidence="test")
    unmerge(first)
    unmerge(second)
    assert (owner_of("ann"), owner_of("bob"), owner_of("cy")) == (ann, bob, cy)


def test_what_an_agent_gave_to_somebody_else_since_stays_there():
    ann, bob, cy = person("ann"), person("bob"), person("cy")
    entry = merge(ann, into=bob, evidence="test")
    Identity.objects.filter(value="ann@home.example").update(customer=cy)
    unmerge(entry)
    assert owner_of("ann") == cy


def test_who_was_merged_away_is_not_merged_again():
    ann, bob = person("ann"), person("bob")
    merge(ann, into=bob, evidence="test")
    for absorbed, into in ((bob, ann), (ann, bob)):
        with pytest.raises(AlreadyMergedError):
            merge(absorbed, into=into, evidence="test")
    assert Customer.objects.living().get() == bob
