"""Merge then unmerge changes nothing, whatever arrived in between."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conversations.models import Conversation
from customers.identify import Handle, identify
from customers.merging import merge, unmerge
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
