"""What the parts of the simulated Graph API share: who is who, and how it refuses."""

from integrations.simulators.server import Json

TOKEN, APP_SECRET, APP_ID = "EAAGsimulated", "the app's secret", "4711000000004711"  # noqa: S105
NUMBER, ACCOUNT = "106540352242922", "102290129340398"
SHOWN = "+44 20 7946 0018"
PAGE, INSTAGRAM = "117172741761305", "17841405822304914"
SCOPES = (
    "whatsapp_business_messaging", "whatsapp_business_management", "pages_messaging", "pages_manage_metadata",
    "instagram_basic", "instagram_manage_messages",
)  # fmt: skip
PAGE_SIZE = 2  # of templates, so that there is more than one page


class Refusal(Exception):  # noqa: N818 - what Graph calls an error object
    def __init__(self, code: int, text: str, *, subcode: int = 0, status: int = 400, **more: object) -> None:
        super().__init__(text)
        error: Json = {"message": text, "type": "OAuthException", "code": code, "fbtrace_id": "Az8or2yhqkZfEZ", **more}
        self.error = {**error, **({"error_subcode": subcode} if subcode else {})}
        self.status = status
