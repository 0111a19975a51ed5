"""The audit log: each change with before and after, no secret, and nothing where nothing changed."""

import pytest

from conversations import audit
from conversations.models import AuditEntry, Team
from integrations.models import Connector

pytestmark = pytest.mark.django_db


def test_a_change_is_kept_with_what_it_was_before(root, returns, ada):
    with audit.watched(root, returns):
        returns.name = "Returns and repairs"
        returns.save()
        returns.members.clear()
    entry = AuditEntry.objects.get()
    assert (entry.by, entry.by_name, entry.verb, entry.kind) == (root, "Rosa Admin", "changed", "team")
    assert entry.before == {"name": "Returns", "members": ["Ada Okafor"]}
    assert entry.after == {"name": "Returns and repairs", "members": []}


def test_what_is_made_and_what_is_gone(root):
    team = Team(name="Billing")
    with audit.watched(root, team):
        team.save()
    key = str(team.pk)
    with audit.watched(root, team):
        team.delete()
    gone, made = AuditEntry.objects.order_by("-id")
    assert (made.verb, made.object_id, made.after["name"]) == ("made", key, "Billing")
    assert (gone.verb, gone.object_id, gone.label, gone.before["name"]) == ("removed", key, "Billing", "Billing")


def test_nothing_changed_is_nothing_written(root, returns):
    with audit.watched(root, returns):
        returns.save()
    assert not AuditEntry.objects.exists()


def test_no_secret_is_kept(root, mail, ada):
    connector = Connector.objects.create(name="Mail", adapter="imap", channel=mail)
    with audit.watched(root, connector):
        connector.secrets = {"password": "hush hush"}
        connector.save()
    with audit.watched(root, ada):
        ada.set_password("a new and calm password")
        ada.save()
    kept = str(list(AuditEntry.objects.values_list("before", "after")))
    assert "hush" not in kept and "calm" not in kept and "argon" not in kept and "md5" not in kept.lower()
    assert AuditEntry.objects.get(kind="connector").after == {"sealed": audit.MASKED}


def test_what_fails_is_not_written(root, returns):
    with pytest.raises(RuntimeError), audit.watched(root, returns):
        returns.name = "No"
        returns.save()
        raise RuntimeError
    returns.refresh_from_db()
    assert returns.name == "Returns" and not AuditEntry.objects.exists()


def test_a_deed_that_changes_no_field(root, returns):
    audit.record(root, returns, before={}, after={}, note="Exported 12 conversations.")
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.note) == ("did", "Exported 12 conversations.")
