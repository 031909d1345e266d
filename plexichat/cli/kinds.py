"""The kinds of value that verbs take beside text and numbers."""

import re
from typing import Any, Final

import click

SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


class Duration(click.ParamType):  # type: ignore[type-arg]
    """A span of time such as 30m, 12h or 7d, in seconds."""

    name = "time"

    def convert(self, value: Any, param: Any, ctx: click.Context | None) -> int:
        found = re.fullmatch(r"([1-9][0-9]{0,6})([smhdw])", str(value))
        if found is None:
            self.fail(f"{value!r} is no time; such are 30m, 12h, 7d and 4w", param, ctx)
        return int(found[1]) * SECONDS[found[2]]
