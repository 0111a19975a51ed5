"""What activities of a bot mean: https://github.com/microsoft/botframework-sdk (Activity), and its handoff protocol.

…/azure/bot-service/bot-service-design-pattern-handoff-human: the bot sends an event “handoff.initiate”, its context in
`value` and a transcript attached; the desk answers with events “handoff.status”.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from conversations.bots.acts import Act, Finish, HandOver
from conversations.models.handoff import HandoffReason
from integrations.adapters.bots import saying
from integrations.adapters.bots.base import RudeError
from integrations.adapters.bots.thoughts import Question, Thought
from integrations.adapters.reading import inner, words

Json = dict[str, Any]

WHO = "Bot Framework"
INITIATE, STATUS = "handoff.initiate", "handoff.status"
# Contexts are the hub's own JSON; these are what Copilot Studio (“va_…”) and the samples put there.
DETAILS = ("va_AgentMessage", "message", "reason", "summary", "va_LastTopic")
SKILLS = ("Skill", "skill", "queue", "team", "va_Scope")
CARDS = ("hero", "thumbnail", "signin")
MOST_CARDS = 10
ENDED_WELL = ("completedSuccessfully", "")


def message(question: Question, text: str) -> Json:
    asked = question.asked
    known = saying.known_of(asked.memory)
    about = {"key": question.key, "medium": asked.medium, "page": asked.page, "known": known}
    return {
        "type": "message",
        "from": {"id": question.name, "role": "user"},
        "text": text,
        "textFormat": "plain",
        "locale": asked.language or "en",
        "channelData": {**about, **({"files": question.files} if question.files else {})},
    }


def status(name: str, conversation: str, word: str) -> Json:
    return {
        "type": "event",
        "name": STATUS,
        "from": {"id": name, "role": "user"},
        "conversation": {"id": conversation},
        "value": {"state": word},
    }


def thought_of(question: Question, activities: Sequence[Json]) -> Thought | None:
    """None while none of them says anything. Raises RudeError."""
    acts: list[Act] = []
    pressed: dict[str, str] = {}
    slots: dict[str, str] = {}
    skill = ""
    for activity in activities:
        kind, name = words(activity.get("type")), words(activity.get("name"))
        if kind == "message":
            say, named = saying.says(question.asked.buttons, _text(activity), _buttons(activity), WHO)
            acts += [say] if say else []
            pressed |= named
        elif kind == "handoff" or (kind == "event" and name == INITIATE):
            context = _context(activity)
            slots, skill = saying.slots_of(context, {}), _first(context, SKILLS)
            acts.append(saying.hand_over(_first(context, ("handoffReason",)), _detail(context)))
        elif kind == "endOfConversation":
            acts.append(_ended(words(activity.get("code"))))
    if not acts:
        return None
    return Thought(saying.within(acts, WHO), slots, skill=skill, state={saying.PRESSED: pressed})


def _text(activity: Json) -> str:
    """Its words, and those on its cards."""
    parts = [saying.text_of(activity.get("text") or "", WHO)]
    for card in _cards(activity):
        parts += [saying.text_of(card.get(part) or "", WHO) for part in ("title", "subtitle", "text")]
    for each in _attached(activity):
        if words(each.get("contentType")).startswith("image/"):
            parts.append(words(each.get("contentUrl"), 2000))
    return "\n".join(part for part in parts if part)


def _buttons(activity: Json) -> list[tuple[str, str]]:
    """…/bot-framework-rest-connector-api-reference#cardaction-object: imBack and postBack are said to the bot."""
    found = _rows(inner(activity, "suggestedActions").get("actions"))
    for card in _cards(activity):
        found += _rows(card.get("buttons"))
    said = [each for each in found if words(each.get("type")) in ("imBack", "postBack", "messageBack")]
    return [(words(each.get("title")), words(each.get("value"), 2000) or words(each.get("title"))) for each in said]


def _cards(activity: Json) -> list[Json]:
    kinds = tuple(f"application/vnd.microsoft.card.{kind}" for kind in CARDS)
    return [inner(each, "content") for each in _attached(activity) if words(each.get("contentType")) in kinds]


def _attached(activity: Json) -> list[Json]:
    found = _rows(activity.get("attachments"))
    if len(found) > MOST_CARDS:
        raise RudeError(WHO, f"{len(found)} attachments")
    return found


def _rows(found: object) -> list[Json]:
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _context(activity: Json) -> Mapping[str, object]:
    """What the transcript says, the desk has itself, word for word: it is passed over, as hubs may."""
    value = activity.get("value")
    return value if isinstance(value, dict) else {"message": value}


def _detail(context: Mapping[str, object]) -> str:
    found = [words(context.get(name)) for name in DETAILS]
    skill = _first(context, SKILLS)
    return " · ".join(dict.fromkeys(part for part in (skill, *found) if part))[:400]


def _first(context: Mapping[str, object], names: Sequence[str]) -> str:
    return next((found for name in names if (found := words(context.get(name), 80))), "")


def _ended(code: str) -> Finish | HandOver:
    if code in ENDED_WELL:
        return Finish()
    return HandOver(HandoffReason.BRAIN, f"endOfConversation: {code}"[:400])
