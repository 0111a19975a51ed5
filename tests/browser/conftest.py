"""A real Chromium against a desk that really listens: uvicorn on a free port, on this test's own database."""

import os
import shutil
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import uvicorn
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import Error, sync_playwright

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


class LiveDesk:
    """The application in a thread. Playwright has a loop in the test's own, so the desk's work is done in another."""

    def __init__(self):
        from deskapp.asgi import application

        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        config = uvicorn.Config(application, log_level="warning", lifespan="off", ws="websockets-sansio")
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.listener]}, daemon=True)
        self.worker = ThreadPoolExecutor(1)

    def start(self):
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)

    def stop(self):
        self.server.should_exit = self.server.force_exit = True
        self.thread.join(10)
        self.do(connections.close_all)
        self.worker.shutdown()

    def do(self, work, *args, **options):
        """Calls `work` where the ORM may be used, and gives what it gave."""
        return self.worker.submit(work, *args, **options).result(30)


@pytest.fixture
def live_desk(transactional_db):
    desk = LiveDesk()
    desk.start()
    yield desk
    desk.stop()


@pytest.fixture
def browser(monkeypatch):
    """One for each test: Playwright's loop must be gone before tests run that have their own."""
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine")
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # other fixtures use the database beside that loop
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        except Error as error:
            pytest.fail(f"Chromium does not start: {error}")
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser):
    """Makes pages with the options of a browser context; a page that logs an error fails its test."""
    contexts, problems = [], []

    def make(**options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
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
