"""Requests about webhooks."""

import msgspec

from plexichat.admin.words import Tell
from plexichat.app import House
from plexichat.core import stewardship, webhooks
from plexichat.core.stewardship import Program


class Webhook(msgspec.Struct, frozen=True, tag="webhook"):
    id: str
    name: str
    server_id: str
    server: str
    channel_id: str
    channel: str
    creator_id: str


class Webhooks(msgspec.Struct, frozen=True, tag="webhooks"):
    webhooks: list[Webhook]


class ListWebhooks(msgspec.Struct, frozen=True, tag="webhooks list"):
    async def perform(self, house: House, tell: Tell) -> Webhooks:
        return Webhooks([_webhook(each) for each in await house.db.read(stewardship.programs)])


class RevokeWebhook(msgspec.Struct, frozen=True, tag="webhook revoke"):
    id: str

    async def perform(self, house: House, tell: Tell) -> Webhook:
        found = await house.db.read(stewardship.program, self.id)
        await house.db.write(webhooks.remove, found.webhook.id)
        return _webhook(found)


def _webhook(program: Program) -> Webhook:
    one = program.webhook
    return Webhook(
        str(one.id), one.name, str(one.server_id), program.server, str(one.channel_id),
        program.channel, str(one.creator_id),
    )  # fmt: skip


REQUESTS = (ListWebhooks, RevokeWebhook)
ANSWERS = (Webhook, Webhooks)
