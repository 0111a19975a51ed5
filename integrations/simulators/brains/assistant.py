"""The other bots of the demo's shop: one small assistant that speaks the protocols of four brains.

It knows the care of wool and wrapping, asks the desk how orders stand, and gives the rest to people. Told to “fall
over” or to “be silent” it does, so that one can see what the desk makes of a brain that is out of order.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from integrations.adapters.bots.prompt import HAND_OVER
from integrations.simulators.brains.direct_line import DirectLineServer, handoff
from integrations.simulators.brains.openai import ModelServer, calls
from integrations.simulators.brains.rasa import RasaServer, Tracker, understood
from integrations.simulators.brains.webhook import OwnBotServer
from integrations.simulators.server import Call, Json, ProviderServer, Reply

KNOWS = "I know how wool is washed, how we wrap presents, and how an order stands. Anything else goes to a person."
WASH = "Wash wool at 30 °C on its own programme, without softener, and dry it flat: never in the drier."
WRAP = "We wrap presents without charge, in paper or in cloth. Which would you like?"
WRAPPED = "Noted. Say so in the note to us at the checkout, and we wrap it like that."
WRAPPINGS = ("In paper", "In cloth")
_ORDER = re.compile(r"\b[A-Z]{2}-\d{4,6}\b")
_FILES = re.compile(r"\[(?:image|voice note|sound|video|file) “([^”]+)”")


class FallsOverError(Exception):
    """It was told to."""


@dataclass(frozen=True)
class Says:
    text: str
    buttons: tuple[str, ...] = ()
    about: str = ""  # of its own intents


@dataclass(frozen=True)
class Asks:
    """The desk, for a deed of its own."""

    deed: str
    order: str = ""


@dataclass(frozen=True)
class Passes:
    """To people; `why` is for them."""

    why: str
    team: str


Thought = Says | Asks | Passes | None


def think(text: str, files: Sequence[str] = ()) -> Thought:
    """None is silence. Raises FallsOverError."""
    said = text.casefold()
    if "fall over" in said:
        raise FallsOverError
    if "be silent" in said:
        return None
    if files:
        return Passes(f"They sent {', '.join(files)}: somebody has to look at it.", "Repairs")
    if re.search(r"\b(?:wash|wool|care|proof)", said):
        return Says(WASH, about="care")
    if said.strip(" .!") in {label.casefold() for label in WRAPPINGS}:
        return Says(WRAPPED, about="wrapping")
    if re.search(r"\b(?:wrap|gift|present)", said):
        return Says(WRAP, WRAPPINGS, about="wrapping")
    if re.search(r"\b(?:order|parcel|track|where)", said):
        found = _ORDER.search(text)
        return Asks("status", found.group() if found else "")
    if re.search(r"\b(?:engrav|embroid|invoice|refund)", said):
        return Passes("What they want is agreed with a person.", "Orders")
    return Says(KNOWS, about="out_of_scope")


def named_in(text: str) -> list[str]:
    """The files that a line of ours names, for protocols that have words only."""
    return _FILES.findall(text)


def as_rasa(tracker: Tracker, text: str) -> list[Json]:
    thought = think(text, named_in(text))
    if isinstance(thought, Says):
        tracker.understood = understood(thought.about, 0.9)
        buttons = [{"title": label, "payload": label} for label in thought.buttons]
        return [{"text": thought.text, **({"buttons": buttons} if buttons else {})}]
    if isinstance(thought, Asks):
        return [{"custom": {"deed": thought.deed, "values": _values(thought)}}]
    return [{"custom": {"handoff": {"reason": "out_of_scope", "detail": thought.why}}}] if thought else []


def as_own(question: Json) -> Json:
    new = [line for line in question["lines"] if line["id"] in question["new"]]
    files = [file["name"] for line in new for file in line.get("named", ())]
    thought = think("\n".join(line["text"] for line in new), files)
    if isinstance(thought, Says):
        return {"acts": [{"kind": "say", "text": thought.text, "buttons": list(thought.buttons)}]}
    if isinstance(thought, Asks):
        return {"acts": [{"kind": "do", "deed": thought.deed, "values": _values(thought)}]}
    if thought is None:
        return {"acts": []}
    about = {"reason": "out_of_scope", "detail": thought.why, "team": thought.team}
    return {"acts": [{"kind": "hand_over", **about}]}


def as_activities(activity: Json) -> list[Json]:
    """Bots of the Bot Framework have no deeds to ask for: how an order stands is for people."""
    if activity["type"] != "message":
        return []
    thought = think(activity["text"], named_in(activity["text"]))
    if isinstance(thought, Says):
        actions = [{"type": "imBack", "title": label, "value": label} for label in thought.buttons]
        return [{"type": "message", "text": thought.text, "suggestedActions": {"actions": actions}}]
    if isinstance(thought, Asks):
        return [handoff({"Skill": "Orders", "order": thought.order, "va_AgentMessage": "They ask for their order."})]
    return [handoff({"Skill": thought.team, "va_AgentMessage": thought.why})] if thought else []


def as_model(body: Json) -> Json:
    asked = [each for each in body["messages"][1:] if each["role"] == "user"]
    said: Json = json.loads(asked[-1]["content"]) if asked else {"text": ""}
    thought = think(said["text"], [file["name"] for file in said.get("named", ())])
    offered = {tool["function"]["name"] for tool in body.get("tools", ())}
    if isinstance(thought, Asks) and thought.deed in offered:
        return calls(thought.deed, _values(thought))
    if isinstance(thought, Says):
        return {"content": thought.text}
    if thought is None:
        return {"content": ""}
    why = thought.why if isinstance(thought, Passes) else "They ask for their order."
    return calls(HAND_OVER, {"reason": "out_of_scope", "detail": why})


def _values(thought: Asks) -> dict[str, str]:
    return {"order": thought.order} if thought.order else {}


class _Fragile(ProviderServer):
    def answer(self, call: Call) -> Reply:
        try:
            return super().answer(call)
        except FallsOverError:
            return self.refusal_down(call)


class ShopRasa(_Fragile, RasaServer):
    def __init__(self, *, port: int = 0) -> None:
        super().__init__(as_rasa, port=port)


class ShopBot(_Fragile, OwnBotServer):
    """It answers by calling back, as one does that needs its time."""

    def __init__(self, *, port: int = 0) -> None:
        super().__init__(as_own, port=port)
        self.is_slow = True

    def owe(self, said: Json, url: str) -> None:
        if said["acts"]:
            super().owe(said, url)


class ShopDirectLine(_Fragile, DirectLineServer):
    def __init__(self, *, port: int = 0) -> None:
        super().__init__(as_activities, port=port)


class ShopModel(_Fragile, ModelServer):
    def __init__(self, *, port: int = 0) -> None:
        super().__init__(as_model, port=port)
