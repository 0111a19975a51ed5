"""Help beside a thread, asked for after the page is there: what was solved before, what to answer, what it is about so
far, and words in another language. An agent takes or refuses each, and can do without all of it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import linebreaks
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from conversations.handoff.given import given_to
from conversations.helping import learnt, translating
from conversations.helping.alike import Alike, alike
from conversations.helping.learnt import Shown
from conversations.helping.replying import Offer, offers
from conversations.helping.summing_up import summary
from conversations.helping.translating import CannotTranslateError
from conversations.models import Conversation, Draft, Hint, Status
from conversations.models.help import HintKind, Verdict
from conversations.person import language_name
from conversations.typed import whole_number
from conversations.views.acting import agent_of, conversation_or_404, is_htmx

if TYPE_CHECKING:
    from deskapp.models import User

COOKIE = "help"  # "off" for who does without
A_YEAR = 365 * 24 * 3600
MOODS = ((-0.5, "angry"), (-0.1, "unhappy"), (0.35, "calm"), (1.01, "glad"))


@dataclass(frozen=True)
class Suggestion:
    """`hint` is the row by which a verdict comes; `html` what goes into the editor."""

    offer: Offer
    hint: Hint

    @property
    def html(self) -> str:
        return linebreaks(self.offer.text, autoescape=True)


@login_required
@require_GET
def help_for(request: HttpRequest, pk: int) -> HttpResponse:
    """The panel's part, and out of band the strip above the composer; `strip` gives that alone."""
    conversation, agent = conversation_or_404(request, pk), agent_of(request)
    context: dict[str, object] = {"conversation": conversation, "is_off": request.COOKIES.get(COOKIE) == "off"}
    if context["is_off"]:
        return render(request, _template(request), context)
    alikes, given = alike(conversation, agent), given_to(agent, conversation)
    context |= _strip(conversation, agent, offers(conversation, agent, alikes, given))
    if is_htmx(request) and "strip" in request.GET:
        return render(request, "conversations/helping/strip.html", context)
    context |= {
        "alikes": _shown_alikes(conversation, agent, alikes),
        "summary": summary(conversation, agent, given),
        "mood": _mood(conversation),
        "language": language_name(conversation.language) if conversation.language else "",
    }
    return render(request, _template(request), context)


@login_required
@require_POST
def hint(request: HttpRequest, pk: int, hint_pk: int) -> HttpResponse:
    """POST `verdict`: what was refused gives place to the next. Without scripts, what was taken becomes the draft."""
    conversation, agent = conversation_or_404(request, pk), agent_of(request)
    said = get_object_or_404(Hint, pk=hint_pk, conversation=conversation, agent=agent)
    verdict = request.POST.get("verdict", "")
    if verdict not in Verdict.values:
        return HttpResponse(status=422)
    learnt.say(said, Verdict(verdict))
    if not is_htmx(request):
        if verdict == Verdict.TAKEN and (words := request.POST.get("text", "")):
            _draft(conversation, agent, words)
        return redirect(f"{reverse('conversation', args=[pk])}#reply")
    if verdict == Verdict.TAKEN or said.kind == HintKind.SIMILAR:
        return HttpResponse()
    alikes = alike(conversation, agent)
    context = _strip(conversation, agent, offers(conversation, agent, alikes, given_to(agent, conversation)))
    return render(request, "conversations/helping/strip.html", {"conversation": conversation, **context})


@login_required
@require_POST
def translation(request: HttpRequest, pk: int) -> HttpResponse:
    """What was said in the thread, in the agent's language; with `text`, those words in the customer's."""
    conversation, agent = conversation_or_404(request, pk), agent_of(request)
    context: dict[str, object] = {"conversation": conversation, "target": _own_language()}
    try:
        if text := request.POST.get("text", "").replace("\x00", "").strip():
            return _draft_translated(request, conversation, agent, text)
        context["translations"] = translating.thread(conversation, _own_language())
    except CannotTranslateError as error:
        context["error"] = str(error)
    if not context.get("error"):
        row = learnt.show(conversation, agent, [Shown(HintKind.TRANSLATION, 0)])[HintKind.TRANSLATION, 0]
        learnt.say(row, Verdict.TAKEN)
    name = "translated.html" if is_htmx(request) else "translated_page.html"
    return render(request, f"conversations/helping/{name}", context, status=422 if "error" in context else 200)


@login_required
@require_POST
def use_of_help(request: HttpRequest) -> HttpResponse:
    """POST `help`: on or off, on this computer."""
    there = whole_number(request.POST.get("conversation", ""))
    where = redirect("home") if there is None else redirect("conversation", there)
    response = HttpResponse(headers={"HX-Refresh": "true"}) if is_htmx(request) else where
    value = "off" if request.POST.get("help") == "off" else "on"
    response.set_cookie(COOKIE, value, max_age=A_YEAR, samesite="Lax", httponly=True, secure=request.is_secure())
    return response


def _template(request: HttpRequest) -> str:
    return "conversations/helping/help.html" if is_htmx(request) else "conversations/helping/page.html"


def _strip(conversation: Conversation, agent: "User", found: list[Offer]) -> dict[str, object]:
    """While the bot has the word, or nobody waits, nothing is suggested."""
    found = found if conversation.status == Status.OPEN else []
    rows = learnt.show(conversation, agent, [Shown(each.kind, each.of, each.worth) for each in found])
    suggestions = [Suggestion(each, rows[each.kind, each.of]) for each in found if (each.kind, each.of) in rows]
    foreign = translating.foreign_language(conversation, _own_language())
    return {
        "suggestions": suggestions,
        "translator": translating.translator() if foreign else "",
        "theirs": language_name(foreign) if foreign else "",
        "own": language_name(_own_language()),
    }


def _shown_alikes(conversation: Conversation, agent: "User", alikes: list[Alike]) -> list[tuple[Alike, Hint]]:
    rows = learnt.show(
        conversation, agent, [Shown(HintKind.SIMILAR, each.conversation.pk, each.likeness) for each in alikes]
    )
    keys = [(each, (HintKind.SIMILAR, each.conversation.pk)) for each in alikes]
    return [(each, rows[key]) for each, key in keys if key in rows]


def _mood(conversation: Conversation) -> str:
    if conversation.mood is None:
        return ""
    return next(name for most, name in MOODS if conversation.mood < most)


def _own_language() -> str:
    return (get_language() or "en")[:2]


def _draft_translated(request: HttpRequest, conversation: Conversation, agent: "User", text: str) -> HttpResponse:
    found = translating.draft(text, conversation, written_in=_own_language())
    row = learnt.show(conversation, agent, [Shown(HintKind.TRANSLATION, 0)])[HintKind.TRANSLATION, 0]
    offer = Offer(HintKind.TRANSLATION, 0, found.texts[0], found.by, "", 1.0)
    context = {
        "conversation": conversation,
        "suggestions": [Suggestion(offer, row)],
        "translator": found.by,
        "theirs": language_name(translating.foreign_language(conversation, _own_language())),
        "own": language_name(_own_language()),
        "is_translation": True,
    }
    name = "strip.html" if is_htmx(request) else "translated_page.html"
    return render(request, f"conversations/helping/{name}", context)


def _draft(conversation: Conversation, agent: "User", words: str) -> None:
    """Behind what was begun."""
    mine = Draft.objects.filter(conversation=conversation, agent=agent, mode="reply").first()
    html = (mine.html if mine else "") + linebreaks(words[:10_000], autoescape=True)
    Draft.objects.update_or_create(conversation=conversation, agent=agent, mode="reply", defaults={"html": html})
