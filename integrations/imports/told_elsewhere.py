"""Another desk's conversation, as integrations.imports.desks has brought it to one line, in our own words."""

import json
from collections.abc import Iterator, Mapping
from email.utils import parseaddr
from typing import cast

from django.utils.translation import gettext as _

from conversations.models import Message, Priority
from customers.identify import Handle
from customers.models.identity import Kind
from integrations.adapters.media.email.html_text import html_to_text
from integrations.imports.choices import Choices
from integrations.imports.desks import LONGEST_LINE, Json
from integrations.imports.items import READERS, Item
from integrations.imports.people import handle_of, words_in
from integrations.imports.talks import Line, OldTalk, moment, solved
from integrations.models import Import

PRIORITIES = {"low": Priority.LOW, "high": Priority.HIGH, "urgent": Priority.URGENT}
CLOSED_AT_ZAMMAD = {4, 5}  # docs.zammad.org/en/latest/api/ticket/states: closed, merged
AGENT, CUSTOMER, SYSTEM = 1, 2, 3  # Zammad's sender_id, as it is set up at first


def lines(one: Import) -> Iterator[Item]:
    with one.file.storage.open(str(one.file.name), "rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE * 4), b""), start=1):
            yield Item(number, body=line)


def talk(one: Import, item: Item) -> OldTalk:
    whole = json.loads(item.body)
    return {"zendesk": _zendesk, "chatwoot": _chatwoot, "zammad": _zammad}[whole["desk"]](
        one, whole["ticket"], {str(key): each for key, each in whole["people"].items()}
    )


def _zendesk(one: Import, ticket: Json, people: Mapping[str, Json]) -> OldTalk:
    requester = _dict(ticket.get("requester")) or people.get(_text(ticket, "requester_id"), {})
    via = _dict(_dict(_dict(ticket.get("via")).get("source")).get("from"))
    email = _text(requester, "email") or _text(via, "address")
    handles = _handles(one, email, _text(requester, "phone"))
    comments = _dicts(ticket.get("comments")) or [
        {"id": 0, "author_id": ticket.get("requester_id"), "public": True, "body": ticket.get("description"),
         "created_at": ticket.get("created_at")}
    ]  # fmt: skip
    found = [_comment(one, ticket, comment, people) for comment in comments]
    priority = PRIORITIES.get(_text(ticket, "priority"), Priority.NORMAL)
    return _old(one, handles, _text(requester, "name") or _text(via, "name"), found, ticket, "subject", priority)


def _comment(one: Import, ticket: Json, comment: Json, people: Mapping[str, Json]) -> Line:
    author_id = _text(comment, "author_id")
    author = _dict(comment.get("author")) or people.get(author_id, {})
    is_requester = author_id == _text(ticket, "requester_id")
    is_theirs = is_requester or _text(author, "role") == "end-user"
    kind = Message.Kind.INBOUND if is_theirs else Message.Kind.OUTBOUND
    html = _text(comment, "html_body")
    text = _text(comment, "plain_body") or _text(comment, "body") or html_to_text(html)
    files = [_text(each, "file_name") for each in _dicts(comment.get("attachments"))]
    writer: tuple[Handle, ...] = ()
    if is_theirs and not is_requester and _text(author, "email"):
        named = handle_of(Kind.EMAIL, _text(author, "email"), Choices.of(one), one.source, _text(author, "name"))
        writer = (named,)
    return Line(
        f"zendesk:{_text(ticket, 'id')}:{_text(comment, 'id')}",
        kind if comment.get("public", True) is not False else Message.Kind.NOTE,
        moment(_text(comment, "created_at") or _text(ticket, "created_at"), Choices.of(one)),
        _with_files(text, files),
        html if html.strip() != f"<p>{text}</p>" else "",
        writer=writer,
        author="" if is_theirs else _text(author, "email"),
    )


def _chatwoot(one: Import, talk_: Json, _people: Mapping[str, Json]) -> OldTalk:
    sender = _dict(_dict(talk_.get("meta")).get("sender")) or _dict(talk_.get("contact"))
    handles = _handles(one, _text(sender, "email"), _text(sender, "phone_number"), _text(sender, "identifier"))
    found = []
    for message in _dicts(talk_.get("messages")):
        kind = {"0": "incoming", "1": "outgoing", "3": "template"}.get(_text(message, "message_type"))
        kind = kind or _text(message, "message_type")
        if kind not in ("incoming", "outgoing", "template"):
            continue  # "Ada resolved this": what was done, not said
        wrote = _dict(message.get("sender"))
        is_note = message.get("private") is True
        told = Message.Kind.INBOUND if kind == "incoming" else Message.Kind.OUTBOUND
        files = [_text(each, "data_url").rpartition("/")[2] for each in _dicts(message.get("attachments"))]
        found.append(
            Line(
                f"chatwoot:{_text(talk_, 'account_id')}:{_text(talk_, 'id')}:{_text(message, 'id')}",
                Message.Kind.NOTE if is_note else told,
                moment(_text(message, "created_at"), Choices.of(one)),
                _with_files(_text(message, "content"), files),
                author=_text(wrote, "email") if kind == "outgoing" else "",
                is_bot=kind == "template" or _text(message, "sender_type") == "AgentBot",
            )
        )
    priority = PRIORITIES.get(_text(talk_, "priority"), Priority.NORMAL)
    return _old(one, handles, _text(sender, "name"), found, talk_, "subject", priority)


def _zammad(one: Import, ticket: Json, people: Mapping[str, Json]) -> OldTalk:
    customer = people.get(_text(ticket, "customer_id"), {})
    email = _text(customer, "email") or (_text(ticket, "customer") if "@" in _text(ticket, "customer") else "")
    articles = _dicts(ticket.get("articles"))
    first = next((each for each in articles if _is_theirs(each, ticket, email)), {})
    name = " ".join(filter(None, [_text(customer, "firstname"), _text(customer, "lastname")]))
    wrote = parseaddr(_text(first, "from"))
    handles = _handles(one, email or wrote[1], _text(customer, "mobile") or _text(customer, "phone"))
    found = [_article(one, ticket, each, email or wrote[1], people) for each in articles if not _is_system(each)]
    told = dict(ticket)
    if not _text(ticket, "state"):
        told["state"] = "closed" if ticket.get("close_at") or ticket.get("state_id") in CLOSED_AT_ZAMMAD else "open"
    elif _text(ticket, "state").startswith("pending"):
        told["state"] = "pending"
    return _old(one, handles, name or wrote[0], found, told, "title", Priority.NORMAL)


def _article(one: Import, ticket: Json, article: Json, customer: str, people: Mapping[str, Json]) -> Line:
    is_theirs = _is_theirs(article, ticket, customer)
    is_html = _text(article, "content_type").startswith("text/html")
    body = _text(article, "body")
    agent = _text(people.get(_text(article, "created_by_id"), {}), "email") or parseaddr(_text(article, "from"))[1]
    files = [_text(each, "filename") for each in _dicts(article.get("attachments"))]
    said = Message.Kind.INBOUND if is_theirs else Message.Kind.OUTBOUND
    return Line(
        f"zammad:{_text(ticket, 'id')}:{_text(article, 'id')}",
        Message.Kind.NOTE if article.get("internal") is True else said,
        moment(_text(article, "created_at"), Choices.of(one)),
        _with_files(html_to_text(body) if is_html else body, files),
        body if is_html else "",
        _text(article, "subject"),
        author="" if is_theirs else agent,
    )


def _is_system(article: Json) -> bool:
    return _text(article, "sender") == "System" or article.get("sender_id") == SYSTEM


def _is_theirs(article: Json, ticket: Json, customer: str) -> bool:
    if sender := _text(article, "sender"):
        return sender == "Customer"
    if (number := article.get("sender_id")) in (AGENT, CUSTOMER):
        return number == CUSTOMER
    wrote = parseaddr(_text(article, "from"))[1].lower()
    made = _text(article, "created_by_id")
    return bool(wrote and wrote == customer.lower()) or bool(made and made == _text(ticket, "customer_id"))


def _old(
    one: Import, handles: tuple[Handle, ...], name: str, found: list[Line], ticket: Json, titled: str, priority: int
) -> OldTalk:
    tags = ticket.get("tags") or ticket.get("labels")
    named = [str(each) for each in tags] if isinstance(tags, list) else []
    is_solved = solved(_text(ticket, "status") or _text(ticket, "state"), Choices.of(one))
    subject = " ".join(_text(ticket, titled).split())[:300]
    return OldTalk(one, handles, name[:200], found, is_solved, subject, list(words_in(named)), priority)


def _handles(one: Import, email: str, phone: str = "", external: str = "") -> tuple[Handle, ...]:
    """A number that is none says nothing, as long as there is an address."""
    choices, found = Choices.of(one), list[Handle]()
    for kind, value in ((Kind.EMAIL, email), (Kind.PHONE, phone), (Kind.API, external)):
        try:
            found += [handle_of(kind, value, choices, one.source)] if value else []
        except ValueError:
            if kind == Kind.EMAIL:
                raise
    if not found:
        raise ValueError(_("It does not say by which address or number its customer is known."))
    return tuple(found)


def _with_files(text: str, files: list[str]) -> str:
    """The bytes are at the other desk, behind its door; that there was a file is kept."""
    named = [_("(File there: %(name)s)") % {"name": name} for name in files if name]
    return "\n\n".join(filter(None, [text, "\n".join(named)]))


def _text(of: Json, name: str) -> str:
    value = of.get(name)
    return "" if value is None or isinstance(value, dict | list | bool) else str(value).replace("\x00", "")


def _dict(value: object) -> Json:
    return cast("Json", value) if isinstance(value, dict) else {}


def _dicts(value: object) -> list[Json]:
    return [cast("Json", each) for each in value if isinstance(each, dict)] if isinstance(value, list) else []


READERS["desk"] = lines
