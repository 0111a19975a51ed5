"""Attribution: a model's number leads to the sales that it gives a touch a part of, and these parts make the number."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format

from conversations.models import SaleTouch
from conversations.reports.attribution import figures
from conversations.reports.attribution.report import report
from conversations.reports.sales import deriving
from conversations.reports.sales.touching import MODELS
from conversations.reports.sheets.sheet import Asked, Table
from tests.conversations.reports.sold import DAY, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(root):
    World(timezone.now())
    deriving.work_off()
    today = timezone.now().astimezone(ZoneInfo("Europe/London")).replace(hour=0, minute=0, second=0, microsecond=0)
    return Asked(root, today - timedelta(days=200), today + DAY, today.tzinfo, grain="month")


def told(ask):
    """Every model's number: its model, the words of its link, the cell."""
    kinds = {figure.key: model for model in MODELS for figure in (figures.CREDITS[model], figures.WORTH[model])}
    for part in report.sheet(ask).parts:
        for row in part.rows if isinstance(part, Table) else ():
            for cell in row.cells:
                if cell.figure.key in kinds:
                    yield kinds[cell.figure.key], dict(parse_qsl(cell.drill, keep_blank_values=True)), cell


def plainly(ask, model, drill):
    """Of each sale what such touches get of it, in millionths, and of its money in thousandths: counted by a loop."""
    found = {}
    for row in SaleTouch.objects.filter(placed_at__gte=ask.begins, placed_at__lt=ask.ends):
        parts = ("kind", "source", "medium", "campaign", "currency")
        if any(part in drill and getattr(row, part) != drill[part] for part in parts):
            continue
        credit, worth = found.get(row.sale_id, (0, 0))
        found[row.sale_id] = credit + getattr(row, model), worth + getattr(row, f"{model}_worth")
    return {sale: each for sale, each in found.items() if each[0]}


def test_each_number_of_a_model_leads_to_the_sales_that_it_gives_a_part_of_and_their_parts_make_it(ask):
    seen, fewer = set(), 0
    for model, drill, cell in told(ask):
        behind = report.behind(ask, drill)
        rows, plain = list(behind.rows), plainly(ask, model, drill)
        assert {row.sale_id for row in rows} == set(plain) and len(rows) == behind.rows.count() == len(plain)
        credit = next(column for column in behind.columns if column.label == "Credit")
        parts = {row.sale_id: credit.take(row) for row in rows}
        assert parts == {sale: its / 1_000_000 for sale, (its, _worth) in plain.items()}
        if "currency" in drill:
            assert cell.value == sum(worth for _its, worth in plain.values()) / 1000
        else:
            assert cell.value == pytest.approx(sum(parts.values()), abs=1e-9)
        seen.add((model, "currency" in drill, "kind" in drill))
        touched = plainly(ask, "linear", drill)
        fewer += len(plain) < len(touched)
    assert len(seen) == 4 * len(MODELS) and fewer > 5  # the first and the last are not all that a touch had a part in


def test_the_page_of_a_models_number_says_its_rows_and_what_the_credits_are_together(client, root, ask):
    client.force_login(root)
    said = 0
    for model, drill, cell in told(ask):
        if drill.get("campaign") != "spring":
            continue
        days = {"for": "own", "from": ask.begins.date().isoformat(), "to": timezone.now().date().isoformat()}
        query = urlencode({**days, "zone": "Europe/London", "cell": cell.drill})
        page = client.get(f"{reverse('report_rows', args=['attribution'])}?{query}").content.decode()
        plain = plainly(ask, model, drill)
        together = sum(credit for credit, _worth in plain.values()) / 1_000_000
        assert f'id="rows-total">{len(plain)}<' in page
        assert f"Credits together: {number_format(together, 3, force_grouping=True)}" in page
        said += 1
    assert said >= 2 * len(MODELS)


@pytest.mark.parametrize("model", ["", "sale", "linear_worth", "pk"])
def test_no_other_column_is_a_model(client, root, model):
    client.force_login(root)
    query = urlencode({"cell": urlencode({"what": "credit", "model": model})})
    assert client.get(f"{reverse('report_rows', args=['attribution'])}?{query}").status_code == 404
