"""What can go wrong below the rules.

StoreError
├── Busy         too many calls wait already
├── Full         the disk is full
├── Unwritable   the data folder cannot be used
├── InUse        another process works on the data folder
├── Newer        the database was made by a newer program
├── Duplicate    a UNIQUE constraint decided against this row
└── Missing      a row names another that is not there
"""

from pathlib import Path


class StoreError(Exception):
    """The database could not do what it was asked to."""


class Busy(StoreError):
    pass


class Full(StoreError):
    pass


class Unwritable(StoreError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"cannot write to the data folder: {path}: {reason}")


class InUse(StoreError):
    """`pid` is None in the moment before the other process has written it down."""

    def __init__(self, directory: Path, pid: int | None) -> None:
        who = "another process" if pid is None else f"process {pid}"
        super().__init__(f"the data folder {directory} is in use by {who}")
        self.pid = pid


class Newer(StoreError):
    def __init__(self, found: int, known: int) -> None:
        super().__init__(
            f"the database is of version {found} and this program knows versions up to {known};"
            " use the newer program"
        )


class Duplicate(StoreError):
    """An index over an expression is named itself: `table` is then empty."""

    def __init__(self, table: str, columns: tuple[str, ...]) -> None:
        super().__init__(f"exists already: {table}({', '.join(columns)})")
        self.table = table
        self.columns = columns


class Missing(StoreError):
    pass
