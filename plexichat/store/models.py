"""The tables as peewee sees them; migrations create them, a test holds the two together.

Every query off the hot path is written with these. `orm` runs on the connection of whichever
database thread asks.
"""

from peewee import BlobField, CompositeKey, IntegerField, Model, TextField

from plexichat.store.binding import orm


class Table(Model):
    class Meta:
        database = orm
        legacy_table_names = False


class User(Table):
    id = IntegerField(primary_key=True)
    username = TextField(null=True)
    email = TextField(null=True)
    email_key = TextField(null=True)
    password_hash = BlobField()
    is_admin = IntegerField(default=0)
    avatar = TextField(null=True)
    badges = TextField(default="[]")
    email_verified = IntegerField(default=0)
    age_verified = IntegerField(default=0)
    totp_enabled = IntegerField(default=0)
    failures = IntegerField(default=0)
    locked_until = IntegerField(default=0)
    suspended_until = IntegerField(default=0)
    read_receipts = IntegerField(default=1)
    typing_indicators = IntegerField(default=1)
    compact_messages = IntegerField(default=1)
    allow_dms_from = TextField(default="everyone")
    auto_create_dms = IntegerField(default=1)
    deletion_at = IntegerField(null=True)


class Session(Table):
    id = IntegerField(primary_key=True)
    user_id = IntegerField()
    token_hash = BlobField()
    expires_at = IntegerField()
    active_at = IntegerField()
    address = TextField(null=True)
    agent = TextField(null=True)


class Channel(Table):
    id = IntegerField(primary_key=True)
    kind = TextField()
    last_message_id = IntegerField(null=True)
    sent = IntegerField(default=0)
    server_id = IntegerField(null=True)
    name = TextField(null=True)
    topic = TextField(null=True)
    position = IntegerField(default=0)
    category_id = IntegerField(null=True)
    nsfw = IntegerField(default=0)
    slowmode_seconds = IntegerField(default=0)
    read_receipts = IntegerField(default=1)
    cleared_id = IntegerField(default=0)


class Dm(Table):
    low_id = IntegerField()
    high_id = IntegerField()
    channel_id = IntegerField()

    class Meta:
        primary_key = CompositeKey("low_id", "high_id")


class Message(Table):
    id = IntegerField(primary_key=True)
    channel_id = IntegerField()
    author_id = IntegerField()
    position = IntegerField()
    own_position = IntegerField()
    content = TextField(null=True)
    attachments = TextField(null=True)
    embeds = TextField(null=True)
    reply_to_id = IntegerField(null=True)
    edited_at = IntegerField(null=True)
    pinned_at = IntegerField(null=True)
    deleted = IntegerField(default=0)
    reactions = IntegerField(default=0)
    webhook_id = IntegerField(null=True)
    byline = TextField(null=True)
    byline_avatar = TextField(null=True)


class Reading(Table):
    user_id = IntegerField()
    channel_id = IntegerField()
    sent = IntegerField(default=0)
    read_id = IntegerField(default=0)
    read_sent = IntegerField(default=0)
    read_own = IntegerField(default=0)
    read_at = IntegerField(null=True)
    receipt_id = IntegerField(default=0)
    delivered_id = IntegerField(default=0)

    class Meta:
        primary_key = CompositeKey("user_id", "channel_id")
