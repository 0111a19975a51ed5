"""What a form says of what is being typed: the form that will take it is asked, so that no rule is written twice."""

from collections.abc import Mapping

from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

HEADER = "As-Typed"  # the names of the fields that were touched so far (static/js/typed.js)
WHOLE = ""  # under which is said what is of no single field


def as_typed(request: HttpRequest, form: BaseForm) -> HttpResponse | None:
    """What is wrong with the touched fields of a bound form; None for a request that means to send it. A view asks
    before it stores anything."""
    if not is_typed(request):
        return None
    wrong = {name: str(errors[0]) for name, errors in form.errors.items() if name != NON_FIELD_ERRORS}
    wrong[WHOLE] = " ".join(map(str, form.non_field_errors()))
    return told(request, wrong, {name: str(field.help_text) for name, field in form.fields.items()})


def is_typed(request: HttpRequest) -> bool:
    return request.method == "POST" and HEADER in request.headers


def told(request: HttpRequest, wrong: Mapping[str, str], helps: Mapping[str, str] | None = None) -> HttpResponse:
    """`wrong`: a sentence for a field's name. `helps`: what stands below a field with which nothing is wrong."""
    names = [*dict.fromkeys(request.headers.get(HEADER, "").split()), WHOLE]
    lines = [{"name": each, "wrong": wrong.get(each, ""), "help": (helps or {}).get(each, "")} for each in names]
    return render(request, "conversations/as_typed.html", {"lines": lines})
