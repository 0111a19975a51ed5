"""Reports as files: readable by what reads such files, with no formula of a stranger's, and however long."""

import csv
import io
import tracemalloc
import zipfile
from datetime import datetime
from zoneinfo import ZoneInfo

import openpyxl
import pypdf
import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone, translation

from conversations.inbound.receive import receive
from conversations.reports import every
from conversations.reports.sheets import paper, tables, workbook
from conversations.reports.sheets.ink import Paper
from conversations.reports.sheets.opened import opened
from conversations.reports.sheets.sheet import Asked, Cell, Figure, Flow, Link, Node, Row, Sheet, Table, Unit, Words
from conversations.reports.sheets.workbook import Page, Styled
from tests.conftest import from_ann
from tests.conversations.reports.shapes import OWN, REPORT


@pytest.fixture
def shapes(monkeypatch):
    monkeypatch.setattr(every, "REPORTS", (REPORT, OWN))


def got(client, form, which="report_file", **query):
    answer = client.get(reverse(which, args=["shapes", form]), query)
    assert answer.status_code == 200 and f".{form}" in answer["Content-Disposition"]
    return b"".join(answer.streaming_content)


@pytest.mark.django_db
def test_a_sheet_is_a_workbook_of_numbers(client, root, shapes, mail):
    receive(from_ann(mail, "zanzibar"))
    client.force_login(root)
    book = openpyxl.load_workbook(io.BytesIO(got(client, "xlsx")))
    names = ["At a glance", "By team", "Over time", "Stacked", "Teams", "When", "Ways", "Remarks", "Definitions"]
    assert book.sheetnames == names
    tiles, table = book["At a glance"], book["By team"]
    assert [cell.value for cell in tiles[2]][:2] == ["Begun <b>", 1] and tiles["B4"].value == 90.5
    assert table["A2"].value == "'=Returns" and table["C2"].value == "too few"
    assert isinstance(book["Over time"]["A2"].value, datetime)
    assert book["Definitions"]["B2"].value == "Conversations that began."


def test_money_in_a_workbook_says_its_currency_and_times_their_unit():
    spent, wait, few = (Figure(key, key.title(), "", unit, least=3) for key, unit in zip(
        ("spent", "wait", "few"), (Unit.MONEY, Unit.SECONDS, Unit.SHARE), strict=True
    ))  # fmt: skip

    def page(*currencies):
        rows = [
            Row(each, [Cell(spent, 1.5, currency=each), Cell(wait, 90), Cell(few, None, 1), Cell(few, 0.5, 1)])
            for each in currencies
        ]
        part = Table("Table", "who", [spent, wait, few, few], rows)
        return [list(row) for row in next(tables.pages(Sheet([part]), None)).rows]

    one, two = page("EUR", "EUR"), page("EUR", "GBP")
    assert one == [
        ["Who", "Spent (EUR)", "Wait (seconds)", "Few", "Few"],
        *2 * [["EUR", 1.5, 90, Styled(None, "share"), "too few"]],
    ]
    assert [row[:3] for row in two] == [["Who", "Spent", "Currency"], ["EUR", 1.5, "EUR"], ["GBP", 1.5, "GBP"]]


@pytest.mark.django_db
def test_a_sheet_is_a_table_of_every_number(client, root, shapes, mail):
    receive(from_ann(mail, "zanzibar"))
    client.force_login(root)
    lines = list(csv.DictReader(io.StringIO(got(client, "csv").decode("utf-8-sig"))))
    begun = next(line for line in lines if line["part"] == "At a glance" and line["figure"] == "Begun <b>")
    assert (begun["value"], begun["unit"], begun["before"]) == ("1", "count", "1")
    assert {line["too few"] for line in lines if line["figure"] == "Solved"} == {"True"}
    assert "'=Returns" in {line["row"] for line in lines}


@pytest.mark.django_db
def test_rows_are_exported_as_they_are_counted(client, root, shapes, mail):
    for number in range(3):
        receive(from_ann(mail, f"=1+{number}", address=f"ann{number}@home.example"))
    client.force_login(root)
    lines = list(csv.reader(io.StringIO(got(client, "csv", "report_rows_file", cell="what=begun").decode("utf-8-sig"))))
    assert len(lines) == 4 and lines[0][:2] == ["When", "Status"]
    assert all(line[2].startswith("'=1+") for line in lines[1:])
    sheet = openpyxl.load_workbook(io.BytesIO(got(client, "xlsx", "report_rows_file", cell="what=begun"))).active
    assert sheet.max_row == 4 and isinstance(sheet["A2"].value, datetime) and isinstance(sheet["E2"].value, int)
    assert client.get(reverse("report_rows_file", args=["shapes", "pdf"])).status_code == 404


@pytest.mark.django_db
def test_a_sheet_on_paper_says_what_the_page_says_in_any_script(client, root, shapes, mail):
    receive(from_ann(mail, "zanzibar"))
    client.force_login(root)
    for language in ("de", "fr", "es", "ar"):
        with translation.override(language):
            root.locale = language
            root.save()
            printed = pypdf.PdfReader(io.BytesIO(got(client, "pdf", **{"for": "7d"})))
        text = "\n".join(page.extract_text() for page in printed.pages)
        assert "Conversations that began." in text, language
        assert "Łódź, Größe, déjà, ¿qué?" in text and "السلام عليكم" in text, language
        assert {font.split("+")[-1] for page in printed.pages for font in fonts_of(page)} == {"FiraGO", "FiraGOBold"}


@pytest.mark.django_db
def test_tables_on_paper_lie_on_white_and_titles_with_what_they_are_of(root, monkeypatch):
    one = opened("service", root, QueryDict("for=4w"))
    full = REPORT.sheet(one.asked)
    lines, table = full.parts[2], full.parts[1]
    under, real = [], Paper.table
    monkeypatch.setattr(
        Paper, "table", lambda self, **how: under.append(self.fill_color.colors255) or real(self, **how)
    )
    book = paper.pdf(Sheet([table, lines, table, lines]), one.asked, title="T", says=[], foot="")
    assert under == [(255, 255, 255)] * 2
    texts = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(book)).pages]
    last = next(text for text in reversed(texts) if "Over time" in text)
    assert "Wait 2 min" in last.partition("Over time")[2] or "Wait 1 min 30 s" in last.partition("Over time")[2]


@pytest.mark.django_db
def test_paper_has_the_letters_of_chinese_and_japanese_and_carries_them_only_where_they_stand(root):
    said, now, fonts = "退货 與 日本語 テスト", timezone.now(), {}
    of = Asked(root, now, now, ZoneInfo("Asia/Tokyo"))
    for words in (said, "Returns"):
        made = paper.pdf(Sheet([Words(words, [words])]), of, title=words, says=(), foot="Desk")
        page = pypdf.PdfReader(io.BytesIO(made)).pages[0]
        read = page.extract_text().replace("\x00", "")  # which this reader sets before each letter of such a font
        assert "".join(read.split()).count("".join(words.split())) == 3, words
        fonts[words] = {font.split("+")[-1] for font in fonts_of(page)}
        assert len(made) < 100_000  # of the font, the letters that stand there
    assert fonts == {said: {"FiraGO", "FiraGOBold", "NotoSansSC"}, "Returns": {"FiraGO", "FiraGOBold"}}


@pytest.mark.django_db
@pytest.mark.parametrize("many", [3, 30])
def test_a_flow_however_high_is_on_the_page_of_its_title(root, many):
    one = opened("service", root, QueryDict("for=4w"))
    count = Figure("went", "Went", "")
    nodes = [
        Node("a", "First", 0, Cell(count, 60)),
        *(Node(f"b{n}", f"Place {n}", 1, Cell(count, 2)) for n in range(many)),
    ]
    ways = [Link("a", f"b{n}", Cell(count, 2)) for n in range(many)]
    sheet = Sheet([Words("Before", ["word"] * 20), Flow("The flow", count, ["From", "To"], nodes, ways)])
    book = pypdf.PdfReader(io.BytesIO(paper.pdf(sheet, one.asked, title="T", says=[], foot="")))
    (page,) = [text for each in book.pages if "The flow" in (text := each.extract_text())]
    assert all(f"Place {n}" in page for n in range(many))


def fonts_of(page):
    return [str(font.get_object()["/BaseFont"]).lstrip("/") for font in page["/Resources"]["/Font"].values()]


def test_a_workbook_of_many_rows_takes_no_more_memory_than_one_of_few():
    row = ("word", 7, 0.5, datetime(2026, 5, 1, 12), None, True, Styled(0.25, "share"))

    def peak(count):
        tracemalloc.start()
        pieces = sum(map(len, workbook.streamed([Page("Rows", (row for _ in range(count)))])))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return pieces, most

    peak(10)
    few, many = peak(2_000), peak(20_000)
    assert many[0] > few[0] * 3 and many[1] < few[1] * 2


def test_what_one_sheet_cannot_hold_goes_on_in_the_next(monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 4)
    pages = [Page("A/B:" + "x" * 40, [["n"], *([number] for number in range(7))]), Page("Empty", [])]
    book = b"".join(workbook.streamed(pages))
    assert zipfile.ZipFile(io.BytesIO(book)).testzip() is None
    sheets = openpyxl.load_workbook(io.BytesIO(book)).worksheets
    assert [len(sheet.title) <= 31 for sheet in sheets] == [True] * 4 and len({sheet.title for sheet in sheets}) == 4
    values = [[cell.value for cell in sheet["A"]] for sheet in sheets[:3]]
    assert values == [["n", 0, 1, 2], ["n", 3, 4, 5], ["n", 6]]
