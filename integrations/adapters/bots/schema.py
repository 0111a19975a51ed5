"""What a brain answers our signed bot webhook, at once or later, checked as written here; docs/bots.schema.json is made
of this."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from integrations.adapters.bots.base import MOST_ACTS, MOST_BUTTON, MOST_BUTTONS, MOST_SLOT, MOST_TEXT

MOST_WORDS = 5
Text = Annotated[str, Field(max_length=MOST_TEXT)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Say(_Strict):
    kind: Literal["say"]
    text: Annotated[str, Field(min_length=1, max_length=MOST_TEXT)]
    buttons: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=MOST_BUTTON)]], Field(max_length=MOST_BUTTONS)
    ] = []


class Do(_Strict):
    kind: Literal["do"]
    deed: Annotated[str, Field(min_length=1, max_length=40, description="a key of “deeds” in the question")]
    values: Annotated[
        dict[str, Annotated[str, Field(max_length=MOST_SLOT)]], Field(description="by the names of its needs")
    ] = {}


class HandOver(_Strict):
    kind: Literal["hand_over"]
    reason: Literal[
        "asked", "misunderstood", "out_of_scope", "unsure", "mixed", "mood", "serious", "not_allowed", "failed",
        "value", "limit", "brain", "language",
    ] = "asked"  # fmt: skip
    detail: Annotated[str, Field(max_length=400, description="for the agent to read")] = ""
    team: Annotated[str, Field(max_length=80, description="by its name on the desk")] = ""


class Finish(_Strict):
    kind: Literal["finish"]


class Topic(_Strict):
    name: Annotated[str, Field(min_length=1, max_length=200, description="of a topic of the desk's, or your own")]
    certainty: Annotated[float, Field(ge=0, le=1)]


class Answer(_Strict):
    """What is done, in this order."""

    kind: Literal["answer"] = "answer"
    id: Annotated[str, Field(max_length=64, description="the question's; needed where you call the desk")] = ""
    acts: Annotated[
        list[Annotated[Say | Do | HandOver | Finish, Field(discriminator="kind")]], Field(max_length=MOST_ACTS)
    ] = []
    known: Annotated[
        dict[str, Annotated[str, Field(max_length=MOST_SLOT)]], Field(description="details, by the names in “known”")
    ] = {}
    topics: Annotated[list[Topic], Field(max_length=5)] = []
    understood: bool = True


_ANSWER: TypeAdapter[Answer] = TypeAdapter(Answer)


def read(found: object) -> Answer:
    """Raises ValueError with a sentence that names what is wrong."""
    try:
        return _ANSWER.validate_python(found)
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()[:MOST_WORDS]]
        raise ValueError("; ".join(wrong)) from None


def described() -> dict[str, object]:
    """As JSON Schema, for docs/bots.schema.json."""
    return _ANSWER.json_schema()
