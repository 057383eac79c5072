"""Weights that come inside pinned packages from the registry.

Such a package is data to us: its code is never imported, and its files are used only when their
content is exactly what was reviewed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from bot.errors import CarelineError


class EncoderUnavailable(CarelineError):
    """The weights are not there, or are not the reviewed ones."""

    code = "encoder_unavailable"
    status = 503


@dataclass(frozen=True, slots=True)
class Carried:
    """A file of an installed package, and the hash it must have."""

    package: str
    file: str
    sha256: str

    def path(self) -> Path:
        """Where it lies, found without importing the package. Raises `EncoderUnavailable`."""
        try:
            path = Path(str(distribution(self.package).locate_file(self.file)))
        except PackageNotFoundError as error:
            raise EncoderUnavailable(
                f"the package {self.package} is not installed", remedy="run `make install`"
            ) from error
        if not path.is_file():
            raise EncoderUnavailable(f"{self.file} is missing", remedy="run `make install`")
        return path

    def checked(self) -> Path:
        """The same, once the content was found to be the reviewed one."""
        path = self.path()
        check(path, self.sha256)
        return path


def check(path: Path, sha256: str) -> None:
    """Raises `EncoderUnavailable` unless the file's content has this hash."""
    found = sha256_of(path)
    if found != sha256:
        raise EncoderUnavailable(
            f"{path.name} is not the reviewed file (sha256 {found[:12]}…)",
            remedy="reinstall the environment; do not run with these weights",
        )


def sha256_of(path: Path) -> str:
    """The hash of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
