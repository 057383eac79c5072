"""What `careline kb import` and `export` refuse before they touch anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["import", "--csv", "FILE", "--html", "FILE"], "Give one of"),
        (["import", "--dir", "FOLDER", "--csv", "FILE"], "Give one of"),
        (["import", "--dry-run"], "go with --csv"),
        (["import", "--format", "json"], "go with --csv"),
        (["export", "--html", "--drafts"], "leave --drafts out"),
        (["export", "--language", "es"], "goes with --html"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    arguments: list[str], said: str, tmp_path: Path
) -> None:
    file = tmp_path / "faq.csv"
    file.write_text("question,answer\n")
    places = {"FILE": str(file), "FOLDER": str(tmp_path)}

    done = CliRunner().invoke(main, ["kb", *(places.get(one, one) for one in arguments)])

    assert done.exit_code == 2
    assert said in done.output
