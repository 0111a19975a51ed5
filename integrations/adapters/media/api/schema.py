"""The items that our own message webhook takes, checked as written here; docs/api.schema.json is made of this."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

Id = Annotated[str, Field(min_length=1, max_length=200)]
MOST_FILES, MOST_WORDS = 20, 5


class Person(BaseModel):
    id: Annotated[Id, Field(description="who it is, for good, in your source: answers go to it")]
    name: Annotated[str, Field(max_length=200)] = ""
    email: Annotated[str, Field(max_length=320)] = ""
    email_confirmed: Annotated[bool, Field(description="your source has had the address confirmed")] = False
    phone: Annotated[str, Field(max_length=40, description="E.164")] = ""
    phone_confirmed: Annotated[bool, Field(description="your source has had the number confirmed")] = False
    account: Annotated[str, Field(max_length=200, description="of the shop, whose they are signed in to")] = ""


class File(BaseModel):
    """Either where the desk can fetch it, or the file itself."""

    name: Annotated[str, Field(min_length=1, max_length=255)]
    content_type: Annotated[str, Field(max_length=127)] = "application/octet-stream"
    url: Annotated[str, Field(max_length=2000, pattern=r"^(https?://.*)?$")] = ""
    content: Annotated[str, Field(description="in base64; all of a call together up to 20 MB")] = ""


class Message(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    kind: Literal["message"]
    id: Annotated[Id, Field(description="yours, for good: the same twice is one message")]
    sender: Annotated[Person, Field(alias="from")]
    text: Annotated[str, Field(max_length=200_000)] = ""
    html: Annotated[str, Field(max_length=500_000)] = ""
    subject: Annotated[str, Field(max_length=998)] = ""
    sent_at: AwareDatetime | None = None
    answers: Annotated[str, Field(max_length=200, description="id of the message that it answers, yours or ours")] = ""
    language: Annotated[str, Field(max_length=12, description="BCP 47")] = ""
    is_public: Annotated[bool, Field(description="everybody can read it where it was written")] = False
    page: Annotated[str, Field(max_length=2000, description="where it was written")] = ""
    files: Annotated[list[File], Field(max_length=MOST_FILES)] = []


class Change(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    kind: Literal["change"]
    what: Literal["edited", "taken_back", "reacted", "unreacted"]
    id: Annotated[Id, Field(description="the message's, yours or ours")]
    sender: Annotated[Person, Field(alias="from")]
    at: AwareDatetime
    text: Annotated[str, Field(max_length=200_000, description="edited: the new words")] = ""
    emoji: Annotated[str, Field(max_length=40)] = ""


class Report(BaseModel):
    kind: Literal["report"]
    id: Annotated[Id, Field(description="ours, or the one you answered our call with")]
    status: Literal["sent", "delivered", "read", "failed"]
    error: Annotated[str, Field(max_length=1000, description="failed: why, in words an agent understands")] = ""
    is_permanent: Annotated[bool, Field(description="failed: another try cannot help")] = True


Item = Annotated[Message | Change | Report, Field(discriminator="kind")]
_ITEM: TypeAdapter[Message | Change | Report] = TypeAdapter(Item)


def read(found: object) -> Message | Change | Report:
    """Raises ValueError with a sentence that names what is wrong."""
    try:
        return _ITEM.validate_python(found)
    except ValidationError as error:
        wrong = [_words(each["loc"], each["msg"]) for each in error.errors()[:MOST_WORDS]]
        raise ValueError("; ".join(wrong)) from None


def _words(where: tuple[int | str, ...], said: str) -> str:
    path = ".".join(str(part) for part in where if part not in ("message", "change", "report"))
    return f"{path}: {said}" if path else said


def described() -> dict[str, object]:
    """As JSON Schema, for docs/api.schema.json."""
    return {"title": "Item", **_ITEM.json_schema(by_alias=True)}
