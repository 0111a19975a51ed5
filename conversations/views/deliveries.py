"""A reply on its way: take it back, or try again."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from conversations.actions.states import reopen
from conversations.models import Attachment, Delivery, Draft, Message
from conversations.outbound import outbox
from conversations.outbound.way import KeptWay, template_in
from conversations.views.acting import Toast, agent_of, conversation_or_404, is_htmx
from conversations.views.replies import composer_context


def delivery_or_404(request: HttpRequest, pk: int) -> Delivery:
    seen = Message.objects.visible_to(agent_of(request))
    return get_object_or_404(Delivery.objects.select_related("message", "conversation"), pk=pk, message__in=seen)


@login_required
@require_http_methods(["POST", "DELETE"])
def delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the message back if nobody has tried to send it yet: its words return to the composer. One that could not
    be sent is removed: it stays in the thread, folded."""
    found, agent = delivery_or_404(request, pk), agent_of(request)
    with transaction.atomic():
        taken_back = outbox.undo(found)
        if taken_back and found.message.author_id == agent.pk:
            _into_the_draft(found.message)
        if taken_back and request.POST.get("reopen"):
            reopen(found.conversation, by=agent)
    if taken_back:
        text = _("Taken back. Your words are in the composer.")
    elif outbox.remove(found, by=agent):
        text = _("Removed. It stays in the thread, folded.")
    else:
        text = _("Too late: it is on its way.")
    return _answer(request, found, Toast(text, seconds=5))


def _into_the_draft(message: Message) -> None:
    """The words as a draft; the files as new rows over the same bytes, so that the message taken back keeps its own."""
    copies = [
        Attachment(
            uploaded_by=message.author,
            file=file.file.name,
            name=file.name,
            content_type=file.content_type,
            size=file.size,
            content_id=file.content_id,
            is_inline=file.is_inline,
        )
        for file in message.attachments.order_by("pk")
    ]
    files = [copy.pk for copy in Attachment.objects.bulk_create(copies)]
    Draft.objects.update_or_create(
        conversation=message.conversation,
        agent=message.author,
        mode="reply",
        defaults={"html": message.html, "files": files, "way": _way(message)},
    )


def _way(message: Message) -> KeptWay:
    """So that what was to be public is so again, and what was not, not."""
    way = KeptWay(visibility="public" if message.is_public else "private")
    if message.channel_id and message.identity_id:
        way["channel"] = f"{message.channel_id}:{message.identity_id}"
    if message.answers_id:
        way["answers"] = message.answers_id
    if buttons := message.details.get("buttons"):
        way["buttons"] = buttons
    if (sent := template_in(message.details)) and message.channel:
        template = message.channel.templates.filter(name=sent.name, language=sent.language).first()
        if template:
            way["template"] = template.pk
            way["values"] = [*([sent.header] if sent.header else []), *sent.values, *sent.buttons]
    return way


@login_required
@require_POST
def delivery_attempts(request: HttpRequest, pk: int) -> HttpResponse:
    """A new attempt, now."""
    found = delivery_or_404(request, pk)
    text = _("Trying again…") if outbox.retry(found) else _("It is on its way already.")
    return _answer(request, found, Toast(text, seconds=4))


def _answer(request: HttpRequest, found: Delivery, toast: Toast) -> HttpResponse:
    if not is_htmx(request):
        messages.success(request, toast.text)
        return redirect(reverse("conversation", args=[found.conversation_id]))
    conversation = conversation_or_404(request, found.conversation_id)
    context = {"toast": toast, "with_actions": True, **composer_context(request, conversation)}
    return render(request, "conversations/composer/sent.html", context)
