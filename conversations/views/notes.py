"""Notes that only the team sees: write, call colleagues in with @, change."""

import re
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from conversations.actions.change import NotPossibleError
from conversations.actions.editing import edit_note
from conversations.models import Conversation, Message
from conversations.outbound.compose import KeyTakenError, note
from conversations.views.acting import Toast, agent_of, conversation_or_404, is_htmx
from conversations.views.pictures import for_editing
from conversations.views.replies import Composer, as_typed, composer_context, refuse_key
from conversations.writing_forms import NoteForm

if TYPE_CHECKING:
    from deskapp.models import User


@login_required
@require_POST
def notes(request: HttpRequest, pk: int) -> HttpResponse:
    conversation, agent = conversation_or_404(request, pk), agent_of(request)
    form = NoteForm(request.POST, agent=agent)
    if not form.is_valid():
        return _again(request, conversation, form)
    mentioned = mentioned_in(form.said, writer=agent)
    try:
        note(
            conversation,
            html=form.cleaned_data["html"],
            by=agent,
            client_id=form.cleaned_data["client_id"],
            attachments=form.attachments,
            mentions=mentioned,
        )
    except KeyTakenError:
        refuse_key(form)
        return _again(request, conversation, form)
    names = ", ".join(someone.short_name for someone in mentioned)
    text = _("Note added, %(names)s called.") % {"names": names} if names else _("Note added.")
    return _added(request, conversation, Toast(text, seconds=4))


def mentioned_in(text: str, *, writer: "User") -> list["User"]:
    """The agents whom `text` calls by "@Ada Okafor", or by "@Ada" where only one is called so."""
    if "@" not in text:
        return []
    agents = list(get_user_model().objects.filter(is_active=True).exclude(pk=writer.pk))
    first_names = [agent.short_name.lower() for agent in agents]
    found = []
    for agent in agents:
        names = [agent.name] if agent.name else []
        if first_names.count(agent.short_name.lower()) == 1:
            names.append(agent.short_name)
        if any(re.search(rf"(?<!\w)@{re.escape(name)}(?!\w)", text, re.IGNORECASE) for name in names):
            found.append(agent)
    return found


def _added(request: HttpRequest, conversation: Conversation, toast: Toast) -> HttpResponse:
    if not is_htmx(request):
        messages.success(request, toast.text)
        return redirect(reverse("conversation", args=[conversation.pk]))
    context = composer_context(request, conversation)
    shown = context["composer"]
    assert isinstance(shown, Composer)
    shown.mode = "note"
    return render(request, "conversations/composer/sent.html", {"toast": toast, **context})


def _again(request: HttpRequest, conversation: Conversation, form: NoteForm) -> HttpResponse:
    context = composer_context(request, conversation)
    shown = context["composer"]
    assert isinstance(shown, Composer)
    shown.mode, shown.note = "note", for_editing(form.cleaned_data.get("html", ""), form.agent) or as_typed(form)
    shown.errors = {f"note_{name}": " ".join(map(str, errors)) for name, errors in form.errors.items()}
    name = "conversations/composer/composer.html" if is_htmx(request) else "conversations/composer/page.html"
    return render(request, name, context, status=422)


@login_required
@require_GET
def mentionable(request: HttpRequest, pk: int) -> HttpResponse:
    """Agents whose name begins with `q`; those who cannot see the conversation yet are told apart: they will."""
    conversation = conversation_or_404(request, pk)
    asked = request.GET.get("q", "").strip().lower()
    agents = get_user_model().objects.filter(is_active=True).exclude(pk=agent_of(request).pk).order_by("name")
    options = [
        {"agent": agent, "sees": Conversation.objects.visible_to(agent).filter(pk=conversation.pk).exists()}
        for agent in agents
        if any(part.startswith(asked) for part in [agent.name.lower(), *agent.name.lower().split()])
    ][:8]
    options.sort(key=lambda option: not option["sees"])
    return render(request, "conversations/composer/mentionable.html", {"options": options})


@login_required
@require_http_methods(["GET", "POST"])
def message_text(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: the form to change a note. POST: changes it; the earlier wording is kept."""
    agent = agent_of(request)
    visible = Message.objects.visible_to(agent).select_related("conversation", "author")
    message = get_object_or_404(visible, pk=pk, kind=Message.Kind.NOTE)
    error, status = "", 200
    if request.method == "POST":
        form = NoteForm({**request.POST.dict(), "client_id": str(message.client_id)}, agent=agent)
        error = "" if form.is_valid() else " ".join(str(part) for parts in form.errors.values() for part in parts)
        try:
            if not error:
                edited = edit_note(message, html=form.cleaned_data["html"], by=agent)
                return _edited(request, edited)
        except NotPossibleError as refusal:
            error = str(refusal)
        status = 422
    context = {"message": message, "event": message, "html": for_editing(message.html, agent), "error": error}
    name = "conversations/composer/edit_note.html" if is_htmx(request) else "conversations/composer/edit_note_page.html"
    return render(request, name, context, status=status)


def _edited(request: HttpRequest, message: Message) -> HttpResponse:
    if not is_htmx(request):
        return redirect(reverse("conversation", args=[message.conversation_id]) + f"#message-{message.pk}")
    return render(request, "conversations/timeline/message.html", {"message": message, "event": message})
