"""Where else Hollin & Fell is reached: telephone, texts, messengers, in public and by a form on its page; each wired to
the provider that `manage.py simulate` plays on this machine."""

from dataclasses import dataclass, field

from django.conf import settings

from conversations.models import Channel, Medium, Team
from deskapp.models import User
from integrations import wiring
from integrations.models import Connector
from integrations.simulators import line as line_app
from integrations.simulators import mastodon, meta_graph, telegram, twilio, x

LINE, TEXTS = "+441632960100", "+447700900140"
EXTENSIONS = {"ada": "+441632960141", "noor": "+441632960142", "grace": "+441632960143"}
TWILIO, META, TELEGRAM, MASTODON, X, LINE_APP = (f"http://127.0.0.1:{port}" for port in range(11201, 11207))
TRANSLATOR = "http://127.0.0.1:11207"
FORM_KEY = "write-to-us"
FORM_TOPICS = ("An order", "A return", "A repair")
ACCOUNT = {"account_sid": twilio.ACCOUNT, "auth_token": twilio.TOKEN, "region": "GB"}
APP = {"access_token": meta_graph.TOKEN, "app_secret": meta_graph.APP_SECRET}


@dataclass(frozen=True)
class Line:
    adapter: str
    medium: str
    name: str
    address: str
    provider: str
    given: dict[str, str] = field(default_factory=dict)
    team: str = ""


LINES = (
    Line("twilio_voice", Medium.VOICE, "Telephone", LINE, TWILIO, {
        **ACCOUNT, "ring": " ".join(EXTENSIONS.values()), "ring_seconds": "25", "voicemail": "on", "transcribes": "on",
        "greeting": "Hollin and Fell, good day. Calls are recorded, so that nobody has to say a thing twice.",
        "voicemail_text": "Nobody is free. Say what it is about, and we ring you back.", "records": "on",
    }, "Returns"),
    Line("twilio", Medium.SMS, "Text messages", TEXTS, TWILIO, ACCOUNT, "Returns"),
    Line("whatsapp", Medium.WHATSAPP, "WhatsApp", "+442079460018", META, {
        **APP, "phone_number_id": meta_graph.NUMBER, "account_id": meta_graph.ACCOUNT,
    }, "Returns"),
    Line("instagram", Medium.INSTAGRAM, "Instagram", "hollinfell", META, {
        **APP, "account_id": meta_graph.INSTAGRAM,
    }, "Orders"),
    Line("messenger", Medium.MESSENGER, "Messenger", "Hollin & Fell", META, {
        **APP, "page_id": meta_graph.PAGE,
    }, "Orders"),
    Line("telegram", Medium.TELEGRAM, "Telegram", str(telegram.BOT["username"]), TELEGRAM, {"token": telegram.TOKEN},
         "Orders"),
    Line("mastodon", Medium.MASTODON, "Mastodon", f"hollinfell@{mastodon.DOMAIN}", MASTODON, {
        "site": MASTODON, "access_token": mastodon.TOKEN,
    }, "Returns"),
    Line("x", Medium.X, "X", str(x.US["username"]), X, {**x.SECRETS, "way": "webhook"}, "Returns"),
    Line("line", Medium.LINE, "LINE", str(line_app.BOT["basicId"]), LINE_APP, {
        "channel_secret": line_app.SECRET, "access_token": line_app.TOKEN,
    }, "Orders"),
)  # fmt: skip


def build(teams: dict[str, Team], domain: str) -> None:
    """Makes what is missing, and leaves alone what an admin has changed since."""
    for local, extension in EXTENSIONS.items():
        User.objects.filter(email=f"{local}@{domain}", extension="").update(extension=extension)
    for line in LINES:
        if not Channel.objects.filter(medium=line.medium).exists():
            connector = Connector(adapter=line.adapter, settings={"api_url": line.provider})
            wiring.connect(connector, line.given, address=line.address, name=line.name, team=teams[line.team])


def build_chat(key: str, name: str, answers_by: Channel, *, bot: str, identity_secret: str) -> Channel:
    """On pages of the shop; where nobody reads any more, mail goes on."""
    channel, _is_new = Channel.objects.get_or_create(
        medium=Medium.CHAT, address=key, defaults={"name": name, "fallback": answers_by}
    )
    if not Connector.objects.filter(channel=channel).exists():
        place = {"origins": [settings.SITE_URL], "title": "Hollin & Fell", "bot_name": bot}
        connector = Connector(name=name, adapter="chat", channel=channel, settings=place)
        connector.secrets = {"identity": identity_secret}
        connector.save()
    return channel


def build_translator() -> None:
    """For those of us who read no Norwegian."""
    if not Connector.objects.filter(adapter="libretranslate").exists():
        Connector.objects.create(name="LibreTranslate", adapter="libretranslate", settings={"api_url": TRANSLATOR})


def build_form(identity_secret: str, answers_by: Channel) -> None:
    """On the shop's own page; who is signed in there is vouched for as in the chat."""
    if Channel.objects.filter(medium=Medium.API, address=FORM_KEY).exists():
        return
    connector = Connector(adapter="form")
    given = {"origins": settings.SITE_URL, "topics": "\n".join(FORM_TOPICS), "title": "Write to Hollin & Fell"}
    wiring.connect(connector, given, address=FORM_KEY, name="Contact form", team=answers_by.team)
    connector.secrets = {**connector.secrets, "identity": identity_secret}
    connector.save(update_fields=["sealed"])
    Channel.objects.filter(connector=connector).update(fallback=answers_by)
