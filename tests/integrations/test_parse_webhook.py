"""`manage.py parse_webhook`: what an adapter understands of a recorded payload, without a row or a traceback."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

MAIL = {
    "FromFull": {"Email": "ann@home.example", "Name": "Ann Bell"},
    "ToFull": [{"Email": "support@hollinfell.example", "Name": ""}],
    "Subject": "My order",
    "TextBody": "Where is it?",
    "Headers": [{"Name": "Message-ID", "Value": "<1@home.example>"}],
    "Attachments": [],
}


def printed(*args, **options):
    said = StringIO()
    call_command("parse_webhook", *args, stdout=said, **options)
    return [json.loads(line) for line in said.getvalue().splitlines()]


def test_one_file_is_a_line_for_each_thing_in_it(tmp_path):
    """No database mark on this test: a query would fail it."""
    file = tmp_path / "mail.json"
    file.write_text(json.dumps(MAIL))
    [line] = printed("email-inbound-postmark", str(file))
    assert line["kind"] == "message" and line["sender_id"] == "ann@home.example" and line["sender_name"] == "Ann Bell"
    assert line["text"] == "Where is it?" and line["subject"] == "My order" and "1@home.example" in line["message_id"]


def test_a_batch_reads_every_row_and_one_that_is_broken_costs_the_others_nothing(tmp_path):
    rows = [
        {"id": "a", "kind": "email-inbound-postmark", "file": "a.json"},
        {"id": "b", "kind": "email-inbound-postmark", "file": "gone.json"},
        {"id": "c", "kind": "pigeon", "file": "a.json"},
        {"id": "d", "kind": "email-inbound-postmark", "file": "garbage"},
    ]
    (tmp_path / "a.json").write_text(json.dumps(MAIL))
    (tmp_path / "garbage").write_bytes(b"\xff\x00 no JSON")
    (tmp_path / "manifest.json").write_text(json.dumps(rows))
    lines = {line["id"]: line for line in printed(batch=tmp_path)}
    assert lines["a"]["text"] == "Where is it?"
    assert all(lines[name]["error"] for name in "bcd") and "pigeon" in lines["c"]["error"]


def test_a_form_that_was_recorded_as_json_is_a_form_again(tmp_path):
    fields = {
        "from": "Ann <ann@home.example>", "recipient": "support@hollinfell.example", "sender": "ann@home.example",
        "timestamp": "1461261330", "token": "t", "signature": "s", "body-plain": "Hello",
        "message-headers": '[["From", "Ann <ann@home.example>"], ["Subject", "Hi"]]',
    }  # fmt: skip
    file = tmp_path / "form.json"
    file.write_text(json.dumps(fields))
    [line] = printed("email-inbound-mailgun", str(file), content_type="multipart/form-data")
    assert line["text"] == "Hello" and line["sender_id"] == "ann@home.example"
    assert (line["envelope_sender"], line["event_id"]) == ("ann@home.example", "t")


def test_without_an_adapter_or_a_manifest_it_says_so(tmp_path):
    with pytest.raises(CommandError, match="Say which adapter"):
        printed()
    with pytest.raises(CommandError, match="manifest"):
        printed(batch=tmp_path)
