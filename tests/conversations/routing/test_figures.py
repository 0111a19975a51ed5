"""The figures of a replay: they add up over stretches, and say nothing where there is nothing to count."""

import pytest

from conversations.routing.figures import AgentTally, Figures, Tally, TeamTally, added, figures, quantile
from conversations.routing.written import built, plain

ONE = Tally(
    arrivals=3,
    to_bot=1,
    waits=(0.0, 60.0),
    had_known=2,
    same=1,
    passed_on=1,
    dated=2,
    late=1,
    teams={1: TeamTally((0.0, 60.0), 2, 2, 1)},
    agents={11: AgentTally(2, 3.0, 6.0), 12: AgentTally(0, 0.0, 0.2)},
)
OTHER = Tally(arrivals=1, waits=(120.0,), teams={2: TeamTally((120.0,), 1)}, agents={11: AgentTally(1, 3.0, 6.0)})


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [((), 0.5, None), ((4.0,), 0.9, 4.0), ((1.0, 3.0), 0.5, 2.0), ((5.0, 1.0, 3.0), 0.5, 3.0)],
)
def test_quantiles_lie_between_the_two_nearest(values, share, expected):
    assert quantile(values, share) == expected


def test_stretches_add_up():
    whole = figures(added([ONE, OTHER]))
    assert (whole.arrivals, whole.to_bot, whole.median_wait) == (4, 1, 60.0)
    assert (whole.same_agent, whole.passed_on, whole.late) == (0.5, 0.3333, 0.5)
    assert [(team.team, team.arrivals, team.late) for team in whole.teams] == [(1, 2, 0.5), (2, 1, None)]
    assert (whole.busiest.agent, whole.busiest.given, whole.busiest.load) == (11, 3, 0.5)


def test_agent_who_was_hardly_there_is_not_compared():
    assert figures(ONE).spread == 0.0
    assert [agent.agent for agent in figures(ONE).agents] == [11, 12]


def test_nothing_is_nothing():
    empty = figures(added([]))
    assert (empty.arrivals, empty.median_wait, empty.late, empty.busiest) == (0, None, None, None)


def test_figures_and_tallies_come_back_as_they_were_written():
    assert built(Tally, plain(ONE)) == ONE
    assert built(Figures, plain(figures(ONE))) == figures(ONE)
