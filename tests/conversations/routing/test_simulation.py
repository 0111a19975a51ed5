"""Ten thousand arrivals under several rules: nobody starves, nobody gets too much, and the same goes the same way."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from conversations.routing.facts import AgentFacts, Known, Matter, Outcome, Overflow, Policy, Rule, TeamFacts, Weights
from conversations.routing.simulated import Arrival, Opening, Presence, Stage
from conversations.routing.simulation import simulate
from tests.conversations.routing.world import NOON

FRONT, BACK, NIGHT = 1, 2, 3
TEAMS = (TeamFacts(FRONT, "Front"), TeamFacts(BACK, "Back"), TeamFacts(NIGHT, "Night"))
MEDIA = ("email", "email", "email", "chat", "sms")


def minutes(number):
    return timedelta(minutes=number)


def equal_agents(count, team=FRONT, **facts):
    return tuple(AgentFacts(pk, f"Agent {pk}", teams=(team,), languages=("en",), **facts) for pk in range(1, count + 1))


def arrivals(count, *, every=0.5, handling=lambda random: minutes(6), seed=7, **matter):
    random = Random(seed)
    at = NOON
    for number in range(1, count + 1):
        at += minutes(random.expovariate(1 / every))
        made = {name: value(random) if callable(value) else value for name, value in matter.items()}
        known = Matter(at=at, trigger="arrived", conversation=number, customer=number, medium="email")
        yield Arrival(replace(known, channel_team=FRONT, since=at, **made), handling(random))


def mixed_policy():
    def about(field, *values):
        return {"match": "all", "rules": [{"field": field, "is": "is", "value": list(values)}]}

    spill = (Overflow(5, BACK), Overflow(15, NIGHT))
    return Policy(
        version=3,
        rules=(
            Rule("gold", "Gold", about("tier", "gold"), Outcome(team=FRONT, priority=2, overflow=spill)),
            Rule("no", "Norwegian", about("language", "no"), Outcome(team=FRONT, language="required", overflow=spill)),
            Rule("hard", "Hard", about("topic", "Repair"), Outcome(team=BACK, required={1: 2}, overflow=spill)),
            Rule("again", "Same agent", about("topic", "Again"), Outcome(team=BACK, wait_for_known=4)),
        ),
        otherwise=Outcome(team=FRONT, overflow=spill),
    )


def mixed_agents():
    for pk in range(1, 31):
        team = (FRONT, BACK, NIGHT)[pk % 3]
        languages = ("en", "no") if pk % 4 == 0 else ("en",)
        skills = {1: pk % 5 + 1} if team == BACK else {}
        yield AgentFacts(pk, f"Agent {pk}", "online", (team,), languages, skills, capacity=4.0 + pk % 3)


def mixed_arrivals(count=10_000):
    return list(
        arrivals(
            count,
            every=0.35,
            handling=lambda random: minutes(random.uniform(3, 30)),
            medium=lambda random: random.choice(MEDIA),
            tier=lambda random: "gold" if random.random() < 0.1 else "",
            language=lambda random: "no" if random.random() < 0.15 else "en",
            topic=lambda random: random.choice(("Repair", "Again", "Bill", "Bill")),
            certainty=0.9,
            known=lambda random: (Known(random.randint(1, 30), 1, NOON - minutes(600)),),
        )
    )


def comings_and_goings(agents, until, seed=3):
    random = Random(seed)
    for agent in agents:
        at = NOON + minutes(random.uniform(0, 200))
        while at < until:
            yield Presence(at, agent.agent, random.choice(("away", "offline")))
            at += minutes(random.uniform(10, 90))
            yield Presence(at, agent.agent, "online")
            at += minutes(random.uniform(60, 400))


@pytest.fixture(scope="module")
def mixed():
    agents, coming = tuple(mixed_agents()), mixed_arrivals()
    until = coming[-1].matter.at + timedelta(hours=8)
    presences = sorted(comings_and_goings(agents, until - timedelta(hours=6)), key=lambda each: each.at)
    stage = Stage(agents, TEAMS, until, {1: "Repairs"}, presences)
    return stage, coming, simulate(stage, coming, mixed_policy())


def test_equal_agents_differ_by_at_most_one():
    agents = equal_agents(7)
    coming = list(arrivals(10_000, every=0.3))
    stage = Stage(agents, TEAMS, coming[-1].matter.at + timedelta(hours=3))
    run = simulate(stage, coming, Policy(otherwise=Outcome(team=FRONT)))
    given = [work.given for work in run.work.values()]
    assert sum(given) == 10_000
    assert max(given) - min(given) <= 1


def test_share_alone_keeps_agents_level_however_long_each_thing_takes():
    agents = equal_agents(6, capacity=1000.0)
    coming = list(arrivals(900, handling=lambda random: minutes(random.expovariate(1 / 40))))  # of one shift
    only_share = Weights(skill=0, language=0, room=0, knows=0, idle=0, share=1)
    stage = Stage(agents, TEAMS, coming[-1].matter.at)
    run = simulate(stage, coming, Policy(otherwise=Outcome(team=FRONT, weights=only_share)))
    given = [work.given for work in run.work.values()]
    assert sum(given) == 900
    assert max(given) - min(given) <= 1


def test_share_is_weighed_by_the_hours_that_agents_are_there():
    """Two come at noon, the third four hours later: after eight hours it has about half as many."""
    agents = (*equal_agents(2, capacity=1000.0), AgentFacts(3, "Late", "offline", (FRONT,), capacity=1000.0))
    coming = list(arrivals(960, handling=lambda random: minutes(5)))
    only_share = Weights(skill=0, language=0, room=0, knows=0, idle=0, share=1)
    stage = Stage(agents, TEAMS, coming[-1].matter.at, presences=(Presence(NOON + minutes(240), 3, "online"),))
    work = simulate(stage, coming, Policy(otherwise=Outcome(team=FRONT, weights=only_share))).work
    assert work[1].given == pytest.approx(work[2].given, abs=2)
    assert 0.4 < work[3].given / work[1].given < 0.6


def test_what_lies_overnight_is_no_load_of_hours_in_which_nobody_works():
    """Given at four, done the next day at ten, by one who is there from three to five and from nine to eleven."""
    agent = AgentFacts(1, "Ada", "online", (FRONT,), capacity=2.0)
    at = NOON + minutes(240)
    matter = Matter(at=at, trigger="arrived", conversation=1, customer=1, medium="email", channel_team=FRONT, since=at)
    hours = ((5, "offline"), (21, "online"), (23, "offline"))
    goes = tuple(Presence(NOON + minutes(60 * hour), 1, state) for hour, state in hours)
    begins = Presence(NOON + minutes(180), 1, "online")
    stage = Stage((replace(agent, state="offline"),), TEAMS, NOON + minutes(60 * 24), presences=(begins, *goes))
    work = simulate(stage, [Arrival(matter, minutes(60 * 18))], Policy(otherwise=Outcome(team=FRONT))).work[1]
    assert (work.there, work.busy, work.most) == (4.0, 2.0, 1.0)


def test_everybody_who_can_be_served_is_in_the_end(mixed):
    _stage, _coming, run = mixed
    assert [fate.arrival.matter.conversation for fate in run.fates if fate.given_at is None] == []


def test_nobody_is_over_capacity(mixed):
    stage, _coming, run = mixed
    for agent in stage.agents:
        assert run.work[agent.agent].most <= agent.capacity + 1e-6


def test_nobody_who_is_not_there_is_given_anything(mixed):
    stage, _coming, run = mixed
    states = {agent.agent: [(NOON - minutes(1), "online")] for agent in stage.agents}
    for presence in stage.presences:
        states[presence.agent].append((presence.at, presence.state))
    for fate in run.fates:
        for given_at, agent in fate.gives:
            assert [state for at, state in states[agent] if at <= given_at][-1] == "online"


def test_only_who_fits_is_given_anything(mixed):
    stage, _coming, run = mixed
    agents = {agent.agent: agent for agent in stage.agents}
    for fate in run.fates:
        agent, matter = agents[fate.agent], fate.arrival.matter
        rule = fate.chosen.rule
        if rule == "no":
            assert "no" in agent.languages
        if rule == "hard":
            assert agent.skills.get(1, 0) >= 2
        if agent.teams[0] == NIGHT and not fate.given_back:
            assert fate.given_at - matter.at >= minutes(15) or rule == "again"


def test_oldest_goes_first_among_equals_of_one_priority():
    agents = equal_agents(3)
    coming = list(
        arrivals(2_000, every=0.2, priority=lambda random: random.choice((1, 1, 2)), tier="", language="en")
    )  # fmt: skip
    stage = Stage(agents, TEAMS, coming[-1].matter.at + timedelta(hours=12))
    run = simulate(stage, coming, Policy(otherwise=Outcome(team=FRONT)))
    for priority in (1, 2):
        given = [fate.given_at for fate in run.fates if fate.arrival.matter.priority == priority]
        assert None not in given
        assert given == sorted(given)


def test_urgent_ones_overtake_those_who_wait():
    agents = equal_agents(1, capacity=1.0)
    plain, urgent = (
        Arrival(Matter(NOON + minutes(place), "arrived", place, place, "email", priority=priority), minutes(30))
        for place, priority in ((1, 1), (2, 3))
    )
    first = Arrival(Matter(NOON, "arrived", 9, 9, "email"), minutes(30))
    run = simulate(
        Stage(agents, TEAMS, NOON + timedelta(hours=3)), [first, plain, urgent], Policy(otherwise=Outcome(team=FRONT))
    )
    assert [fate.given_at for fate in run.fates] == [NOON, NOON + minutes(60), NOON + minutes(30)]


def test_backlog_is_drained_at_once_when_agents_come():
    agents = equal_agents(10, state="offline", capacity=100.0)
    coming = list(arrivals(1_000, every=0.01, handling=lambda random: minutes(60)))
    came = NOON + minutes(60)
    presences = [Presence(came, agent.agent, "online") for agent in agents]
    stage = Stage(agents, TEAMS, NOON + minutes(61), presences=presences)
    run = simulate(stage, coming, Policy(otherwise=Outcome(team=FRONT)))
    assert {fate.given_at for fate in run.fates} == {came}


def test_chat_of_an_agent_who_leaves_goes_to_another():
    agents = equal_agents(2)
    chat = Arrival(Matter(NOON, "arrived", 1, 1, "chat"), minutes(30))
    mail = Arrival(Matter(NOON, "arrived", 2, 2, "email"), minutes(30))
    leaving = [Presence(NOON + minutes(10), agent, "away") for agent in (1,)]
    stage = Stage(agents, TEAMS, NOON + minutes(120), presences=leaving)
    run = simulate(stage, [chat, mail], Policy(otherwise=Outcome(team=FRONT)))
    first, second = run.fates
    assert (first.agent, first.given_back) == (2, 1)
    assert second.given_back == 0


def test_closed_team_waits_until_it_opens():
    agents = equal_agents(1)
    opens = NOON + minutes(45)
    teams = (TeamFacts(FRONT, "Front", is_open=False, opens_at=opens),)
    stage = Stage(agents, teams, NOON + minutes(90), openings=(Opening(opens, FRONT, True),))
    mail = Arrival(Matter(NOON, "arrived", 2, 2, "email"), minutes(30))
    run = simulate(stage, [mail], Policy(otherwise=Outcome(team=FRONT)))
    assert run.fates[0].given_at == opens


def test_where_agents_pull_they_take_it_when_they_did():
    agents = equal_agents(2)
    mail = Arrival(Matter(NOON, "arrived", 2, 2, "email"), minutes(30), taken_after=minutes(12), taken_by=2)
    stage = Stage(agents, TEAMS, NOON + minutes(90))
    fate = simulate(stage, [mail], Policy(otherwise=Outcome(team=FRONT, assigns=False))).fates[0]
    assert (fate.agent, fate.given_at) == (2, NOON + minutes(12))


def test_same_arrivals_under_the_same_rules_end_the_same(mixed):
    stage, coming, run = mixed
    again = simulate(stage, coming, mixed_policy())
    assert [(fate.agent, fate.given_at, fate.first) for fate in again.fates] == [
        (fate.agent, fate.given_at, fate.first) for fate in run.fates
    ]


def test_rules_are_all_used_in_the_mixed_run(mixed):
    """The other tests of it say something only if this holds."""
    _stage, _coming, run = mixed
    assert Counter(fate.chosen.rule for fate in run.fates).keys() == {"gold", "no", "hard", "again", ""}
    assert any(fate.given_back for fate in run.fates)
    assert any(fate.chosen.is_fallback for fate in run.fates)
    assert any(fate.given_at > fate.arrival.matter.at for fate in run.fates)
