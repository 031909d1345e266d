"""What the server's log says, and what it never says."""

import json
import logging
from pathlib import Path

import httpx
import pytest

from plexichat.config import Logging
from plexichat.logs import HumanLines, JsonLines, KeptLines
from tests.cast import PASSWORD
from tests.running import serving

SECRET = "the cake is in the cellar"


def record(message: str, *arguments: object) -> logging.LogRecord:
    return logging.LogRecord("plexichat.x", logging.ERROR, "x.py", 1, message, arguments, None)


def test_json_lines_tell_no_secrets_even_when_everything_is_told(tmp_path: Path) -> None:
    options = ("--set", "logging.format=json", "--set", "logging.level=debug")
    with serving(*options, cwd=tmp_path) as server:
        ann, bob = server.register("ann"), server.register("bob")
        headers = {"Authorization": f"Bearer {ann['token']}"}
        with httpx.Client(base_url=server.url, headers=headers) as client:
            body = {"recipient_id": bob["user"]["id"]}
            channel = client.post("/users/@me/channels", json=body).json()["id"]
            assert client.post(f"/channels/{channel}/messages", json={"content": SECRET}).is_success
            client.post("/auth/login", json={"username": "ann", "password": f"not {PASSWORD}"})
            client.post("/auth/login", content=f'{{"password": "{PASSWORD}"')
            client.get(f"/users/@me?token={ann['token']}")
            client.get("/users/@me", headers={"Authorization": f"Bearer {bob['token']}x"})
        assert server.stop() == 0
        log = server.log()
    lines = [json.loads(line) for line in log.splitlines()]
    assert [line["message"] for line in lines][-1] == "stopped"
    assert {"time", "level", "logger", "message"} <= lines[0].keys()
    for secret in (SECRET, PASSWORD, ann["token"], bob["token"]):
        assert secret not in log


@pytest.mark.parametrize("lines", [HumanLines(), JsonLines()])
@pytest.mark.parametrize(
    "token",
    [
        "312345678901234567.qVxT9mB2cKx7JzL0aPwR4sYuE8nGhD1fQ-6_oWkIvMt",
        "/webhooks/7/qVxT9mB2cKx7JzL0aPwR4sYuE8nGhD1fQ-6_oWkIvMtqVxT9mB2cKx7JzL0aPwR",
    ],
)
def test_a_token_that_an_error_quotes_is_cut(lines: logging.Formatter, token: str) -> None:
    try:
        raise ValueError(f"odd header: Bearer {token}")
    except ValueError as error:
        told = record("a request failed with %s", token)
        told.exc_info = (type(error), error, error.__traceback__)
    line = lines.format(told)
    assert "ValueError: odd header" in line
    assert token not in line


@pytest.mark.parametrize("lines", [HumanLines(), JsonLines()])
def test_what_a_client_sent_cannot_begin_a_line(lines: logging.Formatter) -> None:
    assert (
        len(lines.format(record("no path %s", "/a\n2026 INFO all is well\x1b[2J")).split("\n")) == 1
    )
    line = lines.format(record("no path %s", "/\x1b[2J"))
    assert "\x1b" not in line
    assert "\\x1b" in line or "\\u001b" in line


def test_the_log_is_kept_in_parts_that_only_its_owner_reads(tmp_path: Path) -> None:
    kept = KeptLines(tmp_path / "logs" / "chat.log", Logging(max_bytes=4096, backup_count=2))
    for number in range(100):
        kept.handle(record("line %d of many", number))
    kept.close()
    parts = sorted((tmp_path / "logs").iterdir())
    assert [part.name for part in parts] == ["chat.log", "chat.log.1", "chat.log.2"]
    assert {part.stat().st_mode & 0o777 for part in parts} == {0o600}
    assert all(part.stat().st_size <= 4096 for part in parts)
    last = json.loads(parts[0].read_text().splitlines()[-1])
    assert last["message"] == "line 99 of many"


def test_a_log_that_cannot_be_kept_is_no_trouble(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").write_text("in the way")
    kept = KeptLines(tmp_path / "logs" / "chat.log", Logging())
    kept.handle(record("a line"))
    kept.close()
    assert capfd.readouterr() == ("", "")
