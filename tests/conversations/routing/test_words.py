"""Decisions in sentences: as the screens say them, and no code without its words."""

import ast
from pathlib import Path

import pytest
from django.utils import translation

import conversations.routing
from conversations.routing import words
from conversations.routing.facts import Decision, Outcome, Overflow, Reason
from conversations.routing.policy import decide
from tests.conversations.routing.world import (
    ADA,
    GRACE,
    LINUS,
    ORDERS,
    RETURNS,
    ago,
    ahead,
    changed,
    rules,
    snapshot,
)

SOURCES = [Path(conversations.routing.__file__).parent / name for name in ("policy.py", "candidates.py", "plan.py")]


def said(known, policy):
    with translation.override("en"):
        return words.sentence(known, decide(known, policy))


def test_one_who_was_chosen_is_named_with_the_rule_and_what_told_them_from_the_others():
    known = snapshot(language="no", agents=changed(GRACE, load=3.0))
    assert said(known, rules(Outcome(team=RETURNS))) == (
        "Ada, because “Rule 0” belongs to Returns, they read Norwegian, and they had the most room."
    )


def test_queue_is_named_with_what_was_missing():
    known = snapshot(language="ja", agents=changed(ADA, languages=("ja",), load=6.0))
    policy = rules(Outcome(team=RETURNS, language="required"))
    assert said(known, policy) == "The queue of Returns: nobody who reads Japanese had room."


def test_wait_for_somebody_says_for_whom_and_until_when():
    known = snapshot(agents=changed(LINUS, load=6.0), asked_for=LINUS, team=ORDERS)
    policy = rules(Outcome(team=ORDERS, wait_for_known=3))
    assert said(known, policy) == "The queue of Orders: it waits for Linus, who is full, until 12:03 p.m.."


def test_overflow_names_the_team_that_it_waited_for():
    known = snapshot(agents=changed(ADA, load=6.0)[:1] + changed(ADA)[2:], queued_at=ago(11))
    policy = rules(Outcome(team=RETURNS, overflow=(Overflow(10, ORDERS),)))
    assert "it waited too long for Returns" in said(known, policy)


def test_few_words_for_a_list():
    known = snapshot(language="no", agents=changed(GRACE, load=3.0))
    with translation.override("en"):
        assert words.shortly(decide(known, rules(Outcome(team=RETURNS)))) == "Rule 0, Norwegian, had room"


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (Reason("full", {"load": 6.0, "capacity": 6.0}), "Full: 6 of 6"),
        (Reason("skill", {"skill": "Seams", "level": 1, "least": 3}), "Seams: level 1, and 3 is asked for"),
        (Reason("language", {"language": "ja"}), "Does not read Japanese"),
        (Reason("medium", {"medium": "voice"}), "Does not answer by Phone"),
    ],
)
def test_reasons_against_one_candidate(reason, expected):
    with translation.override("en"):
        assert words.against(reason) == expected


def test_every_code_that_can_be_given_has_its_words():
    known = {*words.BECAUSE, *words.WAITS, *words.FOR, *words.AGAINST, "waits_for"}
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Reason", "_reason") and node.args:
                codes = [each.value for each in ast.walk(node.args[0]) if isinstance(each, ast.Constant)]
                codes = [code for code in codes if isinstance(code, str) and code != "nobody_"]
                assert set(codes) <= known, (source.name, codes)


def test_every_sentence_can_be_filled_in():
    about = {"rule": "R", "team": "T", "agent": "A", "skill": "S", "language": "no", "level": 2, "least": 3}
    about |= {"until": ahead(3).isoformat(), "medium": "chat", "load": 1.0, "capacity": 2.0, "status": "resolved"}
    for table in (words.BECAUSE, words.SHORTLY, words.FOR, words.AGAINST, words.WAITS):
        for code in table:
            assert "%(" not in words._say(table, code, about)


def test_name_with_signs_of_formatting_stays_as_it_is():
    decision = Decision("agent", ADA, RETURNS, reasons=(Reason("rule", {"rule": "100 % %(x)s"}),))
    assert "100 % %(x)s" in words.verdict(decision, agent="Ada", team="Returns")
