"""An admin made and unmade at the terminal, at the admin API of a real server."""

from pathlib import Path

import httpx

from tests.cast import PASSWORD
from tests.running import run, serving

CREDENTIALS = {"username": "ann", "password": PASSWORD}


def test_the_terminal_decides_who_is_an_admin_at_once(tmp_path: Path) -> None:
    with serving(cwd=tmp_path) as server, httpx.Client(base_url=server.url, timeout=30) as client:
        server.register("ann")
        assert client.post("/admin/login", json=CREDENTIALS).status_code == 401
        assert run("admin", "grant", "ann", cwd=tmp_path).code == 0
        token = client.post("/admin/login", json=CREDENTIALS).json()["token"]
        client.headers["Authorization"] = f"Bearer {token}"
        assert client.get("/admin/users").json()["total"] == 1
        assert run("admin", "revoke", "ann", cwd=tmp_path).code == 0
        assert client.get("/admin/users").status_code == 401
        assert client.post("/admin/login", json=CREDENTIALS).status_code == 401
        client.headers["X-Forwarded-For"] = "127.0.0.1"
        assert client.get("/admin/users").status_code == 403
        server.stop()
        assert token not in server.log()
