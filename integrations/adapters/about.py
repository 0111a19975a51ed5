"""What an adapter tells of itself, so that an admin connects, tests and repairs it without a developer."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from django.utils.functional import Promise

from integrations.models import Connector

Words = str | Promise


@dataclass(frozen=True)
class Field:
    """One line of the form. A secret is written and never shown; it is kept in Connector.secrets, all else in
    Connector.settings, under `name`: a number as such, a switch as a truth, a list (a word a line) as a list, of which
    `settled` is asked word by word."""

    name: str
    label: Words
    kind: Literal["text", "secret", "number", "choice", "switch", "address", "list", "area"] = "text"
    help: Words = ""
    is_required: bool = True
    default: str = ""
    choices: tuple[tuple[str, Words], ...] = ()
    example: str = ""
    # Gives the value as it is kept; raises ValueError with a sentence for the admin.
    settled: Callable[[str], str] | None = None
    group: Words = ""  # the title above it and those of the same group
    columns: int = 3  # of six


@dataclass(frozen=True)
class Step:
    """One thing that was tried. `fix` says how to mend it, where it is not well."""

    text: Words
    is_well: bool = True
    seconds: float = 0.0
    fix: Words = ""


@dataclass(frozen=True)
class Compared:
    """Of one kind of thing in a period: how many the provider has, and how many of these are here."""

    what: Words
    there: int
    here: int


@dataclass(frozen=True)
class About:
    title: Words
    what: Words  # one sentence: what it brings, for whom
    medium: str = ""  # of the channel it makes; "" for what is no channel (a shop, a tracker)
    address: Words = ""  # what our address on it is called: "Phone number", "Page id"
    fields: tuple[Field, ...] = ()
    # What to click at the provider, in order. {address} is the webhook's, {verify_token} and the like a secret of ours.
    at_provider: tuple[Words, ...] = ()
    # Secrets that the desk makes by itself when the connector is made: the name, and how.
    made: Mapping[str, Callable[[], str]] | None = None
    has_hook: bool = False
    manual: str = ""  # the provider's own page on it


class Connectable(Protocol):
    about: About

    def check(self, connector: Connector) -> Iterator[Step]:
        """Really calls the provider, step by step; what fails is a step that is not well, and the last. May note in
        connector.settings what only the provider knows, and expires_at; the caller saves. Raises CredentialError,
        where the provider refuses the key, so that the admins hear of it; any AdapterError is shown like a step."""
        ...

    # Where the fields by themselves do not say it all: def wire(self, connector: Connector) -> None completes and
    # checks connector.settings and secrets after they were filled in; raises integrations.wiring.WrongError, or
    # ValueError with a sentence.
