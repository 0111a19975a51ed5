"""What an agent has begun to write, kept while they write."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from conversations.models import Attachment, Conversation, Draft
from conversations.models.draft import Mode
from conversations.plain import html_to_text
from conversations.sanitise import sanitise
from conversations.typed import whole_numbers
from conversations.views.acting import agent_of, conversation_or_404, is_delete, is_htmx
from conversations.views.replies import composer_context
from conversations.writing_forms import kept_way, picture_ids, with_pictures


@login_required
@require_http_methods(["POST", "DELETE"])
def draft(request: HttpRequest, pk: int, mode: str) -> HttpResponse:
    """POST keeps the words and the ids of their files; nothing left, or DELETE, forgets them."""
    conversation, agent = conversation_or_404(request, pk), agent_of(request)
    if mode not in Mode.values:
        raise Http404
    html = "" if is_delete(request) else sanitise(request.POST.get("html", ""))
    files = whole_numbers(request.POST.getlist("file"))
    own = Attachment.objects.filter(pk__in=[*files, *picture_ids(html)], message=None, uploaded_by=agent)
    kept = list(own.order_by("pk").values_list("pk", flat=True))
    mine = Draft.objects.filter(conversation=conversation, agent=agent, mode=mode)
    if is_delete(request) or not (html_to_text(html) or kept):
        mine.delete()
        if request.POST.get("then") == "composer":  # "Discard mine", where another has just answered
            return _composer_again(request, conversation)
        return render(request, "conversations/composer/draft_state.html", {"saved_at": None})
    saved, _made = Draft.objects.update_or_create(
        conversation=conversation,
        agent=agent,
        mode=mode,
        defaults={"html": with_pictures(html, agent), "files": kept, "way": kept_way(request.POST)},
    )
    return render(request, "conversations/composer/draft_state.html", {"saved_at": saved.updated_at})


def _composer_again(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    if not is_htmx(request):
        return redirect(reverse("conversation", args=[conversation.pk]))
    return render(request, "conversations/composer/composer.html", composer_context(request, conversation))
