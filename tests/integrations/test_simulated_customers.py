"""The demo's customers write by SMTP and read their answers by IMAP, as people do."""

import asyncio
import email
import email.policy
import random
import smtplib
from email.message import EmailMessage

import pytest
from django.core.management import call_command

from deskapp.demo.casting import cast
from integrations.simulators import corresponding, customers
from integrations.simulators.corresponding import Post
from integrations.simulators.customers import Doors, Scene, find_doors
from integrations.simulators.mail_servers import CUSTOMERS, PASSWORD, MailServers

DESK = "support@hollinfell.example"


@pytest.fixture
def servers():
    with MailServers({DESK}, name="desk", password="open") as running:
        yield running


def in_the_box(servers, name, password):
    box = corresponding.imaplib.IMAP4("127.0.0.1", servers.imap_port, timeout=60)
    with box:
        box.login(name, password)
        box.select("INBOX")
        _, answer = box.search(None, "ALL")
        raw = [box.fetch(number.decode(), "(BODY.PEEK[])")[1][0][1] for number in answer[0].split()]
    return [email.message_from_bytes(mail, policy=email.policy.default) for mail in raw]


def answer_of_the_desk(servers, to):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Ada <{DESK}>", to, "Your jacket"
    mail["Reply-To"], mail["Message-ID"] = "support+c7.abc@hollinfell.example", "<c7.m1@hollinfell.example>"
    mail.set_content("Here is your label.")
    with smtplib.SMTP("127.0.0.1", servers.smtp_port, timeout=60) as smtp:
        smtp.send_message(mail)


async def test_a_letter_arrives_at_the_desk_and_an_answer_is_answered_in_its_thread(servers, monkeypatch):
    monkeypatch.setattr(corresponding, "ANSWER_SHARE", 1.0)
    post = Post(("127.0.0.1", servers.smtp_port), ("127.0.0.1", servers.imap_port), DESK)
    post.expect("ann@home.example", name="Ann Bell", more=("It will not open.",))
    await post.send("ann@home.example", name="Ann Bell", subject="Your jacket", text="May I have a label?")
    answer_of_the_desk(servers, "somebody.else@home.example")  # lay there before: nobody answers it
    reading = asyncio.create_task(post.answer_the_desk(0.1))
    async with asyncio.timeout(60):
        while post.seen_until == 0:
            await asyncio.sleep(0.02)
        await asyncio.to_thread(answer_of_the_desk, servers, "ann@home.example")
        while len(arrived := await asyncio.to_thread(in_the_box, servers, "desk", "open")) < 2:
            await asyncio.sleep(0.05)
    reading.cancel()
    first, second = arrived
    assert str(first["From"]) == "Ann Bell <ann@home.example>"
    assert second["In-Reply-To"] == "<c7.m1@hollinfell.example>"
    assert str(second["To"]) == "support+c7.abc@hollinfell.example"
    assert "It will not open." in second.get_content() and "> Here is your label." in second.get_content()
    assert len(in_the_box(servers, CUSTOMERS, PASSWORD)) == 2


async def test_customers_find_mail_servers_that_took_other_ports_after_they_began(servers, monkeypatch):
    there = ("127.0.0.1", servers.smtp_port), ("127.0.0.1", servers.imap_port)
    known = iter([(("127.0.0.1", 1), ("127.0.0.1", 1))])

    def doors(site):
        smtp, imap = next(known, there)
        return Doors(site=site, mailbox=DESK, smtp=smtp, imap=imap, chat_key="", identity_secret="")

    ann = Scene("Ann Bell", "ann@home.example", "en", "Your jacket", "May I have a label?", (), ())
    monkeypatch.setattr(customers, "find_doors", doors)
    living = asyncio.create_task(customers.live(0.05, site="http://localhost", cast=lambda: ann))
    async with asyncio.timeout(60):
        while not (arrived := await asyncio.to_thread(in_the_box, servers, "desk", "open")):
            await asyncio.sleep(0.05)
    living.cancel()
    assert str(arrived[0]["Subject"]) == "Your jacket"


def test_who_writes_next_is_a_customer_with_a_matter_in_their_own_language(db):
    call_command("seed", customers=30, verbosity=0)
    random.seed(3)
    scenes = [cast() for _ in range(40)]
    assert len({scene.letter for scene in scenes}) > 30
    assert len({scene.language for scene in scenes}) > 3
    assert all("{" not in scene.letter + scene.subject and scene.lines for scene in scenes)
    assert any(scene.shop for scene in scenes)
    assert not any(scene.name == "Rank Rocket" for scene in scenes)


def test_the_doors_are_those_of_the_seeded_connectors(db):
    call_command("seed", customers=30, verbosity=0)
    doors = find_doors("http://localhost:8000/")
    assert doors.mailbox == DESK and doors.chat_key and doors.identity_secret
    assert doors.site == "http://localhost:8000"
