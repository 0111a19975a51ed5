"""Frozen dataclasses as JSON and back, by their own types: what comes back equals what was written.

Fields that have their default are left out, so that a kept decision is small. What does not fit its type is refused.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from functools import cache
from types import NoneType, UnionType
from typing import Literal, TypeVar, Union, get_args, get_origin, get_type_hints

Build = Callable[[object], object]
T = TypeVar("T")
_NO_DEFAULT = object()
_AS_IT_IS = frozenset({str, int, float, bool, NoneType})


class BadWritingError(ValueError):
    """What was written is not what it should be; the text names the field."""


def plain(value: object) -> object:
    """JSON of a dataclass, or of what may stand in one."""
    if type(value) in _AS_IT_IS:  # nearly all there is, and to ask the rest takes long
        return value
    if is_dataclass(value) and not isinstance(value, type):
        own = ((name, getattr(value, name), default) for name, default in _defaults(type(value)))
        return {name: plain(each) for name, each, default in own if default is _NO_DEFAULT or each != default}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value


@cache
def _defaults(kind: type) -> tuple[tuple[str, object], ...]:
    return tuple((field.name, _default(field)) for field in fields(kind))


def _default(field: "Field[object]") -> object:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return _NO_DEFAULT if field.default is MISSING else field.default


def built(kind: type[T], written: object) -> T:
    """A `kind` of what `plain` made of one. Raises BadWritingError."""
    as_key: object = kind
    made = _builder(as_key)(written)
    assert isinstance(made, kind)
    return made


@cache
def _builder(kind: object) -> Build:
    origin, inner = get_origin(kind), get_args(kind)
    if isinstance(kind, type) and is_dataclass(kind):
        return _dataclass_builder(kind)
    if origin in (Union, UnionType):
        return _union_builder(inner)
    if origin is Literal:
        return _literal_builder(inner)
    if origin is tuple:
        return _tuple_builder(_builder(inner[0]))
    if origin is Mapping:
        return _mapping_builder(_key(inner[0]), _builder(inner[1]))
    return _PRIMITIVES[kind]


def _dataclass_builder(kind: type) -> Build:
    hints = get_type_hints(kind)
    builders = {field.name: _builder(hints[field.name]) for field in fields(kind)}

    def build(written: object) -> object:
        if not isinstance(written, Mapping):
            raise BadWritingError(f"{kind.__name__}: {written!r}")
        unknown = written.keys() - builders.keys()
        if unknown:
            raise BadWritingError(f"{kind.__name__} has no {', '.join(sorted(map(str, unknown)))}")
        try:
            return kind(**{name: builders[name](value) for name, value in written.items()})
        except TypeError as error:  # a field without a default is missing
            raise BadWritingError(str(error)) from error

    return build


def _union_builder(kinds: tuple[object, ...]) -> Build:
    """One kind or None; or several plain kinds, each of which is itself in JSON."""
    inner = tuple(kind for kind in kinds if kind is not NoneType)
    has_none = len(inner) < len(kinds)
    if len(inner) > 1:
        return _one_of(kinds)
    build_one = _builder(inner[0])
    return lambda written: None if has_none and written is None else build_one(written)


def _one_of(kinds: tuple[object, ...]) -> Build:
    plain_kinds = tuple(kind for kind in kinds if isinstance(kind, type))

    def build(written: object) -> object:
        if not isinstance(written, plain_kinds):
            raise BadWritingError(repr(written))
        return written

    return build


def _literal_builder(words: tuple[object, ...]) -> Build:
    def build(written: object) -> object:
        if written not in words:
            raise BadWritingError(f"{written!r} is none of {', '.join(map(str, words))}")
        return written

    return build


def _tuple_builder(build_one: Build) -> Build:
    def build(written: object) -> object:
        if not isinstance(written, list | tuple):
            raise BadWritingError(f"{written!r} is no list")
        return tuple([build_one(each) for each in written])

    return build


def _mapping_builder(key: Callable[[str], object], build_one: Build) -> Build:
    def build(written: object) -> object:
        if not isinstance(written, Mapping):
            raise BadWritingError(f"{written!r} is no mapping")
        try:
            return {key(name): build_one(each) for name, each in written.items()}
        except ValueError as error:
            raise BadWritingError(str(error)) from error

    return build


def _key(kind: object) -> Callable[[str], object]:
    return int if kind is int else str


def _exactly(*kinds: type) -> Build:
    """True is no number here, though Python takes it for one."""

    def build(written: object) -> object:
        if type(written) not in kinds:
            raise BadWritingError(f"{written!r} is no {kinds[0].__name__}")
        return written

    return build


def _moment(written: object) -> object:
    try:
        return datetime.fromisoformat(str(written))
    except ValueError as error:
        raise BadWritingError(f"{written!r} is no moment") from error


def _itself(written: object) -> object:
    return written


_PRIMITIVES: dict[object, Build] = {
    str: _exactly(str),
    int: _exactly(int),
    float: _exactly(float, int),
    bool: _exactly(bool),
    datetime: _moment,
    object: _itself,
}
