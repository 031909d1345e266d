"""Rows of pictures that wait for their place, and every place where a picture may be."""

from msgspec import Struct

from plexichat.store.db import Snapshot, Tx

SHOWN = (  # a query for each column that names the file of a picture which anybody may see
    "SELECT avatar FROM user WHERE avatar",
    "SELECT banner FROM profile WHERE banner",
    "SELECT icon FROM server WHERE NOT ended AND icon",
    "SELECT banner FROM server WHERE NOT ended AND banner",
    "SELECT file FROM emoji WHERE file",
    "SELECT file FROM picture WHERE file",
)
COLUMNS = "file, owner_id, kind, animated, created_at"


class Picture(Struct, frozen=True):
    """A picture that nothing shows yet; `kind` is what it was given to be."""

    file: str
    owner_id: int
    kind: str
    animated: bool
    created_at: int


def insert(tx: Tx, picture: Picture) -> None:
    tx.execute(
        f"INSERT INTO picture ({COLUMNS}) VALUES (?, ?, ?, ?, ?)",
        (picture.file, picture.owner_id, picture.kind, int(picture.animated), picture.created_at),
    )


def waiting(snap: Snapshot, digits: str) -> Picture | None:
    """The one whose file begins with these digits, if it still waits."""
    row = snap.execute(
        f"SELECT {COLUMNS} FROM picture WHERE file >= ? AND file < ?", bounds(digits)
    ).fetchone()
    if row is None:
        return None
    file, owner_id, kind, animated, created_at = row
    return Picture(file, owner_id, kind, bool(animated), created_at)


def shown(snap: Snapshot, digits: str) -> str | None:
    """The file that begins with these digits, if it is a picture for everybody."""
    low, high = bounds(digits)
    for query in SHOWN:
        column = query.rpartition(" ")[2]
        row = snap.execute(f"{query} >= ? AND {column} < ?", (low, high)).fetchone()
        if row is not None:
            return str(row[0])
    return None


def public(snap: Snapshot, file: str) -> bool:
    """Whether this file is a picture for everybody."""
    queries = " UNION ALL ".join(f"{query} = ?1" for query in SHOWN)
    return snap.execute(f"{queries} LIMIT 1", (file,)).fetchone() is not None


def delete(tx: Tx, file: str) -> None:
    tx.execute("DELETE FROM picture WHERE file = ?", (file,))


def delete_old(tx: Tx, before: int, limit: int) -> list[str]:
    """Forget up to `limit` that came before `before`; return the names of the files."""
    return _deleted(tx, "created_at < ?", before, limit)


def delete_of(tx: Tx, owner_id: int, limit: int) -> list[str]:
    """Forget up to `limit` that somebody gave; return the names of the files."""
    return _deleted(tx, "owner_id = ?", owner_id, limit)


def bounds(digits: str) -> tuple[str, str]:
    """Between which names those are that begin with these 32 digits."""
    return digits, f"{digits}/"  # behind every suffix, which begins with a full stop


def _deleted(tx: Tx, which: str, key: int, limit: int) -> list[str]:
    names = tx.execute(
        f"""DELETE FROM picture WHERE file IN (SELECT file FROM picture WHERE {which} LIMIT ?)
            RETURNING file""",
        (key, limit),
    ).fetchall()
    return [name for (name,) in names]
