"""The agent whom a customer names: "Ada Okafor" anywhere, or, of those who know them, "Hi Ada," at the beginning."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import lru_cache

from conversations.routing.facts import AgentFacts

GREETING = 60  # signs in which a greeting has its name
_WORDS = re.compile(r"[\w'’-]+")


class Names:
    """Of all agents, so that a text is looked through once, however many they are."""

    def __init__(self, agents: Iterable[AgentFacts]) -> None:
        self._by_last: dict[str, list[AgentFacts]] = defaultdict(list)
        self._first: dict[int, str] = {}
        for agent in agents:
            parts = agent.name.split()
            if len(parts) > 1:
                self._by_last[parts[-1].casefold()].append(agent)
            if parts:
                self._first[agent.agent] = parts[0]

    def asked_for(self, subject: str, text: str, known: Collection[int]) -> int | None:
        """The only one named: two names ask for nobody in particular. `known`: who spoke with this customer before."""
        said = f"{subject}\n{text}"
        words = {word.casefold() for word in _WORDS.findall(said)}
        likely = [agent for word in words & self._by_last.keys() for agent in self._by_last[word]]
        found = {agent.agent for agent in likely if _word(agent.name).search(said)}
        begins = text.lstrip()[:GREETING].partition("\n")[0]
        found |= {agent for agent in known if agent in self._first and _word(self._first[agent]).search(begins)}
        return found.pop() if len(found) == 1 else None


@lru_cache(maxsize=4096)
def _word(name: str) -> "re.Pattern[str]":
    inside = r"\s+".join(re.escape(part) for part in name.split())
    return re.compile(rf"(?<!\w){inside}(?!\w)", re.IGNORECASE)
