"""Rows of what people tell of themselves."""

from msgspec import Struct

from plexichat.store.db import Snapshot, Tx

COLUMNS = """user_id, bio, pronouns, location, timezone, banner, colour, second_colour, theme,
    links"""


class Profile(Struct, frozen=True):
    """The banner is an external picture or the name of our own file; theme and links are JSON."""

    user_id: int
    bio: str | None = None
    pronouns: str | None = None
    location: str | None = None
    timezone: str | None = None
    banner: str | None = None
    colour: str | None = None
    second_colour: str | None = None
    theme: str | None = None
    links: str | None = None


def of(snap: Snapshot, user_id: int) -> Profile:
    row = snap.execute(f"SELECT {COLUMNS} FROM profile WHERE user_id = ?", (user_id,)).fetchone()
    return Profile(user_id) if row is None else Profile(*row)


def change(tx: Tx, user_id: int, **columns: object) -> None:
    """Set columns by name."""
    tx.execute("INSERT OR IGNORE INTO profile (user_id) VALUES (?)", (user_id,))
    sets = ", ".join(f"{column} = ?" for column in columns)
    tx.execute(f"UPDATE profile SET {sets} WHERE user_id = ?", (*columns.values(), user_id))
