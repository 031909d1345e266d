"""Icons: the picture that a server shows, or the initials that stand in for it."""

from typing import Final

from plexichat.core import servers
from plexichat.core.avatars import Seen, draw
from plexichat.core.events import FilesForgotten
from plexichat.store import servers as rows
from plexichat.store.db import Snapshot, Tx
from plexichat.store.servers import Server

MAX_BYTES: Final = 5 << 20
SMALL_BYTES: Final = 2 << 20


def check(snap: Snapshot, user_id: int, server_id: int) -> None:
    """Refuse whoever may not give this server another picture."""
    servers.acting(snap, user_id, server_id, servers.MANAGE)


def put(tx: Tx, user_id: int, server_id: int, file: str | None) -> Server:
    """Show the picture in this file from now on; the file of the one before goes."""
    check(tx, user_id, server_id)
    before = servers.get(tx, server_id)
    if before.icon is not None:
        tx.emit(FilesForgotten(audience=frozenset(), names=(before.icon,)))
    return servers.put(tx, user_id, server_id, {"icon": file})


def of(snap: Snapshot, server_id: int) -> Seen:
    """What is shown of this server; one that nobody knows is drawn, too."""
    server = rows.by_id(snap, server_id)
    if server is None:
        return Seen(None, draw(server_id, ""))
    return Seen(server.icon, draw(server_id, server.name))
