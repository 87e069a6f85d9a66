"""From a figure to its rows to a file in two taps, and what a printer gets."""

import csv
import re
import unicodedata
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open

pytestmark = pytest.mark.browser


def _desk(window: Open, state: Any, path: str, **more: Any) -> Page:
    page = window(width=1440, state=state, **more).new_page()
    page.goto(path)
    return page


def test_from_a_figure_to_its_rows_to_the_file_in_two_taps(window: Open, states: dict[str, Any]) -> None:
    page = _desk(window, states["clerk"], "/desk/rates?cut=unit")
    figure = page.locator(".ratetable .figure").first
    counted = int(figure.inner_text())
    figure.click()  # one
    expect(page.locator(".note strong").first).to_have_text(f"{counted} 件")
    with page.expect_download() as download:
        page.click("a:text-is('CSV')")  # two
    raw = Path(download.value.path()).read_bytes()
    rows = list(csv.reader(StringIO(raw.decode("utf-8-sig"), newline="")))
    assert len(rows) == counted + 1
    assert rows[0][0] == "编号"


def test_a_month_of_the_year_before_is_one_choice(window: Open, states: dict[str, Any]) -> None:
    page = _desk(window, states["clerk"], "/desk/rates")
    months = page.locator("select[name=month] option")
    assert months.count() == 13
    page.select_option("select[name=month]", index=1)
    page.wait_for_url("**month=**")
    expect(page.locator("h1")).to_contain_text("月")


def _read(pdf: bytes) -> tuple[int, str]:
    """Pages and text of what Chromium printed: glyphs by the table each font brings along."""
    said = []
    with pikepdf.open(BytesIO(pdf)) as file:
        for sheet in file.pages:
            tables = {name: _table(font) for name, font in sheet.resources.get("/Font", {}).items()}
            table: dict[int, str] = {}
            wide = 2  # bytes of one glyph's code
            for operands, operator in pikepdf.parse_content_stream(sheet):
                if str(operator) == "Tf":
                    name = str(operands[0])
                    table = tables.get(name, {})
                    wide = 2 if sheet.resources["/Font"][name].Subtype == "/Type0" else 1
                for part in (
                    operands[0] if str(operator) == "TJ" else operands if str(operator) == "Tj" else ()
                ):
                    if isinstance(part, pikepdf.String):
                        raw = bytes(part)
                        said += [
                            table.get(int.from_bytes(raw[at : at + wide]), "")
                            for at in range(0, len(raw), wide)
                        ]
        # fonts name some characters by their radicals
        text = unicodedata.normalize("NFKC", "".join(said))
        return len(file.pages), re.sub(r"\s", "", text)


def _table(font: Any) -> dict[int, str]:
    if "/ToUnicode" not in font:
        return {}
    told, found = font["/ToUnicode"].read_bytes().decode("latin-1"), {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", told, re.S):
        for code, text in re.findall(r"<(\w+)>\s*<(\w+)>", block):
            found[int(code, 16)] = bytes.fromhex(text).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", told, re.S):
        for first, last, text in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            for step in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + step] = chr(int(text, 16) + step) if len(text) == 4 else ""
    return found


def _printed(page: Page) -> tuple[int, str]:
    return _read(page.pdf(format="A4", prefer_css_page_size=True))


def test_a_case_on_paper_has_its_number_words_and_story(window: Open, states: dict[str, Any]) -> None:
    number = states["number"]
    page = _desk(window, states["clerk"], f"/desk/case/{number}/sheet")
    expect(page.locator("img.qr")).to_be_visible()
    pages, text = _printed(page)
    assert pages == 1
    assert number in text
    assert "楼道口" in text
    assert "经过" in text
    assert "返回" not in text, "no buttons on paper"
    assert "14200000001" not in text


def test_the_rates_fit_one_page(window: Open, states: dict[str, Any]) -> None:
    for cut in ("unit", "community"):
        page = _desk(window, states["clerk"], f"/desk/rates?cut={cut}")
        pages, text = _printed(page)
        assert pages == 1, cut
        assert "响应率" in text
        assert "rule.rates" in text
        assert "筛选" not in text


def test_a_list_on_paper_repeats_its_heading_and_has_every_row(window: Open, states: dict[str, Any]) -> None:
    page = _desk(window, states["clerk"], "/desk/sheet?view=open")
    rows = page.locator("tbody tr").count()
    pages, text = _printed(page)
    assert pages >= 2
    assert text.count("编号") == pages, "the heading on every page"
    assert rows > 20
