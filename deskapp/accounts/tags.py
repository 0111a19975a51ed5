"""/settings/tags/: every tag with what it hangs on; renamed, merged into another, deleted."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from conversations import audit
from conversations.actions.change import NotPossibleError
from conversations.actions.tags import merge_tags, name_for, rename_tag
from conversations.models import Conversation, Macro, Tag
from conversations.typed import whole_number
from conversations.views.acting import agent_of, is_delete
from conversations.views.as_typed import as_typed
from integrations.views.admins import needs

MOST_ROWS = 200


class TagForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=40, error_messages={"required": gettext_lazy("A tag needs a name.")}
    )

    def __init__(self, *args: Any, tag: Tag, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tag = tag

    def clean_name(self) -> str:
        try:
            return name_for(self.tag, self.cleaned_data["name"])
        except NotPossibleError as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


@needs("settings.tags")
@require_http_methods(["GET", "POST"])
def tag_list(request: HttpRequest) -> HttpResponse:
    """`q` looks among the names; POST `name` adds one."""
    form = TagForm(request.POST or None, tag=Tag())
    if answer := as_typed(request, form):
        return answer
    if request.method == "POST" and form.is_valid():
        with audit.watched(agent_of(request), form.tag):
            form.tag.name = form.cleaned_data["name"]
            form.tag.save()
        messages.success(request, _("Added."))
        return redirect("tag_list")
    return _page(request, form)


@needs("settings.tags")
@require_http_methods(["GET", "POST", "DELETE"])
def tag(request: HttpRequest, pk: int) -> HttpResponse:
    """GET is the list with its form open; POST `name` renames; DELETE takes it off everything."""
    one = get_object_or_404(Tag, pk=pk)
    if is_delete(request):
        count = one.conversations.count()
        with audit.watched(agent_of(request), one, note=_hung_on(count)):
            one.delete()
        messages.success(request, _("“%(name)s” is deleted.") % {"name": one.name} + " " + _hung_on(count))
        return redirect("tag_list")
    form = TagForm(request.POST or None, tag=one, initial={"name": one.name})
    if answer := as_typed(request, form):
        return answer
    if request.method == "POST" and form.is_valid():
        with audit.watched(agent_of(request), one):
            rename_tag(one, form.cleaned_data["name"])
        messages.success(request, _("Renamed."))
        return redirect("tag_list")
    return _page(request, form, one)


@needs("settings.tags")
@require_POST
def tag_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """POST `into`: the number of the tag that stays."""
    gone = get_object_or_404(Tag, pk=pk)
    into = Tag.objects.filter(pk=whole_number(request.POST.get("into", "")) or 0).first()
    try:
        if into is None:
            raise NotPossibleError(_("Choose the tag that stays."))
        words = _("Merged into “%(name)s”.") % {"name": into.name}
        with audit.watched(agent_of(request), gone, note=words):
            count = merge_tags(gone, into=into)
    except NotPossibleError as refusal:
        return _page(request, TagForm(tag=gone, initial={"name": gone.name}), gone, str(refusal))
    messages.success(request, words + " " + _hung_on(count))
    return redirect("tag_list")


def _hung_on(count: int) -> str:
    words = ngettext("It hung on %(n)s conversation.", "It hung on %(n)s conversations.", count)
    return words % {"n": count}


def _page(request: HttpRequest, form: TagForm, edited: Tag | None = None, wrong: str = "") -> HttpResponse:
    words = request.GET.get("q", "").replace("\x00", "").strip()
    found = _counted().filter(name__icontains=words) if words else _counted()
    others = Tag.objects.exclude(pk=edited.pk).order_by("name")[:1000] if edited else []
    context: dict[str, object] = {
        "rows": found.order_by("name")[:MOST_ROWS],
        "q": words,
        "edited": edited,
        "others": others,
    }
    context |= {"form": form, "wrong": wrong, "tab": "tags"}
    return render(request, "deskapp/tags.html", context, status=422 if wrong or form.errors else 200)


def _counted() -> QuerySet[Tag]:
    counts = {"size": Conversation.tags.through, "adding": Macro.add_tags.through, "dropping": Macro.drop_tags.through}
    named = {}
    for name, through in counts.items():
        rows = through._base_manager.filter(tag=OuterRef("pk")).order_by().values("tag").annotate(n=Count("pk"))
        named[name] = Coalesce(Subquery(rows.values("n")), 0)
    return Tag.objects.annotate(**named)
