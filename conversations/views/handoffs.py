"""The handoff card and its verbs: accept or take over, turn down, give back to the bot, do the next step."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from conversations.actions import handing
from conversations.actions.change import NotPossibleError
from conversations.actions.declining import REASONS
from conversations.handoff.card import card, card_of
from conversations.models import Activity, Conversation, Handoff, Status
from conversations.opening import opened
from conversations.views.acting import Toast, actions_context, agent_of, conversation_or_404, is_htmx, refused

OF_HANDOFFS = (Activity.Verb.HANDED_OVER, Activity.Verb.TOOK_OVER)


@login_required
@require_GET
def handoff(request: HttpRequest, pk: int) -> HttpResponse:
    """The card afresh, with who has the word above the composer."""
    conversation = conversation_or_404(request, pk)
    if not is_htmx(request):
        return redirect(reverse("conversation", args=[pk]))
    return _answer(request, conversation)


@login_required
@require_GET
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """What went along at an earlier handoff: of the line in the log that says so."""
    seen = Conversation.objects.visible_to(agent_of(request)).select_related("customer")
    done = get_object_or_404(Activity, pk=pk, verb__in=OF_HANDOFFS, conversation__in=seen)
    conversation = seen.get(pk=done.conversation_id)
    rows = Handoff.objects.filter(conversation=conversation, to_people=True, created_at__lte=done.created_at)
    found = rows.select_related("talk__bot", "by").order_by("-created_at", "-pk").first()
    if found is None:
        raise Http404
    context = {"conversation": conversation, "card": card(found, conversation, agent_of(request))}
    name = "conversations/handoff/record.html" if is_htmx(request) else "conversations/handoff/record_page.html"
    return render(request, name, context)


@login_required
@require_POST
def acceptance(request: HttpRequest, pk: int) -> HttpResponse:
    """It is theirs: from the queue, or out of the bot's mouth."""
    conversation, agent = conversation_or_404(request, pk), agent_of(request)
    try:
        if conversation.status == Status.PENDING:
            handing.take_over(conversation, by=agent)
        else:
            handing.accept(conversation, by=agent)
    except NotPossibleError as refusal:
        return _refused(request, conversation, refusal)
    text = _("%(name)s is yours.") % {"name": conversation.customer.label}
    return _done(request, conversation, text)


@login_required
@require_POST
def refusal(request: HttpRequest, pk: int) -> HttpResponse:
    """POST `reason`, one of those offered, or `other` in the agent's own words."""
    conversation = conversation_or_404(request, pk)
    reason = str(REASONS.get(request.POST.get("reason", ""), "")) or request.POST.get("other", "").replace("\x00", "")
    try:
        handing.turn_down(conversation, by=agent_of(request), reason=reason)
    except NotPossibleError as no:
        return _refused(request, conversation, no)
    return _done(request, conversation, _("Given back: somebody else answers it."))


@login_required
@require_POST
def giving_back(request: HttpRequest, pk: int) -> HttpResponse:
    """POST `instructions` for the bot, or `only_step`, the one detail that it is to collect."""
    conversation = conversation_or_404(request, pk)
    wanted = {name: request.POST.get(name, "") for name in ("instructions", "only_step")}
    try:
        talk = handing.hand_back(conversation, by=agent_of(request), **wanted)
    except NotPossibleError as no:
        return _refused(request, conversation, no)
    return _done(request, conversation, _("%(bot)s has it again.") % {"bot": talk.bot or _("The bot")})


@login_required
@require_POST
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """Does what the card names, once however often it is pressed."""
    conversation = conversation_or_404(request, pk)
    try:
        outcome = handing.do_next(conversation, by=agent_of(request))
    except NotPossibleError as no:
        return _refused(request, conversation, no)
    if outcome.result != "done":
        return _refused(request, conversation, outcome.about or _("It was not done."))
    return _done(request, conversation, outcome.about or _("Done."))


def _done(request: HttpRequest, conversation: Conversation, text: str) -> HttpResponse:
    if not is_htmx(request):
        messages.success(request, text)
        return redirect(reverse("conversation", args=[conversation.pk]))
    seen = Conversation.objects.visible_to(agent_of(request))
    fresh = seen.select_related("customer", "assignee", "team").filter(pk=conversation.pk).first()
    if fresh is None:  # it went out of this agent's sight
        messages.success(request, text)
        return HttpResponse(headers={"HX-Redirect": "/"})
    return _answer(request, fresh, toast=Toast(text, seconds=4), with_actions=True)


def _refused(request: HttpRequest, conversation: Conversation, why: Exception | str) -> HttpResponse:
    if not is_htmx(request):
        return refused(request, conversation, why, where="handoff")
    fresh = conversation_or_404(request, conversation.pk)
    return _answer(request, fresh, error=str(why), status=422)


def _answer(
    request: HttpRequest,
    conversation: Conversation,
    *,
    toast: Toast | None = None,
    error: str = "",
    with_actions: bool = False,
    status: int = 200,
) -> HttpResponse:
    agent = agent_of(request)
    context: dict[str, object] = {"conversation": conversation, "card": card_of(conversation, agent), "toast": toast}
    context |= {"error": error, "with_actions": with_actions}
    if with_actions and (known := opened(agent, conversation.pk, among=Conversation.objects.visible_to(agent))):
        context |= actions_context(request, known)
    return render(request, "conversations/handoff/answer.html", context, status=status)
