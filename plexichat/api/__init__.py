"""The Plexichat dialect: its names, ids, times and refusals. Its contract is README.md here."""
