"""Rows of presence: what each person wants to be seen as, and when they last were."""

from msgspec import Struct

from plexichat.store.db import Snapshot, Tx

COLUMNS = "user_id, status, custom_status, custom_emoji, shown_until, text_until, hidden"


class Chosen(Struct, frozen=True):
    """What somebody has set; it stands through reconnects and restarts."""

    user_id: int
    status: str = "online"
    custom_status: str | None = None
    custom_emoji: str | None = None
    shown_until: int | None = None
    text_until: int | None = None  # when text and emoji go by themselves
    hidden: bool = False  # offline to others, whatever the status


def chosen(snap: Snapshot, user_id: int) -> Chosen:
    row = snap.execute(
        f"SELECT {COLUMNS} FROM presence WHERE user_id = ?", (user_id,)
    ).fetchone()
    return Chosen(user_id) if row is None else _chosen(row)


def of_server(snap: Snapshot, server_id: int) -> list[Chosen]:
    """What members of a server have chosen, as far as they ever did."""
    rows = snap.execute(
        f"""SELECT {COLUMNS} FROM presence WHERE user_id IN
                (SELECT user_id FROM member WHERE server_id = ?)""",
        (server_id,),
    )
    return [_chosen(row) for row in rows]


def ended(snap: Snapshot, limit: int) -> list[Chosen]:
    """Some of those whose text has had its time."""
    rows = snap.execute(
        f"SELECT {COLUMNS} FROM presence WHERE text_until <= ? LIMIT ?", (snap.now, limit)
    )
    return [_chosen(row) for row in rows]


def next_end(snap: Snapshot) -> int | None:
    """When the next text goes by itself."""
    (at,) = snap.execute("SELECT min(text_until) FROM presence").fetchone()
    return None if at is None else int(at)


def put(tx: Tx, chosen: Chosen) -> None:
    tx.execute(
        f"REPLACE INTO presence ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (chosen.user_id, chosen.status, chosen.custom_status, chosen.custom_emoji,
         chosen.shown_until, chosen.text_until, int(chosen.hidden)),
    )  # fmt: skip


def _chosen(row: tuple[int, str, str | None, str | None, int | None, int | None, int]) -> Chosen:
    user_id, status, text, emoji, shown_until, text_until, hidden = row
    return Chosen(user_id, status, text, emoji, shown_until, text_until, bool(hidden))
