"""Every figure that was asked for has a row in the results that are kept, and says the truth about itself."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

BENCH = Path(__file__).resolve().parents[2] / "bench"
TARGETS: list[dict[str, Any]] = yaml.safe_load((BENCH / "targets.yml").read_text(encoding="utf-8"))
RESULTS: list[dict[str, Any]] = json.loads((BENCH / "results.json").read_text(encoding="utf-8"))
ROWS = {row["name"]: row for row in RESULTS}


def test_targets_have_the_shape_the_run_reads() -> None:
    names = [target["name"] for target in TARGETS]
    assert len(set(names)) == len(names) > 0
    for target in TARGETS:
        assert set(target) == {"name", "sentence", "comparison", "value", "unit"}, target
        assert target["comparison"] in {"≤", "≥"}
        assert isinstance(target["value"], int | float)
        assert target["sentence"]


def test_a_figure_is_the_one_its_sentence_names() -> None:
    for target in TARGETS:
        said = (
            target["sentence"]
            .replace("3 min", "180 s")
            .replace("Zero wrong", "0 wrong")
            .replace("2,000", "2000")
            .replace("identical", "0 unlike")
            .replace("bit-for-bit repeatable", "0 bits unlike")
            .replace("1e-9", "1e-09")
        )
        assert re.search(rf"(?<![\d.]){target['value']}(?![\d.])", said), target


def test_rows_have_the_shape_that_was_agreed() -> None:
    assert len(ROWS) == len(RESULTS)
    for row in RESULTS:
        assert {"name", "value", "unit", "baseline", "target", "ok"} <= set(row), row
        assert isinstance(row["value"], int | float)
        assert row["baseline"] is None or isinstance(row["baseline"], int | float)
        assert (row["target"] is None) == (row["ok"] is None)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target["name"])
def test_every_target_has_its_row_and_the_row_does_not_flatter(target: dict[str, Any]) -> None:
    row = ROWS[target["name"]]
    met = row["value"] <= target["value"] if target["comparison"] == "≤" else row["value"] >= target["value"]
    assert row["ok"] == met
    assert row["target"] == f"{target['comparison']} {target['value']:g}"
    assert row["unit"] == target["unit"]
    if not met:
        assert len(row.get("note", "")) > 80, "a miss says what was tried"
