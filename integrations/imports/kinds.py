"""What can be brought in: each kind understands an item, shows it, brings it in and takes it away again."""

from collections.abc import Sequence
from typing import Protocol

from integrations.imports.items import Item
from integrations.models import Import

Made = dict[str, object]


class StayError(Exception):
    """What an import made is left where it is: somebody has used it since. In the admin's words."""


class Thing(Protocol):
    """One item, understood."""

    def shown(self) -> Sequence[tuple[str, str]]:
        """As it would come out: labels and values."""
        ...

    def remark(self) -> str:
        """Nothing wrong, but good to know: it is here already."""
        ...

    def bring(self) -> Made:
        """In a transaction. What it made; {} where all of it was here."""
        ...


class Kind(Protocol):
    def understand(self, one: Import, item: Item) -> Thing:
        """Changes nothing. Raises ValueError in words for the admin."""
        ...

    def take_away(self, one: Import, made: Made) -> str:
        """In a transaction. What of it stayed, and why, in the admin's words; StayError where all of it does."""
        ...


KINDS: dict[str, Kind] = {}
