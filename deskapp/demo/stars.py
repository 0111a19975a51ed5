"""The customers one meets first: those who wait now, with stories of their own, Ingrid Sørensen's before all."""
# ruff: noqa: E501 - what people say is not wrapped

import random
from datetime import datetime, timedelta

from conversations.bots import shelf
from conversations.bots.words import say
from conversations.models import Medium, Priority, Status
from conversations.models.activity import Verb
from conversations.models.delivery import DeliveryStatus
from conversations.models.handoff import HandoffReason
from conversations.models.message import MessageKind
from deskapp.demo.articles import ARTICLES, WRITTEN
from deskapp.demo.fern import NAME
from deskapp.demo.messengers import messengers, number, whatsapp
from deskapp.demo.pictures import photo
from deskapp.demo.talk import Fact, File, Line, Person, Talk
from deskapp.demo.with_fern import Slot, Tried, WithFern
from integrations.simulators.demo_shop.goods import SHOPPERS

EMAIL, CHAT = Medium.EMAIL, Medium.CHAT
INBOUND, OUTBOUND, NOTE, CALL = MessageKind.INBOUND, MessageKind.OUTBOUND, MessageKind.NOTE, MessageKind.CALL
SPOKEN = (
    "Ingrid: I only wanted to hear whether the large has turned up anywhere. I would gladly fetch it in Oslo.\n"
    "Noor: Torggata counts its rails tonight. We tell you as soon as we know, and you need not ring again.\n"
    "Ingrid: Lovely. It is the moss green, like the one I have."
)


def stars(now: datetime) -> list[Talk]:
    return [ingrid(now), *waiting(now), *troubled(now), *messengers(now)]


def ingrid(now: datetime) -> Talk:
    """Mail on Monday, WhatsApp, a call, chat today: one thread, and nobody asks her twice."""
    person = Person(
        "Ingrid Sørensen", "ingrid.sorensen@fjordmail.example", "no", "Europe/Oslo", "Bergen", "Gold",
        "Hikes all year and sizes up. Likes to fetch things in the shop.", "7d1f3b0e-5a52-4c1a-9a7e-2f6f5f0c1104", "10418",
        now - timedelta(days=900), (whatsapp("+4791200318"), number("+4791200318")),
    )  # fmt: skip
    monday = (now - timedelta(days=(now.weekday() or 7))).replace(hour=9, minute=12, second=0)
    ago = lambda minutes: now - timedelta(minutes=minutes)  # noqa: E731 - it reads as the sentence it is
    tuesday, wednesday = _days_after(monday, now)
    first = (
        "Hi,\n\nthe Kestrel jacket from HF-48213 came this morning. It is a joy, only the medium is tight with a fleece "
        "under it. Could I have a large instead? On Saturday I set off for Jotunheimen.\n\nIngrid Sørensen"
    )
    promise = (
        "Hi Ingrid,\n\na free return label for HF-48213 is in this mail. The large is between two deliveries, so I am "
        "looking for one in the shops before Saturday.\n\nWarm regards,\nNoor"
    )
    lines = [
        Line(INBOUND, first, monday, EMAIL, html="".join(f"<p>{part}</p>" for part in first.split("\n\n"))),
        Line(OUTBOUND, promise, monday + timedelta(minutes=28), EMAIL, "noor", state=DeliveryStatus.SENT,
             html="".join(f"<p>{part}</p>" for part in promise.split("\n\n"))),
        Line(INBOUND, "Hei, Ingrid her. Etiketten virker! Any news of the large?", tuesday, Medium.WHATSAPP),
        Line(OUTBOUND, "Good to hear! I have asked all our shops, and Oslo counts tonight. Noor", tuesday + timedelta(minutes=4), Medium.WHATSAPP,
             "noor", state=DeliveryStatus.READ),
        Line(CALL, SPOKEN, wednesday, Medium.VOICE, "noor", seconds=134),
        *_told_fern(now),
        Line(OUTBOUND, "Hi Ingrid, this is Ada from Returns. Your mails with Noor are in front of me, so there is nothing "
             "to tell again. I am asking the Oslo shop right now.", ago(8), CHAT, "ada", state=DeliveryStatus.READ),
        Line(NOTE, "@Ada Torggata just rang: one L in moss lies behind the till under “Sørensen”. They shut at six.",
             ago(6), "", "noor", mentions=("ada",)),
        Line(INBOUND, "Oh, how kind of you! On Friday I can be in Oslo from four o’clock. Should the medium come with me?",
             ago(1), CHAT),
    ]  # fmt: skip
    facts = [
        Fact(Verb.ASSIGNED, monday + timedelta(minutes=11), to="noor"),
        Fact(Verb.TAGGED, monday + timedelta(minutes=29), by="noor", to="size"),
        Fact(Verb.HANDED_OVER, ago(13.1), to="Fern", reason="an action that the bot may not do: Stock in shops"),
        Fact(Verb.ASSIGNED, ago(12), by="noor", to="ada", reason="Noor is full, Ada reads Norwegian"),
    ]
    return Talk(
        person, "Exchange M → L, order HF-48213", "Returns", lines, facts, Status.OPEN, "ada", Priority.HIGH,
        ("size", "shop pick-up", "hiker"), unread=True, followers=("noor",),
        draft="<p>Yes please, with its tags on. Torggata changes it at the till and closes the return, so there is "
        "nothing to print. The large in moss waits under your name until six on Friday.</p>",
        fern=_of_ingrid(),
    )  # fmt: skip


def _told_fern(now: datetime) -> list[Line]:
    """Her chat today, until a person was needed."""
    ago = lambda minutes: now - timedelta(minutes=minutes)  # noqa: E731 - it reads as the sentence it is
    return [
        Line(INBOUND, "Hei! Har dere fått inn Kestrel i large?", ago(17), CHAT),
        Line(OUTBOUND, "Hei Ingrid, jeg er Fern, en bot. Du kan når som helst be om å få snakke med et menneske.\n\nKestrel i large "
             "er ikke på nett ennå, vi venter dem om to uker. Vil du ha pengene tilbake i stedet?", ago(16.9), CHAT,
             state=DeliveryStatus.READ, is_bot=True, buttons=("Ja", "Nei", "Et menneske")),
        Line(INBOUND, "Pengene tilbake hjelper meg ikke, jeg trenger jakken til lørdag.", ago(14), CHAT),
        Line(OUTBOUND, "Skal jeg si fra når den er på lager igjen?", ago(13.9), CHAT, state=DeliveryStatus.READ, is_bot=True,
             buttons=("Ja", "Nei", "Et menneske")),
        Line(INBOUND, "Nei, da er det for sent. Svart går også bra, og jeg kan hente den i Oslo eller Bergen på fredag.",
             ago(13.2), CHAT),
        Line(OUTBOUND, "Dette trenger et menneske. Jeg sender videre alt du har fortalt meg.", ago(13.1), CHAT,
             state=DeliveryStatus.READ, is_bot=True, is_automatic=True),
    ]  # fmt: skip


def _of_ingrid() -> WithFern:
    """What Fern kept of her chat today, and of what she wrote before."""
    asks, no_refund, no_alert, parting = 5, 7, 9, 10
    slots = (
        Slot("order", "HF-48213", 0),
        Slot("item", "Kestrel Trail Jacket, M, Moss", None, "Kestrel, M, Moss, unworn, tags on", "order"),
        Slot("wish", "exchange", asks, "L in Moss; black is fine too"),
        Slot("size", "L", asks),
        Slot("date", "friday", no_alert, "By Friday: she sets off on Saturday"),
        Slot("shop", "Oslo, Bergen", no_alert, "Oslo or Bergen"),
    )
    steps = (
        Tried("stock", "refused", asks, "online, L is due in two weeks"),
        Tried("Refund", "declined", no_refund, "she said no"),
        Tried("Back-in-stock alert", "declined", no_alert, "too late for her"),
    )
    return WithFern(
        asks, parting, "stock", 0.86, "size", 0.09, reason=HandoffReason.NOT_ALLOWED,
        detail="Stock in shops needs a person", slots=slots, steps=steps, moods=(0.2, -0.1, 0.0),
        goal="Wants her Kestrel jacket in large before she leaves on Saturday.",
        next_step="Oslo Torggata shows 2 × L, Moss.", next_deed="stock",
    )  # fmt: skip


def _days_after(monday: datetime, now: datetime) -> tuple[datetime, datetime]:
    """When she writes on Tuesday and calls on Wednesday; where that is still to come, in between."""
    tuesday = (monday + timedelta(days=1)).replace(hour=17, minute=48)
    wednesday = (monday + timedelta(days=2)).replace(hour=10, minute=41)
    if wednesday < now - timedelta(hours=1):
        return tuesday, wednesday
    between = now - timedelta(hours=1) - monday
    return monday + between * 0.4, monday + between * 0.8


def waiting(now: datetime) -> list[Talk]:
    told = [
        ("佐藤 美咲", "misaki.sato@webpost.example", "ja", "Asia/Tokyo", "松本", "Gold", "ada", "Returns", 24, EMAIL,
         "サイズ交換のお願い（HF-47730）", "先週サイズ交換についてメールをお送りしましたが、まだお返事をいただいておりません。出発が近いので、状況だけでも教えていただけますか。"),
        ("Siobhán Ní Bhriain", "siobhan.nibhriain@homepost.example", "en", "Europe/Dublin", "Galway", "", "ada", "Returns", 2,
         CHAT, "", "The label opened this time. Does the parcel go to Kendal, or to the place in Dublin?"),
        ("Mateusz Wójcik", "mateusz.wojcik@post.example", "pl", "Europe/Warsaw", "Łódź", "Silver", "ada", "Orders", 23, EMAIL,
         "Paczka stoi w Łodzi, HF-48002", "Od soboty paczka nie ruszyła się z sortowni w Łodzi. Czy mogą Państwo zapytać kuriera, zanim ją odeślą?"),
        ("José Ángel Peña", "joseangel.pena@letterbox.example", "es", "Europe/Madrid", "Jaca", "", "ada", "Returns", 12, EMAIL,
         "La tienda Loch llegó sin piquetas", "Monté la tienda en el jardín y en la bolsa no venían las piquetas. ¿Me las pueden mandar sin devolverlo todo?"),
        ("خالد المنصوري", "khaled.almansouri@webpost.example", "ar", "Asia/Dubai", "دبي", "Silver", "ada", "Orders", 6, CHAT,
         "", "هل يمكنني تغيير عنوان التسليم قبل الشحن؟ رقم الطلب HF-48188."),
        ("Thandiwe Mokoena", "thandiwe.mokoena@northmail.example", "en", "Africa/Johannesburg", "Durban", "Gold", "ada", "Repairs",
         31, EMAIL, "Left cuff of my Wren Fleece", "I live in this fleece, but the seam at the left cuff is already on its way out. Picture attached. Can it be saved before it runs further?"),
        ("Yusuf Demirtaş", "yusuf.demirtas@post.example", "tr", "Europe/Istanbul", "İzmir", "", "ada", "Orders", 70, EMAIL,
         "HF-46911 faturası", "Faturayı bulamadım, tekrar gönderebilir misiniz? Şirket adına olması gerekiyor."),
        ("Amélie Lefèvre-Roux", "amelie.lefevre-roux@letterbox.example", "fr", "Europe/Paris", "Annecy", "Silver", "ada", "Returns", 52,
         EMAIL, "Retour HF-47655", "Merci, c’est parfait pour le retour. Une dernière chose : le remboursement ira-t-il sur la carte de mon mari ?"),
        ("Nguyễn Thị Hạnh", "hanh.nguyen@northmail.example", "en", "Asia/Ho_Chi_Minh", "Huế", "", "", "Orders", 3, CHAT,
         "", "Hello! Do you deliver to Huế, and what would the customs be for a pair of boots?"),
        ("Greta Holm-Lindner", "greta.holm-lindner@fjordmail.example", "de", "Europe/Berlin", "Kiel", "", "", "Repairs", 9, CHAT,
         "", "Moin! Beim Rook ist eine Schnalle gebrochen. Gibt es die einzeln?"),
    ]  # fmt: skip
    talks = [_waits(now, number, *each) for number, each in enumerate(told)]
    return [_with_fern(talk) if talk.person.name == "Nguyễn Thị Hạnh" else talk for talk in talks]


def _with_fern(talk: Talk) -> Talk:
    """Fern has it: she was shown where we deliver, and has not said yet whether that helps."""
    title, body = WRITTEN["en"]["abroad"]
    hello, question = say("hello", "en", bot=NAME), say("did_it_help", "en")
    buttons = tuple(say(key, "en") for key in ("it_helped", "no_help", "a_person"))
    text = f"{hello}\n\n{title}\n\n{shelf.plain(body)}\n\n{question}"
    at, sent = talk.lines[-1].at + timedelta(seconds=1), DeliveryStatus.READ
    talk.lines.append(Line(OUTBOUND, text, at, CHAT, state=sent, is_bot=True, buttons=buttons))
    steps = (Tried(ARTICLES["abroad"].name, "offered", 1),)
    talk.fern = WithFern(0, 1, end="", waits_for="helped", article="abroad", shown=1, steps=steps)
    talk.status = Status.PENDING
    return talk


def _waits(
    now: datetime, number: int, name: str, email: str, language: str, zone: str, city: str, tier: str, agent: str,
    team: str, minutes: float, medium: str, subject: str, text: str,
) -> Talk:  # fmt: skip
    chance = random.Random(number)
    visitor = f"7d1f3b0e-5a52-4c1a-9a7e-{number:012x}" if medium == CHAT else ""
    account = next((shopper.id for shopper in SHOPPERS if shopper.email == email), f"{10500 + number}")
    since = now - timedelta(days=300 - 20 * number)
    person = Person(name, email, language, zone, city, tier, "", visitor, account, since)
    files = (File("cuff.png", "image/png", photo("oat", 4)),) if team == "Repairs" and medium == EMAIL else ()
    at = now - timedelta(minutes=minutes)
    lines = [Line(INBOUND, text, at, medium, files=files)]
    facts = [Fact(Verb.ASSIGNED, at + timedelta(seconds=40), to=agent)] if agent else []
    priority = Priority.URGENT if number == 0 else Priority.NORMAL
    tags = ("stuck in depot",) if language == "pl" else ("seam",) if files else ()
    return Talk(person, subject, team, lines, facts, Status.OPEN, agent, priority, tags, unread=chance.random() < 0.7)


def troubled(now: datetime) -> list[Talk]:
    """One answer that did not arrive, one that perhaps did, one taken back, one that waits its time; and one spam."""
    gone = (
        "Hello Winifred,\n\nthe workshop has your boots and starts on Thursday. The new soles are on us.\n\nBest,\nAda"
    )
    unsure = (
        "Hi Rupert,\n\nboth tents are packed and leave on the noon van. I have put spare pegs in.\n\nTake care,\nAda"
    )
    later = "Hello Celia,\n\njust to ask whether the second pair fits better. If so, I close this.\n\nBest,\nAda"
    taken_back = "Hi Ottilie,\n\nthe voucher is worth ten pounds and lasts until spring.\n\nBest,\nAda"
    return [
        _answered(now, "Winifred Gale", "w.gale@homepost.example", 190, "New soles for my Scree Boots?", gone,
                  "The heels of my Scree Boots are down to the nails. Do you re-sole them, and could it be before Christmas?",
                  DeliveryStatus.FAILED, "The mailbox w.gale@homepost.example does not exist: check the address, then press Try again."),
        _answered(now, "Rupert Ashdown", "rupert.ashdown@post.example", 95, "Two Loch tents for the scouts", unsure,
                  "Our troop needs both tents by the weekend. Will they leave you today?",
                  DeliveryStatus.UNCERTAIN, "The mail server fell silent after it had the whole mail. It may have arrived: look before you try again."),
        _answered(now, "Celia Marchbanks", "celia.marchbanks@letterbox.example", 260, "Second pair of trousers", later,
                  "The 34 came today and looks right. I will walk in it tomorrow and tell you.", DeliveryStatus.QUEUED, ""),
        _answered(now, "Ottilie Brandt", "ottilie.brandt@northmail.example", 41, "What is my voucher worth?", taken_back,
                  "I found a voucher of yours in a coat pocket, without a sum on it. The number is HF-V-0917.",
                  DeliveryStatus.CANCELLED, ""),
        _spam(now),
    ]  # fmt: skip


def _answered(
    now: datetime, name: str, email: str, minutes: float, subject: str, answer: str, text: str, state: str, error: str
) -> Talk:
    account = f"{10600 + sum(map(ord, email)) % 100}"
    person = Person(name, email, "en", "Europe/London", "Kendal", shop=account, since=now - timedelta(days=140))
    at = now - timedelta(minutes=minutes)
    answered = at + timedelta(minutes=minutes * 0.6)
    html = "".join(f"<p>{part}</p>" for part in answer.split("\n\n"))
    lines = [
        Line(INBOUND, text, at),
        Line(OUTBOUND, answer, answered, EMAIL, "ada", html=html, state=state, error=error),
    ]
    facts = [Fact(Verb.ASSIGNED, at + timedelta(minutes=1), to="ada")]
    if state in (DeliveryStatus.FAILED, DeliveryStatus.UNCERTAIN):
        facts.append(Fact(Verb.FAILED, answered + timedelta(seconds=20), reason=error[:400]))
    return Talk(person, subject, "Returns", lines, facts, Status.OPEN, "ada")


def _spam(now: datetime) -> Talk:
    person = Person("Rank Rocket", "offers@rank-rocket.example", "en", "", "", since=now - timedelta(days=1))
    text = "Dear shop owner, your page is invisible! For 99 a month we put you on top of every search. Reply YES."
    facts = [Fact(Verb.MARKED_SPAM, now - timedelta(hours=20), by="noor")]
    lines = [Line(INBOUND, text, now - timedelta(hours=21))]
    return Talk(person, "Your shop on page one", "Orders", lines, facts, Status.OPEN, is_spam=True)
