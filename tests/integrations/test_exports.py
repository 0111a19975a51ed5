"""Export of everything: whole, without secrets, stretch by stretch, for admins alone and for a while; and who is
forgotten is in no file."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from conversations.inbound.receive import receive
from conversations.models import Attachment, AuditEntry
from customers import privacy
from customers.identify import Handle, identify
from customers.models import Customer, Erasure, Event, Identity
from integrations import exporting
from integrations.keeping import KINDS
from integrations.models import Export, Import
from tests.conftest import from_ann
from tests.integrations.test_imports import admin, brought_in, uploaded  # noqa: F401

pytestmark = pytest.mark.django_db


def fetched(client, one):
    answer = client.get(reverse("export", args=[one.pk]))
    assert answer.status_code == 200
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def rows(archive, name):
    parts = [each for each in archive.namelist() if each.split(".")[0] == name]
    return [json.loads(line) for part in parts for line in archive.read(part).splitlines()]


def test_all_of_it_is_in_the_archive_but_no_secret(admin, root, mail, django_capture_on_commit_callbacks):  # noqa: F811
    message = receive(from_ann(mail, "zanzibar\u2028"))
    file = Attachment(message=message, name="../a b.txt", size=3)
    file.file.save("a", ContentFile(b"abc"))
    Event.objects.create(identity=message.identity, name="Page Viewed", category="behavioural",
                         occurred_at=timezone.now(), external_id="e1")  # fmt: skip
    admin.post(reverse("exports"), {"files": "1"})
    one = exporting.run(Export.objects.get().pk)
    assert (one.state, one.percent) == ("done", 100), one.error
    archive = fetched(admin, one)
    assert (
        rows(archive, "messages")[0]["text"] == "zanzibar\u2028" and rows(archive, "events")[0]["external_id"] == "e1"
    )
    assert rows(archive, "identities")[0]["value"] == "ann@home.example"
    assert archive.read(f"files/{file.pk}-.._a_b.txt") == b"abc"
    everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert root.password not in everything and "password" not in everything and "sealed" not in everything
    assert AuditEntry.objects.filter(kind="export", by=root).count() == 3  # asked, ready, fetched


def test_it_is_written_stretch_by_stretch_and_begun_anew_after_a_kill(admin, root, monkeypatch):  # noqa: F811
    monkeypatch.setattr(exporting, "AT_ONCE", 10)
    Customer.objects.bulk_create([Customer(name=f"n{number}") for number in range(45)])
    one = exporting.ask(with_files=False, by=root)
    steps = 0
    while one.state != "done":
        one = exporting.run(one.pk, seconds=0.001)
        steps += 1
        assert steps < 500
        if steps == 2:  # killed while it wrote: the archive may be broken
            Export.objects.update(state="running", due_at=timezone.now() - timedelta(minutes=1))
            assert exporting.due() == [one.pk]
    names = [row["name"] for row in rows(fetched(admin, one), "customers")]
    assert sorted(names) == sorted(f"n{number}" for number in range(45)) and len(set(names)) == 45


def test_the_link_is_for_admins_and_ends(admin, client, root, sam):  # noqa: F811
    one = exporting.run(exporting.ask(with_files=False, by=root).pk)
    assert fetched(admin, one)
    client.force_login(sam)
    assert client.get(reverse("export", args=[one.pk])).status_code == 404
    assert client.post(reverse("exports")).status_code == 404
    client.force_login(root)
    Export.objects.update(expires_at=timezone.now())
    assert client.get(reverse("export", args=[one.pk])).status_code == 404
    path = one.file.path
    assert exporting.clear() == 1 and Export.objects.get().state == "gone"
    with pytest.raises(FileNotFoundError), open(path):
        pass


def test_who_is_forgotten_is_in_no_archive_no_draft_and_no_row_set_aside(admin, root):  # noqa: F811
    her, _ = identify([Handle("email", "wilhelmina@home.example", "Wilhelmina")])
    archive = exporting.run(exporting.ask(with_files=False, by=root).pk)
    hers = uploaded(admin, "email,name\nwilhelmina@home.example,Wilhelmina\n")
    other = uploaded(admin, "email,name\nbob@home.example,Bob\n")
    done = brought_in(admin, "email,name,city\nx,Wilhelmina,wilhelmina@home.example\n", verified="yes")
    assert done.rows.get().said
    Import.objects.filter(pk=other.pk).update(state="waiting")
    erasure = privacy.ask(her, by=root)
    assert not privacy.carry_on(erasure)  # a file is on its way in: it may bring her back
    Import.objects.filter(pk=other.pk).update(state="draft")
    assert privacy.carry_on(Erasure.objects.get(pk=erasure.pk))
    assert not Identity.objects.filter(value__contains="wilhelmina").exists() and done.rows.get().said == []
    assert [bool(Import.objects.get(pk=each.pk).file) for each in (hers, other)] == [False, True]
    archive.refresh_from_db()
    assert archive.state == "gone" and not archive.can_be_fetched


def test_what_was_left_is_dropped_after_a_while(admin):  # noqa: F811
    one = uploaded(admin, "email\nann@home.example\n")
    aside = brought_in(admin, "email\nnobody\n")
    [kind] = [each for each in KINDS if each.name == "imports"]
    soon = timezone.now() + timedelta(seconds=5)
    assert kind.count(timezone.now() - timedelta(days=1)) == 0
    assert kind.count(soon) == 2 and kind.drop(soon) == 2 and kind.drop(soon) == 0
    one.refresh_from_db()
    assert not one.file and aside.rows.get().said == []
