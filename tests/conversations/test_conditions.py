"""Conditions: what holds of a matter, how they are said, and the builder that makes them row by row."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.http import QueryDict
from django.urls import reverse

from conversations.condition_forms import ConditionsForm
from conversations.condition_words import said
from conversations.conditions import FIELDS, BadConditionsError, check, holds
from conversations.models import Topic
from conversations.routing.facts import Matter
from customers.models import Segment

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
MATTER = Matter(
    at=AT, trigger="arrived", conversation=1, customer=2, medium="email", channel=5, topic="Refund", certainty=0.8,
    complexity=2, language="no", tier="Gold", value=420.0, mood=-0.5, segments=(7, 9), order_states=("shipped",),
    words="Where is my refund? 返金してください", attributes={"plan": "Plus"}, tags=("vip", "late"), is_open=False,
    is_new_customer=True, priority=2, since=AT - timedelta(minutes=30),
)  # fmt: skip


def one(field, how, value=None):
    return {"rules": [{"field": field, "is": how, "value": value}]}


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        (one("medium", "is", ["email", "chat"]), True),
        (one("medium", "is_not", ["email"]), False),
        (one("channel", "is", ["5"]), True),
        (one("segment", "is", ["9"]), True),
        (one("segment", "is_not", ["8"]), True),
        (one("tag", "all", ["vip", "late"]), True),
        (one("tag", "all", ["vip", "new"]), False),
        (one("certainty", "at_least", 80), True),
        (one("value", "below", 420), False),
        (one("mood", "below", 0), True),
        (one("waited", "at_least", 30), True),
        (one("open", "no"), True),
        (one("new", "yes"), True),
        (one("words", "has", ["refund*"]), True),
        (one("words", "has", ["fund"]), False),
        (one("words", "has", ["返金"]), True),
        (one("words", "has_not", ["angry"]), True),
        (one("attribute", "is", "plan=plus"), True),
        (one("attribute", "is_not", "plan=Basic"), True),
        (one("attribute", "has", "city"), False),
        ({"match": "any", "rules": []}, True),
        ({"match": "any", "rules": [*one("new", "no")["rules"], {"match": "all", **one("open", "no")}]}, True),
    ],
)  # fmt: skip
def test_a_condition_holds_of_what_is_known(conditions, expected):
    check(conditions)
    assert holds(conditions, MATTER) is expected


@pytest.mark.parametrize("how", ["at_least", "below"])
def test_what_nobody_could_tell_makes_a_number_false(how):
    unknown = Matter(at=AT, trigger="arrived", conversation=1, customer=2)
    assert not holds(one("mood", how, 0), unknown)


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        {"rules": "all"},
        {"match": "none", "rules": []},
        one("colour", "is", "red"),
        one("medium", "has", "email"),
        one("medium", "is", []),
        one("value", "below", "much"),
        one("value", "below", "nan"),
        one("attribute", "is", "plan"),
        {"rules": [one("new", "yes")["rules"][0]] * 61},
        {"rules": [{"rules": [{"rules": [{"rules": [{"rules": []}]}]}]}]},
    ],
)
def test_what_cannot_be_asked_is_refused(wrong):
    with pytest.raises(BadConditionsError):
        check(wrong)


@pytest.mark.django_db
def test_conditions_are_said_with_names(returns):
    gold = Segment.objects.create(name="Gold", conditions={})
    told = said(
        {
            "match": "all",
            "rules": [
                {"field": "segment", "is": "is", "value": [str(gold.pk)]},
                {"field": "team", "is": "is_not", "value": [str(returns.pk), "0"]},
                {"match": "any", "rules": [*one("open", "no")["rules"], *one("waited", "at_least", 5)["rules"]]},
            ],
        }
    )  # fmt: skip
    assert told == (
        "segment is Gold and team is not Returns or 0 (no longer there) and "
        "(it is outside hours or waiting time is at least 5 minutes)"
    )
    assert said({}) == "always"


def posted(**rows):
    """A form as a browser sends it: `rows` by path, each (ask, values) or the match of a group."""
    post = QueryDict(mutable=True)
    post["when-match"] = "all"
    for path, row in rows.items():
        path = path.strip("p").replace("_", ".")
        post.appendlist("when-row", path)
        if isinstance(row, str):
            post[f"when-{path}-match"] = row
        else:
            post[f"when-{path}-ask"] = row[0]
            post[f"when-{path}-was"] = row[0].partition(".")[0]
            post.setlist(f"when-{path}-value", row[1])
    return post


@pytest.mark.django_db
def test_what_was_typed_becomes_conditions_with_groups():
    Topic.objects.create(name="Refund")
    post = posted(
        p0=("topic.is", ["Refund"]), p1="any", p1_0=("value.at_least", ["12,5"]),
        p1_1=("attribute.is", ["plan", "Plus"]), p2=("words.has", ["refund*, money back"]), p3=("new.yes", []),
    )  # fmt: skip
    builder = ConditionsForm(None, post=post)
    assert builder.is_valid() and not builder.wants_rows
    assert builder.conditions == {
        "match": "all",
        "rules": [
            {"field": "topic", "is": "is", "value": ["Refund"]},
            {
                "match": "any",
                "rules": [
                    {"field": "value", "is": "at_least", "value": 12.5},
                    {"field": "attribute", "is": "is", "value": "plan=Plus"},
                ],
            },
            {"field": "words", "is": "has", "value": ["refund*", "money back"]},
            {"field": "new", "is": "yes"},
        ],
    }
    assert ConditionsForm(builder.conditions).conditions == builder.conditions


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("deed", "outer", "inner", "focus"),
    [
        ("add:", 3, 1, "2"),
        ("add:1", 2, 2, "1.1"),
        ("group:", 3, 1, "2.0"),
        ("remove:0", 1, 1, "0"),
        ("remove:1.0", 2, 0, "1"),
        ("remove:9", 2, 1, "none"),
        ("add:0", 2, 1, "none"),
        ("show", 2, 1, "none"),
    ],
)
def test_buttons_change_the_rows_and_say_where_the_cursor_goes(deed, outer, inner, focus):
    post = posted(p0=("new.yes", []), p1="any", p1_0=("open.no", []))
    post["when-do"] = deed
    builder = ConditionsForm(None, post=post)
    rules = builder.conditions["rules"]
    groups = [len(rule["rules"]) for rule in rules if "rules" in rule]
    assert builder.wants_rows and builder.focused == focus
    assert (len(rules), groups[0]) == (outer, inner)


@pytest.mark.django_db
def test_another_field_forgets_the_value_of_the_former():
    post = posted(p0=("medium.is", ["email"]))
    post["when-0-was"] = "topic"
    assert ConditionsForm(None, post=post).conditions["rules"] == [{"field": "medium", "is": "is"}]


@pytest.mark.django_db
def test_what_was_deleted_stays_to_be_seen():
    builder = ConditionsForm(one("team", "is", ["999"]))
    assert [(each.label, each.is_chosen) for each in builder.lines[0].choices] == [("999 (no longer there)", True)]


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(FIELDS))
def test_every_field_has_a_line_and_a_sentence(client, sam, name):
    client.force_login(sam)
    builder = ConditionsForm(None)
    for value, _words in next(asks for label, asks in builder.asks if label == str(FIELDS[name].label)):
        post = posted(p0=(value, []))
        post["prefix"] = "when"
        page = client.post(reverse("condition_rows"), post.dict() | {"when-row": ["0"]}).content.decode()
        assert f'value="{value}" selected' in page


@pytest.mark.django_db
def test_who_makes_no_rules_has_no_builder(client, ada):
    client.force_login(ada)
    assert client.post(reverse("condition_rows"), {"prefix": "when"}).status_code == 404


def test_a_phrase_with_many_blanks_takes_no_longer_than_one_with_few():
    """Each blank could stand for any part of a run of them: 12 of them in a run of 60 is 10¹² ways to find nothing."""
    asked = one("words", "has", ["money" + " " * 12 + "back", "money\t \n back!"])
    assert not holds(asked, replace(MATTER, words=("money" + " " * 60 + "now ") * 20))
    assert holds(asked, replace(MATTER, words="I want my money \n back"))


@pytest.mark.parametrize("how", [["is"], {"is": 1}, None, 7])
def test_a_comparison_that_is_no_word_is_refused_in_words(how):
    with pytest.raises(BadConditionsError):
        check({"rules": [{"field": "words", "is": how, "value": ["x"]}]})
