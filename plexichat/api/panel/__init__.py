"""The admin API (contract 15): its own sessions, people, reports, and the state of the server."""

from typing import Final

from plexichat.api.panel import (
    audit,
    blocked_addresses,
    configuration,
    deletions,
    entrance,
    operations,
    reports,
    security,
    session,
    tickets,
    users,
)

GROUPS: Final = tuple(
    group.routes
    for group in (
        entrance, session, users, deletions, security, blocked_addresses,
        reports, tickets, audit, operations,
        configuration,
    )
)  # fmt: skip
