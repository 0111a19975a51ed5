"""What an admin says of a file beside its columns: whether its handles are proven, by which channel the talk went."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Self

from conversations.typed import whole_number
from integrations.models import Import


@dataclass(frozen=True)
class Choices:
    is_verified: bool = False  # the other system has proven these addresses and numbers; else they are only claimed
    invites: bool = False  # new agents are written to at once
    is_solved: bool = True  # of conversations of which the file does not say
    is_day_first: bool = True  # 03/04/2026 is in April
    region: str = ""  # ISO 3166, of national phone numbers
    channel: int = 0  # by which the conversations went
    ours: str = ""  # our own addresses: what came from them is an answer
    zone: str = ""  # of dates without one

    @classmethod
    def of(cls, one: Import) -> Self:
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in one.options.items() if name in known})

    @classmethod
    def read(cls, given: Mapping[str, str], zone: str) -> Self:
        channel = given.get("channel", "")
        return cls(
            is_verified=given.get("verified") == "yes",
            invites=given.get("invites") == "yes",
            is_solved=given.get("solved", "yes") == "yes",
            is_day_first=given.get("day_first", "yes") == "yes",
            region=given.get("region", "").strip().upper()[:2],
            channel=whole_number(channel) or 0,
            ours=given.get("ours", "").replace("\x00", "")[:2000],
            zone=zone,
        )

    def kept(self) -> dict[str, object]:
        return asdict(self)

    @property
    def our_addresses(self) -> list[str]:
        return [each for each in self.ours.lower().replace(",", " ").replace(";", " ").split() if "@" in each]
