"""Rows of upload sessions: files that come in chunks, and which of these are here."""

from dataclasses import dataclass

from plexichat.store.db import Snapshot, Tx

HERE = "1"
MISSING = "0"


@dataclass(frozen=True, slots=True)
class UploadSession:
    """A file on its way; `chunks` has a character for each, and all but the last are as long."""

    id: int
    user_id: int
    name: str
    filename: str
    content_type: str
    total_size: int
    chunk_size: int
    chunks: str
    expires_at: int

    @property
    def arrived(self) -> int:
        """How many chunks are here."""
        return self.chunks.count(HERE)

    @property
    def complete(self) -> bool:
        return MISSING not in self.chunks

    def length(self, index: int) -> int:
        """How many bytes this chunk has."""
        return min(self.chunk_size, self.total_size - index * self.chunk_size)


COLUMNS = """id, user_id, name, filename, content_type, total_size, chunk_size, chunks,
    expires_at"""


def insert(tx: Tx, session: UploadSession) -> None:
    tx.execute(
        f"INSERT INTO upload_session ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            session.id, session.user_id, session.name, session.filename, session.content_type,
            session.total_size, session.chunk_size, session.chunks, session.expires_at,
        ),
    )  # fmt: skip


def of(snap: Snapshot, user_id: int) -> list[UploadSession]:
    """Everything that one person is uploading, the oldest first."""
    found = snap.execute(
        f"""SELECT {COLUMNS} FROM upload_session WHERE user_id = ? AND expires_at > ?
            ORDER BY id""",
        (user_id, snap.now),
    )
    return [UploadSession(*row) for row in found]


def by_id(snap: Snapshot, user_id: int, session_id: int) -> UploadSession | None:
    """One of this person's that has not expired."""
    found = snap.execute(
        f"""SELECT {COLUMNS} FROM upload_session
            WHERE id = ? AND user_id = ? AND expires_at > ?""",
        (session_id, user_id, snap.now),
    ).fetchone()
    return None if found is None else UploadSession(*found)


def put(tx: Tx, session_id: int, chunks: str, expires_at: int) -> None:
    tx.execute(
        "UPDATE upload_session SET chunks = ?, expires_at = ? WHERE id = ?",
        (chunks, expires_at, session_id),
    )


def delete(tx: Tx, session_id: int) -> None:
    tx.execute("DELETE FROM upload_session WHERE id = ?", (session_id,))


def delete_expired(tx: Tx, limit: int) -> list[str]:
    """Forget up to `limit` that expired; return the names of the files."""
    gone = tx.execute(
        """DELETE FROM upload_session WHERE id IN
               (SELECT id FROM upload_session WHERE expires_at <= ? LIMIT ?)
           RETURNING name""",
        (tx.now, limit),
    )
    return [name for (name,) in gone.fetchall()]
