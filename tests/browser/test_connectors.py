"""An admin connects a mailbox in the browser, sees each step of its test, and hears at once when a key is refused."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from integrations import health, trials
from integrations.inbound.mailbox import keep_mail
from integrations.inbound.process import process
from integrations.models import Connector, RawEvent, Trial
from integrations.simulators.mail_servers import DESK, PASSWORD, MailServers
from tests.browser.conftest import is_live
from tests.mailing import a_mail, connect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def newest_trial():
    trials.run(Trial.objects.latest("pk").pk)


def test_a_mailbox_is_connected_and_tested_in_the_browser(page_of, live_desk, root, mail):
    live_desk.do(mail.delete)
    page = page_of(root, "/settings/connectors/new/")
    page.get_by_role("button", name="Connect A mailbox, by IMAP and SMTP").click()
    expect(page.get_by_role("heading", name="2. What the desk has to know")).to_be_visible()
    with MailServers({"support@hollinfell.example"}) as servers:
        page.get_by_label("Address of the mailbox").fill("support@hollinfell.example")
        page.get_by_label("User").fill(DESK)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        reading = page.get_by_role("group", name="Reading mail, IMAP")
        sending = page.get_by_role("group", name="Sending mail, SMTP")
        reading.get_by_label("Port").fill("many")
        expect(reading.get_by_text("It is a number.")).to_be_visible()
        for where, port in ((reading, servers.imap_port), (sending, servers.smtp_port)):
            where.get_by_label("Server").fill("127.0.0.1")
            where.get_by_label("Port").fill(str(port))
            where.get_by_label("Security").select_option("none")
        expect(reading.get_by_text("It is a number.")).to_have_count(0)
        sending.get_by_label("It wants the name and password, too").uncheck()
        page.get_by_role("button", name="Save and test").click()
        expect(page.get_by_text("Waits for a worker…")).to_be_visible()
        live_desk.do(newest_trial)
        expect(page.get_by_text("Sent a letter to ourselves, and it came back")).to_be_visible()
    page.get_by_role("switch", name="Receiving").uncheck()
    expect(page.get_by_text("Paused by Rosa").first).to_be_visible()


def test_a_refused_key_is_on_the_admins_screen_at_once_and_goes_when_it_is_mended(page_of, live_desk, root, mail):
    one = live_desk.do(connect, mail)
    page = page_of(root, "/me/")
    is_live(page)
    live_desk.do(health.broken, one, "The server refuses the password.")
    expect(page.get_by_role("alert").filter(has_text="is not connected any more")).to_be_visible()
    live_desk.do(health.mended, Connector.objects.get())
    expect(page.get_by_text("is not connected any more")).to_have_count(0)


@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_on_the_pages_of_one_connector(page_of, live_desk, root, mail, width):
    one = live_desk.do(connect, mail)
    raw, _is_new = live_desk.do(keep_mail, one, a_mail(sender="no address"))
    live_desk.do(process, raw.pk)
    live_desk.do(trials.begin, one, Trial.What.RECONCILE)
    options = {"viewport": {"width": width, "height": 900}, "reduced_motion": "reduce", "bypass_csp": True}
    page = page_of(root, "/me/", **options)
    for path in (f"{one.pk}/", f"events/{RawEvent.objects.get().pk}/"):
        page.goto(f"{live_desk.url}/settings/connectors/{path}")
        found = Axe().run(page).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"][:160]) for each in found] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
