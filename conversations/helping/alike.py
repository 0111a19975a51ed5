"""Solved before, much alike: conversations that this agent may see, with what solved them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Max

from conversations.helping import learnt
from conversations.helping.nearest import nearest
from conversations.helping.remembering import said_in
from conversations.helping.vectors import MEANING, vectors_of
from conversations.models import Activity, Conversation, Message
from conversations.models.activity import OF_ORDERS, Verb
from conversations.models.help import HintKind
from conversations.models.message import MessageKind
from conversations.models.survey import SurveyKind, SurveyResponse

if TYPE_CHECKING:
    from deskapp.models import User

SHOWN = 4
WANTED = 12  # that are fetched, for those that fall out
LEAST = {MEANING: 0.45}  # from which likeness on it is worth a look
LEAST_BY_WORDS = 0.22
SAME_TOPIC = 0.06
WELL_RATED = 0.02  # for each point above three
DEEDS = (*OF_ORDERS, Verb.BOT_DID, Verb.MERGED, Verb.CALLED_BACK)


@dataclass(frozen=True)
class Alike:
    """`likeness` from 0 to 1; `answer` is the last that a customer was told, `deeds` what was done beside talking, and
    `rated` from 1 to 5."""

    conversation: Conversation
    likeness: float
    worth: float
    answer: Message | None = None
    deeds: list[str] = field(default_factory=list)
    rated: int | None = None

    @property
    def percent(self) -> int:
        return round(100 * min(1.0, self.likeness))

    @property
    def solved_at(self) -> datetime:
        return self.conversation.resolved_at or self.conversation.last_message_at


def alike(conversation: Conversation, agent: "User", *, most: int = SHOWN) -> list[Alike]:
    """The most useful first. Some eight statements, however many there are."""
    said = said_in([conversation.pk]).get(conversation.pk)
    if said is None or not said.text:
        return []
    [vector] = vectors_of([(said.text, said.language)])
    least = LEAST.get(vector.model, LEAST_BY_WORDS)
    near = nearest(vector, agent, but=conversation.pk, wanted=WANTED)
    likeness = {key: like for key, like in near if like >= least}
    hidden = {of for kind, of in learnt.refused(conversation, agent) if kind == HintKind.SIMILAR}
    found = _found([key for key in likeness if key not in hidden], agent)
    said_of = learnt.learnt(HintKind.SIMILAR, list(found), conversation.topic_id) if found else {}
    rated = _rated(list(found))
    worth = {
        key: likeness[key] + said_of.get(key, 0.0) + _bonus(conversation, row, rated.get(key))
        for key, row in found.items()
    }
    chosen = sorted(found, key=lambda key: (-worth[key], -key))[:most]
    return _with_solutions([(found[key], likeness[key], worth[key], rated.get(key)) for key in chosen], agent)


def _found(keys: Sequence[int], agent: "User") -> dict[int, Conversation]:
    rows = Conversation.objects.visible_to(agent).filter(pk__in=keys) if keys else Conversation.objects.none()
    return {row.pk: row for row in rows.select_related("customer", "topic", "assignee")}


def _bonus(conversation: Conversation, other: Conversation, rated: int | None) -> float:
    same = SAME_TOPIC if conversation.topic_id and conversation.topic_id == other.topic_id else 0.0
    return same + (WELL_RATED * (rated - 3) if rated else 0.0)


def _rated(keys: Sequence[int]) -> dict[int, int]:
    """What their customers said last, of five."""
    answers = SurveyResponse.objects.filter(conversation__in=keys, kind=SurveyKind.CSAT).order_by("answered_at")
    rows = answers.values_list("conversation", "score") if keys else ()
    return {conversation: score for conversation, score in rows if conversation and score}


def _with_solutions(rows: Sequence[tuple[Conversation, float, float, int | None]], agent: "User") -> list[Alike]:
    keys = [row.pk for row, *_rest in rows]
    answers, deeds = _answers(keys), _deeds(keys, agent)
    return [
        Alike(row, likeness, worth, answers.get(row.pk), deeds.get(row.pk, []), rated)
        for row, likeness, worth, rated in rows
    ]


def _answers(keys: Sequence[int]) -> dict[int, Message]:
    told = Message.objects.filter(conversation__in=keys, kind=MessageKind.OUTBOUND, is_automatic=False)
    told = told.exclude(text="").exclude(delivery__status="cancelled").filter(taken_back_at=None)
    last = told.order_by().values("conversation").annotate(last=Max("pk")).values("last")
    rows = Message.objects.filter(pk__in=last).select_related("author").defer("search", "html", "quoted")
    return {row.conversation_id: row for row in rows} if keys else {}


def _deeds(keys: Sequence[int], agent: "User") -> dict[int, list[str]]:
    shown = [verb for verb in DEEDS if agent.sees_purchases or verb not in OF_ORDERS]
    done: dict[int, list[str]] = {}
    for row in Activity.objects.filter(conversation__in=keys, verb__in=shown).order_by("pk") if keys else ():
        words = f"{row.get_verb_display()} {row.to}".strip()
        if words not in done.setdefault(row.conversation_id, []):
            done[row.conversation_id].append(words)
    return done
