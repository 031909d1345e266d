"""How somebody wants to be written to, and what of their reading and typing others may notice."""

from dataclasses import asdict, dataclass

from plexichat.core import users
from plexichat.store.db import Tx
from plexichat.store.users import Senders, User


@dataclass(frozen=True, slots=True)
class Changes:
    """What somebody wants set differently; None leaves it as it is."""

    read_receipts: bool | None = None
    typing_indicators: bool | None = None
    compact_messages: bool | None = None
    allow_dms_from: Senders | None = None
    auto_create_dms: bool | None = None


def update(tx: Tx, user_id: int, wanted: Changes) -> User:
    """Change one's settings; return them with the rest of the account."""
    columns = {name: value for name, value in asdict(wanted).items() if value is not None}
    return users.change(tx, user_id, **columns)
