"""The models say what the migrations made."""

from typing import Any

import pytest

from plexichat.store.db import Database, Snapshot
from plexichat.store.models import Table


@pytest.mark.parametrize("model", Table.__subclasses__(), ids=lambda model: model.__name__)
async def test_a_model_has_the_columns_of_its_table(db: Database, model: Any) -> None:
    def columns(snap: Snapshot) -> dict[str, tuple[str, bool]]:
        table = model._meta.table_name
        rows = snap.execute("SELECT * FROM pragma_table_info(?)", (table,))
        return {name: (type, bool(notnull or pk)) for _, name, type, notnull, _, pk in rows}

    assert await db.read(columns) == {
        field.column_name: (field.field_type.replace("INT", "INTEGER"), not field.null)
        for field in model._meta.sorted_fields
    }
