"""Those who text, write on messengers and call: what waits for an answer now, and what was settled lately."""
# ruff: noqa: E501 - what people say is not wrapped

from datetime import datetime, timedelta

from conversations.models import Medium, Priority, Status
from conversations.models.activity import Verb
from conversations.models.delivery import DeliveryStatus
from conversations.models.message import MessageKind
from customers.models.identity import Kind
from deskapp.demo.pictures import photo
from deskapp.demo.talk import Fact, File, Line, Person, Talk

INBOUND, OUTBOUND, CALL = MessageKind.INBOUND, MessageKind.OUTBOUND, MessageKind.CALL
Handles = tuple[tuple[str, str, str], ...]


def number(value: str) -> tuple[str, str, str]:
    return (str(Kind.PHONE), value, value)


def whatsapp(value: str) -> tuple[str, str, str]:
    return (str(Kind.WHATSAPP), value, value)


def messengers(now: datetime) -> list[Talk]:
    return [*_written(now), complained(now), rang(now), missed(now), moved_over(now), *_settled(now)]


def _person(now: datetime, name: str, email: str, language: str, zone: str, city: str, handles: Handles) -> Person:
    return Person(name, email, language, zone, city, since=now - timedelta(days=210), handles=handles)


def _waits(
    now: datetime, person: Person, medium: str, minutes: float, *texts: str, team: str = "Returns", agent: str = "ada",
    tags: tuple[str, ...] = (), files: tuple[File, ...] = (),
) -> Talk:  # fmt: skip
    at = now - timedelta(minutes=minutes)
    lines = [Line(INBOUND, text, at + timedelta(seconds=50 * place), medium) for place, text in enumerate(texts)]
    lines[-1] = Line(INBOUND, texts[-1], lines[-1].at, medium, files=files)
    facts = [Fact(Verb.ASSIGNED, at + timedelta(seconds=30), to=agent)] if agent else []
    return Talk(person, "", team, lines, facts, Status.OPEN, agent, tags=tags, unread=True)


def _written(now: datetime) -> list[Talk]:
    aoife = _person(now, "Aoife Kearney", "aoife.kearney@homepost.example", "en", "Europe/Dublin", "Sligo",
                    (number("+353857010318"),))  # fmt: skip
    jonas = _person(now, "Jonas Petersen", "j.petersen@post.example", "de", "Europe/Berlin", "Husum",
                    (whatsapp("+4915901234567"),))  # fmt: skip
    zofia = _person(now, "Zofia Krawczyk", "zofia.krawczyk@letterbox.example", "pl", "Europe/Warsaw", "Zakopane",
                    ((str(Kind.TELEGRAM), "5171248077", "@zofia_na_szlaku"),))  # fmt: skip
    camille = _person(now, "Camille Roussel", "camille.roussel@webpost.example", "fr", "Europe/Paris", "Chamonix",
                      ((str(Kind.INSTAGRAM), "17842900417726031", "@camille.en.altitude"),))  # fmt: skip
    owen = _person(now, "Owen Pritchard", "owen.pritchard@homepost.example", "en", "Europe/London", "Bethesda",
                   ((str(Kind.MESSENGER), "7304512896610042", "Owen Pritchard"),))  # fmt: skip
    haruka = _person(now, "Haruka Mori", "haruka.mori@letterbox.example", "en", "Asia/Tokyo", "Matsumoto",
                     ((str(Kind.LINE), "U4af4980629b8e2c1d5a7c3e90f1b6d28", "Haruka Mori"),))  # fmt: skip
    seam = (File("naht.png", "image/png", photo("rust", 7)),)
    return [
        _waits(now, aoife, Medium.SMS, 5, "Hi, Aoife here. The parcel shop in Sligo is shut till Monday. Can I hand the boots in somewhere else?"),
        _waits(now, jonas, Medium.WHATSAPP, 11, "Moin! Am Ärmel geht die Naht auf 🧵", "Hier ein Bild. Lohnt sich das noch?", team="Repairs", agent="", tags=("seam",), files=seam),
        _waits(now, zofia, Medium.TELEGRAM, 15, "Dzień dobry! Czy buty Scree są jeszcze w rozmiarze 38? Na stronie raz są, raz ich nie ma."),
        _waits(now, camille, Medium.INSTAGRAM, 20, "Bonjour ! La veste de votre story d’hier, elle existe en vert mousse ? 💚", team="Orders"),
        _waits(now, owen, Medium.MESSENGER, 24, "Hello, the Cairn pack: does a litre bottle fit the side pocket?", "The old one was too shallow.", team="Orders"),
        _waits(now, haruka, Medium.LINE, 31, "Hello from Matsumoto! Do you send the stove to Japan, too?", team="Orders", agent=""),
        _asked_aloud(now), _filled_in(now),
    ]  # fmt: skip


def _asked_aloud(now: datetime) -> Talk:
    dana = _person(now, "Dana Whitlock", "dana.whitlock@northmail.example", "en", "Europe/London", "Keswick",
                   ((str(Kind.X), "2244994945", "@danawhitlock"),))  # fmt: skip
    at = now - timedelta(minutes=43)
    text = "@hollinfell the zip of my Kestrel gave up on Helvellyn. In the rain. Is that what ten years means?"
    lines = [Line(INBOUND, text, at, Medium.X, is_public=True)]
    return Talk(dana, "", "Repairs", lines, [], Status.OPEN, "", tags=("zip",), unread=True)


def _filled_in(now: datetime) -> Talk:
    """The contact form of the shop's page, which is answered by mail."""
    mirela = _person(now, "Mirela Kovač", "mirela.kovac@webpost.example", "en", "Europe/Zagreb", "Delnice", ())
    at = now - timedelta(minutes=52)
    text = "Good day,\n\nmay I send the boots back from Croatia with your label, or do I pay the post myself?\n\nMirela"
    facts = [Fact(Verb.ASSIGNED, at + timedelta(minutes=1), to="ada")]
    subject = "A return · HF-48377"
    return Talk(
        mirela, subject, "Returns", [Line(INBOUND, text, at, Medium.API)], facts, Status.OPEN, "ada", unread=True
    )


def complained(now: datetime) -> Talk:
    """In public, answered there once; the rest is nobody else's business."""
    ewan = _person(now, "Ewan Macrae", "ewan.macrae@northmail.example", "en", "Europe/London", "Oban",
                   ((str(Kind.MASTODON), "ewan@hills.example", "@ewan@hills.example"),))  # fmt: skip
    at = lambda minutes: now - timedelta(minutes=minutes)  # noqa: E731 - it reads as the sentence it is
    medium, sent = Medium.MASTODON, DeliveryStatus.SENT
    lines = [
        Line(INBOUND, "Three weeks, two mails, and still no boots. Is anybody there? Walkers, think twice.", at(96), medium, is_public=True),
        Line(OUTBOUND, "Three weeks is too long, Ewan, and we are sorry. I have just written to you, so that we can put it right today. Ada", at(88), medium, "ada", state=sent, is_public=True),
        Line(OUTBOUND, "Here it is between the two of us. Which address did the boots go to?", at(87), medium, "ada", state=sent),
        Line(INBOUND, "Fair enough. To my father’s in Oban, they are his birthday present. Thursday!", at(9), medium),
    ]  # fmt: skip
    facts = [Fact(Verb.ASSIGNED, at(95), to="ada"), Fact(Verb.TAGGED, at(89), by="ada", to="courier")]
    return Talk(ewan, "", "Returns", lines, facts, Status.OPEN, "ada", Priority.HIGH, ("courier",), unread=True)


def rang(now: datetime) -> Talk:
    """A call that Ada took, and what was said in it."""
    margit = _person(now, "Margit Aasen", "margit.aasen@fjordmail.example", "no", "Europe/Oslo", "Voss",
                     (number("+4792150417"),))  # fmt: skip
    said = (
        "Margit: Hello, it is about the stove. The valve hisses when it is shut.\n"
        "Ada: Then please do not light it again. Is it the one from this spring?\n"
        "Margit: Yes, in May. We leave for Hardangervidda on Friday.\n"
        "Ada: A new valve goes out today, with the letter post. Should it not be there on Thursday, ring me."
    )
    at = now - timedelta(minutes=74)
    lines = [
        Line(CALL, said, at, Medium.VOICE, "ada", seconds=252),
        Line(INBOUND, "Takk for hjelpen! Here is the number on the valve: LK-2 0417.", now - timedelta(minutes=28), Medium.SMS),
    ]  # fmt: skip
    return Talk(margit, "", "Repairs", lines, [Fact(Verb.ASSIGNED, at, to="ada")], Status.OPEN, "ada", unread=True)


def missed(now: datetime) -> Talk:
    """Nobody was free: he is to be called back."""
    desmond = _person(now, "Desmond Tully", "desmond.tully@homepost.example", "en", "Europe/London", "Penrith",
                      (number("+447700900318"),))  # fmt: skip
    left = "Desmond Tully, about the tent. The van stands in front of the door and the driver wants forty pounds. Do ring, please."
    lines = [
        Line(CALL, left, now - timedelta(minutes=13), Medium.VOICE),
    ]
    return Talk(desmond, "", "Returns", lines, [], Status.OPEN, "ada", Priority.HIGH, unread=True)


def moved_over(now: datetime) -> Talk:
    """A mail, a text and a call of one matter."""
    thabo = _person(now, "Thabo Nkosi", "thabo.nkosi@webpost.example", "en", "Africa/Johannesburg", "Clarens",
                    (number("+27711234567"),))  # fmt: skip
    ago = lambda hours: now - timedelta(hours=hours)  # noqa: E731 - it reads as the sentence it is
    lines = [
        Line(INBOUND, "Hello,\n\nmay the pack go back although I cut the label off? It was never worn.\n\nThabo Nkosi", ago(52)),
        Line(OUTBOUND, "Hello Thabo,\n\nof course. A label for the way back is in this mail.\n\nBest,\nNoor", ago(50), Medium.EMAIL, "noor", state=DeliveryStatus.SENT),
        Line(INBOUND, "Noor, the courier came while I was out. Can he come on Thursday? Thabo", ago(26), Medium.SMS),
        Line(CALL, "Noor: He comes on Thursday between eight and ten.\nThabo: Perfect, I am at home until noon.", ago(25), Medium.VOICE, "noor", seconds=96),
    ]  # fmt: skip
    facts = [Fact(Verb.ASSIGNED, ago(51.5), to="noor"), Fact(Verb.RESOLVED, ago(24.5), by="noor")]
    return Talk(thabo, "A pack without its label", "Returns", lines, facts, assignee="noor")


def _settled(now: datetime) -> list[Talk]:
    told = [
        ("Hamish Lorne", "en", "Europe/London", "Ullapool", number("+447700900377"), Medium.SMS, 4,
         "Is the Kendal shop open on Sunday?", "It is, from eleven to four. Ada", "Grand, see you then."),
        ("Elif Aydın", "tr", "Europe/Istanbul", "Bursa", whatsapp("+905321234567"), Medium.WHATSAPP, 6,
         "Merhaba, iade etiketi gelmedi.", "It is on its way again, by mail. Please look in the spam folder, too. Noor", "Buldum, teşekkürler!"),
        ("Lucía Ferrer", "es", "Europe/Madrid", "Benasque", (str(Kind.TELEGRAM), "5171248133", "@lucia_ferrer"), Medium.TELEGRAM, 9,
         "¿El forro polar encoge al lavarlo?", "Not at thirty degrees. Hang it up, no dryer. Rosa", "Perfecto, gracias."),
        ("Giulia Moretti", "it", "Europe/Rome", "Aosta", (str(Kind.INSTAGRAM), "17842900417726118", "@giulia.cammina"), Medium.INSTAGRAM, 12,
         "Ciao! Spedite anche in Valle d’Aosta?", "We do, within four days. Inès", "Fantastico!"),
    ]  # fmt: skip
    by = {"Ada": "ada", "Noor": "noor", "Rosa": "rosa", "Inès": "ines"}
    found = []
    for name, language, zone, city, handle, medium, days, asks, answer, thanks in told:
        person = _person(now, name, f"{handle[1].strip('+')}@letterbox.example", language, zone, city, (handle,))
        agent, at = by[answer.rpartition(" ")[2]], now - timedelta(days=days, minutes=37)
        lines = [
            Line(INBOUND, asks, at, medium),
            Line(OUTBOUND, answer, at + timedelta(minutes=9), medium, agent, state=DeliveryStatus.SENT),
            Line(INBOUND, thanks, at + timedelta(minutes=21), medium),
        ]
        facts = [
            Fact(Verb.ASSIGNED, at + timedelta(minutes=2), to=agent),
            Fact(Verb.RESOLVED, at + timedelta(minutes=25), by=agent),
        ]
        found.append(
            Talk(person, "", "Orders" if agent in ("ines", "rosa") else "Returns", lines, facts, assignee=agent)
        )
    return found
