"""How an answer goes, beside its words: to which message, in public or not, by a template, with buttons."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from conversations.envelopes import MessageDetails, Template
from conversations.models import Message, MessageTemplate

FILES = ("IMAGE", "VIDEO", "DOCUMENT")  # a header of this kind wants the address of one
_PLACE = re.compile(r"\{\{\s*(\w{1,40})\s*\}\}")


class KeptWay(TypedDict, total=False):
    """The schema of Draft.way: as the composer's fields had it."""

    channel: str
    visibility: str
    answers: int
    buttons: list[str]
    template: int
    values: list[str]


@dataclass(frozen=True)
class Way:
    answers: Message | None = None
    is_public: bool = False  # say so only where the agent has confirmed it
    template: Template | None = None
    buttons: tuple[str, ...] = ()

    def details(self) -> MessageDetails:
        told = MessageDetails()
        if self.buttons:
            told["buttons"] = list(self.buttons)
        if self.template:
            told["template"] = {
                "name": self.template.name,
                "language": self.template.language,
                "values": list(self.template.values),
                "header": self.template.header,
                "buttons": list(self.template.buttons),
            }
        return told


def template_in(details: MessageDetails) -> Template | None:
    """As `Way.details` wrote it."""
    told = details.get("template")
    if not told:
        return None
    values, buttons = told.get("values"), told.get("buttons")
    return Template(
        name=str(told.get("name", "")),
        language=str(told.get("language", "")),
        values=tuple(map(str, values)) if isinstance(values, list) else (),
        header=str(told.get("header", "")),
        buttons=tuple(map(str, buttons)) if isinstance(buttons, list) else (),
    )


@dataclass(frozen=True)
class Place:
    """One value that a template asks for. `part`: header, body or button."""

    part: str
    name: str
    example: str = ""


def places(template: MessageTemplate) -> list[Place]:
    """In the order in which the form asks for them, and `filled` takes them."""
    top = [template.header] if template.header in FILES else _in(template.header)[:1]  # a header has one at most
    asked = [Place("header", name) for name in top]
    named = list(dict.fromkeys(_in(template.body)))
    examples = [*template.examples, *([""] * len(named))]
    asked += [Place("body", name, example) for name, example in zip(named, examples, strict=False)]
    return asked + [Place("button", str(each.get("text", ""))) for each in template.buttons if _asks(each)]


def filled(template: MessageTemplate, values: Sequence[str]) -> tuple[Template, str]:
    """The template as it is sent, and the words that the customer will read. `values` are of `places`, as many."""
    asked = places(template)
    pairs = list(zip(asked, values, strict=True))
    of_body = {place.name: value for place, value in pairs if place.part == "body"}
    header = next((value for place, value in pairs if place.part == "header"), "")
    on_buttons = tuple(value for place, value in pairs if place.part == "button")
    top = "" if template.header in FILES else _put(template.header, dict.fromkeys(_in(template.header), header))
    read = [top, _put(template.body, of_body), template.footer]
    sent = Template(template.name, template.language, tuple(of_body.values()), header, on_buttons)
    return sent, "\n\n".join(part for part in read if part)


def _in(text: str) -> list[str]:
    return _PLACE.findall(text)


def _asks(button: dict[str, str]) -> bool:
    """An address that ends in a value of ours."""
    return "{{" in str(button.get("value", ""))


def _put(text: str, values: dict[str, str]) -> str:
    return _PLACE.sub(lambda found: values.get(found[1], ""), text)
