"""/settings/articles/: what the bot answers out of, in Markdown by language, and how often it helped."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from conversations import audit
from conversations.bots import shelf
from conversations.models import Article, ArticleText, ArticleVerdict, Conversation
from conversations.person import language_name
from conversations.typed import whole_number
from conversations.views.acting import agent_of, is_delete
from conversations.views.as_typed import as_typed
from deskapp.bots.article_forms import ArticleForm, TextForm, unwritten
from deskapp.bots.bots import MINE
from integrations.views.admins import needs

MOST_ROWS = 300
LATELY = timedelta(days=90)
NEWEST = 10  # of those whom it did not help
LONGEST = 20_000


@dataclass(frozen=True)
class Counted:
    """How often a text was shown of late, and what was said to “did this help?”."""

    shown: int = 0
    helped: int = 0
    not_helped: int = 0


@needs(MINE)
@require_http_methods(["GET", "POST"])
def article_list(request: HttpRequest) -> HttpResponse:
    """`q` looks among names, titles and texts. POST adds one, and leads to its first text."""
    form = ArticleForm(request.POST or None)
    if answer := as_typed(request, form):
        return answer
    if request.method == "POST" and form.is_valid():
        with audit.watched(agent_of(request), form.instance):
            form.save()
        messages.success(request, _("Added. Write it in one language now."))
        return redirect("article", form.instance.pk)
    words = request.GET.get("q", "").replace("\x00", "").strip()
    found = Article.objects.select_related("topic").prefetch_related(_texts())
    if words:
        texts = Q(texts__title__icontains=words) | Q(texts__body__icontains=words)
        found = found.filter(Q(name__icontains=words) | texts).distinct()
    counted = counts()
    rows = [
        {"article": one, "languages": [(each.pk, language_name(each.language)) for each in one.texts.all()],
         "counted": _sum([counted.get(each.pk, Counted()) for each in one.texts.all()])}
        for one in found.order_by("name")[:MOST_ROWS]
    ]  # fmt: skip
    context = {"rows": rows, "form": form, "q": words, "days": LATELY.days, "tab": "bots"}
    return render(request, "deskapp/bots/articles.html", context, status=422 if form.errors else 200)


@needs(MINE)
@require_http_methods(["GET", "POST", "DELETE"])
def article(request: HttpRequest, pk: int) -> HttpResponse:
    """`text`: which of its texts is shown; `language`: a new one. POST: its name and topic. DELETE: with its texts."""
    one = get_object_or_404(Article, pk=pk)
    if is_delete(request):
        with audit.watched(agent_of(request), one):
            one.delete()
        messages.success(request, _("Deleted."))
        return redirect("articles")
    form = ArticleForm(request.POST or None, instance=one)
    if answer := as_typed(request, form):
        return answer
    if request.method == "POST" and form.is_valid():
        with audit.watched(agent_of(request), one):
            form.save()
        messages.success(request, _("Saved."))
        return redirect("article", pk)
    return article_page(request, pk, chosen=_chosen(request, one), form=form)


@needs(MINE)
@require_http_methods(["POST"])
def new_text(request: HttpRequest, pk: int) -> HttpResponse:
    """POST `language`, `title` and `body`."""
    one = get_object_or_404(Article, pk=pk)
    return _kept(request, ArticleText(article=one))


@needs(MINE)
@require_http_methods(["POST", "DELETE"])
def text(request: HttpRequest, pk: int, text_pk: int) -> HttpResponse:
    """POST `title` and `body`. DELETE: with what customers said of it."""
    one = get_object_or_404(ArticleText.objects.select_related("article"), pk=text_pk, article=pk)
    if is_delete(request):
        with audit.watched(agent_of(request), one):
            one.delete()
        messages.success(request, _("Deleted."))
        return redirect("article", pk)
    return _kept(request, one)


@needs(MINE)
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """What is being typed, as customers read it. Nothing is stored."""
    body, title = (request.POST.get(name, "").replace("\x00", "")[:LONGEST] for name in ("body", "title"))
    return render(request, "deskapp/bots/article_preview.html", shown(title, body, request.POST.get("language", "")))


def shown(title: str, body: str, language: str) -> dict[str, object]:
    return {"title": title, "body": body, "plain": shelf.plain(body), "language": language}


def _kept(request: HttpRequest, one: ArticleText) -> HttpResponse:
    form = TextForm(request.POST, instance=one, languages=unwritten(one.article))
    if answer := as_typed(request, form):
        return answer
    if not form.is_valid():
        return article_page(request, one.article_id, chosen=one, text_form=form)
    with transaction.atomic(), audit.watched(agent_of(request), one):
        one.by = agent_of(request)
        form.save()
    messages.success(request, _("Saved."))
    return redirect(f"{reverse('article', args=[one.article_id])}?text={one.pk}")


def article_page(
    request: HttpRequest, pk: int, *, chosen: ArticleText, form: ArticleForm | None = None,
    text_form: TextForm | None = None,
) -> HttpResponse:  # fmt: skip
    one = get_object_or_404(Article.objects.prefetch_related(_texts()), pk=pk)
    form = form or ArticleForm(instance=one)
    text_form = text_form or TextForm(instance=chosen, languages=unwritten(one), initial={"language": chosen.language})
    counted = counts(one)
    language = chosen.language or str(text_form["language"].value() or "")
    context: dict[str, object] = {
        "article": one,
        "form": form,
        "text_form": text_form,
        "chosen": chosen,
        "texts": [{"text": each, "name": language_name(each.language), "counted": counted.get(each.pk, Counted())}
                  for each in one.texts.all()],
        "unwritten": [(code, language_name(code)) for code in unwritten(one)],
        "days": LATELY.days,
        "not_helped": _not_helped(request, one),
        "tab": "bots",
        **shown(str(text_form["title"].value() or ""), str(text_form["body"].value() or ""), language),
    }  # fmt: skip
    wrong = form.errors or text_form.errors
    return render(request, "deskapp/bots/article.html", context, status=422 if wrong else 200)


def counts(article: Article | None = None) -> dict[int, Counted]:
    """By text, of the last ninety days."""
    rows = ArticleVerdict.objects.filter(at__gt=timezone.now() - LATELY)
    rows = rows.filter(text__article=article) if article else rows
    yes, no = Count("pk", filter=Q(helped=True)), Count("pk", filter=Q(helped=False))
    found = rows.values_list("text").annotate(asked=Count("pk"), yes=yes, no=no)
    return {pk: Counted(*figures) for pk, *figures in found}


def _sum(each: list[Counted]) -> Counted:
    return Counted(*(sum(getattr(one, name) for one in each) for name in ("shown", "helped", "not_helped")))


def _texts() -> Prefetch:
    return Prefetch("texts", ArticleText.objects.order_by("language"))


def _chosen(request: HttpRequest, one: Article) -> ArticleText:
    """The one that was asked for, else the first that it has, else a new one."""
    wanted = whole_number(request.GET.get("text", ""))
    if wanted is not None:
        return get_object_or_404(ArticleText, pk=wanted, article=one)
    free = unwritten(one)
    if language := request.GET.get("language", ""):
        if language not in free:
            raise Http404
        return ArticleText(article=one, language=language)
    first = one.texts.order_by("language").first()
    return first or ArticleText(article=one, language=free[0])


def _not_helped(request: HttpRequest, one: Article) -> list[ArticleVerdict]:
    """The newest of those whom it did not help, of what this agent may see."""
    theirs = Conversation.objects.visible_to(agent_of(request))
    found = ArticleVerdict.objects.filter(text__article=one, helped=False, message__conversation__in=theirs)
    return list(found.select_related("message__conversation__customer", "text").order_by("-at", "-pk")[:NEWEST])
