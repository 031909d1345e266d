"""Requests about what is not kept."""

import msgspec

from plexichat import retention
from plexichat.admin.words import Tell
from plexichat.app import House
from plexichat.config import Retention
from plexichat.core.errors import Refusal


class RetentionRun(msgspec.Struct, frozen=True, tag="retention run done"):
    """What went, or would go: numbers, and bytes of text and of files."""

    messages: int
    messages_bytes: int
    files: int
    files_bytes: int
    dry: bool


class RunRetention(msgspec.Struct, frozen=True, tag="retention run"):
    dry: bool

    async def perform(self, house: House, tell: Tell) -> RetentionRun:
        rules = house.config.retention
        if rules == Retention():
            raise Refusal(
                "no_retention", "everything is kept: no option of [retention] says otherwise"
            )
        due = await retention.due(house.db, rules)
        if not self.dry:
            await retention.run(house, due)
        return RetentionRun(*due.messages, *due.files, self.dry)


REQUESTS = (RunRetention,)
ANSWERS = (RetentionRun,)
