"""The composer, and sending what was written in it to the customer."""

import json
import uuid
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import linebreaks
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from conversations import required
from conversations.actions.change import NotPossibleError, locked
from conversations.actions.states import resolve
from conversations.envelopes import MessageDetails
from conversations.models import Conversation, Message
from conversations.models.message import MessageKind
from conversations.opening import Opened
from conversations.outbound.compose import KeyTakenError, already, reply
from conversations.outbound.reach import Choice, reach
from conversations.sanitise import sanitise
from conversations.typed import whole_number
from conversations.views.acting import Toast, actions_context, agent_of, conversation_or_404, is_htmx, known_or_404
from conversations.views.composing import Composer, fresh_composer, goes
from conversations.views.pictures import for_editing
from conversations.writing_forms import ReplyForm, WritingForm, kept_way

if TYPE_CHECKING:
    from deskapp.models import User


def composer_context(
    request: HttpRequest, conversation: Conversation, *, known: Opened | None = None
) -> dict[str, object]:
    """For every page that includes the composer, the action buttons or the panel's forms."""
    known = known or known_or_404(request, conversation.pk)
    composer = fresh_composer(agent_of(request), known)
    if request.GET.get("mode") == "note":
        composer.mode = "note"
    if (answers := whole_number(request.GET.get("answers", ""))) is not None:
        goes(composer, known, {**composer.way, "answers": answers})
    return {"composer": composer, **actions_context(request, known)}


@login_required
@require_GET
def composer(request: HttpRequest, pk: int) -> HttpResponse:
    """The composer afresh, with its draft: after "Discard", and on a page of its own without htmx."""
    conversation = conversation_or_404(request, pk)
    if not is_htmx(request):
        return redirect(reverse("conversation", args=[pk]))
    return render(request, "conversations/composer/composer.html", composer_context(request, conversation))


@login_required
@require_POST
def replies(request: HttpRequest, pk: int) -> HttpResponse:
    conversation, agent = conversation_or_404(request, pk), agent_of(request)
    choices = reach(conversation, now=timezone.now())
    form = ReplyForm(request.POST, agent=agent, choices=choices, conversation=conversation)
    if not form.is_valid():
        return _again(request, conversation, form, status=422)
    try:
        if form.cleaned_data["then"] == "resolve":  # what was filled in stays, whatever becomes of the rest
            required.fill(conversation, request.POST, by=agent)
        with transaction.atomic():
            conversation = locked(conversation)
            meanwhile = answered_meanwhile(conversation, form, agent)
            if meanwhile is None:
                message = _send(conversation, form, agent, dismissed=request.POST.getlist("dismissed"))
    except KeyTakenError:
        refuse_key(form)
        return _again(request, conversation, form, status=422)
    except NotPossibleError:
        return _again(request, conversation, form, status=422, asks=True)
    if meanwhile is not None:
        return _again(request, conversation, form, status=409, meanwhile=meanwhile)
    return _sent(request, conversation, message, then=form.cleaned_data["then"])


def answered_meanwhile(conversation: Conversation, form: ReplyForm, agent: "User") -> Message | None:
    """What somebody else has said to the customer since this agent's screen was drawn."""
    if form.cleaned_data["anyway"] or form.cleaned_data["last_seen"] is None:
        return None
    if already(form.cleaned_data["client_id"], conversation, by=agent, kind=MessageKind.OUTBOUND):
        return None  # the same send twice: the first has passed
    others = conversation.messages.filter(kind=MessageKind.OUTBOUND, pk__gt=form.cleaned_data["last_seen"])
    others = others.exclude(author=agent).exclude(delivery__status="cancelled")
    return others.select_related("author").order_by("-pk").first()


def _send(conversation: Conversation, form: ReplyForm, agent: "User", *, dismissed: list[str]) -> Message:
    cleaned = form.cleaned_data
    chosen: Choice = cleaned["channel"]
    message = reply(
        conversation,
        html=cleaned["html"],
        by=agent,
        channel=chosen.channel,
        identity=chosen.identity,
        client_id=cleaned["client_id"],
        attachments=form.attachments,
        details=_details(chosen, cleaned),
        send_at=cleaned["send_at"],
        way=form.way,
        dismissed=dismissed,
    )
    if cleaned["then"] == "resolve":
        resolve(conversation, by=agent)
    return message


def _details(chosen: Choice, cleaned: dict[str, object]) -> MessageDetails:
    if not chosen.carries.has_copies:
        return MessageDetails()
    cc, bcc = cleaned["cc"], cleaned["bcc"]
    assert isinstance(cc, list) and isinstance(bcc, list)
    return MessageDetails(cc=cc, bcc=bcc, quote=bool(cleaned["quote"]), signature=bool(cleaned["signature"]))


def _sent(request: HttpRequest, conversation: Conversation, message: Message, *, then: str) -> HttpResponse:
    toast = _toast(conversation, message, then)
    if not is_htmx(request):
        messages.success(request, toast.text)
        return redirect(reverse("conversation", args=[conversation.pk]))
    conversation = conversation_or_404(request, conversation.pk)
    context = {"toast": toast, "with_actions": then == "resolve", **composer_context(request, conversation)}
    response = render(request, "conversations/composer/sent.html", context)
    happened = {"message:sent": {"id": message.pk}}
    if then == "resolve":
        happened["conversation:resolved"] = {"id": conversation.pk}
    response["HX-Trigger-After-Swap"] = json.dumps(happened)
    return response


def _toast(conversation: Conversation, message: Message, then: str) -> Toast:
    name = conversation.customer.label
    text = _("Sending to %(name)s…") % {"name": name}
    delivery = message.delivery
    if delivery.cancel_on_reply:
        at = date_format(timezone.localtime(delivery.due_at), "D j N H:i")
        text = _("Goes on %(at)s, unless %(name)s writes first.") % {"at": at, "name": name}
    values = {"_method": "DELETE", "reopen": "1" if then == "resolve" else ""}
    return Toast(text, reverse("delivery", args=[delivery.pk]), values, target="#composer")


def refuse_key(form: WritingForm) -> None:
    """Says that nothing was stored, and gives the form a key that nothing else has."""
    form.cleaned_data["client_id"] = uuid.uuid4()
    form.add_error("html", _("This was not sent: the page it was written on is too old. Send it again."))


def as_typed(form: WritingForm) -> str:
    """The words of a form that was refused."""
    return sanitise(form.data.get("html") or linebreaks(form.data.get("text", ""), autoescape=True))


def _again(
    request: HttpRequest,
    conversation: Conversation,
    form: ReplyForm,
    *,
    status: int,
    meanwhile: Message | None = None,
    asks: bool = False,
) -> HttpResponse:
    """The composer with the agent's words still in it, and what stands in the way. `asks`: something must be known
    before it is solved."""
    known = known_or_404(request, conversation.pk)
    context = composer_context(request, known.conversation, known=known)
    shown = context["composer"]
    assert isinstance(shown, Composer)
    data = form.data
    goes(shown, known, kept_way(request.POST))
    shown.reply = for_editing(form.cleaned_data.get("html", ""), form.agent) or as_typed(form)
    shown.chosen = str(data.get("channel", shown.chosen))
    shown.cc, shown.bcc, shown.send_at = data.get("cc", ""), data.get("bcc", ""), data.get("send_at", "")
    shown.quote, shown.signature = bool(data.get("quote")), bool(data.get("signature"))
    shown.reply_files = [file for file in form.attachments if not file.is_inline]
    if asks:
        shown.asked = required.asked(required.lacking(conversation), request.POST)
    shown.dismissed = request.POST.getlist("dismissed")
    shown.then, shown.meanwhile = str(data.get("then", "")), meanwhile
    shown.reply_client_id = str(form.cleaned_data.get("client_id") or shown.reply_client_id)
    shown.errors = {name: " ".join(map(str, errors)) for name, errors in form.errors.items()}
    name = "conversations/composer/composer.html" if is_htmx(request) else "conversations/composer/page.html"
    return render(request, name, context, status=status)
