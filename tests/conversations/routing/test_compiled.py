"""Rules made ready say what the conditions say."""

from dataclasses import replace
from random import Random

import pytest

from conversations import conditions
from conversations.routing.compiled import rules_of, test_of
from conversations.routing.facts import Policy, Rule
from tests.conversations.routing.world import MATTER

ready = test_of
del test_of  # the collector of tests takes it for one

VALUES = {
    "choice": ["email", "no", "gold", "Exchange", "1", "open"],
    "many": ["4", "9", "paid", "gift"],
    "words": ["refund", "money back", "charge*", "返金", "ǧift", "iade", "straße", "it's", ""],
    "pair": ["shoe size=44", "shoe size"],
    "number": ["1", "0.5", "-0.5", "60"],
}
TEXTS = (
    "I want a REFUND now",
    "give me my money  back",
    "charged twice",
    "返金してください",
    "İADE istiyorum",
    "STRASSE",
    "Straße",
    "recharge",
    "",
)


def any_conditions(random, depth=0):
    made = []
    for _number in range(random.randint(0, 4)):
        if depth < 2 and random.random() < 0.2:
            made.append(any_conditions(random, depth + 1))
            continue
        name = random.choice(list(conditions.FIELDS))
        kind = conditions.FIELDS[name].kind
        value = random.choice(VALUES["number"]) if kind == "number" else random.sample(VALUES.get(kind, ["", ""]), 2)
        if kind == "pair":
            value = value[0]
        made.append({"field": name, "is": random.choice(list(conditions.ASKS[kind])), "value": value})
    return {"match": random.choice(("all", "any")), "rules": made}


def any_matter(random):
    return replace(
        MATTER,
        medium=random.choice(("email", "chat")),
        topic=random.choice(("", "Exchange")),
        certainty=random.random(),
        language=random.choice(("", "no")),
        tier=random.choice(("", "gold")),
        mood=random.choice((None, -0.7, 0.6)),
        segments=random.choice(((), (4,), (4, 9))),
        order_states=random.choice(((), ("paid",))),
        tags=random.choice(((), ("gift", "paid"))),
        words=random.choice(TEXTS),
        attributes=random.choice(({}, {"shoe size": "44"})),
        since=random.choice((None, MATTER.at)),
        is_open=random.random() < 0.5,
    )


@pytest.mark.parametrize("block", range(5))
def test_made_ready_or_not_conditions_hold_alike(block):
    random = Random(block)
    for _number in range(1500):
        written, matter = any_conditions(random), any_matter(random)
        assert ready(written)(matter) == conditions.holds(written, matter), (written, matter)


def test_turkish_capitals_are_found_though_their_plain_form_differs():
    written = {"rules": [{"field": "words", "is": "has", "value": ["iade"]}]}
    matter = replace(MATTER, words="İADE istiyorum")
    assert conditions.holds(written, matter)
    assert ready(written)(matter)


def test_policy_is_made_ready_once():
    policy = Policy(rules=(Rule("a", "A"),))
    assert rules_of(policy) is rules_of(policy)
    assert rules_of(replace(policy)) is not rules_of(policy)
