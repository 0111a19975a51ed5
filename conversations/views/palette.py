"""The command palette: what fits what was typed, for the open conversation, people, and places."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from conversations.actions import macros
from conversations.canned_words import usable_by
from conversations.finding import orders_seen_by
from conversations.handoff.card import current
from conversations.models import Conversation, Status, Tag, Topic
from conversations.search import numbered, people
from conversations.typed import whole_number
from conversations.views.acting import agent_of

if TYPE_CHECKING:
    from deskapp.models import User


@dataclass(frozen=True)
class Option:
    """`key` presses what carries that key on the page; `href` goes there; `post` posts `name`=`value` there."""

    icon: str
    text: str
    hint: str = ""
    keys: tuple[str, ...] = ()
    key: str = ""
    href: str = ""
    post: str = ""
    name: str = ""
    value: str = ""


@dataclass(frozen=True)
class Group:
    title: str
    options: list[Option]


@login_required
@require_GET
def palette(request: HttpRequest) -> HttpResponse:
    """The options as list items. `conversation`: the one that is open."""
    agent, asked = agent_of(request), request.GET.get("q", "").replace("\x00", "").strip()
    number = whole_number(request.GET.get("conversation", ""))
    opened = None
    if number is not None:
        opened = Conversation.objects.visible_to(agent).select_related("customer").filter(pk=number).first()
    groups = [group for group in _groups(agent, asked, opened) if group.options]
    return render(request, "conversations/palette/options.html", {"groups": groups, "q": asked})


def _groups(agent: "User", asked: str, opened: Conversation | None) -> Iterator[Group]:
    if opened:
        title = _("With %(name)s") % {"name": opened.customer.label}
        yield Group(title, _fitting([*verbs(agent, opened), *_more_verbs(agent, opened, asked)], asked)[:9])
    if asked:
        yield Group(_("Customers and orders"), _people(agent, asked))
    take = Option("next", _("Take the next who waits"), keys=("W",), key="w", post=reverse("take_next"))
    yield Group(_("Go to"), _fitting([take, *places(agent)], asked)[: 9 if asked else 5])
    if asked:
        link = f"{reverse('search')}?q={asked}"
        yield Group(_("Search"), [Option("search", _("Search messages for “%(words)s”") % {"words": asked}, href=link)])


def verbs(agent: "User", opened: Conversation) -> list[Option]:
    ends = Option("resolve", _("Resolve"), keys=("E",), key="e")
    if not opened.is_open:
        ends = Option("replay", _("Reopen"), keys=("E",), key="e")
    return [
        ends,
        Option("snooze", _("Snooze until…"), keys=("S",), key="s"),
        Option("assign", _("Assign to…"), keys=("A",), key="a"),
        *([] if opened.assignee_id == agent.pk else [Option("mine", _("Assign to me"), keys=("⇧", "A"), key="A")]),
        Option("handoff", _("Pass on to…"), keys=("F",), key="f"),
        *_of_bot(agent, opened),
        *([Option("undo", _("Give back…"), keys=("D",), key="d")] if opened.assignee_id == agent.pk else []),
        Option("send", _("Reply"), keys=("R",), key="r"),
        Option("note", _("Write a private note"), keys=("N",), key="n"),
        Option("tag", _("Tag…"), keys=("T",), key="t"),
        Option("view", _("What it is about…"), keys=("B",), key="b"),
        Option("arrow", _("Customer profile"), keys=("G", "C"), href=reverse("customer", args=[opened.customer_id])),
    ]


def _of_bot(agent: "User", opened: Conversation) -> list[Option]:
    """What can be done with the bot's talk, by the buttons of the card and of the composer."""
    if opened.status == Status.PENDING:
        return [Option("bot", _("Take over from the bot"), keys=("H",), key="h")]
    if current(opened) is None:
        return []
    accepts = [Option("check", _("Accept the handoff"), keys=("H",), key="h")] if opened.assignee_id is None else []
    return [*accepts, Option("bot", _("Give it back to the bot…"), keys=("⇧", "H"), key="H")]


def _more_verbs(agent: "User", opened: Conversation, asked: str) -> Iterator[Option]:
    """One option for each colleague, tag and canned reply: only once something was typed."""
    if not asked:
        return
    assignment, tags = reverse("assignment", args=[opened.pk]), reverse("tags", args=[opened.pk])
    for someone in get_user_model().objects.filter(is_active=True).order_by("name"):
        text = _("Assign to %(name)s") % {"name": someone}
        yield Option("assign", text, post=assignment, name="to", value=f"agent:{someone.pk}")
    for mark in Tag.objects.filter(name__icontains=_last_word(asked)).order_by("name")[:5]:
        yield Option("tag", _("Tag %(name)s") % {"name": mark}, post=tags, name="name", value=mark.name)
    about = reverse("topic", args=[opened.pk])
    for topic in Topic.objects.filter(is_active=True, name__icontains=_last_word(asked)).order_by("name")[:5]:
        yield Option("view", _("About: %(topic)s") % {"topic": topic}, post=about, name="topic", value=str(topic.pk))
    for macro in macros.usable_by(agent).filter(name__icontains=_last_word(asked))[:5]:
        where = reverse("conversation_macro", args=[opened.pk, macro.pk])
        yield Option("macro", _("Macro: %(name)s") % {"name": macro}, post=where)
    for canned in usable_by(agent).filter(name__icontains=_last_word(asked))[:5]:
        yield Option("macro", _("Canned reply: %(name)s") % {"name": canned}, key="#", name="canned", value=canned.name)


def _last_word(asked: str) -> str:
    return asked.split()[-1]


def _people(agent: "User", asked: str) -> list[Option]:
    found = []
    if conversation := numbered(agent, asked):
        href = reverse("conversation", args=[conversation.pk])
        found.append(
            Option("inbox", f"#{conversation.pk} {conversation.customer.label}", conversation.subject, href=href)
        )
    for order in orders_seen_by(agent, asked)[:3]:
        hint = f"{order.identity.customer.label}, {order.get_status_display()}"
        found.append(Option("order", order.number, hint, href=reverse("order", args=[order.pk])))
    for customer in people(agent, asked):
        newest = (
            Conversation.objects.visible_to(agent).here().filter(customer=customer).order_by("-last_message_at").first()
        )
        if newest:
            hint = newest.subject or newest.snippet
            found.append(Option("mine", customer.label, hint, href=reverse("conversation", args=[newest.pk])))
        else:
            found.append(Option("mine", customer.label, href=reverse("customer", args=[customer.pk])))
    return found[:8]


def places(agent: "User") -> list[Option]:
    wanted = [
        ("mine", _("Mine"), ("G", "I"), "inbox_view", ["mine"]),
        ("unassigned", _("Unassigned"), ("G", "U"), "inbox_view", ["unassigned"]),
        ("snooze", _("Snoozed"), (), "inbox_view", ["snoozed"]),
        ("inbox", _("All"), ("G", "A"), "inbox_view", ["all"]),
        ("mine", _("Customers"), ("G", "C"), "customers", []),
        ("search", _("Search"), ("/",), "search", []),
        ("order", _("Stock in the shops"), (), "stock", []),
        *([("browse", _("On the site"), (), "visitors", [])] if agent.sees_browsing else []),
        *([("filter", _("Segments"), (), "segments", [])] if agent.sees_purchases else []),
        ("macro", _("Canned replies"), (), "canned_replies", []),
        ("macro", _("Macros"), (), "macros", []),
        ("view", _("Saved views"), (), "saved_views", []),
        ("mine", _("My settings"), (), "me", []),
    ]
    if agent.may_set_up:
        wanted.append(("connector", _("Settings"), (), "settings", []))
    options = []
    for icon, text, keys, name, arguments in wanted:
        try:
            options.append(Option(icon, text, keys=keys, href=reverse(name, args=arguments)))
        except NoReverseMatch:  # a place that this desk does not have
            continue
    return options


def _fitting(options: list[Option], asked: str) -> list[Option]:
    """Those that hold each word typed, whatever its place."""
    words = asked.lower().split()
    return [option for option in options if all(word in option.text.lower() for word in words)]
