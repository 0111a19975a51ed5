"""The choice: each thing that is considered, alone; and what holds whatever is asked."""

from dataclasses import replace
from random import Random

import pytest

from conversations.routing.facts import AgentFacts, Known, Matter, Outcome, Overflow, Policy, Rule, Snapshot, TeamFacts
from conversations.routing.policy import decide
from conversations.routing.written import built, plain
from tests.conversations.routing.world import (
    ADA,
    AGENTS,
    GRACE,
    LINUS,
    NOON,
    ORDERS,
    RETURNS,
    SEAMS,
    TEAMS,
    ago,
    ahead,
    changed,
    rules,
    snapshot,
)

KNOWS_GRACE = (Known(GRACE, 2, ago(60 * 24)),)
TO_RETURNS = Outcome(team=RETURNS)


def codes(decision):
    return [reason.code for reason in decision.reasons]


def verdict_of(agent, decision):
    return next(verdict for verdict in decision.verdicts if verdict.agent == agent)


def against(agent, decision):
    return {reason.code for reason in verdict_of(agent, decision).out}


# Who is asked


def test_first_rule_that_holds_decides():
    gold = Rule(
        "gold", "Gold", {"rules": [{"field": "tier", "is": "is", "value": ["gold"]}]}, Outcome(team=ORDERS, priority=2)
    )
    policy = Policy(1, (gold,), TO_RETURNS)
    decision = decide(snapshot(tier="gold"), policy)
    assert (decision.agent, decision.team, decision.rule, decision.priority) == (LINUS, ORDERS, "gold", 2)
    assert decide(snapshot(tier="blue"), policy).team == RETURNS


def test_agents_of_other_teams_are_counted_and_not_listed():
    decision = decide(snapshot(), rules(TO_RETURNS))
    assert {verdict.agent for verdict in decision.verdicts} == {ADA, GRACE}
    assert decision.outside == 1


def test_team_of_a_channel_takes_it_where_no_rule_names_another():
    assert decide(snapshot(channel_team=ORDERS), rules(otherwise=Outcome())).team == ORDERS
    assert decide(snapshot(channel_team=ORDERS, team=RETURNS), rules(otherwise=Outcome())).team == RETURNS


def test_without_rules_a_team_pulls():
    decision = decide(snapshot(channel_team=ORDERS), Policy())
    assert (decision.kind, decision.team, codes(decision)) == ("team", ORDERS, ["otherwise", "they_pull"])
    assert not decision.is_fallback


def test_team_that_pulls_is_given_nothing_but_its_agent_may_take_the_next():
    teams = (replace(TEAMS[0], assigns=False), TEAMS[1])
    assert decide(snapshot(teams=teams), rules(TO_RETURNS)).kind == "team"
    assert decide(snapshot(teams=teams, trigger="pulled"), rules(TO_RETURNS)).kind == "agent"


def test_team_that_a_person_chose_is_kept_against_the_rules():
    decision = decide(snapshot(team=ORDERS, team_by_hand=True), rules(TO_RETURNS))
    assert (decision.agent, codes(decision)[0]) == (LINUS, "team_kept")
    assert decide(snapshot(team=ORDERS, trigger="transferred"), rules(TO_RETURNS)).team == ORDERS
    assert decide(snapshot(team=ORDERS), rules(TO_RETURNS)).team == RETURNS


def test_nothing_but_an_agent_is_found_for_a_conversation_of_no_team():
    decision = decide(snapshot(), rules(otherwise=Outcome()))
    assert (decision.kind, decision.is_fallback, codes(decision)) == ("stays", True, ["otherwise", "no_team"])


# Who can


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"state": "away"}, "away"),
        ({"state": "offline"}, "offline"),
        ({"load": 6.0}, "full"),
        ({"media": ("chat",)}, "medium"),
    ],
)
def test_who_cannot_take_it_is_out_with_the_reason(facts, why):
    decision = decide(snapshot(agents=changed(ADA, **facts)), rules(TO_RETURNS))
    assert decision.agent == GRACE
    assert against(ADA, decision) == {why}


def test_every_reason_against_somebody_is_said():
    agents = changed(ADA, state="away", load=6.0, media=("chat",))
    outcome = Outcome(team=RETURNS, language="required", required={SEAMS: 2})
    decision = decide(snapshot(agents=agents, language="de", passed=(ADA,)), rules(outcome))
    assert against(ADA, decision) == {"away", "full", "medium", "passed", "language", "skill"}


def test_chat_weighs_more_than_mail():
    agents = changed(ADA, load=5.0)
    assert against(ADA, decide(snapshot(agents=agents, medium="chat"), rules(TO_RETURNS))) == {"full"}
    assert against(ADA, decide(snapshot(agents=agents), rules(TO_RETURNS))) == set()


def test_language_and_skill_that_are_required_are():
    outcome = Outcome(team=RETURNS, language="required", required={SEAMS: 2})
    agents = changed(GRACE, skills={SEAMS: 5})
    decision = decide(snapshot(agents=agents, language="no"), rules(outcome))
    assert (decision.kind, decision.is_fallback) == ("team", True)
    assert (against(ADA, decision), against(GRACE, decision)) == ({"skill"}, {"language"})
    agents = changed(ADA, agents=agents, skills={SEAMS: 2})
    assert decide(snapshot(agents=agents, language="no"), rules(outcome)).agent == ADA


def test_who_reads_a_language_reads_what_is_written_of_it_elsewhere():
    agents = changed(ADA, languages=("pt-BR",))
    decision = decide(snapshot(agents=agents, language="pt"), rules(Outcome(team=RETURNS, language="required")))
    assert decision.agent == ADA


def test_who_gave_it_back_is_not_given_it_again():
    decision = decide(snapshot(trigger="declined", passed=(GRACE, ADA)), rules(TO_RETURNS))
    assert (decision.kind, codes(decision)[-1]) == ("team", "nobody_passed")


def test_closed_team_waits_until_it_opens():
    teams = (replace(TEAMS[0], is_open=False, opens_at=ahead(90)), TEAMS[1])
    decision = decide(snapshot(teams=teams), rules(TO_RETURNS))
    assert (decision.kind, decision.look_at, codes(decision)[-1]) == ("team", ahead(90), "nobody_closed")


# Who does it best


def test_who_reads_the_language_is_preferred():
    assert decide(snapshot(language="no", agents=changed(ADA, load=2.0)), rules(TO_RETURNS)).agent == ADA


def test_most_room_goes_first():
    assert decide(snapshot(agents=changed(ADA, load=1.0)), rules(TO_RETURNS)).agent == GRACE


def test_level_of_a_skill_counts_for_what_is_hard_or_for_somebody_angry():
    agents = changed(GRACE, agents=changed(ADA, skills={SEAMS: 3}), skills={SEAMS: 5}, load=1.0)
    policy = rules(Outcome(team=RETURNS, preferred={SEAMS: 1}))
    assert decide(snapshot(agents=agents, complexity=1), policy).agent == ADA
    assert decide(snapshot(agents=agents, complexity=3), policy).agent == GRACE
    assert decide(snapshot(agents=agents, mood=-0.8), policy).agent == GRACE


def test_agent_whom_the_customer_knows_is_preferred():
    decision = decide(snapshot(agents=changed(GRACE, load=3.0), known=KNOWS_GRACE), rules(TO_RETURNS))
    assert (decision.agent, "knows" in codes(decision)) == (GRACE, True)
    long_ago = (Known(GRACE, 2, ago(60 * 24 * 30)),)
    assert decide(snapshot(agents=changed(GRACE, load=3.0), known=long_ago), rules(TO_RETURNS)).agent == ADA


def test_who_was_given_less_than_their_share_goes_first():
    agents = changed(GRACE, agents=changed(ADA, offered=9, available=4.0), offered=9, available=8.0)
    decision = decide(snapshot(agents=agents), rules(TO_RETURNS))
    assert (decision.agent, codes(decision)[-1]) == (GRACE, "fair_share")


def test_longest_idle_goes_first_among_equals_and_then_the_lower_number():
    agents = changed(GRACE, agents=changed(ADA, idle_since=ago(3)), idle_since=ago(4))
    assert decide(snapshot(agents=agents), rules(TO_RETURNS)).agent == GRACE
    assert decide(snapshot(), rules(TO_RETURNS)).agent == ADA
    assert decide(snapshot(agents=AGENTS[::-1]), rules(TO_RETURNS)).agent == ADA


# Whom it waits for


def test_it_waits_for_the_agent_they_know_for_so_long():
    policy = rules(Outcome(team=RETURNS, wait_for_known=3))
    full = changed(GRACE, load=6.0)
    decision = decide(snapshot(agents=full, known=KNOWS_GRACE), policy)
    assert (decision.kind, decision.look_at, codes(decision)[-1]) == ("team", ahead(3), "waits_for")
    assert not decision.is_fallback
    late = snapshot(agents=full, known=KNOWS_GRACE, queued_at=ago(3))
    assert decide(late, policy).agent == ADA


@pytest.mark.parametrize(
    ("facts", "matter"),
    [
        ({"state": "offline"}, {}),
        ({"load": 6.0}, {"due_at": ahead(9)}),
        ({"load": 6.0}, {"priority": 3}),
        ({"load": 6.0}, {"passed": (GRACE,)}),
        ({"state": "away", "media": ("chat",)}, {}),
    ],
)
def test_it_waits_for_nobody_who_cannot_come_nor_past_a_deadline(facts, matter):
    known = snapshot(agents=changed(GRACE, **facts), known=KNOWS_GRACE, **matter)
    assert decide(known, rules(Outcome(team=RETURNS, wait_for_known=3))).agent == ADA


def test_agent_whom_the_customer_asks_for_comes_before_any_score():
    asked = snapshot(asked_for=GRACE, language="no", agents=changed(GRACE, load=5.0))
    decision = decide(asked, rules(TO_RETURNS))
    assert (decision.agent, "asked_for" in codes(decision)) == (GRACE, True)


def test_agent_of_a_team_that_may_not_see_it_is_not_given_it_though_asked_for():
    decision = decide(snapshot(asked_for=LINUS), rules(TO_RETURNS))
    assert decision.agent in (ADA, GRACE) and decision.is_fallback
    assert against(LINUS, decision) == {"outside"}
    agents = changed(LINUS, sees_all=True)
    assert decide(snapshot(asked_for=LINUS, agents=agents), rules(TO_RETURNS)).agent == LINUS


def test_agent_whom_a_rule_names_has_it_and_else_the_team():
    policy = rules(Outcome(to="agent", agent=LINUS, team=RETURNS))
    assert decide(snapshot(), policy).agent == LINUS
    instead = decide(snapshot(agents=changed(LINUS, state="away")), policy)
    assert (instead.agent, instead.is_fallback) == (ADA, True)


# When it waits


def test_overflow_asks_the_next_team_after_its_time():
    policy = rules(Outcome(team=RETURNS, overflow=(Overflow(10, ORDERS),)))
    nobody = changed(GRACE, agents=changed(ADA, load=6.0), load=6.0)
    early = decide(snapshot(agents=nobody, queued_at=ago(4)), policy)
    assert (early.kind, early.look_at, early.step) == ("team", ahead(6), 0)
    late = decide(snapshot(agents=nobody, queued_at=ago(10)), policy)
    assert (late.agent, late.team, late.step, late.is_fallback) == (LINUS, ORDERS, 1, True)


def test_own_team_goes_before_the_overflow_even_with_a_lower_score():
    policy = rules(Outcome(team=RETURNS, overflow=(Overflow(0, ORDERS),)))
    agents = changed(GRACE, agents=changed(ADA, load=5.0), load=6.0)
    decision = decide(snapshot(agents=agents), policy)
    assert decision.agent == ADA
    assert verdict_of(LINUS, decision).score > verdict_of(ADA, decision).score


def test_deadline_at_risk_asks_every_team_at_once():
    policy = rules(Outcome(team=RETURNS, overflow=(Overflow(60, ORDERS),)))
    nobody = changed(GRACE, agents=changed(ADA, load=6.0), load=6.0)
    safe = decide(snapshot(agents=nobody, due_at=ahead(30)), policy)
    assert (safe.kind, safe.look_at) == ("team", ahead(20))
    assert decide(snapshot(agents=nobody, due_at=ahead(10)), policy).agent == LINUS


# The bot, and what is settled


def test_bot_takes_what_its_rule_gives_it_unless_a_person_is_wanted():
    policy = rules(Outcome(to="bot", team=RETURNS))
    assert decide(snapshot(bot=True), policy).kind == "bot"
    assert decide(snapshot(bot=True, trigger="handed_over"), policy).agent == ADA
    assert decide(snapshot(bot=True, call_back=True), policy).agent == ADA
    without = decide(snapshot(bot=False), policy)
    assert (without.agent, without.is_fallback) == (ADA, True)


@pytest.mark.parametrize(
    ("matter", "code"),
    [
        ({"is_spam": True}, "spam"),
        ({"status": "resolved"}, "not_open"),
        ({"status": "pending", "trigger": "overdue"}, "with_bot"),
    ],
)
def test_what_needs_nobody_stays_as_it_is(matter, code):
    decision = decide(snapshot(bot=True, **matter), rules(TO_RETURNS))
    assert (decision.kind, codes(decision)) == ("stays", [code])


def test_whoever_has_it_keeps_it_while_they_are_there():
    kept = decide(snapshot(trigger="replied", assignee=GRACE, team=RETURNS), rules(TO_RETURNS))
    assert (kept.kind, kept.agent) == ("stays", GRACE)
    away = changed(GRACE, state="away")
    assert decide(snapshot(trigger="replied", assignee=GRACE, agents=away), rules(TO_RETURNS)).agent == ADA
    assert decide(snapshot(trigger="left", assignee=GRACE), rules(TO_RETURNS)).kind == "agent"


# How sure it is


def test_decision_by_an_unsure_topic_is_unsure():
    about = {"rules": [{"field": "topic", "is": "is", "value": ["Exchange"]}]}
    gold = {"rules": [{"field": "tier", "is": "is", "value": ["gold"]}]}
    policy = Policy(1, (Rule("g", "Gold", gold, TO_RETURNS), Rule("e", "Exchange", about, TO_RETURNS)), TO_RETURNS)
    assert decide(snapshot(topic="Exchange", certainty=0.58), policy).is_unsure
    assert not decide(snapshot(topic="Exchange", certainty=0.86), policy).is_unsure
    assert not decide(snapshot(topic="Exchange", certainty=0.58, tier="gold"), policy).is_unsure


def test_priority_is_only_lowered_at_the_start():
    policy = rules(Outcome(team=RETURNS, priority=1))
    assert decide(snapshot(priority=2), policy).priority == 1
    assert decide(snapshot(priority=2, trigger="overdue"), policy).priority is None


# Whatever is asked


def any_world(seed):
    random = Random(seed)
    teams = tuple(
        TeamFacts(pk, f"Team {pk}", random.random() < 0.85, ahead(30), random.random() < 0.9) for pk in range(1, 5)
    )
    agents = tuple(
        AgentFacts(
            pk,
            f"Agent {pk}",
            random.choice(("online", "online", "away", "offline")),
            tuple(random.sample(range(1, 5), random.randint(0, 2))),
            tuple(random.sample(("en", "no", "de"), random.randint(0, 2))),
            {SEAMS: random.randint(1, 5)} if random.random() < 0.5 else {},
            load=random.choice((0.0, 1.0, 3.5, 5.0, 6.0)),
            capacity=random.choice((0.0, 4.0, 6.0)),
            media=random.choice((None, None, ("email",), ("chat", "email"))),
            sees_all=random.random() < 0.1,
            idle_since=random.choice((None, ago(random.randint(0, 90)))),
            offered=random.randint(0, 20),
            available=random.choice((0.0, 2.5, 8.0)),
        )
        for pk in range(1, random.randint(2, 12))
    )
    matter = Matter(
        NOON,
        random.choice(("arrived", "replied", "overdue", "freed", "left", "pulled", "transferred", "handed_over")),
        1,
        1,
        random.choice(("email", "chat", "voice")),
        channel_team=random.choice((None, 1, 2)),
        team=random.choice((None, 1, 3)),
        assignee=random.choice((None, None, 2)),
        priority=random.randint(0, 3),
        language=random.choice(("", "en", "no")),
        mood=random.choice((None, -0.9, 0.5)),
        complexity=random.randint(1, 3),
        due_at=random.choice((None, ahead(5), ahead(60))),
        queued_at=random.choice((NOON, ago(3), ago(30))),
        asked_for=random.choice((None, None, 1, 5)),
        known=(Known(3, 1, ago(60)),) if random.random() < 0.4 else (),
        passed=random.choice(((), (1,), (2, 3))),
    )
    outcome = Outcome(
        to=random.choice(("team", "team", "agent", "bot")),
        team=random.randint(0, 4),
        agent=random.choice((None, 4)),
        assigns=random.random() < 0.9,
        required={SEAMS: 2} if random.random() < 0.3 else {},
        language=random.choice(("required", "preferred", "any")),
        overflow=(Overflow(random.choice((0, 5, 60)), random.randint(1, 4)),) if random.random() < 0.5 else (),
        wait_for_known=random.choice((0, 0, 5)),
    )
    return Snapshot(matter, agents, teams, {SEAMS: "Seams"}, random.random() < 0.3), rules(outcome), outcome


@pytest.mark.parametrize("block", range(10))
def test_whatever_is_asked_the_one_who_is_chosen_could_take_it(block):
    for seed in range(block * 300, block * 300 + 300):
        known, policy, outcome = any_world(seed)
        decision = decide(known, policy)
        assert decide(known, policy) == decision, seed
        assert built(type(decision), plain(decision)) == decision, seed
        assert decision.look_at is None or decision.look_at > NOON, seed
        if decision.kind != "agent":
            assert decision.agent is None or decision.kind == "stays", seed
            continue
        agent = next(each for each in known.agents if each.agent == decision.agent)
        matter = known.matter
        assert agent.state == "online", seed
        assert agent.load + policy.cost(matter.medium) <= agent.capacity, seed
        assert agent.media is None or matter.medium in agent.media, seed
        assert matter.trigger == "pulled" or agent.agent not in matter.passed, seed
        chosen = decision.verdicts[0] if not decision.verdicts[0].out else None
        assert chosen is not None, seed
        if agent.agent not in (matter.asked_for, outcome.agent):
            assert agent.agent in {verdict.agent for verdict in decision.verdicts if not verdict.out}, seed
            assert not outcome.required or agent.skills.get(SEAMS, 0) >= 2 or codes(decision)[0] == "team_kept", seed
            if outcome.language == "required" and matter.language:
                assert matter.language in agent.languages, seed


@pytest.mark.parametrize("block", range(4))
def test_whatever_is_asked_the_order_of_the_agents_does_not_matter(block):
    for seed in range(block * 200, block * 200 + 200):
        known, policy, _outcome = any_world(seed)
        mixed = list(known.agents)
        Random(seed).shuffle(mixed)
        assert decide(replace(known, agents=tuple(mixed)), policy) == decide(known, policy), seed


def test_whoever_waits_is_looked_at_again_where_only_time_would_help():
    """With overflow, an end of waiting, an opening or a deadline to come, there is a next look."""
    for seed in range(1500):
        known, policy, outcome = any_world(seed)
        decision = decide(known, policy)
        if decision.kind == "team" and "waits_for" in codes(decision):
            assert decision.look_at is not None, seed
        if decision.kind == "team" and decision.step < len(outcome.overflow) and codes(decision)[0] != "team_kept":
            assert decision.look_at is not None, seed
