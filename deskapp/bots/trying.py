"""Trying a bot: a talk with its brain as a stranger would have it, kept in the page alone. Nothing is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from conversations.bots import brain
from conversations.bots.acts import Act, Answer, Asked, Do, Finish, HandOver, Line, Say
from conversations.bots.deeds import DEEDS
from conversations.bots.memory import Memory, memory_of
from conversations.models import Bot, Topic
from conversations.models.handoff import HandoffReason
from conversations.views.acting import is_htmx
from deskapp.bots.bots import MINE
from integrations.views.admins import needs

SALT = "a bot is tried"
MOST_SAID = 4000
MOST_LINES = 60
BUTTONS = 8  # as many as any medium has, so that choices are seen


@dataclass(frozen=True)
class Tried:
    """`lines`: [who, words] each; `is_over`: it has handed over, or all is said."""

    lines: tuple[tuple[str, str], ...] = ()
    memory: Memory = Memory()
    is_over: bool = False


@needs(MINE)
@require_POST
def try_bot(request: HttpRequest, pk: int) -> HttpResponse:
    """POST `said`, and `state` as it came with the answer before."""
    bot = get_object_or_404(Bot, pk=pk)
    typed = request.POST.get("typed", "") or request.POST.get("said", "")  # beside buttons, what is typed counts
    said = typed.replace("\x00", "").strip()[:MOST_SAID]
    tried = _read(request.POST.get("state", ""))
    context: dict[str, object] = {"stored": bot, "tab": "bots"}
    if said and not tried.is_over and len(tried.lines) < MOST_LINES:
        context |= _think(bot, tried, said)
    name = "deskapp/bots/tried.html" if is_htmx(request) else "deskapp/bots/tried_page.html"
    return render(request, name, context)


def first_answer(bot: Bot, said: str) -> dict[str, object]:
    """What it would say to a stranger who begins so, and do."""
    told = _think(bot, Tried(), said)
    return {name: told[name] for name in ("lines", "buttons", "ends")}


def _think(bot: Bot, tried: Tried, said: str) -> dict[str, object]:
    lines = (*tried.lines, ("customer", said))
    asked = _asked(bot, replace(tried, lines=lines))
    answer = brain.think(asked)
    ours = tuple(("bot", act.text) for act in answer.acts if isinstance(act, Say))
    is_over = any(isinstance(act, Do | HandOver | Finish) for act in answer.acts)
    after = Tried((*lines, *ours), replace(answer.memory, read_until=len(lines)), is_over)
    buttons = [button for act in answer.acts if isinstance(act, Say) for button in act.buttons]
    return {
        "lines": after.lines,
        "buttons": buttons if not is_over else [],
        "ends": [_told(act) for act in answer.acts if not isinstance(act, Say)],
        "understood": answer.understood,
        "said": said,
        "is_over": is_over,
        "state": _written(after),
        **_heard(answer),
    }


def _asked(bot: Bot, tried: Tried) -> Asked:
    now = timezone.now()
    lines = tuple(Line(n, "bot" if who == "bot" else "customer", text, now) for n, (who, text) in _numbered(tried))
    return Asked(
        conversation=0, customer=0, bot=bot.pk, talk=0, term=0, language="", medium="chat", buttons=BUTTONS,
        lines=lines, new=lines[-1:], memory=tried.memory, now=now,
    )  # fmt: skip


def _numbered(tried: Tried) -> Sequence[tuple[int, tuple[str, str]]]:
    return list(enumerate(tried.lines, start=1))


def _told(act: Act) -> str:
    """What it would do beside talking, in a sentence."""
    if isinstance(act, Do):
        deed = DEEDS.get(act.deed)
        values = ", ".join(f"{need}: {value}" for need, value in act.values.items() if value)
        what = str(deed.name) if deed else act.deed
        said = f"{what} ({values})" if values else what
        if deed and deed.wants_proof:
            return _("It would do this, once they have proven who they are: %(deed)s.") % {"deed": said}
        return _("It would do this now: %(deed)s.") % {"deed": said}
    if isinstance(act, HandOver):
        reason = HandoffReason(act.reason).label if act.reason in HandoffReason.values else act.reason
        why = f"{reason} – {act.detail}" if act.detail else reason
        return _("It hands over to people: %(why)s.") % {"why": why}
    return _("Solved, as the customer says.")


def _heard(answer: Answer) -> dict[str, object]:
    heard = answer.memory.heard[-1] if answer.memory.heard else None
    topics = Topic.objects.in_bulk([pk for pk in (heard.topic, heard.next_topic) if pk] if heard else [])
    return {
        "heard": heard,
        "topic": topics.get(heard.topic or 0) if heard else None,
        "next_topic": topics.get(heard.next_topic or 0) if heard else None,
    }


def _written(tried: Tried) -> str:
    state = {"lines": tried.lines, "memory": tried.memory.to_json(), "over": tried.is_over}
    return signing.dumps(state, salt=SALT, compress=True)


def _read(text: str) -> Tried:
    """Signed by us; what is not, or is of an hour ago, begins anew."""
    try:
        state: Mapping[str, object] = signing.loads(text, salt=SALT, max_age=3600)
    except signing.BadSignature:
        return Tried()
    lines, memory = state["lines"], state["memory"]
    assert isinstance(lines, list) and isinstance(memory, Mapping)
    return Tried(tuple((str(who), str(words)) for who, words in lines), memory_of(memory), bool(state["over"]))
