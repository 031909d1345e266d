"""Rows of channels and of the pairs of people who share one."""

from collections.abc import Collection
from dataclasses import dataclass

from plexichat.store.db import Snapshot, Tx


@dataclass(frozen=True, slots=True)
class Channel:
    """A conversation. `people` is the pair of a DM, or the one owner of notes; in a server it is
    empty, and permissions decide."""

    id: int
    kind: str
    last_message_id: int | None
    people: tuple[int, ...] = ()
    server_id: int | None = None
    name: str = ""
    topic: str | None = None
    position: int = 0
    category_id: int | None = None
    nsfw: bool = False
    slowmode_seconds: int = 0
    read_receipts: bool = True

    @classmethod
    def of_server(
        cls, id: int, kind: str, last: int | None, server_id: int, name: str, topic: str | None,
        position: int, category_id: int | None, nsfw: int, slowmode: int, receipts: int,
    ) -> "Channel":  # fmt: skip
        """A row of COLUMNS."""
        return cls(
            id, kind, last, (), server_id, name, topic, position, category_id, bool(nsfw), slowmode,
            bool(receipts),
        )  # fmt: skip


ENDED = "ended"  # the kind of a channel that is gone for everybody
COLUMNS = """c.id, c.kind, c.last_message_id, c.server_id, c.name, c.topic, c.position,
    c.category_id, c.nsfw, c.slowmode_seconds, c.read_receipts"""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A DM as one of the two sees it."""

    id: int
    last_message_id: int | None
    recipient_id: int
    recipient_name: str | None
    recipient_avatar: str | None


def by_id(snap: Snapshot, channel_id: int) -> Channel | None:
    row = snap.execute(
        f"""SELECT d.low_id, d.high_id, {COLUMNS}
           FROM channel c LEFT JOIN dm d ON d.channel_id = c.id
           WHERE c.id = ? AND c.kind <> ?""",
        (channel_id, ENDED),
    ).fetchone()
    if row is None:
        return None
    low, high, *columns = row
    if low is None:
        return Channel.of_server(*columns)
    _, kind, last, *_ = columns
    return Channel(channel_id, kind, last, (low,) if low == high else (low, high))


def dm_between(snap: Snapshot, one: int, other: int) -> int | None:
    """The channel of this pair; of one's notes when both are the same person."""
    row = snap.execute(
        "SELECT channel_id FROM dm WHERE low_id = ? AND high_id = ?",
        (min(one, other), max(one, other)),
    ).fetchone()
    return None if row is None else int(row[0])


def insert_dm(tx: Tx, kind: str, one: int, other: int) -> int:
    channel_id = tx.id()
    tx.execute("INSERT INTO channel (id, kind) VALUES (?, ?)", (channel_id, kind))
    tx.execute(
        "INSERT INTO dm (low_id, high_id, channel_id) VALUES (?, ?, ?)",
        (min(one, other), max(one, other), channel_id),
    )
    for person in {one, other}:
        tx.execute(
            "INSERT INTO reading (user_id, channel_id) VALUES (?, ?)", (person, channel_id)
        )
    return channel_id


def insert_in_server(
    tx: Tx, server_id: int, kind: str, **columns: object
) -> int:
    """Add a channel to a server; `columns` are the others by name."""
    channel_id = tx.id()
    values = {"id": channel_id, "server_id": server_id, "kind": kind, **columns}
    names, marks = ", ".join(values), ", ".join("?" * len(values))
    tx.execute(f"INSERT INTO channel ({names}) VALUES ({marks})", tuple(values.values()))
    return channel_id


def extent(snap: Snapshot, server_id: int) -> tuple[int, int]:
    """How many channels a server has, and the position behind the last one."""
    count, last = snap.execute(
        "SELECT count(*), max(position) FROM channel WHERE server_id = ?", (server_id,)
    ).fetchone()
    return count, 0 if last is None else last + 1


def server_ids(snap: Snapshot, channel_ids: Collection[int]) -> dict[int, int | None]:
    """The server that each of these channels is in, None for personal ones."""
    rows = snap.execute(
        f"""SELECT id, server_id FROM channel
            WHERE id IN ({",".join("?" * len(channel_ids))}) AND kind <> ?""",
        (*channel_ids, ENDED),
    )
    return dict(rows.fetchall())


def last_message_ids(snap: Snapshot, server_id: int) -> dict[int, int | None]:
    """The last message of each channel of a server."""
    rows = snap.execute("SELECT id, last_message_id FROM channel WHERE server_id = ?", (server_id,))
    return dict(rows.fetchall())


def change(tx: Tx, channel_id: int, **columns: object) -> None:
    """Set columns by name."""
    sets = ", ".join(f"{column} = ?" for column in columns)
    tx.execute(f"UPDATE channel SET {sets} WHERE id = ?", (*columns.values(), channel_id))


def free_from(tx: Tx, server_id: int, category_id: int) -> None:
    """Let what is in a category be in none."""
    tx.execute(
        "UPDATE channel SET category_id = NULL WHERE server_id = ? AND category_id = ?",
        (server_id, category_id),
    )


def end(tx: Tx, channel_id: int) -> None:
    """Let nobody find a channel any more; what was said in it is there until somebody clears it."""
    tx.execute("DELETE FROM override WHERE channel_id = ?", (channel_id,))
    tx.execute("UPDATE channel SET server_id = NULL, kind = ? WHERE id = ?", (ENDED, channel_id))


def ended(snap: Snapshot) -> int | None:
    """A channel that has ended and is not cleared away yet."""
    row = snap.execute(f"SELECT id FROM channel WHERE kind = '{ENDED}' LIMIT 1").fetchone()
    return None if row is None else int(row[0])


def conversations(snap: Snapshot, user_id: int) -> list[Conversation]:
    """This person's DMs, the one with the latest activity first."""
    rows = snap.execute(
        """SELECT c.id, c.last_message_id, u.id, u.username, u.avatar
           FROM (SELECT channel_id, high_id AS other FROM dm WHERE low_id = ?1 AND high_id <> ?1
                 UNION ALL
                 SELECT channel_id, low_id FROM dm WHERE high_id = ?1 AND low_id <> ?1) d
           JOIN channel c ON c.id = d.channel_id
           JOIN user u ON u.id = d.other
           ORDER BY max(c.id, coalesce(c.last_message_id, 0)) DESC""",
        (user_id,),
    )
    return [Conversation(*row) for row in rows]


def personal(snap: Snapshot, user_id: int) -> list[int]:
    """The channels of this person's DMs and notes."""
    rows = snap.execute(
        """SELECT channel_id FROM dm WHERE low_id = ?1
           UNION SELECT channel_id FROM dm WHERE high_id = ?1""",
        (user_id,),
    )
    return [channel_id for (channel_id,) in rows]


def conversation(snap: Snapshot, channel_id: int, recipient_id: int) -> Conversation | None:
    row = snap.execute(
        """SELECT c.id, c.last_message_id, u.id, u.username, u.avatar
           FROM channel c, user u WHERE c.id = ? AND u.id = ?""",
        (channel_id, recipient_id),
    ).fetchone()
    return None if row is None else Conversation(*row)


def contacts(snap: Snapshot, user_id: int) -> frozenset[int]:
    """Everybody who shares a DM with this person."""
    rows = snap.execute(
        """SELECT high_id FROM dm WHERE low_id = ?1 AND high_id <> ?1
           UNION SELECT low_id FROM dm WHERE high_id = ?1 AND low_id <> ?1""",
        (user_id,),
    )
    return frozenset(row[0] for row in rows)
