"""Rows of presence: what each person wants to be seen as, and when they last were."""

from msgspec import Struct

from plexichat.store.db import Snapshot, Tx


class Chosen(Struct, frozen=True):
    """What somebody has set; it stands through reconnects and restarts."""

    user_id: int
    status: str = "online"
    custom_status: str | None = None
    custom_emoji: str | None = None
    shown_until: int | None = None


def chosen(snap: Snapshot, user_id: int) -> Chosen:
    row = snap.execute(
        """SELECT user_id, status, custom_status, custom_emoji, shown_until
           FROM presence WHERE user_id = ?""",
        (user_id,),
    ).fetchone()
    return Chosen(user_id) if row is None else Chosen(*row)


def put(tx: Tx, chosen: Chosen) -> None:
    tx.execute(
        """INSERT INTO presence (user_id, status, custom_status, custom_emoji, shown_until)
           VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET status = excluded.status,
               custom_status = excluded.custom_status, custom_emoji = excluded.custom_emoji,
               shown_until = excluded.shown_until""",
        (chosen.user_id, chosen.status, chosen.custom_status, chosen.custom_emoji,
         chosen.shown_until),
    )  # fmt: skip
