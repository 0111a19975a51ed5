"""A real Chromium against a desk that really listens: uvicorn on a free port, on this test's own database."""

import os
import shutil
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import uvicorn
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import Error, expect, sync_playwright
from redis import Redis

HERE = Path(__file__).parent
# bin/test finds it, installs it where it may, and says loudly when there is none.
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# Waiting costs a test that passes nothing: these are for a machine that has much else to do.
SECONDS = 20
PAGE_SECONDS = 30
expect.set_options(timeout=SECONDS * 1000)


def pytest_collection_modifyitems(config, items):
    """A machine that many share may stop a browser for longer than any patience: such a test, and no other kind, is
    tried again, and bin/test tells which one it was and why. One that fails three times has failed."""
    if config.pluginmanager.hasplugin("rerunfailures"):
        for item in items:
            if HERE in item.path.parents:
                item.add_marker(pytest.mark.flaky(reruns=2))


def eventually(page, claim, *, seconds=SECONDS):
    """What `claim` gives as soon as it is true. The page goes on meanwhile, with the routes that Playwright holds."""
    found = _asked_until(page, claim, bool, seconds)
    assert found, f"It did not become true within {seconds} s."
    return found


def becomes(page, what, wanted, *, seconds=SECONDS):
    """Waits until `what` gives `wanted`; what it gave last is what one reads if it never does."""
    assert _asked_until(page, what, lambda found: found == wanted, seconds) == wanted


def _asked_until(page, what, is_enough, seconds):
    ends = time.monotonic() + seconds
    while not is_enough(found := what()) and time.monotonic() < ends:
        page.wait_for_timeout(50)
    return found


def is_live(page):
    """The page's socket is in all the groups that its page asked for: what happens from now on comes."""
    page.locator("body[data-live]").wait_for()


def frames(page):
    """Two frames have been drawn: what was scrolled has told so."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


STILL = """[document, ...[...document.querySelectorAll("*")].map((each) => each.shadowRoot).filter(Boolean)]
  .every((root) => !root.querySelector(".htmx-request") && root.getAnimations().every((each) =>
    each.playState !== "running" || each.effect.getComputedTiming().iterations === Infinity))"""


def still(page):
    """Nothing moves and nothing is on its way: colours and sizes are what they stay."""
    frames(page)
    eventually(page, lambda: page.evaluate(STILL))


class LiveDesk:
    """The application in a thread. Playwright has a loop in the test's own, so the desk's work is done in another."""

    def __init__(self):
        from deskapp.asgi import application

        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        options = {"log_level": "warning", "lifespan": "off", "ws": "websockets-sansio"}
        config = uvicorn.Config(application, timeout_graceful_shutdown=SECONDS, **options)
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.listener]}, daemon=True)
        self.worker = ThreadPoolExecutor(1)

    def start(self):
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)

    def stop(self):
        """What it is still answering ends first: the database is emptied next, and would get it for the next test."""
        self.server.should_exit = True
        self.thread.join(2 * SECONDS)
        assert not self.thread.is_alive()
        self.do(connections.close_all)
        self.worker.shutdown()

    def do(self, work, *args, **options):
        """Calls `work` where the ORM may be used, and gives what it gave."""
        return self.worker.submit(work, *args, **options).result(60)


@pytest.fixture
def live_desk(transactional_db, settings):
    """With nothing in Redis: neither who was on the site in another test, or in a first try, nor what was counted.
    What can be taken back can be for as long as a slow machine needs."""
    settings.UNDO_SECONDS = 10 * SECONDS
    Redis.from_url(settings.REDIS_URL).flushdb()  # this process has a database of its own in it
    desk = LiveDesk()
    desk.start()
    yield desk
    desk.stop()


@pytest.fixture(scope="module")
def chromium():
    """Starts one, and another when it has died. One for each module: to start takes seconds of work, and Playwright's
    loop must be gone before tests of other folders run that have their own."""
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine")
    with pytest.MonkeyPatch.context() as patched, sync_playwright() as playwright:
        patched.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # other fixtures use the database beside that loop
        running = []

        def started():
            if not running or not running[-1].is_connected():
                running.append(playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=120_000))
            return running[-1]

        yield started
        for browser in running:
            browser.close()


@pytest.fixture
def browser(chromium):
    try:
        return chromium()
    except Error as error:
        pytest.fail(f"Chromium does not start: {error}")


@pytest.fixture
def open_page(browser):
    """Makes pages with the options of a browser context; a page that logs an error fails its test."""
    contexts, problems = [], []

    def make(**options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PAGE_SECONDS * 1000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console",
            lambda line: problems.append(line.text) if "Content Security Policy" in line.text else None,
        )
        return page

    yield make
    for context in contexts:
        context.close()
    assert not problems


@pytest.fixture
def page_of(live_desk, open_page):
    """Opens a page of the desk for an agent, signed in by a session of their own."""

    def make(agent, path="/", **options):
        cookie = live_desk.do(session_of, agent)
        page = open_page(base_url=live_desk.url, **options)
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_desk.url}])
        page.goto(live_desk.url + path)
        return page

    return make


def session_of(agent):
    client = Client()
    client.force_login(agent)
    return client.cookies[settings.SESSION_COOKIE_NAME].value
