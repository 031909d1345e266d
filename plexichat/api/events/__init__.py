"""How the gateway words what core tells: `word` knows every event once this package is imported."""

from plexichat.api.events import memory, messages, people, servers
from plexichat.api.events.words import Worded, word

__all__ = ["Worded", "memory", "messages", "people", "servers", "word"]
