"""The dashboard as headless Chromium shows it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
QUIET += ["--disable-component-update", "--no-first-run"]
WIDTHS = (1280, 320)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def address(toy: Any) -> str:
    return str((toy.folder.child("report").local() / "index.html").as_uri())


def open_page(browser: Any, address: str, width: int, scripts: str = "on") -> tuple[Any, list[str]]:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, java_script_enabled=scripts == "on"
    )
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request", lambda request: complaints.append(request.url) if request.url.startswith("http") else None
    )
    page.goto(address)
    return page, complaints


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["both", "km", "en"])
def test_nothing_overflows_and_nothing_complains(
    browser: Any, address: str, width: int, language: str
) -> None:
    page, complaints = open_page(browser, address, width)
    page.click(f"label[for=language-{language}]")
    for closed in page.query_selector_all("details"):
        closed.evaluate("element => element.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []
    page.context.close()


def test_the_embedded_font_is_loaded_and_khmer_has_room(browser: Any, address: str) -> None:
    page, _ = open_page(browser, address, 1280)
    assert (
        page.evaluate("document.fonts.ready.then(fonts => [...fonts].map(font => font.status))")
        == ["loaded"] * 2
    )
    assert "Noto Sans Khmer" in page.evaluate(
        "getComputedStyle(document.querySelector('.chart text')).fontFamily"
    )
    spacing = """() => { const style = getComputedStyle(document.querySelector("p.km"));
        return parseFloat(style.lineHeight) / parseFloat(style.fontSize); }"""
    assert page.evaluate(spacing) >= 1.8
    page.context.close()


def test_subscripts_are_shaped(browser: Any, address: str) -> None:
    """A coeng and its consonant stand below the base: they take no width of their own."""
    page, _ = open_page(browser, address, 1280)
    width = """text => { const span = document.createElement('span'); span.textContent = text;
        document.querySelector('h1').append(span); const found = span.getBoundingClientRect().width;
        span.remove(); return found; }"""
    assert page.evaluate(width, "ក្ល") < 1.3 * page.evaluate(width, "ក")
    page.context.close()


def test_the_language_switch_needs_no_script(browser: Any, address: str) -> None:
    page, _ = open_page(browser, address, 1280, scripts="off")
    page.click("label[for=language-en]")
    assert not page.locator("h2 .km").first.is_visible()
    assert page.locator("h2 .en").first.is_visible()
    page.click("label[for=language-km]")
    assert not page.locator("h2 .en").first.is_visible()
    page.context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_without_scripts_panels_charts_and_texts_are_there(browser: Any, address: str, width: int) -> None:
    page, _ = open_page(browser, address, width, scripts="off")
    for panel in ("numbers", "funnel", "dropped", "cleaning", "composition", "scores", "training", "texts"):
        assert page.locator(f"#{panel}").is_visible()
    assert page.locator("svg.chart").count() >= 10
    page.locator("#texts > details > summary").first.click()
    assert page.locator("#texts details .sample").first.is_visible()
    assert not page.locator("#browser").is_visible()
    page.context.close()


def test_folded_scores_open_without_scripts(browser: Any, address: str) -> None:
    page, _ = open_page(browser, address, 320, scripts="off")
    family = page.locator("#scores > details").filter(has_text="gopher_clusters")
    assert not family.locator("svg.chart").first.is_visible()
    family.locator("summary").first.click()
    assert family.locator("svg.chart").first.is_visible()
    assert page.locator("#scores > .grid svg.chart").count() == 2
    page.context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_tables_keep_inside_their_panels_and_name_their_columns(
    browser: Any, address: str, width: int
) -> None:
    page, _ = open_page(browser, address, width)
    for closed in page.query_selector_all("details"):
        closed.evaluate("element => element.open = true")
    outside = """() => [...document.querySelectorAll('section')].flatMap(section => {
        const edge = section.getBoundingClientRect().right;
        return [...section.querySelectorAll('.scroll, figure, svg.chart, .card')]
            .filter(part => part.getBoundingClientRect().right > edge).map(part => section.id); })"""
    assert page.evaluate(outside) == []
    unnamed = """() => [...document.querySelectorAll('th, summary, figcaption, button')]
        .filter(part => part.checkVisibility() && !part.textContent.trim()).map(part => part.outerHTML)"""
    assert page.evaluate(unnamed) == []
    skipped = """() => { const levels = [...document.querySelectorAll('h1, h2, h3, h4')]
            .filter(part => part.checkVisibility()).map(part => [Number(part.tagName[1]), part.textContent]);
        return levels.filter(([level], i) => i && level > levels[i - 1][0] + 1); }"""
    assert page.evaluate(skipped) == []
    page.context.close()


def test_the_sample_browser_filters_searches_and_links(browser: Any, address: str) -> None:
    page, complaints = open_page(browser, address, 1280)
    page.wait_for_selector("#browser.ready")
    listed = page.locator("#browser li button")
    whole = listed.count()
    page.select_option("#browser [data-part=reason]", "dedup: near_duplicate")
    assert listed.count() == 4 < whole
    listed.first.press("Enter")
    detail = page.locator("#browser [data-part=detail]")
    assert "near duplicate" in detail.inner_text()
    linked = page.url
    assert "#doc=" in linked
    page.select_option("#browser [data-part=reason]", "*")
    page.fill("#browser [data-part=query]", "បាត់ដំបង")
    assert 0 < listed.count() < whole
    page.goto("about:blank")
    page.goto(linked)
    page.wait_for_selector("#browser.ready")
    assert "near duplicate" in detail.inner_text()
    assert complaints == []
    page.context.close()
