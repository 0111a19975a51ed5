"""The page of one customer: who they are, their whole story, what they bought and allowed; and its live fragments."""

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from conversations import story
from conversations.identities import identities_card
from conversations.journey import journey
from conversations.known import Facts
from conversations.live.customers import push_customer
from conversations.models import Conversation, Message, Tag
from conversations.person import facts, language_name, local_time
from conversations.sight import customers_seen_by
from conversations.story_reading import PERIODS, Asked, asked, chips, media, stretches
from conversations.story_words import Line, line
from conversations.views.acting import agent_of, is_htmx
from customers.models import Consent, Customer, Event, Visit

if TYPE_CHECKING:
    from deskapp.models import User

CONVERSATIONS = 10
NOTES = 3
INSIDE_A_VISIT = 200
CONSENTS = 40


@login_required
@require_GET
def customer(request: HttpRequest, pk: int) -> HttpResponse:
    """The page. Under htmx a part of the story: the lines `before` or `after` a cursor, the newest (`head`), or the
    card with other filters; and with `facts` the cards beside it."""
    agent = agent_of(request)
    if is_htmx(request) and "facts" not in request.GET:
        return _story(request, customer_or_404(agent, pk).pk)
    known = facts(agent, pk)
    if known is None:
        return _where_they_went(agent, pk)
    context = {**_cards(agent, known), "refreshed": is_htmx(request)}
    if is_htmx(request):
        return render(request, "conversations/customer/facts.html", context)
    return render(request, "conversations/customer/page.html", {**context, **_story_context(request, pk)})


def customer_or_404(agent: "User", pk: int) -> Customer:
    return get_object_or_404(customers_seen_by(agent), pk=pk)


def _where_they_went(agent: "User", pk: int) -> HttpResponse:
    """A customer who was merged away answers as the one they are now, where this agent may see that one."""
    keeper = Customer.objects.filter(pk=pk).values_list("merged_into", flat=True).first()
    while keeper is not None:
        if customers_seen_by(agent).filter(pk=keeper).exists():
            return redirect("customer", keeper)
        keeper = Customer.objects.filter(pk=keeper).values_list("merged_into", flat=True).first()
    raise Http404


def _story(request: HttpRequest, pk: int) -> HttpResponse:
    context = _story_context(request, pk)
    is_part = {"before", "after", "head"} & request.GET.keys()
    name = "conversations/customer/story_lines.html" if is_part else "conversations/customer/story.html"
    return render(request, name, context)


def _story_context(request: HttpRequest, pk: int) -> dict[str, object]:
    agent, wish = agent_of(request), asked(agent_of(request), request.GET)
    found = _read(request, agent, pk, wish)
    context = {
        "customer_id": pk,
        "asked": wish,
        "story": found,
        "stretches": stretches(found.happenings),
        "address": f"{reverse('customer', args=[pk])}?{wish.query}",
        "is_newest": not found.newer,
        "now": timezone.now(),
    }
    if is_htmx(request) and {"before", "after", "head"} & request.GET.keys():
        return context
    counts = story.counts(agent, pk, wish.wanted.since)
    return {**context, "chips": chips(agent, counts, wish.shown), "periods": PERIODS.items(), "media": media()}


def _read(request: HttpRequest, agent: "User", pk: int, wish: Asked) -> story.Story:
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    if edge := story.edge_of(after):
        found = story.after(agent, pk, wish.wanted, edge)
        # A page by itself, without htmx, also leads back to what it came from.
        return found if is_htmx(request) else story.Story(found.happenings, after, found.newer)
    found = story.before(agent, pk, wish.wanted, story.edge_of(before) or wish.edge)
    if is_htmx(request) and before:
        return story.Story(found.happenings, found.older, "")  # what is newer stands above already
    return found


def _cards(agent: "User", known: Facts) -> dict[str, object]:
    pk = known.customer.pk
    theirs = _conversations(agent, pk)
    current = next((each for each in theirs if each.is_open), theirs[0] if theirs else None)
    languages = dict.fromkeys([known.customer.language, *(each.language for each in theirs)])
    tags: dict[int, Tag] = {tag.pk: tag for each in theirs for tag in each.tags.all()}
    since = [known.customer.created_at]
    if known.profile and known.profile.first_order_at and known.sees_purchases:
        since.append(known.profile.first_order_at)
    return {
        "facts": known,
        "customer": known.customer,
        "since": min(since),
        "local_time": local_time(known.customer),
        "languages": [language_name(code) for code in languages if code],
        "current": current,
        "conversations": theirs,
        "journey": journey(agent, current) if current else None,
        "tags": sorted(tags.values(), key=lambda tag: tag.name),
        "notes": _notes(theirs),
        "consents": _consents(pk),
        **identities_card(agent, known.customer),
    }


def _conversations(agent: "User", pk: int) -> list[Conversation]:
    rows = Conversation.objects.visible_to(agent).here().filter(customer=pk).select_related("assignee", "team")
    tags = Prefetch("tags", Tag.objects.order_by("name"))
    return list(rows.prefetch_related(tags).order_by("-last_message_at", "-pk")[:CONVERSATIONS])


def _notes(theirs: list[Conversation]) -> list[Message]:
    notes = Message.objects.filter(conversation__in=[each.pk for each in theirs], kind=Message.Kind.NOTE)
    return list(notes.select_related("author").defer("search", "html", "quoted").order_by("-created_at")[:NOTES])


def _consents(pk: int) -> list[Consent]:
    said = Consent.objects.filter(identity__customer=pk).select_related("identity")
    return list(said.order_by("-said_at", "-pk")[:CONSENTS])


@login_required
@require_GET
def customer_panel(request: HttpRequest, pk: int) -> HttpResponse:
    """What the panel beside a thread shows of purchases, browsing and consent; fetched once the thread stands."""
    known = facts(agent_of(request), pk)
    if known is None:
        raise Http404
    if not is_htmx(request):
        return redirect("customer", pk)
    return render(request, "conversations/customer/panel.html", {"facts": known, "customer": known.customer})


@login_required
@require_GET
def customer_visit(request: HttpRequest, pk: int, visit_pk: int) -> HttpResponse:
    """What a visit's line folds: its events, oldest first."""
    agent = agent_of(request)
    known = customer_or_404(agent, pk)
    visits = Visit.objects.filter(identity__customer=pk)
    if not agent.sees_browsing:
        raise Http404
    visit = get_object_or_404(visits, pk=visit_pk)
    during = (visit.started_at, visit.ended_at)
    events = Event.objects.filter(visit=visit, occurred_at__range=during).order_by("occurred_at", "number")
    shown = [_line(event) for event in events[:INSIDE_A_VISIT]]
    context = {"customer": known, "visit": visit, "lines": shown}
    name = "conversations/customer/visit.html" if is_htmx(request) else "conversations/customer/visit_page.html"
    return render(request, name, context)


def _line(event: Event) -> Line:
    return line(story.Happening((event.occurred_at, story.Kind.EVENT, event.number), event))


@login_required
@require_POST
def customer_about(request: HttpRequest, pk: int) -> HttpResponse:
    """What the team should know of this customer, in an agent's words."""
    known = customer_or_404(agent_of(request), pk)
    known.about = request.POST.get("about", "").replace("\x00", "").strip()[:2000]
    known.save(update_fields=["about"])
    push_customer([pk])
    if not is_htmx(request):
        return redirect("customer", pk)
    found = facts(agent_of(request), pk)
    assert found is not None
    context = {**_cards(agent_of(request), found), "saved": True}
    return render(request, "conversations/customer/about.html", context)
