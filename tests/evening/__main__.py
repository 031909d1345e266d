"""Evenings by hand: `python -m tests.evening --seeds 1-20 --steps 5000`."""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from plexichat.app import House, create_app
from tests.api.line import served
from tests.cast import PASSWORD, Person, browser
from tests.evening.story import NAMES, Evening, quiet


async def spend(
    seed: int, steps: int, people: int, together: int, folder: Path
) -> dict[str, int]:
    house = await House.open(quiet(folder))
    app = create_app(house)
    try:
        async with served(app) as url, browser(app) as stranger:

            async def join(name: str) -> Person:
                wanted = {"username": name, "email": f"{name}@a.org", "password": PASSWORD}
                made = (await stranger.post("/auth/register", json=wanted)).json()
                return Person(app, made["user"], made["token"])

            evening = await Evening.begin(house, url, join, seed, people)
            try:
                await evening.last(steps, together)
            finally:
                await evening.close()
        return evening.happened
    finally:
        await house.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.evening", description=__doc__)
    parser.add_argument("--seeds", default="1", help="one, or a range as 1-20")
    parser.add_argument("--steps", type=int, default=5000)
    parser.add_argument("--people", type=int, default=len(NAMES))
    parser.add_argument("--together", type=int, default=1, help="how many act at the same time")
    given = parser.parse_args()
    first, _, last = given.seeds.partition("-")
    for seed in range(int(first), int(last or first) + 1):
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            happened = asyncio.run(
                spend(seed, given.steps, given.people, given.together, Path(folder))
            )
        print(f"seed {seed}: {sum(happened.values())} of {given.steps} deeds succeeded, "
              f"{time.monotonic() - began:.1f} s", flush=True)  # fmt: skip
        print("  " + " ".join(f"{name} {count}" for name, count in sorted(happened.items())))


if __name__ == "__main__":
    main()
