"""The agent whom a customer names: "Ada Okafor" anywhere, or, of those who know them, "Hi Ada," at the beginning."""

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

from conversations.routing.facts import AgentFacts

GREETING = 60  # signs in which a greeting has its name


def asked_for(subject: str, text: str, agents: Iterable[AgentFacts], known: Collection[int]) -> int | None:
    """The only one named: two names ask for nobody in particular."""
    said, begins = f"{subject}\n{text}", text.lstrip()[:GREETING].partition("\n")[0]
    found = {agent.agent for agent in agents if _is_named(agent, said, begins if agent.agent in known else "")}
    return found.pop() if len(found) == 1 else None


def _is_named(agent: AgentFacts, said: str, begins: str) -> bool:
    name = agent.name.strip()
    if " " in name and name.split()[-1].casefold() in said.casefold() and _word(name).search(said):
        return True
    return bool(begins and name and _word(name.split()[0]).search(begins))


@lru_cache(maxsize=2048)
def _word(name: str) -> "re.Pattern[str]":
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)".replace(r"\ ", r"\s+"), re.IGNORECASE)
