"""How the Plexichat dialect says no."""

import msgspec

from plexichat.web.answer import Dialect
from plexichat.web.refusals import Problem


def word(problem: Problem) -> bytes:
    """`{"error": {"code", "message", …}}`; the code is the status unless a special one is due."""
    extra = dict(problem.extra)
    code = extra.pop("code", problem.status)
    error = {"code": code, "message": problem.message, **extra}
    return msgspec.json.encode({"error": error})


DIALECT = Dialect("plexichat", ("/api/v1", ""), word)
