"""What must be known before a conversation is solved: what is lacking, and what an agent has filled in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from conversations.actions.change import NotPossibleError, locked
from conversations.actions.labels import tag
from conversations.actions.topics import set_topic
from conversations.models import Conversation, FieldValue, RequiredField, Topic
from conversations.models.required_field import FieldKind

if TYPE_CHECKING:
    from deskapp.models import User

LONGEST = 400
PREFIX = "field-"


class LackingError(NotPossibleError):
    """It cannot be solved yet. `fields` are those that nobody has filled in."""

    def __init__(self, fields: Iterable[RequiredField]) -> None:
        self.fields = list(fields)
        names = ", ".join(str(each) for each in self.fields)
        super().__init__(_("Before it is solved, say: %(names)s.") % {"names": names})


@dataclass(frozen=True)
class Asked:
    """A field as a form asks for it."""

    field: RequiredField
    value: str = ""

    @property
    def name(self) -> str:
        return f"{PREFIX}{self.field.pk}"

    @property
    def choices(self) -> list[str]:
        if self.field.kind == FieldKind.TOPIC:
            return list(Topic.objects.filter(is_active=True).order_by("name").values_list("name", flat=True))
        return list(self.field.options)


def check(conversation: Conversation) -> None:
    """Raises LackingError. Call with the conversation locked, before it is solved."""
    if fields := lacking(conversation):
        raise LackingError(fields)


def lacking(conversation: Conversation) -> list[RequiredField]:
    """Those of its team and topic, and those of all, that are not filled in."""
    of_team = Q(team=None) | Q(team=conversation.team_id)
    of_topic = Q(topic=None) | Q(topic=conversation.topic_id)
    asked = RequiredField.objects.filter(of_team, of_topic, is_active=True).order_by("place", "pk")
    fields = list(asked.exclude(values__conversation=conversation))
    return [each for each in fields if not _is_known(each, conversation)]


def _is_known(field: RequiredField, conversation: Conversation) -> bool:
    if field.kind == FieldKind.TOPIC:
        return conversation.topic_id is not None
    if field.kind == FieldKind.TAG:
        names = {name.casefold() for name in conversation.tags.values_list("name", flat=True)}
        return bool(names & {option.casefold() for option in field.options}) if field.options else bool(names)
    return False


def asked(fields: Iterable[RequiredField], given: Mapping[str, str]) -> list[Asked]:
    return [Asked(each, given.get(f"{PREFIX}{each.pk}", "")) for each in fields]


@transaction.atomic
def fill(conversation: Conversation, given: Mapping[str, str], *, by: "User | None") -> None:
    """Takes what `given` says of fields that are lacking. Raises NotPossibleError for what is none of the list."""
    conversation = locked(conversation)
    for field in lacking(conversation):
        value = str(given.get(f"{PREFIX}{field.pk}", "")).replace("\x00", "").strip()[:LONGEST]
        if value:
            _fill_one(conversation, field, value, by)


def _fill_one(conversation: Conversation, field: RequiredField, value: str, by: "User | None") -> None:
    if field.kind != FieldKind.TEXT and field.options and value not in field.options:
        raise NotPossibleError(_("“%(field)s”: choose one of the list.") % {"field": field})
    if field.kind == FieldKind.TAG:
        tag(conversation, name=value, by=by)
    elif field.kind == FieldKind.TOPIC:
        _set_topic(conversation, value, by)
    else:
        FieldValue.objects.update_or_create(conversation=conversation, field=field, defaults={"value": value, "by": by})


def _set_topic(conversation: Conversation, name: str, by: "User | None") -> None:
    topic = Topic.objects.filter(name=name, is_active=True).first()
    if topic is None:
        raise NotPossibleError(_("There is no such topic any more."))
    set_topic(conversation, topic=topic, by=by)


def told(conversation: Conversation) -> str:
    """What was filled in, for the line in the log that says that it is solved."""
    rows = FieldValue.objects.filter(conversation=conversation).order_by("field__place", "field")
    return "; ".join(f"{name}: {value}" for name, value in rows.values_list("field__name", "value"))
