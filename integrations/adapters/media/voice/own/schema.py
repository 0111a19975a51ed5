"""What the webhook of “calls” takes, checked as written here; docs/calls.md explains it."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter, ValidationError

MOST_WORDS = 5
State = Literal["ringing", "answered", "transferred", "ended", "missed", "recording", "transcript", "rated"]


class Recording(BaseModel):
    url: Annotated[str, Field(pattern="^https?://", max_length=2000, description="where the desk fetches it")]
    name: Annotated[str, Field(max_length=200)] = ""
    type: Annotated[str, Field(max_length=100, description="audio/mpeg …")] = ""


class Call(BaseModel):
    call_id: Annotated[str, Field(min_length=1, max_length=200, description="the same for all that is told of a call")]
    direction: Literal["in", "out"] = "in"
    state: State
    at: Annotated[AwareDatetime, Field(description="when it was so")]
    number: Annotated[str, Field(max_length=60, description="the customer's; empty where it is not shown")] = ""
    name: Annotated[str, Field(max_length=200, description="that came with the number")] = ""
    ours: Annotated[str, Field(max_length=60, description="the number of ours")] = ""
    agent: Annotated[str, Field(max_length=120, description="extension or address of who is rung or answers")] = ""
    seconds: Annotated[int, Field(ge=0, le=1_000_000, description="spoken")] | None = None
    cause: Annotated[str, Field(max_length=400, description="busy, no-answer … or a sentence")] = ""
    keys: Annotated[str, Field(max_length=80, description="that the caller pressed")] = ""
    recording: Recording | None = None
    transcript: Annotated[str, Field(max_length=100_000)] = ""
    language: Annotated[str, Field(max_length=12)] = ""
    key: Annotated[str, Field(max_length=40, description="the desk's, of a call that it asked for")] = ""


CALL: TypeAdapter[Call] = TypeAdapter(Call)


def read(found: object) -> Call:
    """Raises ValueError that names the fields and says what is wrong with each."""
    try:
        return CALL.validate_python(found)
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}".lstrip(": ") for each in error.errors()]
        raise ValueError("; ".join(wrong[:MOST_WORDS])) from None
