"""What customers and agents say in one language, in pieces that are put together into messages."""

from dataclasses import dataclass

SIZES = ("XS", "S", "M", "L", "XL")


@dataclass(frozen=True)
class Topic:
    """One kind of matter. In every piece {product}, {order}, {size} and {other} stand for the matter's own."""

    subjects: tuple[str, ...]
    openers: tuple[str, ...]
    asks: tuple[str, ...]
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Language:
    """`first` and `last` are names, with "/latin" behind those that no address can hold."""

    code: str
    timezone: str
    cities: tuple[str, ...]
    first: tuple[str, ...]
    last: tuple[str, ...]
    hello: tuple[str, ...]  # {agent} in ours is the agent's name, {customer} the customer's first
    bye: tuple[str, ...]
    details: tuple[str, ...]
    more: tuple[str, ...]  # the customer writes again
    thanks: tuple[str, ...]
    our_hello: tuple[str, ...]
    our_bye: tuple[str, ...]
    settled: tuple[str, ...]  # our last word
    exchange: Topic
    late: Topic
    warranty: Topic
    invoice: Topic
    returned: Topic
    family_first: bool = False

    @property
    def topics(self) -> dict[str, Topic]:
        names = ("exchange", "late", "warranty", "invoice", "returned")
        return {name: getattr(self, name) for name in names}
