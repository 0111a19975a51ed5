"""/settings/outreach/: the rules with what came of them of late, and one of them with its words in each language."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from conversations import audit
from conversations.models import OutreachRule
from conversations.models.outreach import OccasionKind
from conversations.outreach import goals
from conversations.outreach.filters import filters_of, of_form, said
from conversations.outreach.standard_words import STANDARD
from conversations.outreach.words import LANGUAGES, PLACES
from conversations.person import language_name
from conversations.views.acting import agent_of, is_delete
from conversations.views.as_typed import as_typed
from deskapp.outreach.forms import FILTERS, OutreachForm, WordsForm
from integrations.views.admins import needs

MOST_ROWS = 200
LATELY = timedelta(days=30)


def chiefs(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For who makes rules, and may see what customers bought."""

    @needs("settings.automation")
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not agent_of(request).may("purchases.see"):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@chiefs
@require_http_methods(["GET"])
def rule_list(request: HttpRequest) -> HttpResponse:
    """`q` looks among the names."""
    sought = request.GET.get("q", "").replace("\x00", "").strip()
    found = OutreachRule.objects.order_by("kind", "name")
    found = found.filter(name__icontains=sought) if sought else found
    now = timezone.now()
    results = goals.results(goals.records(now - LATELY, now))
    rows = [
        {"rule": one, "says": said(filters_of(one.filters)), "result": results.get(one.pk, goals.Result(one.pk))}
        for one in found[:MOST_ROWS]
    ]
    context = {"rows": rows, "q": sought, "days": LATELY.days, "tab": "automation"}
    return render(request, "deskapp/outreach/rules.html", context)


@chiefs
@require_http_methods(["GET", "POST", "DELETE"])
def rule(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The form of one, or of a new one, for which `kind` and the filters may come from a list. Whatever is changed, it
    is off until it was tried again."""
    one = get_object_or_404(OutreachRule, pk=pk) if pk else _new(request)
    if pk and is_delete(request):
        with audit.watched(agent_of(request), one):
            one.delete()
        messages.success(request, _("Deleted, with what it counted. What it wrote stays."))
        return redirect("outreach_rules")
    form = OutreachForm(request.POST if request.method == "POST" else None, instance=one)
    if answer := as_typed(request, form):
        return answer
    if request.method == "POST" and form.is_valid():
        with audit.watched(agent_of(request), one):
            if not pk:
                one.by, one.words = agent_of(request), {code: dict(said) for code, said in STANDARD[one.kind].items()}
            _untried(one)
            form.save()
        messages.success(request, _("Saved. It is off until you have tried it."))
        return redirect("outreach_rule", one.pk)
    return _page(request, one, form, status=422 if form.errors else 200)


@chiefs
@require_http_methods(["POST"])
def words(request: HttpRequest, pk: int) -> HttpResponse:
    """POST its words in `language`."""
    one = get_object_or_404(OutreachRule, pk=pk)
    language = _language(request.POST.get("language", ""))
    form = WordsForm(request.POST, rule=one, language=language)
    if answer := as_typed(request, form):
        return answer
    if not form.is_valid():
        return _page(request, one, OutreachForm(instance=one), form, status=422)
    with audit.watched(agent_of(request), one):
        one.words = form.words
        _untried(one)
        one.save(update_fields=["words", "is_active", "tried_at"])
    messages.success(request, _("Saved. It is off until you have tried it."))
    return redirect(f"{reverse('outreach_rule', args=[pk])}?language={language}#words")


def _untried(one: OutreachRule) -> None:
    one.is_active, one.tried_at = False, None


def _new(request: HttpRequest) -> OutreachRule:
    kind = request.GET.get("kind", "")
    told = of_form({name: request.GET.get(name) for name in FILTERS})
    return OutreachRule(kind=kind if kind in OccasionKind.values else OccasionKind.CART, filters=told)


def _language(text: str) -> str:
    return text if text in LANGUAGES else "en"


def _page(
    request: HttpRequest, one: OutreachRule, form: OutreachForm, written: WordsForm | None = None, *, status: int = 200
) -> HttpResponse:
    context: dict[str, object] = {"rule": one, "form": form, "tab": "automation"}
    if one.pk:
        one = OutreachRule.objects.get(pk=one.pk)  # as it is kept: the form may have changed what it was given
        language = written.language if written else _language(request.GET.get("language", one.language))
        now = timezone.now()
        result = goals.results(goals.records(now - LATELY, now).filter(rule=one)).get(one.pk)
        context |= {
            "stored": one,
            "words": written or WordsForm(None, rule=one, language=language),
            "language": language,
            "languages": [(code, language_name(code), code in one.words) for code in LANGUAGES],
            "places": [f"{{{name}}}" for name in PLACES[one.kind]],
            "result": result,
            "days": LATELY.days,
        }
    return render(request, "deskapp/outreach/rule.html", context, status=status)
