"""Every option with its kind and its default, in one frozen structure.

`config.example.toml` says the why of each; nothing is listed here that nothing reads.
"""

import dataclasses
import json
import pathlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from types import MappingProxyType
from typing import Annotated, Any, Literal

from plexichat.config.kinds import (
    Address,
    BaseUrl,
    Bytes,
    Count,
    CountOrNone,
    Filled,
    Listen,
    Network,
    Origin,
    Path,
    Rate,
    Rates,
    Schedule,
    Url,
    Version,
    within,
)


@dataclass(frozen=True, slots=True)
class Server:
    host: Filled = "127.0.0.1"
    port: Annotated[int, within(0, 65535)] = 8000
    listen: tuple[Address, ...] = ()
    public_url: BaseUrl = ""
    max_body_bytes: Count = 10_485_760
    body_timeout_seconds: Count = 30
    one_core: bool = True
    cors_origins: tuple[Origin, ...] = ()
    trusted_proxies: tuple[Network, ...] = ()


@dataclass(frozen=True, slots=True)
class Storage:
    directory: Filled = "data"
    reserve_bytes: Bytes = 67_108_864


@dataclass(frozen=True, slots=True)
class Backup:
    schedule: Schedule = ""
    keep: Count = 7
    directory: Path = ""


@dataclass(frozen=True, slots=True)
class Logging:
    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["human", "json"] = "human"
    file: str = "logs/plexichat.log"
    max_bytes: Annotated[int, within(4096)] = 10_485_760
    backup_count: CountOrNone = 5


@dataclass(frozen=True, slots=True)
class Metrics:
    listen: Listen = ""


@dataclass(frozen=True, slots=True)
class Registration:
    mode: Literal["open", "invite", "closed"] = "open"


@dataclass(frozen=True, slots=True)
class AccountDeletion:
    enabled: bool = True
    grace_days: Annotated[int, within(0, 3650)] = 30
    keep_messages: bool = True


@dataclass(frozen=True, slots=True)
class Passwords:
    min_length: Annotated[int, within(1, 1024)] = 8
    max_length: Annotated[int, within(1, 1024)] = 128
    require_uppercase: bool = False
    require_lowercase: bool = False
    require_digit: bool = False
    require_special: bool = False
    bcrypt_cost: Annotated[int, within(4, 16)] = 12


@dataclass(frozen=True, slots=True)
class Recovery:
    link_hours: Count = 24


@dataclass(frozen=True, slots=True)
class AgeGate:
    enabled: bool = False
    mode: Literal["boolean", "dob"] = "boolean"
    minimum_age: Annotated[int, within(1, 150)] = 13


@dataclass(frozen=True, slots=True)
class Sessions:
    expire_hours: Count = 168
    extend_threshold_hours: CountOrNone = 24
    max_per_user: Count = 10


@dataclass(frozen=True, slots=True)
class Lockout:
    max_failures: Count = 5
    minutes: Count = 15


@dataclass(frozen=True, slots=True)
class TwoFactor:
    issuer: Filled = "Plexichat"


@dataclass(frozen=True, slots=True)
class Messages:
    max_length: Count = 4000
    max_attachments: CountOrNone = 10
    max_pins: CountOrNone = 50


@dataclass(frozen=True, slots=True)
class Features:
    search: bool = True
    reports: bool = True
    feedback: bool = True


@dataclass(frozen=True, slots=True)
class Servers:
    emojis: CountOrNone = 50
    webhooks_per_channel: CountOrNone = 10
    webhooks: CountOrNone = 50


@dataclass(frozen=True, slots=True)
class Uploads:
    max_attachment_bytes: Annotated[int, within(1, 1 << 40)] = 26_214_400
    quota_bytes: Bytes = 2_147_483_648
    link_seconds: Annotated[int, within(60, 604_800)] = 3600


@dataclass(frozen=True, slots=True)
class Retention:
    messages_days: CountOrNone = 0
    messages_max_bytes: Bytes = 0
    files_days: CountOrNone = 0
    files_max_bytes: Bytes = 0


@dataclass(frozen=True, slots=True)
class Presence:
    grace_seconds: CountOrNone = 10
    lease_seconds: CountOrNone = 60
    departure_seconds: CountOrNone = 2
    typing_timeout_ms: Count = 10_000


@dataclass(frozen=True, slots=True)
class Gateway:
    heartbeat_interval_ms: Count = 45_000
    identify_timeout_seconds: Count = 30
    max_sockets_per_user: Count = 5
    resume_window_seconds: CountOrNone = 300
    replay_events: CountOrNone = 2000
    max_frame_bytes: Annotated[int, within(1024, 262_144)] = 65_536
    allowed_origins: tuple[Origin, ...] = ()
    permessage_deflate: bool = False
    max_queue_bytes: Count = 1_048_576


@dataclass(frozen=True, slots=True)
class Versioning:
    min_supported_version: Version = ""
    update_url: Url = ""


@dataclass(frozen=True, slots=True)
class Wryft:
    max_sockets_per_user: Count = 32
    legacy_client: bool = False


@dataclass(frozen=True, slots=True)
class Web:
    client_dir: str = ""


@dataclass(frozen=True, slots=True)
class Docs:
    enabled: bool = True


def _networks(*texts: str) -> tuple[Network, ...]:
    return tuple(map(ip_network, texts))


@dataclass(frozen=True, slots=True)
class AdminUi:
    enabled: bool = True
    allowed: tuple[Network, ...] = _networks(
        "127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"
    )
    session_minutes: Count = 480
    idle_minutes: Count = 30
    max_sessions: Count = 3
    password_minutes: Count = 5


@dataclass(frozen=True, slots=True)
class RateLimits:
    enabled: bool = True
    everyone: Rates = (Rate(3000, 60, 750),)
    address: Rates = (Rate(3000, 60, 750),)
    user: Rates = (Rate(600, 60, 150),)
    default: Rates = (Rate(60, 30, 10),)
    login: Rates = (Rate(5, 60, 5), Rate(20, 3600, 20))
    register: Rates = (Rate(3, 60, 3), Rate(10, 3600, 10), Rate(20, 86400, 20))
    auth: Rates = (Rate(10, 60, 10),)
    two_factor: Rates = (Rate(5, 60, 2),)
    recover: Rates = (Rate(5, 60, 5), Rate(20, 3600, 20))
    send_message: Rates = (Rate(10, 5, 5),)
    list_messages: Rates = (Rate(10, 10, 5),)
    change_message: Rates = (Rate(10, 5, 10),)
    react: Rates = (Rate(1, 0.25, 1),)
    update_me: Rates = (Rate(10, 60, 5),)
    read_me: Rates = (Rate(30, 60, 10),)
    request_friend: Rates = (Rate(5, 60, 2), Rate(50, 3600, 50))
    block: Rates = (Rate(10, 60, 5),)
    list_relationships: Rates = (Rate(100, 60, 20),)
    create_server: Rates = (Rate(10, 60, 2), Rate(100, 86400, 100))
    end_server: Rates = (Rate(1, 60, 1),)
    read_server: Rates = (Rate(20, 10, 10),)
    list_channels: Rates = (Rate(100, 60, 20),)
    upload: Rates = (Rate(10, 60, 2), Rate(100, 3600, 100))
    upload_bytes: Rates = (Rate(536_870_912, 86400, 536_870_912),)
    upload_chunk: Rates = (Rate(300, 60, 60),)
    download: Rates = (Rate(600, 60, 200),)
    qr: Rates = (Rate(20, 60, 5),)
    create_webhook: Rates = (Rate(5, 60, 2),)
    webhook: Rates = (Rate(5, 2, 5),)
    webhook_channel: Rates = (Rate(30, 60, 10),)
    identify: Rates = (Rate(1, 5, 1),)
    frames: Rates = (Rate(120, 60, 120),)
    wryft_frames: Rates = (Rate(600, 60, 300),)


@dataclass(frozen=True, slots=True)
class Config:
    """All sections; `sources` tells where each option that is not at its default came from.

    `path` is the file that was read, if one was.
    """

    server: Server = Server()
    storage: Storage = Storage()
    backup: Backup = Backup()
    logging: Logging = Logging()
    metrics: Metrics = Metrics()
    registration: Registration = Registration()
    account_deletion: AccountDeletion = AccountDeletion()
    passwords: Passwords = Passwords()
    recovery: Recovery = Recovery()
    age_gate: AgeGate = AgeGate()
    sessions: Sessions = Sessions()
    lockout: Lockout = Lockout()
    two_factor: TwoFactor = TwoFactor()
    messages: Messages = Messages()
    features: Features = Features()
    servers: Servers = Servers()
    uploads: Uploads = Uploads()
    retention: Retention = Retention()
    presence: Presence = Presence()
    gateway: Gateway = Gateway()
    versioning: Versioning = Versioning()
    wryft: Wryft = Wryft()
    web: Web = Web()
    docs: Docs = Docs()
    admin_ui: AdminUi = AdminUi()
    rate_limits: RateLimits = RateLimits()
    sources: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType({}), compare=False, repr=False
    )
    path: pathlib.Path | None = field(default=None, compare=False, repr=False)


SECTIONS: dict[str, Any] = {
    section.name: section.type
    for section in dataclasses.fields(Config)
    if dataclasses.is_dataclass(section.type)
}
OPTIONS: dict[str, Any] = {
    f"{name}.{option.name}": option.type
    for name, section in SECTIONS.items()
    for option in dataclasses.fields(section)
}


@dataclass(frozen=True, slots=True)
class Option:
    """One option as `config show` tells it; `source` is "default" or the place that set it."""

    key: str
    value: str | int | bool | list[str]
    source: str

    @property
    def toml(self) -> str:
        return json.dumps(self.value, ensure_ascii=False)


def describe(config: Config) -> list[Option]:
    """List every option with its value in plain types and where it came from."""
    options = []
    for key in OPTIONS:
        section, _, name = key.partition(".")
        value = getattr(getattr(config, section), name)
        plain = [str(item) for item in value] if isinstance(value, tuple) else value
        options.append(Option(key, plain, config.sources.get(key, "default")))
    return options
