"""A bot of the Bot Framework, or of Copilot Studio, by Direct Line 3.0, with its handoff protocol.

https://learn.microsoft.com/en-us/azure/bot-service/rest-api/bot-framework-rest-direct-line-3-0-api-reference

Its settings: brain_url (of the region). Its secret: secret (of the Direct Line channel; it does not expire).
The talk's state: conversation (Direct Line's name of it) and watermark (how far it was read).
"""

import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.adapters.about import About, Field, Step
from integrations.adapters.base import AdapterError, CredentialError
from integrations.adapters.bots import activities, asking, saying
from integrations.adapters.bots.asking import Patience
from integrations.adapters.bots.base import RudeError
from integrations.adapters.bots.thoughts import Question, Thought
from integrations.adapters.calling import Answer, RefusedError
from integrations.adapters.media.ours import outside
from integrations.adapters.media.provider import Fault, Provider
from integrations.adapters.reading import inner, rows, words
from integrations.models import Connector

Json = dict[str, Any]

SERVER = "https://directline.botframework.com"
CONVERSATIONS = "/v3/directline/conversations"
# …-direct-line-3-0-receive-activities: “an additional request ~300ms after every message”, then every second
FIRST_LOOK, NEXT_LOOKS = 0.3, 1.0  # seconds
CHECKED_FOR = 10.0  # seconds
MOST_PAGES = 20
GONE = "404"

FAULTS = {
    **asking.REFUSALS,
    "BotRejectedActivity": Fault(
        gettext_lazy("The bot returned an error."), is_permanent=False, wait=5, is_for_all=True
    ),
    "TokenExpired": Fault(gettext_lazy("Direct Line does not accept the secret any more."), is_credential=True),
    "401": Fault(gettext_lazy("Direct Line does not accept the secret."), is_credential=True),
    "403": Fault(gettext_lazy("Direct Line does not accept the secret."), is_credential=True),
    "404": Fault(gettext_lazy("Direct Line does not know this conversation any more.")),
}


def _codes(refused: RefusedError) -> tuple[str, ...]:
    found = refused.json if isinstance(refused.json, dict) else {}
    return (words(inner(found, "error").get("code")), str(refused.status))


LINE = Provider("Direct Line", FAULTS, _codes)

ABOUT = About(
    title="Bot Framework",
    what=gettext_lazy("A bot of Azure or Copilot Studio thinks for a bot of the desk, and hands over by its protocol."),
    fields=(
        Field("secret", gettext_lazy("Secret of its Direct Line channel"), "secret"),
        Field(
            "brain_url",
            gettext_lazy("Direct Line of its region"),
            "address",
            is_required=False,
            default=SERVER,
            example="https://europe.directline.botframework.com",
            settled=outside,
        ),
    ),
    at_provider=(
        gettext_lazy("In the Azure portal, add the Direct Line channel to the bot, and copy one of its two secrets."),
        gettext_lazy("Have it send the event “handoff.initiate” for a person; it hears “handoff.status” then."),
    ),
    manual="https://learn.microsoft.com/en-us/azure/bot-service/bot-service-channel-directline",
)


class BotFrameworkAdapter:
    about = ABOUT

    def think(self, connector: Connector, question: Question) -> Thought:
        patience = Patience(question.patience)
        said = activities.message(question, saying.as_pressed(question))
        conversation, watermark = words(question.state.get("conversation")), words(question.state.get("watermark"))
        try:
            name = self._send(connector, patience, conversation, said) if conversation else ""
        except AdapterError as error:
            if not error.said.startswith(GONE):
                raise
            name = ""
        if not name:
            conversation, watermark = self._begin(connector, patience), ""
            name = self._send(connector, patience, conversation, said)
        thought, watermark = self._hear(connector, patience, question, conversation, watermark)
        state = {**(thought.state or {}), "conversation": conversation, "watermark": watermark}
        return Thought(thought.acts, thought.slots, skill=thought.skill, state=state)

    def tell(self, connector: Connector, name: str, state: Mapping[str, object], word: str) -> None:
        if conversation := words(state.get("conversation")):
            self._send(connector, Patience(CHECKED_FOR), conversation, activities.status(name, conversation, word))

    def check(self, connector: Connector) -> Iterator[Step]:
        patience, began = Patience(CHECKED_FOR), time.monotonic()
        try:
            conversation = self._begin(connector, patience)
        except CredentialError as error:
            yield Step(str(error), False, time.monotonic() - began, _("Copy the secret anew from the Azure portal."))
            raise
        yield Step(_("Direct Line opened a conversation with the bot."), seconds=time.monotonic() - began)
        began = time.monotonic()
        hello = {"type": "message", "from": {"id": "throughline-test", "role": "user"}, "text": "Hello"}
        self._send(connector, patience, conversation, hello)
        yield Step(_("The bot took “Hello”."), seconds=time.monotonic() - began)

    def prove(self, connector: Connector) -> None:
        """A token is the least that wants the secret."""
        _ask(connector, Patience(CHECKED_FOR), "POST", "/v3/directline/tokens/generate")

    def _begin(self, connector: Connector, patience: Patience) -> str:
        found = asking.object_of(LINE, _ask(connector, patience, "POST", CONVERSATIONS))
        if not (conversation := words(found.get("conversationId"))):
            raise RudeError(LINE.name, "a conversation without its id")
        return conversation

    def _send(self, connector: Connector, patience: Patience, conversation: str, activity: Json) -> str:
        path = f"{CONVERSATIONS}/{quote(conversation, safe='')}/activities"
        found = asking.object_of(LINE, _ask(connector, patience, "POST", path, json=activity))
        return words(found.get("id")) or "sent"

    def _hear(
        self, connector: Connector, patience: Patience, question: Question, conversation: str, watermark: str
    ) -> tuple[Thought, str]:
        """Looks until something was said, and then once more with nothing new: what it says in pieces is whole then."""
        said: list[Json] = []
        for wait in (0.0, FIRST_LOOK, *[NEXT_LOOKS] * int(question.patience + 1)):
            time.sleep(min(wait, patience.left))
            new, watermark = self._new(connector, patience, question.name, conversation, watermark)
            said += new
            thought = activities.thought_of(question, said)
            if thought and (not new or patience.left <= NEXT_LOOKS):
                return thought, watermark
            if patience.left <= 0:
                break
        raise asking.silent(LINE.name)

    def _new(
        self, connector: Connector, patience: Patience, ours: str, conversation: str, watermark: str
    ) -> tuple[list[Json], str]:
        """“Clients should page through the available activities by advancing the watermark until none are returned.”"""
        path, found = f"{CONVERSATIONS}/{quote(conversation, safe='')}/activities", list[Json]()
        for _page in range(MOST_PAGES):
            params = {"watermark": watermark} if watermark else {}
            page = asking.object_of(LINE, _ask(connector, patience, "GET", path, params=params))
            watermark = words(page.get("watermark")) or watermark
            try:
                those = rows(page, "activities")
            except ValueError as error:
                raise RudeError(LINE.name, str(error)) from error
            if not those:
                return found, watermark
            found += [each for each in those if words(inner(each, "from").get("id")) != ours]
        raise RudeError(LINE.name, f"more than {MOST_PAGES} pages of activities")


def _ask(connector: Connector, patience: Patience, method: str, path: str, **given: Any) -> Answer:
    secret = connector.secrets.get("secret", "").strip()
    url = str(connector.settings.get("brain_url") or SERVER).rstrip("/") + path
    return asking.ask(LINE, patience, method, url=url, headers={"Authorization": f"Bearer {secret}"}, **given)
