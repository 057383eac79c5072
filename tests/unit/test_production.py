"""Production refuses what only a demo may do."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.serve import require_approved
from bot.settings import BadSettings, Settings, encryption_keys


def made(tmp_path: Path, mode: str, **values: str) -> Settings:
    return Settings.model_validate({"mode": mode, "var_dir": tmp_path, **values})


def test_a_missing_key_is_made_once_in_a_private_file_in_development(tmp_path: Path) -> None:
    settings = made(tmp_path, "development")
    first = encryption_keys(settings)
    assert encryption_keys(settings) == first
    assert (tmp_path / "encryption_keys").stat().st_mode & 0o777 == 0o600


def test_a_missing_key_is_refused_in_production_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as refused:
        encryption_keys(made(tmp_path, "production"))
    assert refused.value.field == "encryption_keys"
    assert "CARELINE_ENCRYPTION_KEYS" in (refused.value.remedy or "")
    assert not list(tmp_path.iterdir())


def test_safety_texts_that_nobody_reviewed_are_served_in_development_only(
    tmp_path: Path,
) -> None:
    require_approved(made(tmp_path, "development"))
    with pytest.raises(BadSettings, match="without a reviewer"):
        require_approved(made(tmp_path, "production"))


def test_a_lease_shorter_than_an_answer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="lease_seconds must be longer"):
        Settings.model_validate({"answer_seconds": 4, "lease_seconds": 3, "var_dir": tmp_path})
