"""The page on which a customer says how it was: reached by a signed address, without signing in.

Opening it keeps nothing, whatever stands in the address: those who look through mails for us open every link in them. A
score that was tapped in a mail is chosen here, and kept as soon as somebody moves, or presses Send.
"""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from conversations.models import SurveyAsk
from conversations.surveys import answering, links, words
from conversations.surveys.answering import OverError
from conversations.surveys.questions import Answers, Question, questions_of, read, shown
from conversations.views import by_address
from customers.consent import say
from customers.facts import ConsentFact
from customers.identify import Handle
from customers.models import Purpose

WORDS = ("thanks", "saved", "choose", "send", "optional", "or_close", "done", "readers", "stop", "stopped")


@dataclass(frozen=True)
class Step:
    value: str
    words: str = ""
    is_chosen: bool = False


@dataclass(frozen=True)
class Asked:
    """One question as the page shows it."""

    question: Question
    words: str
    low_words: str
    high_words: str
    steps: list[Step]
    text: str = ""


@csrf_exempt  # the signed address says who answers; there is no session that another page could use
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, token: str) -> HttpResponse:
    ask = _ask(token)
    language = ask.language
    with override(language or words.FALLBACK):
        if why := answering.may_answer(ask):
            return _over(request, ask, language, why)
        view = _sent if request.method == "POST" else _shown
        return view(request, ask, token, language)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def survey_stop(request: HttpRequest, token: str) -> HttpResponse:
    """“Stop asking me”: a button here, and what a mail program presses for them (RFC 8058)."""
    ask = _ask(token)
    language = ask.language
    if request.method != "POST":
        return _page(request, ask, language, "surveys/stop.html", {"token": token})
    for identity in ask.customer.identities.all():
        handle = Handle(identity.kind, identity.value)
        say(ConsentFact(0, (handle,), Purpose.SURVEYS, False, timezone.now(), "page of a survey"))
    return _page(request, ask, language, "surveys/stop.html", {"is_stopped": True})


def _ask(token: str) -> SurveyAsk:
    ask = links.ask_of(token)
    if ask is None:
        raise Http404
    return ask


def _shown(request: HttpRequest, ask: SurveyAsk, token: str, language: str) -> HttpResponse:
    known = dict(answering.known(ask))
    questions = questions_of(ask.version.questions)
    tapped = read(questions[:1], {questions[0].key: [request.GET.get("score", "")]})
    answers = {**known, **tapped}
    said = {
        "token": token,
        "asked": [_asked(each, answers, language) for each in shown(questions, answers)],
        "is_kept": bool(known) and all(known.get(key) == given for key, given in tapped.items()),
        "is_done": "done" in request.GET,
        "score": answers.get(questions[0].key) if questions[0].kind == "scale" else None,
    }
    return _page(request, ask, language, "surveys/page.html", said)


def _sent(request: HttpRequest, ask: SurveyAsk, token: str, language: str) -> HttpResponse:
    given: Answers = read(questions_of(ask.version.questions), dict(request.POST.lists()))
    if not given:
        return redirect("survey", token=token)
    try:
        answering.answer(ask, given, way="link", language=language)
    except OverError as over:
        return _over(request, ask, language, over.why)
    is_whole = "whole" in request.POST
    return redirect(reverse("survey", args=[token]) + ("?done" if is_whole else ""))


def _over(request: HttpRequest, ask: SurveyAsk, language: str, why: str) -> HttpResponse:
    key = {"reopened": "open_again", "kept": "done"}.get(why, "over")
    return _page(request, ask, language, "surveys/over.html", {"says": words.word(key, language)})


def _page(request: HttpRequest, ask: SurveyAsk, language: str, template: str, said: dict[str, object]) -> HttpResponse:
    language = language or words.FALLBACK
    first_name = ask.customer.name.split()[0] if ask.customer.name.split() else ""
    thanks = words.word("thanks_name", language, name=first_name) if first_name else words.word("thanks", language)
    about: dict[str, object] = {
        "say": {key: words.in_language(words.WORDS[key], language) for key in WORDS},
        "thanks": thanks,
        "subject": ask.conversation.subject if ask.conversation else "",
        "at": date_format(timezone.localtime(ask.ended_at), "j F"),
        "stop": reverse("survey_stop", args=[links.token_of(ask)]),
        **said,
    }
    if about.get("score") is not None:
        about["saved"] = words.word("saved", language, score=about["score"])
    channel = ask.message.channel if ask.message else None
    return by_address.page(request, template, about, language=language, channel=channel)


def _asked(question: Question, answers: Answers, language: str) -> Asked:
    answer = answers.get(question.key)
    chosen = {str(each) for each in (answer if isinstance(answer, list) else [answer])}
    if question.kind == "scale":
        steps = [Step(str(step), "", str(step) in chosen) for step in question.steps]
    else:
        steps = [
            Step(each.key, words.in_language(each.words, language), each.key in chosen) for each in question.options
        ]
    return Asked(
        question,
        words.in_language(question.words, language),
        words.in_language(question.low_words, language),
        words.in_language(question.high_words, language),
        steps,
        answer if question.kind == "text" and isinstance(answer, str) else "",
    )
