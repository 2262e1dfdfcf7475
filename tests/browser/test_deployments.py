"""The service worker of `bundle --offline` in unlucky deployments: a page never gets files of two of them."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flaky import Change, FlakyHost, Status, flaky_host
from playwright.sync_api import Browser, BrowserContext, Page

from wasmforge.bundle.pages import finish_pages

PORTAL = "<!doctype html><title>Log in</title>"
MANIFEST = {"runtime": {"glue": {"file": ""}}, "index": {"file": ""}}
CACHES = "async () => (await caches.keys()).filter((name) => name.startsWith('wasmforge-')).length"
# Whether a check for a newer deployment found one that is complete.
UPDATE = """
async () => {
  const registration = await navigator.serviceWorker.getRegistration();
  try { await registration.update(); } catch { return false; }
  const worker = registration.installing ?? registration.waiting;
  if (!worker) return false;
  while (worker.state === "installing") await new Promise((resolve) => setTimeout(resolve, 20));
  return worker.state === "installed";
}
"""
FETCH = (
    "async (file) => { const answer = await fetch(file); return answer.ok ? answer.text() : String(answer.status); }"
)
READY = "navigator.serviceWorker.ready.then((found) => found.active.state === 'activated')"


def late_file(name: str) -> str:
    return f"late-{hashlib.sha256(name.encode()).hexdigest()[:16]}.js"


def deploy(folder: Path, name: str, *, padding: int = 0, offline: bool = True) -> None:
    """Put a small site in place of the folder's."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "index.html").write_text(f"<!doctype html><html><head><title>{name}</title></head></html>")
    (folder / "entry.mjs").write_text(name)
    (folder / "an odd name.txt").write_text(name)
    (folder / late_file(name)).write_text(name)
    (folder / "large.bin").write_bytes(padding * b"\0")
    finish_pages(folder, MANIFEST, offline=offline)


@pytest.fixture
def host(tmp_path: Path) -> Iterator[FlakyHost]:
    deploy(tmp_path / "site", "one")
    with flaky_host(tmp_path / "site") as host:
        yield host


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def tab(context: BrowserContext, host: FlakyHost) -> Page:
    """A page of the first deployment, which is kept."""
    page = context.new_page()
    page.goto(host.url)
    page.wait_for_function(READY)
    page.reload()
    return page


def files_of(page: Page, name: str) -> list[str]:
    """What a page of a deployment gets: an entry, a file that it needs late, and one with an odd name."""
    files = ["./", "entry.mjs", late_file(name), "an odd name.txt"]
    return [name if f"<title>{name}<" in text else text for text in (page.evaluate(FETCH, file) for file in files)]


def revisit(context: BrowserContext, host: FlakyHost, name: str) -> Page:
    """Close all pages, and come back until the page is of this deployment: browsers switch a moment later."""
    for _ in range(50):
        for page in context.pages:
            page.close()
        page = context.new_page()
        page.goto(host.url)
        if page.title() == name:
            return page
        page.wait_for_timeout(100)
    raise AssertionError(f"the page is still {page.title()}")


def test_redeployment_under_an_open_tab(context: BrowserContext, tab: Page, host: FlakyHost) -> None:
    deploy(host.folder, "two")
    assert tab.evaluate(UPDATE)
    assert files_of(tab, "one") == ["one"] * 4
    assert tab.evaluate(CACHES) == 2
    other = context.new_page()
    other.goto(host.url)
    assert files_of(other, "one") == ["one"] * 4, "as long as a page of the first is open"
    tab.close()
    other.reload()
    assert files_of(other, "one") == ["one"] * 4
    new = revisit(context, host, "two")
    assert files_of(new, "two") == ["two"] * 4
    new.wait_for_function(f"({CACHES})().then((count) => count === 1)")


@pytest.mark.parametrize("fault", [Status(404), Status(503), Change()], ids=repr)
def test_half_deployed_site(context: BrowserContext, tab: Page, host: FlakyHost, fault: Status | Change) -> None:
    deploy(host.folder, "two")
    host.fail_always(late_file("two"), fault)
    assert not tab.evaluate(UPDATE)
    tab.reload()
    assert files_of(tab, "one") == ["one"] * 4
    host.mend()
    assert tab.evaluate(UPDATE)
    assert files_of(revisit(context, host, "two"), "two") == ["two"] * 4


def test_a_site_no_longer_for_offline_use(context: BrowserContext, tab: Page, host: FlakyHost) -> None:
    deploy(host.folder, "two", offline=False)
    assert tab.evaluate(UPDATE)
    assert files_of(tab, "one") == ["one"] * 4
    page = revisit(context, host, "two")
    page.wait_for_function(f"({CACHES})().then((count) => count === 0)")
    page.wait_for_function("navigator.serviceWorker.getRegistration().then((found) => !found)")
    deploy(host.folder, "three", offline=False)
    page.reload()
    assert files_of(page, "three") == ["three"] * 4


def test_captive_portal(tab: Page, host: FlakyHost) -> None:
    host.portal = PORTAL
    tab.reload()
    assert not tab.evaluate(UPDATE)
    assert tab.title() == "one"
    assert files_of(tab, "one") == ["one"] * 4


def test_captive_portal_at_the_first_visit_leaves_nothing(context: BrowserContext, host: FlakyHost) -> None:
    page = context.new_page()
    host.fail_always("entry.mjs", Status(200))  # an empty page
    page.goto(host.url)
    page.wait_for_function("navigator.serviceWorker.getRegistration().then((found) => !found)")
    assert page.evaluate("caches.match('entry.mjs').then((found) => !found)")


@pytest.mark.parametrize("code", [403, 404, 500, 503])
def test_a_copy_is_better_than_an_error_page(tab: Page, host: FlakyHost, code: int) -> None:
    for path in ("index.html", "entry.mjs", late_file("one"), "an odd name.txt", "service-worker.js"):
        host.fail_always(path, Status(code))
    tab.reload()
    assert tab.title() == "one"
    assert files_of(tab, "one") == ["one"] * 4


def test_storage_disabled(context: BrowserContext, host: FlakyHost) -> None:
    """A sandboxed frame has an origin of its own, without storage."""
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    frame = f"<iframe sandbox='allow-scripts' src='{host.url}'></iframe>"
    page.route("**/frame.html", lambda route: route.fulfill(body=frame, content_type="text/html"))
    page.goto(host.url + "frame.html")
    page.frames[1].wait_for_function("document.title === 'one'")
    page.wait_for_timeout(300)
    assert problems == []


def limit_storage(context: BrowserContext, page: Page, host: FlakyHost, size: int) -> None:
    session = context.new_cdp_session(page)
    session.send("Storage.overrideQuotaForOrigin", {"origin": host.url.rstrip("/"), "quotaSize": size})


@pytest.fixture
def chromium_only(browser: Browser) -> None:
    if browser.browser_type.name != "chromium":
        pytest.skip("Firefox sets no quota for tests")


@pytest.mark.usefixtures("chromium_only")
def test_quota_exceeded_at_the_first_visit_leaves_nothing(context: BrowserContext, host: FlakyHost) -> None:
    deploy(host.folder, "one", padding=5_000_000)
    page = context.new_page()
    limit_storage(context, page, host, 1_000_000)
    page.goto(host.url)
    while not any(request.file == "large.bin" and request.sent for request in host.requests):
        page.wait_for_timeout(50)
    page.wait_for_function("navigator.serviceWorker.getRegistration().then((found) => !found)")
    page.wait_for_function(f"({CACHES})().then((count) => count === 0)")
    assert files_of(page, "one") == ["one"] * 4


@pytest.mark.usefixtures("chromium_only")
def test_a_deployment_that_does_not_fit_beside_the_kept_one(
    context: BrowserContext, tab: Page, host: FlakyHost
) -> None:
    limit_storage(context, tab, host, 1_000_000)
    deploy(host.folder, "two", padding=5_000_000)
    assert tab.evaluate(UPDATE)
    assert tab.evaluate(CACHES) == 1
    assert files_of(tab, "one") == ["one"] * 4
    assert files_of(revisit(context, host, "two"), "two") == ["two"] * 4
