"""Another desk's export as JSON, told apart by its own names, becomes one line for each conversation.

- Zendesk: tickets as GET /api/v2/incremental/tickets.json gives them, with `comments` in each or beside them, and
  `users`: developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports,
  …/ticketing/tickets/ticket_comments, and the account's own export, which has one ticket a line:
  support.zendesk.com/hc/en-us/articles/4408886165402
- Chatwoot: conversations with `messages` and `meta`, as its API gives them:
  github.com/chatwoot/chatwoot/tree/develop/swagger/definitions/resource (conversation, message)
- Zammad: tickets with `articles`, or both beside `assets`, as its API gives them:
  docs.zammad.org/en/latest/api/ticket (index, articles, states)
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import IO, cast

from django.utils.translation import gettext as _

from integrations.imports.files import RefusedError

LARGEST_WHOLE = 100 * 1024 * 1024  # of a file that is one value; one of many lines may be longer
LONGEST_LINE = 20 * 1024 * 1024

Json = Mapping[str, object]


def as_lines(whole: IO[bytes], into: IO[bytes]) -> int:
    """Writes one JSON object a line: {"desk", "ticket", "people"}; says how many. Raises RefusedError."""
    count = 0
    for desk, ticket, people in _talks_in(whole):
        line = {"desk": desk, "ticket": ticket, "people": people}
        into.write(json.dumps(line, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
        count += 1
    if not count:
        raise RefusedError(_("There is no conversation in this file that the desk can read: see what it reads."))
    return count


def _talks_in(whole: IO[bytes]) -> Iterator[tuple[str, Json, Json]]:
    length = whole.seek(0, 2)
    whole.seek(0)
    first = whole.readline(LONGEST_LINE + 1)
    rest_follows = whole.tell() < length
    whole.seek(0)
    if rest_follows and isinstance(_parsed(first), dict):
        yield from _of_lines(whole)
        return
    if length > LARGEST_WHOLE:
        words = _("A file that is one single JSON value may have %(n)s MB; write one conversation a line instead.")
        raise RefusedError(words % {"n": LARGEST_WHOLE // 1024 // 1024})
    try:
        value = json.loads(whole.read().decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        raise RefusedError(_("This is no JSON: %(why)s.") % {"why": str(error)[:200]}) from None
    yield from _of_value(value)


def _of_lines(whole: IO[bytes]) -> Iterator[tuple[str, Json, Json]]:
    number = 0
    while line := whole.readline(LONGEST_LINE + 1):
        number += 1
        if not line.strip():
            continue
        value = _parsed(line)
        if value is None:
            raise RefusedError(_("Line %(n)s is no JSON.") % {"n": number})
        yield from _of_value(value)


def _parsed(line: bytes) -> object:
    try:
        return json.loads(line.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return None


def _of_value(value: object) -> Iterator[tuple[str, Json, Json]]:
    """A ticket, a list of them, or what holds such a list."""
    if isinstance(value, list):
        for each in value:
            yield from _of_value(each)
        return
    if not isinstance(value, dict):
        return
    data = value.get("data")
    inner = data.get("payload") if isinstance(data, dict) else value.get("payload")
    if isinstance(inner, list):  # Chatwoot's list of conversations
        yield from _of_value(inner)
    elif isinstance(assets := value.get("assets"), dict):
        yield from _of_zammad_assets(assets)
    elif isinstance(value.get("tickets"), list):
        yield from _of_zendesk(value)
    elif (desk := _desk_of(value)) is not None:
        yield desk, value, {}


def _of_zendesk(value: Json) -> Iterator[tuple[str, Json, Json]]:
    """With what stands beside them: users, and comments or articles by the ticket they are of."""
    people = {str(each.get("id")): each for each in _dicts(value.get("users"))}
    beside: dict[str, list[Json]] = {}
    for each in _dicts(value.get("comments") or value.get("articles") or value.get("ticket_articles")):
        beside.setdefault(str(each.get("ticket_id")), []).append(each)
    for ticket in _dicts(value.get("tickets")):
        named = "articles" if "title" in ticket and "subject" not in ticket else "comments"
        whole = {**ticket, named: ticket.get(named) or beside.get(str(ticket.get("id")), [])}
        if desk := _desk_of(whole):
            yield desk, whole, _only(people, whole)


def _of_zammad_assets(assets: Json) -> Iterator[tuple[str, Json, Json]]:
    people, tickets, articles = (_named(assets, name) for name in ("User", "Ticket", "TicketArticle"))
    states = {key: str(each.get("name", "")) for key, each in _named(assets, "TicketState").items()}
    for ticket in tickets.values():
        own = [each for each in articles.values() if each.get("ticket_id") == ticket.get("id")]
        state = states.get(str(ticket.get("state_id")), "")
        whole = {**ticket, "articles": own, **({"state": state} if state else {})}
        yield "zammad", whole, _only(people, whole)


def _only(people: Mapping[str, Json], ticket: Json) -> dict[str, Json]:
    """Of all users those whom this ticket names."""
    said = [*_dicts(ticket.get("comments")), *_dicts(ticket.get("articles"))]
    names = ("author_id", "created_by_id", "origin_by_id", "requester_id", "customer_id", "assignee_id", "owner_id")
    keys = {str(each.get(name)) for each in (ticket, *said) for name in names if each.get(name)}
    return {key: people[key] for key in keys if key in people}


def _desk_of(ticket: Json) -> str | None:
    for desk, is_of in _MARKS:
        if is_of(ticket):
            return desk
    return None


_MARKS: tuple[tuple[str, Callable[[Json], bool]], ...] = (
    ("chatwoot", lambda each: isinstance(each.get("messages"), list) and ("meta" in each or "inbox_id" in each)),
    ("zammad", lambda each: "articles" in each and ("title" in each or "number" in each)),
    ("zendesk", lambda each: "comments" in each or ("requester_id" in each and "description" in each)),
)


def _named(assets: Json, name: str) -> dict[str, Json]:
    found = assets.get(name)
    return {str(key): each for key, each in found.items() if isinstance(each, dict)} if isinstance(found, dict) else {}


def _dicts(value: object) -> list[Json]:
    return [cast("Json", each) for each in value if isinstance(each, dict)] if isinstance(value, list) else []
