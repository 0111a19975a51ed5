"""A Rasa assistant by its REST channel; what it has understood is read from its tracker, where that may be asked.

https://rasa.com/docs/reference/channels/your-own-website (REST channel), …/reference/api/pro/http-api (tracker, events)

Its settings: brain_url, channel ("rest"), reads_tracker, names (its slots' names for the desk's). Its secrets: token
(--auth-token), bearer (of a proxy before it).
"""

import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.bots.acts import Act, Do, Finish, HandOver
from conversations.models.handoff import HandoffReason
from integrations.adapters.about import About, Field, Step
from integrations.adapters.bots import asking, saying
from integrations.adapters.bots.asking import Patience
from integrations.adapters.bots.base import RudeError
from integrations.adapters.bots.thoughts import Question, Thought
from integrations.adapters.calling import RefusedError
from integrations.adapters.media.ours import outside
from integrations.adapters.media.provider import Fault, Provider
from integrations.adapters.reading import inner, words
from integrations.models import Connector

Json = dict[str, Any]

FALLBACKS = ("nlu_fallback", "out_of_scope")  # what the docs call an intent that is none
HANDOFFS = ("handoff", "handover", "human_handoff")
CHECKED_FOR = 10.0  # seconds

FAULTS = {
    **asking.REFUSALS,
    "401": Fault(gettext_lazy("Rasa does not accept the desk's token."), is_credential=True),
    "403": Fault(gettext_lazy("Rasa does not accept the desk's token."), is_credential=True),
    "404": Fault(
        gettext_lazy("Rasa does not have this channel, or its HTTP API is off: see credentials.yml and --enable-api.")
    ),
    "409": Fault(gettext_lazy("Rasa has no model loaded."), is_permanent=False, wait=30, is_for_all=True),
}


def _codes(refused: RefusedError) -> tuple[str, ...]:
    return (str(refused.status),)


RASA = Provider("Rasa", FAULTS, _codes)

ABOUT = About(
    title="Rasa",
    what=gettext_lazy("An assistant of your own on Rasa thinks for a bot of the desk, by its REST channel."),
    fields=(
        Field(
            "brain_url",
            gettext_lazy("Address of the Rasa server"),
            "address",
            example="https://rasa.example",
            settled=outside,
        ),
        Field("channel", gettext_lazy("Name of its REST channel"), default="rest"),
        Field(
            "token",
            gettext_lazy("Token"),
            "secret",
            help=gettext_lazy("What Rasa was started with as --auth-token."),
            is_required=False,
        ),
        Field(
            "bearer",
            gettext_lazy("Bearer token"),
            "secret",
            help=gettext_lazy("Of a proxy that guards it: Rasa's REST channel asks for none by itself."),
            is_required=False,
        ),
        Field(
            "reads_tracker",
            gettext_lazy("Read what it has understood from its tracker (needs --enable-api)"),
            "switch",
            is_required=False,
            default="on",
            columns=6,
        ),
        Field(
            "names",
            gettext_lazy("Names of its slots, one a line"),
            "list",
            help=gettext_lazy("Its name and the desk's: order_number=order. What has the same name needs no line."),
            is_required=False,
            example="order_number=order",
            settled=saying.a_name,
            columns=6,
        ),
    ),
    at_provider=(
        gettext_lazy("Write “rest:” into credentials.yml, and start Rasa with --enable-api and --auth-token."),
        gettext_lazy("Have it end with a custom message {{“handoff”: {{“reason”: “asked”}}}}, or pause, for a person."),
    ),
    manual="https://rasa.com/docs/reference/channels/your-own-website",
)


class RasaAdapter:
    about = ABOUT

    def think(self, connector: Connector, question: Question) -> Thought:
        patience = Patience(question.patience)
        if question.state.get("paused"):  # people had it, and gave it back
            path = f"/conversations/{quote(question.name)}/tracker/events"
            asking.ask(RASA, patience, "POST", **_call(connector, path), json={"event": "resume"})
        said = {"sender": question.name, "message": saying.as_pressed(question), "metadata": _metadata(question)}
        hook = f"/webhooks/{quote(_channel(connector))}/webhook"
        answer = asking.ask(RASA, patience, "POST", **_call(connector, hook), json=said)
        acts, pressed = _acts(question, asking.json_of(RASA, answer))
        tracker = self._tracker(connector, patience, question.name) if connector.settings.get("reads_tracker") else {}
        if tracker.get("paused") is True and not any(isinstance(act, HandOver | Finish) for act in acts):
            acts = (*acts, saying.hand_over(HandoffReason.ASKED))
        if not acts:
            raise asking.silent(RASA.name)  # where it failed within itself, it answers 200 and []
        latest = inner(tracker, "latest_message")
        topics = saying.topics_of(latest.get("intent_ranking"), name="name", certainty="confidence")
        intent = words(inner(latest, "intent").get("name"))
        return Thought(
            acts=saying.within(acts, RASA.name),
            slots=saying.slots_of(tracker.get("slots"), saying.names_in(connector.settings.get("names") or [])),
            topics=tuple(topic for topic in topics if topic[0] not in FALLBACKS),
            understood=intent not in FALLBACKS,
            state={saying.PRESSED: pressed, "paused": tracker.get("paused") is True},
        )

    def check(self, connector: Connector) -> Iterator[Step]:
        patience, began = Patience(CHECKED_FOR), time.monotonic()
        asking.ask(RASA, patience, "GET", **_call(connector, f"/webhooks/{quote(_channel(connector))}/"))
        yield Step(_("Rasa's REST channel is there."), seconds=time.monotonic() - began)
        if connector.settings.get("reads_tracker"):
            began = time.monotonic()
            self._tracker(connector, patience, "throughline-test")
            yield Step(_("Its tracker can be read."), seconds=time.monotonic() - began)
        began = time.monotonic()
        said = {"sender": "throughline-test", "message": "Hello", "metadata": {"test": True}}
        hook = f"/webhooks/{quote(_channel(connector))}/webhook"
        found = asking.json_of(RASA, asking.ask(RASA, patience, "POST", **_call(connector, hook), json=said))
        if not isinstance(found, list) or not found:
            fix = _("Look into Rasa's log: it answers nothing where an action of its own fails.")
            yield Step(_("It answered “Hello” with nothing."), False, time.monotonic() - began, fix)
            return
        yield Step(_("It answered “Hello”."), seconds=time.monotonic() - began)

    def prove(self, connector: Connector) -> None:
        if connector.secrets.get("token"):
            asking.ask(RASA, Patience(CHECKED_FOR), "GET", **_call(connector, "/status"))

    def _tracker(self, connector: Connector, patience: Patience, name: str) -> Json:
        call = _call(connector, f"/conversations/{quote(name)}/tracker", include_events="NONE")
        return asking.object_of(RASA, asking.ask(RASA, patience, "GET", **call))


def _call(connector: Connector, path: str, **params: str) -> Json:
    token, bearer = connector.secrets.get("token", ""), connector.secrets.get("bearer", "")
    return {
        "url": str(connector.settings.get("brain_url") or "").rstrip("/") + path,
        "params": {**params, **({"token": token} if token else {})},
        "headers": {"Authorization": f"Bearer {bearer}"} if bearer else {},
    }


def _channel(connector: Connector) -> str:
    return str(connector.settings.get("channel") or "rest")


def _metadata(question: Question) -> Json:
    asked = question.asked
    known = saying.known_of(asked.memory)
    about: Json = {"key": question.key, "language": asked.language, "medium": asked.medium, "page": asked.page}
    return {**about, "known": known, **({"files": question.files} if question.files else {})}


def _acts(question: Question, found: object) -> tuple[tuple[Act, ...], Mapping[str, str]]:
    """A list of messages, each with text, buttons, an image, an attachment or something custom."""
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise RudeError(RASA.name, f"a {type(found).__name__} where messages belong")
    acts: list[Act] = []
    pressed: dict[str, str] = {}
    for message in found:
        text = "\n".join(
            filter(None, (saying.text_of(message.get(part) or "", RASA.name) for part in ("text", "image")))
        )
        say, named = saying.says(question.asked.buttons, text, _buttons(message.get("buttons")), RASA.name)
        pressed |= named
        acts += [say] if say else []
        acts += _custom(message.get("custom"))
    return tuple(acts), pressed


def _buttons(found: object) -> list[tuple[str, str]]:
    rows = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    return [(words(each.get("title")), words(each.get("payload")) or words(each.get("title"))) for each in rows]


def _custom(found: object) -> list[Act]:
    """Rasa leaves it to whoever listens what a custom message means; what is not of these is for others."""
    if not isinstance(found, dict):
        return []
    for name in HANDOFFS:
        asked = found.get(name) or (found if found.get("type") == name else None)
        if asked:
            more = asked if isinstance(asked, dict) else {}
            return [saying.hand_over(more.get("reason"), more.get("detail"))]
    if deed := words(found.get("deed")):
        return [Do(deed, saying.slots_of(found.get("values"), {}))]
    return [Finish()] if found.get("finish") is True else []
