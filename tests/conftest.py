"""What all tests share: a browser for pages, and Ctrl-C even where a shell's background job has it ignored."""

import shutil
import signal

import pytest

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(autouse=True)
def ctrl_c():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def browser():
    """Chromium, driven by Playwright."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: make browser")
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        pytest.skip("no Chromium on this machine, which tests of pages need: apt install chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def contexts():
    """The contexts of the browser by their settings: they hold nothing of a page, and take long to make."""
    return {}


@pytest.fixture
def show(browser, contexts, tmp_path):
    """A function that opens a page that has ``save``; at the end none may have complained or reached out.

    Of two pages with the same settings the second takes the place of the first.
    """
    trouble, tabs, shown = [], {}, []

    def open_page(page, width=1400, height=760, after="", **settings):
        settings = {"viewport": {"width": width, "height": height}, "reduced_motion": "reduce", **settings}
        if (key := str(settings)) not in contexts:
            contexts[key] = browser.new_context(**settings)
        if key not in tabs:
            tab = tabs[key] = contexts[key].new_page()
            tab.on("console", lambda message: trouble.append(message.text))
            tab.on("pageerror", lambda error: trouble.append(f"{error}"))
            tab.on("request", lambda r: r.url.partition("#")[0] == shown[-1] or trouble.append(r.url))
        shown.append(page.save(tmp_path / f"page{len(shown)}.html").as_uri())
        tabs[key].goto(shown[-1] + after)
        return tabs[key]

    yield open_page
    for tab in tabs.values():
        tab.close()
    assert trouble == []


@pytest.fixture
def hindrances():
    """A function that gives what axe finds in a tab that hinders readers: nothing, one hopes."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed: make browser")

    def found(tab):
        return [(v["id"], v["nodes"][0]["html"]) for v in axe.Axe().run(tab).response["violations"]]

    return found
