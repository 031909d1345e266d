"""Run scenarios one after the other, each beside its floor and the most it may cost."""

import argparse
import asyncio
import json
import sys
import traceback
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import backups, burst, scenarios, town, world
from bench.client import Unexpected
from bench.floors import Floors
from bench.process import NotStarted, allow_files
from bench.scenarios import Bench, Fields

OPEN_FILES = 8_192
SCENARIOS: dict[str, Callable[[Bench], Awaitable[Fields]]] = {
    "me": scenarios.me,
    "send": scenarios.send,
    "send_full": partial(scenarios.send, stored=scenarios.FULL),
    "history": scenarios.history,
    "history_before": scenarios.history_before,
    "unread": scenarios.unread,
    "search": scenarios.search,
    "login": scenarios.log_in,
    "me_during_login": scenarios.me_during_login,
    "fanout_100": partial(scenarios.fanout, listeners=100),
    "fanout_500": partial(scenarios.fanout, listeners=500),
    "connect": scenarios.idle_sockets,
    "backup": backups.beside_a_backup,
    "town_members": town.members,
    "town_first": town.first_request,
    "town_history": town.history,
    "town_fanout": town.fanout,
    "burst": burst.burst,
}
GROUPS = {
    "fanout": ["fanout_100", "fanout_500"],
    "town": ["town_members", "town_first", "town_history", "town_fanout"],
}
AT_MOST: dict[str, Fields] = {
    "me": {"cpu_us": 400},
    "send": {"cpu_us": 550},
    "send_full": {"cpu_us": 550},
    "history": {"cpu_us": 700},
    "history_before": {"cpu_us": 700},
    "unread": {"cpu_us": 5_000, "ready_cpu_us": 5_000},
    "search": {"p99_ms": 50, "rare_p99_ms": 50, "apart_p99_ms": 50},
    "fanout_500": {"cpu_us": 8},
    "connect": {"idle_rss_mb": 75, "kb_per_socket": 45},
    "backup": {"rise_ms": 50, "grown_mb": 32},
    "town_members": {"cpu_us": 15_000},
    "town_first": {"first_us": 20_000, "cpu_us": 600},
    "town_history": {"cpu_us": 4_000},
    "town_fanout": {"cpu_us": 8, "request_unheard_us": 600},
    "burst": {"p99_ms": 250},
}
AT_LEAST: dict[str, Fields] = {"me_during_login": {"times_floor": 0.5}}


def main(argv: Sequence[str] | None = None) -> int:
    """1 when a scenario failed. One that costs too much says so in its line, and is no failure."""
    given = arguments(argv)
    allow_files(OPEN_FILES)
    wanted = [name for scenario in given.scenario for name in GROUPS.get(scenario, [scenario])]
    try:
        return asyncio.run(run(wanted or list(SCENARIOS), given.rounds, given.seconds))
    except KeyboardInterrupt:
        return 130


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="plexichat bench",
        description="Start the real server on a temporary folder, drive it, and print one JSON "
        "line a scenario: rate, times, server CPU per operation, memory, floor and target.",
    )
    parser.add_argument(
        "scenario", nargs="*", help=f"all, or any of: {', '.join([*SCENARIOS, *GROUPS])}"
    )
    parser.add_argument("--rounds", type=int, default=5, help="the medians are of so many")
    parser.add_argument("--seconds", type=float, default=1.0, help="length of a round")
    given = parser.parse_args(argv)
    for name in given.scenario:
        if name not in SCENARIOS and name not in GROUPS:
            parser.error(f"no scenario is called {name!r}")
    return given


async def run(names: Sequence[str], rounds: int, seconds: float) -> int:
    failed = 0
    with TemporaryDirectory() as folder:
        progress("a world of people registers")
        try:
            people = await world.create(Path(folder))
        except (NotStarted, Unexpected) as fault:
            progress(str(fault))
            return 1
        floors = Floors(rounds, seconds)
        bench = Bench(people, floors, rounds, seconds)
        for name in names:
            progress(name)
            try:
                line = judged(name, await SCENARIOS[name](bench))
            except Exception as fault:  # one broken scenario must not hide the others
                traceback.print_exc()
                line = {"scenario": name, "error": told(fault)}
                failed = 1
            say(line)
        say({"floors": rounded(floors.figures)})
    return failed


def told(fault: BaseException) -> str:
    """The first thing that went wrong, whatever group of tasks it ended."""
    while isinstance(fault, BaseExceptionGroup):
        fault = fault.exceptions[0]
    return f"{type(fault).__name__}: {fault}"


def judged(name: str, fields: Fields) -> dict[str, object]:
    """The line of a scenario: its fields, and whether they keep to its targets."""
    most, least = AT_MOST.get(name, {}), AT_LEAST.get(name, {})
    line: dict[str, object] = {"scenario": name, **rounded(fields)}
    if most:
        line["at_most"] = most
    if least:
        line["at_least"] = least
    if most or least:
        line["holds"] = all(fields[field] <= bound for field, bound in most.items()) and all(
            fields[field] >= bound for field, bound in least.items()
        )
    return line


def rounded(fields: Fields) -> Fields:
    return {name: float(f"{value:.3g}") for name, value in fields.items()}


def say(line: dict[str, object]) -> None:
    print(json.dumps(line), flush=True)


def progress(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)
