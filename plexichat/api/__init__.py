"""The Plexichat dialect: its names, ids, times and refusals. README.md beside this is its contract."""
