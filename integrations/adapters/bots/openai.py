"""Any language model behind an OpenAI-compatible API (OpenAI, Azure, vLLM, Ollama, llama.cpp): off until it is let in.

https://platform.openai.com/docs/api-reference/chat/create and …/docs/guides/error-codes

Its settings: is_on, brain_url, model, notes, deeds, links, most_characters (of a prompt), most_tokens (of an answer),
most_a_day and most_a_talk (tokens), length_name. Its secret: api_key.
"""

import re
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from conversations.bots.acts import Act, Do, HandOver, Say
from conversations.models.handoff import HandoffReason
from integrations.adapters.about import About, Field, Step
from integrations.adapters.base import AdapterError, CredentialError
from integrations.adapters.bots import asking, prompt, saying
from integrations.adapters.bots.asking import Patience
from integrations.adapters.bots.base import RudeError
from integrations.adapters.bots.offering import a_deed
from integrations.adapters.bots.thoughts import Cost, Question, Thought
from integrations.adapters.calling import Answer, RefusedError
from integrations.adapters.media.ours import outside
from integrations.adapters.media.provider import Fault, Provider
from integrations.adapters.reading import inner, read_json, rows, words
from integrations.models import Connector

Json = dict[str, Any]

SERVER = "https://api.openai.com/v1"
CHECKED_FOR = 20.0  # seconds
LIMITS = {"most_characters": 12_000, "most_tokens": 300, "most_a_day": 200_000, "most_a_talk": 20_000}
LENGTHS = ("max_completion_tokens", "max_tokens")  # the second is the older word, and that of most other servers
_LINK = re.compile(r"(?i)\b(?:https?://|www\.)[^\s<>()]*")
_NO_ENDPOINT = "404"

FAULTS = {
    **asking.REFUSALS,
    "invalid_api_key": Fault(gettext_lazy("The model's server does not accept the key."), is_credential=True),
    "insufficient_quota": Fault(
        gettext_lazy("The account's credit at the model's provider is used up."),
        is_permanent=False,
        wait=3600,
        is_for_all=True,
    ),
    "model_not_found": Fault(gettext_lazy("The server has no such model.")),
    "context_length_exceeded": Fault(gettext_lazy("The prompt is too long for the model: allow fewer characters.")),
    "401": Fault(gettext_lazy("The model's server does not accept the key."), is_credential=True),
    "403": Fault(gettext_lazy("The key may not use this model."), is_credential=True),
    "404": Fault(gettext_lazy("The server has no such model, or no such address.")),
    "429": Fault(gettext_lazy("The model's server asks the desk to wait."), is_permanent=False, is_for_all=True),
}


def _codes(refused: RefusedError) -> tuple[str, ...]:
    found = inner(refused.json, "error") if isinstance(refused.json, dict) else {}
    return (words(found.get("code")), words(found.get("type")), str(refused.status))


MODEL = Provider(gettext_noop("The model"), FAULTS, _codes)


def a_host(word: str) -> str:
    host = (urlsplit(word).hostname or "") if "://" in word else word.lower()
    if not re.fullmatch(r"[\w.-]+\.\w+", host):
        raise ValueError(_("It is the name of a host, such as shop.example."))
    return host


def _number(name: str, label: Any, help: Any = "") -> Field:
    """Emptied, it is the default again."""
    default = str(LIMITS[name])
    return Field(name, label, "number", help=help, is_required=False, default=default, group=gettext_lazy("Limits"))


ABOUT = About(
    title=gettext_lazy("A language model"),
    what=gettext_lazy("Any model behind an OpenAI-compatible address thinks for a bot of the desk, within limits."),
    fields=(
        Field(
            "is_on",
            gettext_lazy("It may answer customers: what they write goes to this server"),
            "switch",
            help=gettext_lazy("Off, every conversation that comes to it goes to people."),
            is_required=False,
            columns=6,
        ),
        Field("brain_url", gettext_lazy("Address of the API"), "address", default=SERVER, settled=outside),
        Field("model", gettext_lazy("Model"), example="gpt-4.1-mini"),
        Field("api_key", gettext_lazy("Key"), "secret", is_required=False),
        Field(
            "length_name",
            gettext_lazy("Its word for the length of an answer"),
            "choice",
            default=LENGTHS[0],
            choices=tuple((name, name) for name in LENGTHS),
        ),
        Field(
            "notes",
            gettext_lazy("What it may know of the shop"),
            "area",
            help=gettext_lazy(
                "Opening hours, terms, tone. The desk's article that fits a question is told, too; it is to say nothing"
                " that stands in neither."
            ),
            is_required=False,
            columns=6,
        ),
        Field(
            "deeds",
            gettext_lazy("What it may ask the desk to do, one a line"),
            "list",
            help=gettext_lazy("The desk asks the customer, proves who they are, and does it. Empty, it only talks."),
            is_required=False,
            settled=a_deed,
            group=gettext_lazy("Limits"),
        ),
        Field(
            "links",
            gettext_lazy("Hosts that it may link to"),
            "list",
            help=gettext_lazy("An answer with any other address is not said."),
            is_required=False,
            example="shop.example",
            settled=a_host,
            group=gettext_lazy("Limits"),
        ),
        _number("most_characters", gettext_lazy("Characters of a prompt")),
        _number("most_tokens", gettext_lazy("Tokens of an answer")),
        _number("most_a_talk", gettext_lazy("Tokens in one conversation")),
        _number("most_a_day", gettext_lazy("Tokens a day"), gettext_lazy("After that, the bot hands over.")),
    ),
    at_provider=(gettext_lazy("Make a key for this desk alone, with a budget of its own, and enter it here."),),
    manual="https://platform.openai.com/docs/api-reference/chat",
)


class OpenAIAdapter:
    about = ABOUT
    takes_instructions = True  # an agent's, with which they gave it back

    def think(self, connector: Connector, question: Question) -> Thought:
        if not connector.settings.get("is_on"):
            raise AdapterError(_("The model is switched off: an admin can let it in."), permanent=True)
        said, offered = self._prompted(connector, question)
        body = {"messages": said, "tools": offered, "tool_choice": "auto", "user": question.name}
        answer = _complete(connector, Patience(question.patience), body, limit_of(connector, "most_tokens"))
        found = asking.object_of(MODEL, answer)
        tokens = inner(found, "usage").get("total_tokens")
        acts = _acts(connector, found, {each["function"]["name"] for each in offered})
        return Thought(saying.within(acts, MODEL.name), tokens=tokens if isinstance(tokens, int) else 0)

    def cost(self, connector: Connector, question: Question) -> Cost:
        said, offered = self._prompted(connector, question)
        tokens = prompt.reckoned(said, offered, limit_of(connector, "most_tokens"))
        return Cost(tokens, limit_of(connector, "most_a_day"), limit_of(connector, "most_a_talk"))

    def check(self, connector: Connector) -> Iterator[Step]:
        patience, began = Patience(CHECKED_FOR), time.monotonic()
        try:
            known = self._models(connector, patience)
        except CredentialError as error:
            yield Step(str(error), False, time.monotonic() - began, _("Enter the key anew."))
            raise
        model = str(connector.settings.get("model"))
        if known and model not in known:
            fix = _("It has: %(models)s.") % {"models": ", ".join(known[:12])}
            yield Step(_("The server has no model %(model)s.") % {"model": model}, False, time.monotonic() - began, fix)
            return
        yield Step(_("The server accepts the key."), seconds=time.monotonic() - began)
        began = time.monotonic()
        _try_out(connector, patience)
        yield Step(_("The model answered."), seconds=time.monotonic() - began)
        if not connector.settings.get("is_on"):
            yield Step(_("It is switched off: customers are handed to people until it may answer."))

    def prove(self, connector: Connector) -> None:
        self._models(connector, Patience(CHECKED_FOR))

    def _prompted(self, connector: Connector, question: Question) -> tuple[list[Json], list[Json]]:
        notes, deeds = str(connector.settings.get("notes") or ""), connector.settings.get("deeds") or []
        notes = "\n\n".join(filter(None, (notes.strip(), prompt.article(question.asked))))
        said = prompt.messages(question.asked, notes, limit_of(connector, "most_characters"))
        return said, prompt.tools([str(deed) for deed in deeds])

    def _models(self, connector: Connector, patience: Patience) -> list[str]:
        """[] where the server has no such list."""
        try:
            found = asking.object_of(MODEL, _ask(connector, patience, "GET", "/models"))
        except AdapterError as error:
            if error.said.startswith(_NO_ENDPOINT):
                return []
            raise
        return [words(each.get("id")) for each in found.get("data") or [] if isinstance(each, dict)]


def limit_of(connector: Connector, name: str) -> int:
    found = connector.settings.get(name)
    return found if isinstance(found, int) and found > 0 else LIMITS[name]


def _ask(connector: Connector, patience: Patience, method: str, path: str, **given: Any) -> Answer:
    key = connector.secrets.get("api_key", "").strip()
    url = str(connector.settings.get("brain_url") or SERVER).rstrip("/") + path
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return asking.ask(MODEL, patience, method, url=url, headers=headers, **given)


def _complete(connector: Connector, patience: Patience, body: Json, most: int) -> Answer:
    length = str(connector.settings.get("length_name") or LENGTHS[0])
    said = {"model": connector.settings.get("model"), "n": 1, length: most, **body}
    return _ask(connector, patience, "POST", "/chat/completions", json=said)


def _try_out(connector: Connector, patience: Patience) -> None:
    """Learns its word for the length of an answer, where it refuses the one that is entered."""
    body = {"messages": [{"role": "user", "content": "Answer with the word OK."}]}
    try:
        _complete(connector, patience, body, 16)
    except AdapterError as error:
        used = str(connector.settings.get("length_name") or LENGTHS[0])
        if used not in error.said:
            raise
        connector.settings["length_name"] = next(name for name in LENGTHS if name != used)
        _complete(connector, patience, body, 16)


def _acts(connector: Connector, found: Json, offered: set[str]) -> list[Act]:
    """Raises RudeError for what is no chat completion."""
    try:
        [choice] = rows(found, "choices")
    except ValueError as error:
        raise RudeError(MODEL.name, "not one choice") from error
    message, ended = inner(choice, "message"), words(choice.get("finish_reason"))
    if refusal := words(message.get("refusal")):
        return [HandOver(HandoffReason.OUT_OF_SCOPE, refusal[:400])]
    if ended == "content_filter":
        return [HandOver(HandoffReason.OUT_OF_SCOPE, _("The model's provider withheld its answer."))]
    called = [_called(call, offered) for call in _calls(message)[:1]]  # one thing at a time
    acts: list[Act] = [*called]
    if any(isinstance(act, HandOver) for act in called):
        return acts
    text = saying.text_of(message.get("content") or "", MODEL.name)
    if ended == "length" and not acts:
        return [HandOver(HandoffReason.BRAIN, _("The model's answer was longer than it may be."))]
    if strange := _strange_link(text, connector.settings.get("links") or []):
        return [HandOver(HandoffReason.UNSURE, _("The model wanted to send a link to %(host)s.") % {"host": strange})]
    if text:
        acts.insert(0, Say(text))
    if not acts:
        raise asking.silent(MODEL.name)
    return acts


def _calls(message: Json) -> list[Json]:
    try:
        return rows(message, "tool_calls")
    except ValueError as error:
        raise RudeError(MODEL.name, str(error)) from error


def _called(call: Json, offered: set[str]) -> Do | HandOver:
    function = inner(call, "function")
    name = words(function.get("name"))
    if name not in offered:
        return HandOver(HandoffReason.NOT_ALLOWED, _("The model asked for “%(tool)s”.") % {"tool": name[:100]})
    try:
        arguments = read_json(str(function.get("arguments") or "{}").encode())
    except ValueError as error:
        raise RudeError(MODEL.name, str(error)) from error
    if not isinstance(arguments, Mapping):
        raise RudeError(MODEL.name, f"arguments that are a {type(arguments).__name__}")
    if name == prompt.HAND_OVER:
        return saying.hand_over(arguments.get("reason"), arguments.get("detail"))
    return Do(name, saying.slots_of(arguments, {}))


def _strange_link(text: str, hosts: list[object]) -> str:
    """The host of an address that may not be said; "" for none."""
    allowed = {str(host).lower() for host in hosts}
    for link in _LINK.findall(text):
        host = _host(link.rstrip(".,;:!?\"'"))
        if host not in allowed and host.removeprefix("www.") not in allowed:
            return host[:100]
    return ""


def _host(link: str) -> str:
    try:
        return (urlsplit(link if "://" in link else f"https://{link}").hostname or "?").lower()
    except ValueError:
        return "?"
