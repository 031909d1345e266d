"""Backups: the database and the uploads as they are at one moment, in one file.

`making` one while everything goes on, `checking` that it could be gone back to, `restoring` it,
and `kept`: those that lie in the folder of backups. `archive` is what such a file looks like.
"""
