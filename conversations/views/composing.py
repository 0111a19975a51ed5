"""What the composer shows: the ways to the customer, what was begun to write, and the templates for closed ways."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from conversations.models import Attachment, Draft, Message, MessageTemplate
from conversations.opening import Opened
from conversations.outbound.reach import Choice, reach
from conversations.outbound.way import KeptWay, Place, places
from conversations.plain import html_to_text
from conversations.required import Asked
from conversations.views.pictures import for_editing

if TYPE_CHECKING:
    from deskapp.models import User

MOST_TEMPLATES = 200


@dataclass(frozen=True)
class Offered:
    """A template with the fields for its values, and what stands in them."""

    template: MessageTemplate
    fields: list[tuple[Place, str]]


@dataclass
class Composer:
    """`errors` stand beside their fields, `meanwhile` is what another has just answered, `answered` the one message
    that this answers."""

    choices: list[Choice]
    chosen: str
    reply: str
    note: str
    reply_saved_at: object
    note_saved_at: object
    reply_files: list[Attachment]
    note_files: list[Attachment]
    last_seen: int
    cc: str
    bcc: str = ""
    send_at: str = ""
    quote: bool = True
    signature: bool = True
    mode: str = "reply"
    way: KeptWay = field(default_factory=lambda: KeptWay())
    answered: Message | None = None
    templates: list[Offered] = field(default_factory=list)
    reply_client_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    note_client_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    errors: dict[str, str] = field(default_factory=dict)
    meanwhile: Message | None = None
    then: str = ""
    dismissed: list[str] = field(default_factory=list)  # lines of the guard that the agent sent away
    asked: list[Asked] = field(default_factory=list)  # what must be known before it is solved

    @property
    def reply_text(self) -> str:
        return html_to_text(self.reply)

    @property
    def note_text(self) -> str:
        return html_to_text(self.note)

    @property
    def choice(self) -> Choice | None:
        return next((each for each in self.choices if each.value == self.chosen), None)

    @property
    def proposed(self) -> Choice | None:
        return next((each for each in self.choices if each.can_be_used), None)

    @property
    def is_public(self) -> bool:
        return self.way.get("visibility") == "public"

    @property
    def buttons(self) -> str:
        return "\n".join(self.way.get("buttons", []))

    @property
    def offers_buttons(self) -> bool:
        return any(choice.carries.buttons for choice in self.choices)

    @property
    def offers_public(self) -> bool:
        return any(choice.can_go_public for choice in self.choices)

    @property
    def wants_template(self) -> bool:
        return any(choice.needs_template and choice.can_be_used for choice in self.choices)

    @property
    def why(self) -> str:
        """Why this way is proposed, and why not the one that they used last; why none, where none can be used."""
        proposed = self.proposed
        if proposed is None:
            return self.choices[0].blocked if self.choices else ""
        why = proposed.why
        if proposed.needs_template or proposed.left is not None:
            why = f"{why} {capfirst(proposed.reason)}."
        last = next((each for each in self.choices if each.was_last and each != proposed), None)
        if last is None:
            return why
        hurdle = last.blocked or (_("Only a template may go there now.") if last.needs_template else "")
        wrote = _("They wrote by %(medium)s last.") % {"medium": last.channel.get_medium_display()}
        return f"{wrote} {hurdle} {why}" if hurdle else why


def fresh_composer(agent: "User", known: Opened) -> Composer:
    conversation = known.conversation
    own = Draft.objects.filter(conversation=conversation, agent=agent) if known.has_drafts else []
    drafts = {draft.mode: draft for draft in own}
    reply_draft, note_draft = drafts.get("reply"), drafts.get("note")
    choices = reach(conversation, now=timezone.now(), words=known.words, closed_to=known.refused)
    composer = Composer(
        choices=choices,
        chosen=next((each.value for each in choices if each.can_be_used), ""),
        reply=for_editing(reply_draft.html, agent) if reply_draft else "",
        note=for_editing(note_draft.html, agent) if note_draft else "",
        reply_saved_at=reply_draft.updated_at if reply_draft else None,
        note_saved_at=note_draft.updated_at if note_draft else None,
        reply_files=_unsent(reply_draft, agent),
        note_files=_unsent(note_draft, agent),
        last_seen=known.newest_message,
        cc=", ".join(person.email for person in known.participants),
    )
    goes(composer, known, reply_draft.way if reply_draft else KeptWay())
    return composer


def goes(composer: Composer, known: Opened, way: KeptWay) -> None:
    """Lets the composer stand as `way` says: of a draft, of a form that was refused, or of a message to be answered. A
    way that cannot be used any more gives place to the proposed one, and what was to be public is so only there."""
    composer.way = way
    usable = {choice.value for choice in composer.choices if choice.can_be_used}
    if way.get("channel") in usable:
        composer.chosen = way["channel"]
    if way.get("channel") != composer.chosen:
        composer.way = {**way, "visibility": "private"}
    if answers := way.get("answers"):
        said = known.conversation.messages.select_related("channel", "author", "identity__customer")
        composer.answered = said.filter(pk=answers).exclude(external_id="").first()
    composer.templates = _offered(composer.choices, way)


def _offered(choices: Iterable[Choice], way: KeptWay) -> list[Offered]:
    """Of the channels whose time is over; most often there is none, and nothing is asked."""
    channels = [choice.channel.pk for choice in choices if choice.needs_template and choice.can_be_used]
    if not channels:
        return []
    rows = MessageTemplate.objects.filter(channel__in=channels, is_usable=True).order_by("name", "language")
    return [
        Offered(row, _fields(row, way.get("values", []) if row.pk == way.get("template") else []))
        for row in rows[:MOST_TEMPLATES]
    ]


def _fields(template: MessageTemplate, values: Sequence[str]) -> list[tuple[Place, str]]:
    asked = places(template)
    return list(zip(asked, [*values, *([""] * len(asked))], strict=False))


def _unsent(draft: Draft | None, agent: "User") -> list[Attachment]:
    if draft is None or not draft.files:
        return []
    unsent = Attachment.objects.filter(pk__in=draft.files, message=None, uploaded_by=agent, is_inline=False)
    return list(unsent.order_by("pk"))
