"""What the webhook of “sms” takes, checked as written here; docs/calls.md explains it."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

MOST_WORDS = 5


class File(BaseModel):
    url: Annotated[str, Field(pattern="^https?://", max_length=2000)]
    name: Annotated[str, Field(max_length=200)] = ""
    type: Annotated[str, Field(max_length=100)] = ""


class Text(BaseModel):
    kind: Literal["message"] = "message"
    id: Annotated[str, Field(min_length=1, max_length=200, description="the service's own: the same twice is one")]
    number: Annotated[str, Field(min_length=1, max_length=60, description="the customer's")]
    name: Annotated[str, Field(max_length=200)] = ""
    text: Annotated[str, Field(max_length=20_000)] = ""
    at: AwareDatetime | None = None
    files: Annotated[list[File], Field(max_length=30)] = []


class Report(BaseModel):
    kind: Literal["report"]
    id: Annotated[str, Field(max_length=200, description="that it was given by the service")] = ""
    key: Annotated[str, Field(max_length=60, description="{delivery} of the call that sent it")] = ""
    status: Literal["sent", "delivered", "read", "failed"]
    error: Annotated[str, Field(max_length=400, description="a sentence for the agent")] = ""


def read(found: object) -> Text | Report:
    """Raises ValueError that names the fields and says what is wrong with each."""
    is_report = isinstance(found, dict) and found.get("kind") == "report"
    try:
        return Report.model_validate(found) if is_report else Text.model_validate(found)
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}".lstrip(": ") for each in error.errors()]
        raise ValueError("; ".join(wrong[:MOST_WORDS])) from None
