"""Databases for tests, made and emptied in no time: one is migrated, and copied for whoever wants one; what a test with
transactions of its own has written is deleted, not truncated table by table."""

import hashlib
import subprocess
import sys
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.management.commands import flush
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from psycopg import sql

from deskapp.keeper import binary
from deskapp.management.commands import bench

BEGINS = "migrated_"
LOCK = 20_261_122
KEPT = {"django_content_type", "auth_permission"}  # what models there are, which no test changes


def migrated():
    """The name of a migrated database on our server. Workers ask at once: one of them makes it, the others wait."""
    name = BEGINS + _digest()
    with bench.server() as server:
        server.execute("select pg_advisory_lock(%s)", [LOCK])
        there = "select datname from pg_database where starts_with(datname, %s)"
        there = {row[0] for row in server.execute(there, [BEGINS])}
        if name not in there:
            for old in there:
                server.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(old)))
            _make(name, server)
    return name


def _digest():
    made_of = sorted(Path(settings.BASE_DIR).glob("*/migrations/*.py")) + [Path(settings.BASE_DIR) / "requirements.txt"]
    return hashlib.sha256(b"".join(path.read_bytes() for path in made_of)).hexdigest()[:16]


def _make(name, server: psycopg.Connection):
    unfinished = BEGINS + "unfinished"
    bench.create(unfinished, keep=False)
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(migrate, cwd=settings.BASE_DIR, env=bench.environment(unfinished), check=True)
    rename = sql.SQL("alter database {} rename to {}")
    server.execute(rename.format(sql.Identifier(unfinished), sql.Identifier(name)))


def copy(name, *, to):
    """Into the empty database at the URL `to`, of another server."""
    ours = bench.environment(name)["DATABASE_URL"]
    dumped = subprocess.run([binary("pg_dump"), "--no-owner", ours], stdout=subprocess.PIPE, check=True).stdout
    psql = [binary("psql"), "--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", to]
    subprocess.run(psql, input=dumped, stdout=subprocess.DEVNULL, check=True)


def empty_by_deleting(monkeypatch):
    """136 tables take TRUNCATE a third of a second, DELETE five milliseconds where there is hardly a row. Whoever still
    writes is waited for, as TRUNCATE does. Only a superuser may pass foreign keys by."""
    with connection.cursor() as cursor:
        cursor.execute("select rolsuper from pg_roles where rolname = current_user")
        if not cursor.fetchone()[0]:
            return
    monkeypatch.setattr(DatabaseOperations, "sql_flush", _deletions)
    monkeypatch.setattr(
        flush, "emit_post_migrate_signal", lambda *_args, **_options: None
    )  # it would make what is KEPT


def _deletions(operations, _style, tables, *, reset_sequences=False, allow_cascade=False):
    names = [operations.quote_name(table) for table in tables if table not in KEPT]
    return [
        f"LOCK TABLE {', '.join(names)} IN SHARE ROW EXCLUSIVE MODE",
        "SET LOCAL session_replication_role = replica",
        ";".join(f"DELETE FROM {name}" for name in names),
        "SET LOCAL session_replication_role = origin",
    ]
