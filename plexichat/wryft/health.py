"""Whether anybody is at home (contract 00)."""

from msgspec import Struct

from plexichat.web.routes import Routes

routes = Routes("Health")


class Health(Struct):
    status: str


@routes.get("/health", public=True)
async def health() -> Health:
    """That the server answers."""
    return Health("ok")
