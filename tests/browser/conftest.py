"""The built site, served from this machine, in Debian's chromium.

Without a site or a browser these tests skip and say what to run; with the environment variable
COMPENDIUM_BROWSER=required that is a failure, so that no continuous run passes by skipping.
COMPENDIUM_SITE names a site elsewhere than in `site/`.
"""

import os
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request

from compendium import paths

QUIET = "--no-sandbox --disable-quic --no-first-run --disable-background-networking"
QUIET += " --disable-component-update --disable-sync"


def _stop(reason: str) -> None:
    """Skip, or fail where skipping is not allowed."""
    if os.environ.get("COMPENDIUM_BROWSER") == "required":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def site() -> Path:
    """The site's folder, built from the results at hand."""
    folder = Path(os.environ.get("COMPENDIUM_SITE", paths.ROOT / "site"))
    if not (folder / "index.html").exists():
        _stop(f"{folder} holds no site: run `make site`")
    verdicts = paths.RESULTS / "verdicts.csv"
    shipped = folder / "results" / "verdicts.csv"
    if not verdicts.exists() or verdicts.read_bytes() != shipped.read_bytes():
        _stop(f"{folder} was built from other results: run `make site`")
    return folder


@pytest.fixture(scope="session")
def verdicts(site: Path) -> pd.DataFrame:
    """Every printed value with its verdict, as the results have it."""
    return pd.read_csv(site / "results" / "verdicts.csv", dtype=str, keep_default_na=False)


class Quiet(SimpleHTTPRequestHandler):
    """A server that says nothing, and keeps a connection for the next request."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Leave every request out of the tests' output."""


class Server(ThreadingHTTPServer):
    """One that lets a page ask for all its parts at once: of five it would leave the sixth out."""

    request_queue_size = 128


@pytest.fixture(scope="session")
def base_url(site: Path):
    """Where the site is served; every page of a test begins here."""
    server = Server(("127.0.0.1", 0), partial(Quiet, directory=site))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict, site: Path) -> dict:
    """Debian's chromium, which must not ask the network for anything of its own."""
    del site
    # The one without a window, if it is there, takes a quarter less time.
    chromium = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if chromium is None:
        _stop("no chromium on the path: install the package chromium-headless-shell, or chromium")
    return browser_type_launch_args | {"executable_path": chromium, "args": QUIET.split()}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict) -> dict:
    """A screen of 1280 by 800, in daylight; a test that wants another says so."""
    screen = {"width": 1280, "height": 800}
    return browser_context_args | {"viewport": screen, "color_scheme": "light"}


@pytest.fixture(scope="module")
def shared(browser: Browser, browser_context_args: dict, base_url: str):
    """One page for the tests of a module: a load costs more than what is asked of it."""
    context = browser.new_context(**browser_context_args | {"base_url": base_url})
    yield context.new_page()
    context.close()


def _note_failure(request: Request, found: list[str]) -> None:
    """Note a request that failed; one that a page left behind when another was opened has not."""
    if request.failure != "net::ERR_ABORTED":
        found.append(f"failed: {request.url} ({request.failure})")


@pytest.fixture
def complaints(page: Page, base_url: str) -> list[str]:
    """What goes wrong while a page is read: requests that fail or leave, errors in the console."""
    found: list[str] = []
    here = (base_url, "file:", "data:")
    page.on("requestfailed", lambda request: _note_failure(request, found))
    page.on("pageerror", lambda error: found.append(f"error: {error}"))
    page.on("console", lambda said: found.append(said.text) if said.type == "error" else None)
    page.on("request", lambda r: None if r.url.startswith(here) else found.append(r.url))
    page.on("response", lambda a: found.append(a.url) if a.status > 399 else None)
    return found


# Of rows, entries and words of code of one kind three are looked at: axe takes its time for each.
# A kind is all that axe asks of: elements, attributes, whether they say something, how they look.
THIN = """() => {
  document.querySelectorAll("article section[hidden]").forEach((one) => one.remove());
  const valued = ["class", "role", "style", "type"];
  const tell = (one) => {
    const look = getComputedStyle(one);
    return [
      one.tagName, one.matches("img") || Boolean(one.textContent.trim()),
      ...[...one.attributes].map(({ name, value }) => valued.includes(name) ? value : name),
      look.color, look.backgroundColor, look.fontSize, look.fontWeight, look.display,
    ].join(" ");
  };
  const seen = {}, alike = [];
  const units = "tbody tr, .entry, .gallery > *, dl.py, .highlight span";
  for (const one of document.querySelectorAll(units)) {
    const kind = [...new Set([one, ...one.querySelectorAll("*")].map(tell))].sort();
    for (let up = one.parentElement; up; up = up.parentElement) kind.push(up.className);
    seen[kind] = (seen[kind] || 0) + 1;
    if (seen[kind] > 3 && one.previousElementSibling) alike.push(one);
  }
  alike.forEach((one) => one.remove());
}"""


def find_barriers(page: Page) -> list[str]:
    """What axe finds serious on an open page: names, roles, order; contrast by night too."""
    page.evaluate(THIN)
    # A colour half way from day to night is no colour of the page.
    page.add_style_tag(content="* { transition: none !important }")
    found = []
    for colours, options in (("light", {}), ("dark", {"runOnly": ["color-contrast"]})):
        page.emulate_media(color_scheme=colours)
        page.wait_for_function(f"document.documentElement.dataset.theme === '{colours}'")
        found += [
            f"{colours}, {each['id']}: {node['html'][:150]}"
            for each in Axe()
            .run(page, options=options | {"resultTypes": ["violations"]})
            .response["violations"]
            if each["impact"] in ("serious", "critical")
            for node in each["nodes"][:3]
        ]
    return found
