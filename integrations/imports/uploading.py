"""A file is taken: unpacked into the desk's own storage, guessed, and ready to be looked at."""

import tempfile
from typing import IO, TYPE_CHECKING

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from conversations import audit
from integrations.imports import fields, files, items
from integrations.imports.choices import Choices
from integrations.imports.desks import as_lines
from integrations.imports.files import LOOKED_AT, RefusedError
from integrations.models import Import

if TYPE_CHECKING:
    from deskapp.models import User


def take(upload: IO[bytes], name: str, size: int, *, by: "User", most: int) -> Import:
    """A draft; `most` bytes, as it comes. Raises RefusedError, and keeps nothing then."""
    name = name.replace("\x00", "")[-200:] or "file"
    if size > most:
        words = _("It has more than %(n)s MB. Pack it as .zip or .gz, or part it.")
        raise RefusedError(words % {"n": most // 1024 // 1024})
    with tempfile.TemporaryFile() as whole:
        for block in files.unpacked(upload, name):
            whole.write(block)
        whole.seek(0)
        guess = files.guess(whole.read(LOOKED_AT), name.removesuffix(".gz").removesuffix(".zip"))
        one = Import(name=name, form=guess.form, encoding=guess.encoding, delimiter=guess.delimiter, by=by)
        one.language, one.size = (get_language() or "")[:12], whole.tell()
        if guess.form == "desk":
            with tempfile.TemporaryFile() as lines:
                one.total = as_lines(whole, lines)
                return _kept(one, lines, by)
        return _kept(one, whole, by)


def _kept(one: Import, whole: IO[bytes], by: "User") -> Import:
    whole.seek(0)
    one.what = Import.What.CONVERSATIONS
    one.file.save("import", File(whole), save=False)
    one.size = one.file.size
    try:
        if one.form == "csv":
            read_columns(one)
            if one.what == Import.What.AGENTS and not by.is_admin:  # who brings agents in could bring in an admin
                read_columns(one, Import.What.CUSTOMERS)
        is_mail = one.what == Import.What.CONVERSATIONS  # who wrote them is taken as for mail that comes today
        one.options = Choices(is_verified=is_mail, zone=by.get_timezone()).kept()
        with transaction.atomic():
            one.save()
            audit.record(by, one, before=None, after={"file": one.name, "size": one.size})
    except BaseException:
        one.file.delete(save=False)
        raise
    return one


def read_columns(one: Import, what: str = "") -> None:
    """Anew, when the encoding or the delimiter was changed. Saves nothing. Raises RefusedError."""
    one.columns = items.columns(one)
    if not any(one.columns):
        raise RefusedError(_("Its first line must name the columns, and names none."))
    one.what = what or fields.guess_what(one.columns)
    one.mapping = fields.guess(one.what, one.columns)
