"""What was learnt: a text to try it on, learning again, and which topic is taken for which."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from conversations import audit
from conversations.bots import judging, teaching
from conversations.bots import learning as lessons
from conversations.bots.languages import language_of
from conversations.models import Bot, TopicModel
from conversations.models.bot import Brain
from conversations.views.acting import agent_of, is_htmx
from deskapp.bots import trying
from integrations.views.admins import needs

MINE = "settings.topics"
MOST_SAID = 4000


def state() -> dict[str, object]:
    """For every page that shows whether something is learnt; `waits`: until a lesson that is under way has ended."""
    lesson = lessons.lesson()
    model = TopicModel.objects.order_by("-pk").defer("body", "tried").first()
    waits = bool(lesson.asked_at or lesson.begun_at)
    is_newest = bool(model) and lesson.of == lessons.digest()
    return {
        "tab": "topics",
        "lesson": lesson,
        "model": model,
        "waits": waits,
        "is_few": lesson.trouble == lessons.FEW,
        "has_failed": lesson.trouble == lessons.FAILED,
        "is_newest": is_newest,
        "least": teaching.LEAST,
    }


@needs(MINE)
@require_http_methods(["GET", "POST"])
def learning(request: HttpRequest) -> HttpResponse:
    """GET: how it stands. POST: learn again, from the examples as they are now."""
    if request.method == "POST":
        lesson = lessons.ask()
        note = _("topics are learnt again")
        audit.record(agent_of(request), lesson, before={}, after={}, note=note, label=_("Topics"))
        if not is_htmx(request):
            return redirect("topics")
    return render(request, "deskapp/topics/learning.html", state())


@needs(MINE)
@require_POST
def guess(request: HttpRequest) -> HttpResponse:
    """POST `said`: what it would be about. Nothing of it is kept."""
    said = request.POST.get("said", "").replace("\x00", "").strip()[:MOST_SAID]
    context: dict[str, object] = {"said": said, **state()}
    taught = teaching.taught()
    if said and taught:
        language = language_of(said)
        topic, following, found = teaching.likeliest(said, taught, language)
        context |= {"guess": found, "found": topic, "following": following, "language": language}
        bot = Bot.objects.filter(is_active=True, brain=Brain.OWN).order_by("name").first()
        context |= {"bot": bot, **trying.first_answer(bot, said)} if bot else {}
    name = "deskapp/topics/guess.html" if is_htmx(request) else "deskapp/topics/guess_page.html"
    return render(request, name, context)


@needs(MINE)
@require_safe
def mistaken(request: HttpRequest) -> HttpResponse:
    judged = judging.judged()
    return render(request, "deskapp/topics/mistaken.html", {"judged": judged, "shares": judging.shares(), **state()})
