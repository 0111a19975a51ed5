"""`manage.py parse_email` prints what the parser reads, without a database."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

RAW = b"From: Ann <ann@example.com>\nSubject: Gr\xc3\xbc\xc3\x9fe\nMessage-ID: <1@example.com>\n\nHello\n\n-- \nAnn\n"


def test_one_message_is_one_json_object(tmp_path, capsys):
    file = tmp_path / "one.eml"
    file.write_bytes(RAW)
    call_command("parse_email", str(file))
    found = json.loads(capsys.readouterr().out)
    assert found["from"] == {"name": "Ann", "email": "ann@example.com"}
    assert (found["subject"], found["reply_text"], found["bounce"]) == ("Grüße", "Hello", None)
    assert [segment["kind"] for segment in found["segments"]] == ["said", "signature"]


def test_a_message_is_read_from_standard_input(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(RAW)))
    call_command("parse_email")
    assert json.loads(capsys.readouterr().out)["message_id"] == "1@example.com"


def test_a_folder_is_one_line_for_each_file(tmp_path, capsys):
    for name, raw in (("a.eml", RAW), ("b.eml", b""), ("c.eml", bytes(range(256)))):
        (tmp_path / name).write_bytes(raw)
    call_command("parse_email", batch=tmp_path)
    assert [json.loads(line)["file"] for line in capsys.readouterr().out.splitlines()] == ["a.eml", "b.eml", "c.eml"]


def test_a_missing_file_is_one_clear_sentence(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("parse_email", str(tmp_path / "none.eml"))
