"""How sure: each rule says what it should, one more reason moves the certainty one way only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.evidence import (
    RULES,
    certainty,
    heaviest,
    is_other_name,
    is_same_name,
    is_similar_name,
    name_parts,
    reason,
    words,
)

RULE = st.sampled_from(sorted(RULES))


@given(st.lists(RULE), RULE)
def test_one_more_reason_for_never_lowers_and_one_against_never_raises(rules, more):
    before = certainty([reason(rule) for rule in rules])
    after = certainty([reason(rule) for rule in [*rules, more]])
    assert after >= before if RULES[more].weight > 0 else after <= before


@given(st.lists(RULE), st.randoms())
def test_the_order_of_the_reasons_changes_nothing(rules, chance):
    reasons = [reason(rule, rule) for rule in rules]
    shuffled = chance.sample(reasons, len(reasons))
    assert (certainty(shuffled), heaviest(shuffled)) == (certainty(reasons), heaviest(reasons))


@given(st.lists(RULE))
def test_nobody_is_certain_of_what_is_not_proven(rules):
    assert 1 <= certainty([reason(rule) for rule in rules]) <= 99


@pytest.mark.parametrize(
    ("rules", "least", "most"),
    [
        ([], 5, 10),
        (["claims_email"], 80, 90),
        (["claims_email", "same_name"], 90, 97),
        (["claims_email", "role_address"], 20, 30),
        (["both_claim_number"], 40, 50),
        (["both_claim_number", "other_name"], 10, 24),
        (["claims_number", "other_phone_and_name"], 10, 24),
        (["claims_email", "other_accounts"], 15, 24),
        (["unproven_sender"], 55, 70),
        (["email_variant"], 45, 60),
        (["email_variant", "name_and_city"], 85, 95),
        (["same_device"], 35, 50),
        (["same_device", "crowded_device"], 5, 15),
        (["same_order", "same_name"], 70, 85),
        (["claims_loyalty"], 70, 80),
        (["both_claim_loyalty"], 45, 60),
        (["same_line"], 40, 55),
        (["claims_account"], 50, 65),
        (["both_claim_email"], 55, 65),
        (["name_and_postcode"], 65, 75),
        (["name_and_city"], 40, 50),
        (["name_and_city", "two_places"], 5, 10),
        (["name_and_zone"], 25, 32),
        (["same_name"], 15, 24),
        (["similar_name"], 10, 20),
    ],
)
def test_the_weights_mean_what_their_documentation_says(rules, least, most):
    assert least <= certainty([reason(rule) for rule in rules]) <= most


def test_every_rule_is_in_the_table_above_and_has_words():
    for rule in RULES:
        assert words(reason(rule, "ann@home.example"))


def test_of_a_family_only_the_heaviest_counts():
    both = [reason("claims_email"), reason("email_variant")]
    assert certainty(both) == certainty(both[:1])


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("Ingrid Sørensen", "ingrid sorensen", "same"),
        ("Sørensen Ingrid", "Ingrid Sørensen", "same"),
        ("I. Sørensen", "Ingrid Sørensen", "similar"),
        ("Ingrid Marie Sørensen", "Ingrid Sørensen", "similar"),
        ("Ingrid Sorensn", "Ingrid Sørensen", "similar"),
        ("Łukasz Żak", "lukasz zak", "same"),
        ("Ingrid Sørensen", "Magnus Berg", "other"),
        ("Ingrid Sørensen", "Magnus Sørensen", ""),  # a family
        ("Ingrid", "Magnus", ""),
    ],
)
def test_names_are_compared_as_people_write_them(one, other, found):
    tests = {"same": is_same_name, "similar": is_similar_name, "other": is_other_name}
    said = [name for name, test in tests.items() if test(one, other)]
    assert said[:1] == ([found] if found else [])
    assert "other" not in said[1:]


def test_a_name_without_letters_has_no_parts():
    assert name_parts(" -- ") == []
