"""The plan of the house, held by reading the syntax trees: arrows, sizes, words, and the steps of both journeys."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ["customers", "conversations", "integrations", "deskapp"]  # each may import those before it
MODULES = [path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts]
SCREENS = [
    path
    for pattern in ("templates/**/*.html", "static/**/*.css", "static/**/*.js", "integrations/**/*.html")
    for path in ROOT.glob(pattern)
]
FORBIDDEN_NAMES = {"utils", "helpers", "common", "services", "manager", "channels", "signals"}


def name_of(path):
    return str(path.relative_to(ROOT))


@cache
def tree_of(path):
    return ast.parse(path.read_text())


def imports_of(path):
    """Top-level packages imported anywhere but under `if TYPE_CHECKING`."""
    tree = tree_of(path)
    typing_only = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def found_in(paths, fault):
    """What is wrong, by file: one test reads all of them, since thousands of small ones cost minutes."""
    return {name_of(path): wrong for path in paths if (wrong := fault(path))}


def imports_from_above(path):
    room = path.relative_to(ROOT).parts[0]
    return set(ROOMS[ROOMS.index(room) + 1 :]) & set(imports_of(path))


def lines_above_400(path):
    return max(len(path.read_text().splitlines()) - 400, 0)


def long_functions(path):
    return [
        node.name
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno - node.lineno >= 50
    ]


def silence_about_itself(path):
    return bool(path.read_text().strip()) and not ast.get_docstring(tree_of(path))


def test_imports_point_one_way():
    assert not found_in(MODULES, imports_from_above)


def test_a_file_stays_under_400_lines():
    assert not found_in(MODULES + SCREENS, lines_above_400)


def test_a_function_stays_under_50_lines():
    assert not found_in(MODULES, long_functions)


def test_a_module_opens_with_a_sentence_that_says_what_it_is_for():
    assert not found_in(MODULES, silence_about_itself)


def test_a_module_is_named_for_what_it_does():
    assert not found_in(MODULES, lambda path: path.stem in FORBIDDEN_NAMES)


def test_there_is_something_to_read():
    assert {path.relative_to(ROOT).parts[0] for path in MODULES} == set(ROOMS)
    assert {path.suffix for path in SCREENS} == {".html", ".css", ".js"}


def steps(journey):
    """{number: modules} of the docstrings that open "Inbound 4: …" or "Outbound 2 and 4: …"."""
    found = {}
    for path in MODULES:
        opening = re.match(rf'"""{journey} (\d)(?: and (\d))?:', path.read_text())
        for number in opening.groups() if opening else ():
            if number:
                found.setdefault(int(number), []).append(name_of(path))
    return found


def test_every_step_of_the_inbound_journey_has_its_room():
    found = steps("Inbound")
    assert sorted(found) == [1, 2, 3, 4, 5, 6, 7]
    assert {"integrations/inbound/mailbox.py", "integrations/inbound/webhooks.py"} <= set(found[1])


def test_every_step_of_the_outbound_journey_has_its_room():
    assert sorted(steps("Outbound")) == [1, 2, 3, 4]


def test_nothing_foreign_is_marked_safe():
    """`|safe` and mark_safe only ever stand on our own HTML; each place is named here."""
    # A customer's sanitised mail, in a sandboxed frame under a policy of its own.
    allowed = {"templates/conversations/thread/mail.html"}
    # Our own words, cleaned in the line that marks them; tests/conversations/test_own_words.py is hostile to it.
    allowed.add("conversations/templatetags/desk.py")
    # A stranger's text, escaped in the line that marks it.
    allowed.add("conversations/drawing.py")
    for path in [*MODULES, *SCREENS]:
        text = path.read_text()
        if re.search(r"\|\s*safe\b|mark_safe\(|autoescape off", text):
            assert name_of(path) in allowed


def test_no_second_words():
    words = re.compile(r"\b(class|def) \w*(ticket|contact)\w*", re.IGNORECASE)
    for path in MODULES:
        assert not words.search(path.read_text()), name_of(path)
