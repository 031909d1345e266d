"""Plexichat: a chat server in one process, with one SQLite file and one folder of uploads.

`api/` speaks the Plexichat wire format and `web/` what any dialect needs of HTTP; `core/` holds
every rule; `store/` is the only place that speaks SQL; `gateway/` fans events out to sockets;
`cli/` is the admin's terminal; `app.py` wires them together.
"""

__version__ = "a.1.0-49"
