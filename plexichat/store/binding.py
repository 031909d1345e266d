"""peewee on the connection of whichever database thread asks.

A thread of the database adopts its connection once; from then on `orm` runs there, always inside
a call's transaction, so `orm.atomic()` nests as a savepoint. On any other thread it refuses.
"""

import threading
from collections.abc import Sequence

from peewee import PeeweeException, SqliteDatabase

from plexichat.store.driver import Connection, Cursor, meaning


class ThreadBound(SqliteDatabase):
    def __init__(self) -> None:
        super().__init__("the thread's own", autoconnect=False)
        self._own = threading.local()

    def adopt(self, connection: Connection) -> None:
        """Make `connection` this thread's, as one whose transaction somebody else ends."""
        self._own.connection = connection
        self.connect()
        self.push_transaction(None)

    def _connect(self) -> Connection:
        connection: Connection = self._own.connection
        return connection

    def execute_sql(self, sql: str, params: Sequence[object] | None = None) -> Cursor:
        try:
            cursor: Cursor = super().execute_sql(sql, params)  # type: ignore[no-untyped-call]
            return cursor
        except PeeweeException as error:
            known = meaning(error.__context__)
            if known is None:
                raise
            raise known from error


orm = ThreadBound()
