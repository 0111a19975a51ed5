"""/settings/surveys/: the surveys with how they did of late, and one of them with its questions in each language."""

from datetime import timedelta

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from conversations import audit
from conversations.models import Survey, SurveyAsk, SurveyVersion
from conversations.models.survey import SkipReason
from conversations.person import language_name
from conversations.surveys import questions, touching, words
from conversations.views.acting import agent_of, is_delete
from conversations.views.as_typed import as_typed
from deskapp.surveys.forms import QuestionsForm, SurveyForm
from integrations.views.admins import needs

MINE = "settings.surveys"
MOST_ROWS = 200
LATELY = timedelta(days=30)
LANGUAGES = tuple(words.WORDS["csat"])


@needs(MINE)
@require_http_methods(["GET"])
def survey_list(request: HttpRequest) -> HttpResponse:
    """`q` looks among the names."""
    sought = request.GET.get("q", "").replace("\x00", "").strip()
    lately = Q(asks__ended_at__gt=timezone.now() - LATELY)
    found = Survey.objects.prefetch_related("teams").annotate(
        asked=Count("asks", filter=lately & Q(asks__state__in=["asked", "answered"])),
        answered=Count("asks", filter=lately & Q(asks__state="answered")),
    )
    found = found.filter(name__icontains=sought) if sought else found
    rows = found.order_by("touchpoint", "name")[:MOST_ROWS]
    return render(
        request, "deskapp/surveys/list.html", {"rows": rows, "q": sought, "days": LATELY.days, "tab": "surveys"}
    )


@needs(MINE)
@require_http_methods(["GET", "POST", "DELETE"])
def survey(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The form of one, or of a new one. Its questions come with it from the second visit on."""
    one = get_object_or_404(Survey, pk=pk) if pk else Survey()
    if pk and is_delete(request):
        with audit.watched(agent_of(request), one):
            one.delete()
        touching.forget()
        messages.success(request, _("Deleted, with what was answered to it."))
        return redirect("surveys")
    form = SurveyForm(request.POST if request.method == "POST" else None, instance=one)
    if answer := as_typed(request, form):
        return answer
    if request.method == "POST" and form.is_valid():
        with transaction.atomic(), audit.watched(agent_of(request), one):
            form.save()
            if not pk:
                _keep(request, one, questions.standard(one.kind))
        touching.forget()
        messages.success(request, _("Saved."))
        return redirect("survey_settings", one.pk)
    return _page(request, one, form, status=422 if form.errors else 200)


@needs(MINE)
@require_http_methods(["POST"])
def survey_questions(request: HttpRequest, pk: int) -> HttpResponse:
    """POST the questions in `language`. Whoever was asked before keeps the questions that they were asked."""
    one = get_object_or_404(Survey, pk=pk)
    language = _language(request.POST.get("language", ""))
    asked = QuestionsForm(one.kind, _questions(one), language, request.POST)
    if not asked.is_valid():
        return _page(request, one, SurveyForm(instance=one), asked, status=422)
    with transaction.atomic(), audit.watched(agent_of(request), one):
        _keep(request, one, asked.questions)
    messages.success(request, _("Saved."))
    return redirect(f"{reverse('survey_settings', args=[pk])}?language={language}#questions")


def _keep(request: HttpRequest, one: Survey, asked: tuple[questions.Question, ...]) -> None:
    """A new version, unless nobody was asked by the last one."""
    last = SurveyVersion.objects.select_for_update().filter(survey=one).order_by("-number").first()
    body = questions.kept(asked)
    if last and last.questions == body:
        return
    if last and not SurveyAsk.objects.filter(version=last).exists():
        last.questions, last.by = body, agent_of(request)
        last.save(update_fields=["questions", "by"])
        return
    number = (last.number if last else 0) + 1
    SurveyVersion.objects.create(survey=one, number=number, questions=body, by=agent_of(request))


def _questions(one: Survey) -> tuple[questions.Question, ...]:
    last = SurveyVersion.objects.filter(survey=one).order_by("-number").first()
    return questions.questions_of(last.questions) if last else questions.standard(one.kind)


def _language(text: str) -> str:
    return text if text in LANGUAGES else words.FALLBACK


def _page(
    request: HttpRequest, one: Survey, form: SurveyForm, asked: QuestionsForm | None = None, *, status: int = 200
) -> HttpResponse:
    language = asked.language if asked else _language(request.GET.get("language", ""))
    context: dict[str, object] = {"survey": one, "form": form, "tab": "surveys", "language": language}
    if one.pk:
        known = _questions(one)
        context |= {
            "asked": asked or QuestionsForm(one.kind, known, language),
            "languages": [(code, language_name(code), _is_written(known, code)) for code in LANGUAGES],
            "version": SurveyVersion.objects.filter(survey=one).aggregate(n=Max("number"))["n"],
            "skipped": _skipped(one),
            "days": LATELY.days,
        }
    return render(request, "deskapp/surveys/survey.html", context, status=status)


def _is_written(asked: tuple[questions.Question, ...], language: str) -> bool:
    return all(each.words.get(language) for each in asked)


def _skipped(one: Survey) -> list[tuple[str, int]]:
    """Why people were not asked, of late."""
    rows = SurveyAsk.objects.filter(survey=one, ended_at__gt=timezone.now() - LATELY).exclude(why="")
    counted = rows.values("why").annotate(n=Count("pk")).order_by("-n")
    return [(str(SkipReason(each["why"]).label), each["n"]) for each in counted]
