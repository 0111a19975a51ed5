"""Files of customers and agents: looked at, brought in once, set aside row by row, undone; and files that mean harm."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest
from django.core import mail as outbox
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.urls import reverse

from conversations.inbound.receive import receive
from conversations.models import AuditEntry
from customers.identify import Handle, identify
from customers.models import Claim, Customer, Event, Identity, Order, Trait
from deskapp.models import OwnRole, User
from integrations.imports import files, items, running
from integrations.imports.preview import preview
from integrations.models import Import, ImportRow
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db

PEOPLE = """Name,E-Mail,Phone,City,Plan,Tags
Ann Bell,ann@home.example,+4791234567,Bergen,pro,"vip, early"
Bob Crane,bob@home.example,,Oslo,free,
No Body,,,,,
Broken,nobody at home,,,,
"""


@pytest.fixture
def admin(client, root):
    client.force_login(root)
    return client


def uploaded(admin, content, name="people.csv"):
    body = content.encode() if isinstance(content, str) else content
    answer = admin.post(reverse("imports"), {"file": SimpleUploadedFile(name, body)})
    if answer.status_code != 302:
        return answer.context["wrong"]
    return Import.objects.latest("pk")


def told(admin, one, act="look", **given):
    said = {f"column-{place}": name for place, name in one.mapping.items()}
    return admin.post(reverse("import", args=[one.pk]), {**said, "act": act, **given})


def brought_in(admin, content, name="people.csv", **given):
    one = uploaded(admin, content, name)
    assert told(admin, one, "run", **given).status_code == 302
    return running.run(one.pk)


def undone(admin, one):
    admin.post(reverse("import_act", args=[one.pk]), {"act": "undo"})
    return running.run(one.pk)


def counts(one):
    return one.state, one.made, one.known, one.aside


def test_customers_come_in_once_and_what_is_wrong_is_set_aside_alone(admin, root):
    one = uploaded(admin, PEOPLE)
    assert (one.what, one.encoding, one.delimiter) == ("customers", "utf-8", ",")
    assert one.mapping == {"0": "name", "1": "email", "2": "phone", "3": "city", "4": "own", "5": "tags"}
    page = admin.get(reverse("import", args=[one.pk])).content.decode()
    assert "Ann Bell" in page and "neither an address nor a number" in page and not Customer.objects.exists()
    assert told(admin, one, "run", verified="yes").status_code == 302
    one = running.run(one.pk)
    assert counts(one) == ("done", 2, 0, 2) and not one.file
    ann = Identity.objects.get(value="ann@home.example").customer
    assert (ann.name, ann.city) == ("Ann Bell", "Bergen")
    assert {each.kind: each.is_verified for each in ann.identities.all()} == {"email": True, "phone": True}
    assert dict(Trait.objects.filter(identity__customer=ann).values_list("name", "value")) == {
        "Plan": "pro", "tags": ["vip", "early"],
    }  # fmt: skip
    aside = b"".join(admin.get(reverse("import_aside", args=[one.pk])).streaming_content).decode("utf-8-sig")
    assert "nobody at home" in aside and aside.count("\r\n") == 3
    assert AuditEntry.objects.filter(kind="import", by=root).count() == 3

    twin = brought_in(admin, PEOPLE, verified="yes")
    assert counts(twin) == ("done", 0, 2, 2) and Customer.objects.count() == 2


def test_undo_takes_away_what_it_made_and_keeps_what_was_used_since(admin, mail):
    old, _ = identify([Handle("email", "old@home.example", "Old Friend")])
    Customer.objects.filter(pk=old.pk).update(city="Paris")
    table = PEOPLE + "Other Name,old@home.example,+4790000000,Rome,gold,\n"
    one = brought_in(admin, table, verified="yes")
    assert counts(one) == ("done", 3, 0, 2)
    old.refresh_from_db()
    assert (old.name, old.city, old.identities.count()) == ("Old Friend", "Paris", 2)  # what was there stays
    receive(from_ann(mail, "Hello again"))

    one = undone(admin, one)
    assert (one.state, one.stayed, one.rows.filter(state="gone").count()) == ("undone", 1, 2)
    assert "Ann Bell has conversations" in one.rows.get(state="stayed").why
    assert set(Customer.objects.values_list("name", flat=True)) == {"Ann Bell", "Old Friend"}
    assert old.identities.count() == 1 and not Trait.objects.filter(identity__customer=old).exists()
    assert not Event.objects.filter(identity__customer=old).exists()


@pytest.mark.parametrize("touch", ["renamed", "ordered", "blocked", "learned"])
def test_whoever_was_touched_since_stays_whole(admin, touch):
    one = brought_in(admin, "email,name\nann@home.example,Ann\n", verified="yes")
    ann = Customer.objects.get()
    identity = ann.identities.get()
    if touch == "renamed":
        Customer.objects.update(name="Ann Bell")
    elif touch == "blocked":
        Customer.objects.update(is_blocked=True)
    elif touch == "learned":
        Trait.objects.create(identity=identity, name="nick", value="Annie", said_at=one.created_at)
    else:
        Order.objects.create(
            identity=identity, external_id="1", number="1", currency="GBP", total=1, placed_at=one.created_at,
            changed_at=one.created_at,
        )  # fmt: skip
    one = undone(admin, one)
    assert one.stayed == 1 and Customer.objects.get().identities.get().value == "ann@home.example"


def test_claimed_addresses_join_nobody(admin):
    identify([Handle("email", "ann@home.example", "The real Ann")])
    one = brought_in(admin, "email,phone\nann@home.example,+4791234567\n", verified="no")
    assert counts(one) == ("done", 1, 0, 0) and Customer.objects.count() == 2
    assert Claim.objects.get().value == "+4791234567"
    assert counts(brought_in(admin, "email,phone\nann@home.example,+4791234567\n", verified="no")) == ("done", 0, 1, 0)
    undone(admin, one)
    assert Customer.objects.get().name == "The real Ann"


def test_it_goes_on_where_it_was_killed(admin, monkeypatch):
    table = "email\n" + "".join(f"n{number}@home.example\n" for number in range(10))
    one = uploaded(admin, table)
    told(admin, one, "run", verified="yes")
    count, real = [], running.KINDS["customers"].understand

    def dies(import_, item):
        count.append(item)
        if len(count) == 5:
            raise OperationalError("the machine went down")
        return real(import_, item)

    monkeypatch.setattr(running.KINDS["customers"], "understand", dies)
    with pytest.raises(OperationalError):
        running.run(one.pk)
    one.refresh_from_db()
    assert (one.state, one.done, Customer.objects.count()) == ("running", 4, 4)
    Import.objects.update(due_at=one.created_at)
    assert running.due() == [one.pk]
    assert counts(running.run(one.pk)) == ("done", 10, 0, 0) and Customer.objects.count() == 10


def test_a_stretch_ends_and_the_next_goes_on(admin):
    one = uploaded(admin, "email\na@home.example\nb@home.example\n")
    told(admin, one, "run", verified="yes")
    assert running.run(one.pk, seconds=0).done == 1
    assert running.run(one.pk, seconds=0).done == 2
    assert counts(running.run(one.pk)) == ("done", 2, 0, 0)


def test_agents_are_made_and_invited_only_where_asked_for(admin, root, returns, django_capture_on_commit_callbacks):
    table = "Email;Name;Role;Teams\nmia@desk.example;Mia Holt;Supervisor;Returns\nzed@desk.example;Zed;king;\n" + (
        "amy@desk.example;Amy;;Nowhere\nrosa@desk.example;Other;agent;\n"
    )
    one = uploaded(admin, table, "agents.csv")
    assert (one.what, one.delimiter) == ("agents", ";")
    lines = preview(one)
    assert "no role" in lines[1].wrong and "no team" in lines[2].wrong and "already" in lines[3].remark
    with django_capture_on_commit_callbacks(execute=True):
        one = brought_in(admin, table, "agents.csv")
    assert counts(one) == ("done", 1, 1, 2) and not outbox.outbox
    mia = User.objects.get(email="mia@desk.example")
    assert (mia.role, mia.teams.get(), mia.has_usable_password()) == ("supervisor", returns, False)
    undone(admin, one)
    assert not User.objects.filter(email="mia@desk.example").exists() and User.objects.filter(pk=root.pk).exists()
    with django_capture_on_commit_callbacks(execute=True):
        one = brought_in(admin, table, "agents.csv", invites="yes")
    assert [each.to for each in outbox.outbox] == [["mia@desk.example"]]


def test_an_agent_who_has_signed_in_stays(admin, client):
    one = brought_in(admin, "email,name,role\nmia@desk.example,Mia,agent\n")
    User.objects.filter(email="mia@desk.example").update(last_login=one.created_at)
    assert undone(admin, one).stayed == 1 and User.objects.filter(email="mia@desk.example").exists()


@pytest.mark.parametrize(
    ("content", "encoding", "delimiter"),
    [
        ("\ufeffname;email\nÅse Müller;ase@home.example\n".encode(), "utf-8-sig", ";"),
        ("name\temail\nÅse Müller\tase@home.example\n".encode("utf-16"), "utf-16", "\t"),
        ("name,email\nÅse Müller,ase@home.example\n".encode("cp1252"), "windows-1252", ","),
    ],
    ids=["bom", "utf-16", "windows"],
)
def test_encodings_and_delimiters_are_guessed(admin, content, encoding, delimiter):
    one = uploaded(admin, content)
    assert (one.encoding, one.delimiter) == (encoding, delimiter)
    told(admin, one, "run", verified="yes")
    running.run(one.pk)
    assert Customer.objects.get().name == "Åse Müller"


def test_a_wrong_encoding_is_said_of_each_row_and_can_be_picked_anew(admin):
    content = b"name,email\n" + "Åse,ase@home.example\n".encode("cp1252")
    one = uploaded(admin, content)
    assert told(admin, one, encoding="utf-8").status_code == 302
    one.refresh_from_db()
    assert "utf-8 does not know" in preview(one)[0].wrong
    told(admin, one, encoding="windows-1252")
    one.refresh_from_db()
    assert not preview(one)[0].wrong


def test_hostile_tables(admin):
    wide = ",".join(["email", *(f"c{n}" for n in range(200))])
    cells = ",".join(["ann@home.example", *("x" for n in range(200))])
    one = uploaded(admin, f"{wide}\n{cells}\n")
    assert len(one.columns) == 201 and "200 facts" not in preview(one)[0].wrong and len(preview(one)[0].shown) == 201
    assert "columns" in uploaded(admin, ",".join(f"c{n}" for n in range(500)) + "\n1\n")
    formula = '=HYPERLINK("http://evil.example")'
    table = f'email,name\nann@home.example,"{formula.replace(chr(34), chr(34) * 2)}"\nx,=1+1\ny,a,b,c\n'
    one = brought_in(admin, table, verified="yes")
    assert counts(one) == ("done", 1, 0, 2) and Customer.objects.get().name == formula
    aside = b"".join(admin.get(reverse("import_aside", args=[one.pk])).streaming_content).decode()
    assert "x,'=1+1" in aside
    one = brought_in(admin, aside.replace("x,'=1+1", "bob@home.example,'=1+1"), verified="yes")
    assert Customer.objects.filter(name="=1+1").exists()
    nul = brought_in(
        admin, "email,name\nnul@home.example,a\x00b\n" + "z@home.example," + "n" * 300 + "\n", verified="yes"
    )
    assert counts(nul) == ("done", 1, 0, 1)


def test_what_is_no_such_file_is_refused(admin, monkeypatch):
    assert "empty" in uploaded(admin, "")
    assert "neither a table" in uploaded(admin, b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "people.csv")
    assert "broken archive" in uploaded(admin, b"PK\x03\x04nonsense", "people.zip")
    assert "JSON" in uploaded(admin, '{"tickets": [', "tickets.json")
    assert Import.objects.count() == 0
    page = admin.get(reverse("imports")).content.decode()
    assert "Up to 60 MB" in page  # said before anything is sent
    monkeypatch.setattr("integrations.views.imports.LARGEST_UPLOAD", 100)
    assert "more than" in uploaded(admin, "email\n" + "a@home.example\n" * 20)


def zipped(**files_in):
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files_in.items():
            archive.writestr(name, body)
    return into.getvalue()


def test_packed_files_are_unpacked_and_bombs_refused(admin):
    assert uploaded(admin, gzip.compress(PEOPLE.encode()), "people.csv.gz").what == "customers"
    assert uploaded(admin, zipped(people=PEOPLE), "people.zip").columns[0] == "Name"
    assert "2 files" in uploaded(admin, zipped(a="x", b="y"), "two.zip")
    before = Import.objects.count()
    bomb = b"email\n" + b"0" * (files.ALLOWANCE + files.BLOCK * 2)
    assert "bomb" in uploaded(admin, zipped(bomb=bomb), "bomb.zip")
    assert "bomb" in uploaded(admin, gzip.compress(bomb), "bomb.csv.gz")
    assert Import.objects.count() == before


def test_what_is_needed_is_said_and_a_draft_can_be_thrown_away(admin):
    one = uploaded(admin, "colour,shape\nred,round\n")
    answer = told(admin, one, "run")
    assert answer.status_code == 422 and "Email or Phone" in answer.context["wrong"]
    one = uploaded(admin, "email,a,b\nann@home.example,Ann,Bell\n")
    answer = told(admin, one, "run", **{"column-1": "city", "column-2": "city"})
    assert "cannot both" in answer.context["wrong"]
    path = one.file.path
    told(admin, one, "discard")
    assert not Import.objects.filter(pk=one.pk).exists() and not ImportRow.objects.exists()
    assert not Path(path).exists()


def test_a_line_without_end_is_no_table(admin, monkeypatch):
    monkeypatch.setattr(files, "LONGEST_LINE", 50_000)
    one = brought_in(admin, "name,email\nAnn,ann@home.example\n" + "x" * 60_000 + "\nBob,bob@home.example\n")
    assert one.state == "stopped" and "this is no table" in one.error
    assert "this is no table" in uploaded(admin, "name" * 20_000)


def test_a_conversation_without_end_is_set_aside_piece_by_piece(admin, mail, monkeypatch):
    monkeypatch.setattr(items, "MOST_MESSAGES", 3)
    said = "".join(f"7,2026-03-0{day} 10:00,ann@home.example,Words {day}\n" for day in range(1, 9))
    short = "8,2026-03-01 10:00,bob@home.example,Hello\n"
    one = brought_in(admin, "conversation,at,email,text\n" + said + short, "talks.csv", channel=mail.pk)
    assert counts(one) == ("done", 1, 0, 2)
    assert [len(row.said) for row in one.rows.filter(state="aside").order_by("number")] == [4, 4]


def test_only_admins_come_in(client, sam, root):
    one = Import.objects.create(what="customers", form="csv", name="people.csv")
    client.force_login(sam)
    for name in ("import", "import_progress", "import_aside"):
        assert client.get(reverse(name, args=[one.pk])).status_code == 404
    assert client.get(reverse("imports")).status_code == client.post(reverse("imports")).status_code == 404
    assert client.post(reverse("import_act", args=[one.pk]), {"act": "undo"}).status_code == 404


def test_a_role_may_move_customers_but_no_agents(client, admin, root, ada):
    theirs = uploaded(admin, "name,email,role\nEve,eve@desk.example,admin\n", "agents.csv")
    role = OwnRole.objects.create(name="Mover", permissions=["settings.moves"])
    User.objects.filter(pk=ada.pk).update(own_role=role, granted=["settings.moves"])
    client.force_login(User.objects.get(pk=ada.pk))
    page = client.get(reverse("imports"))
    assert page.status_code == 200 and theirs not in page.context["imports"]
    assert client.get(reverse("settings")).url == reverse("imports")
    assert client.get(reverse("import", args=[theirs.pk])).status_code == 404
    one = uploaded(client, "name,email,role\nEve,eve@desk.example,admin\n", "agents.csv")
    assert one.what == "customers"
    assert b'value="agents"' not in client.get(reverse("import", args=[one.pk])).content
    told(client, one, "run", what="agents")
    Import.objects.filter(pk=one.pk).update(what="agents", state="waiting", mapping={"0": "name", "1": "email"})
    assert counts(running.run(one.pk)) == ("done", 0, 0, 1)
    assert not User.objects.filter(email="eve@desk.example").exists()
    assert client.post(reverse("exports")).status_code == 302


def test_a_file_too_large_for_the_browser_is_taken_from_the_disk(root, ada, tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE)
    said = io.StringIO()
    call_command("take_file", str(path), by=root.email, stdout=said)
    one = Import.objects.get()
    assert (one.state, one.by, one.name) == ("draft", root, "people.csv")
    assert reverse("import", args=[one.pk]) in said.getvalue()
    with pytest.raises(CommandError, match="may bring anything in"):
        call_command("take_file", str(path), by=ada.email)
    with pytest.raises(CommandError, match="No such file"):
        call_command("take_file", str(tmp_path / "none.csv"), by=root.email)
