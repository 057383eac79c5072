"""Many rows of numbers of which a few have changed: the large part is shared, not copied.

Copying hundreds of megabytes takes longer than all else that an edit of a very large base needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False, slots=True)
class Stacked:
    """The rows `place`, counted through `base` and then through `late`. It is read as a matrix is:
    some rows of it, or all multiplied from the left."""

    base: Floats
    late: Floats
    place: Rows

    # Numpy leaves the multiplication to `_Turned`.
    __array_ufunc__ = None

    @classmethod
    def of(cls, rows: Floats | Stacked) -> Stacked:
        """The same rows, nothing changed yet."""
        if isinstance(rows, Stacked):
            return rows
        return cls(rows, rows[:0], np.arange(len(rows)))

    def replaced(self, start: int, stop: int, rows: Floats) -> Stacked:
        """With other rows in place of those from `start` to `stop`."""
        known = len(self.base) + len(self.late)
        new = known + np.arange(len(rows))
        place = np.concatenate([self.place[:start], new, self.place[stop:]])
        return Stacked(self.base, np.concatenate([self.late, rows]), place)

    def __len__(self) -> int:
        return len(self.place)

    def __getitem__(self, rows: Any) -> Floats:
        place = self.place[rows]
        found = np.empty((len(place), self.base.shape[1]), np.float32)
        old = place < len(self.base)
        found[old] = self.base[place[old]]
        found[~old] = self.late[place[~old] - len(self.base)]
        return found

    def __array__(self, dtype: Any = None) -> npt.NDArray[Any]:
        return self[:].astype(dtype or np.float32, copy=False)

    @property
    def shape(self) -> tuple[int, int]:
        """As of the matrix that it stands for."""
        return len(self), self.base.shape[1]

    @property
    def T(self) -> _Turned:
        """What is multiplied from the left."""
        return _Turned(self)


@dataclass(frozen=True, eq=False, slots=True)
class _Turned:
    """The other side of the rows."""

    rows: Stacked

    __array_ufunc__ = None

    def __rmatmul__(self, left: Floats) -> Floats:
        base, late = self.rows.base, self.rows.late
        both = np.concatenate([left @ base.T, left @ late.T], axis=-1)
        found: Floats = both[..., self.rows.place]
        return found
