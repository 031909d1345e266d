"""Pages that explain to people what has happened to them (contract 11, section 9)."""

from plexichat.web import pages
from plexichat.web.requests import Reply
from plexichat.web.routes import Routes

routes = Routes("Help")


@routes.get("/help/security-logout", public=True, gives="text/html")
async def security_logout() -> Reply:
    """Why one was logged out, and what to do."""
    return pages.file("security-logout.html").reply()


@routes.get("/help/access-blocked", public=True, gives="text/html")
async def access_blocked() -> Reply:
    """Why one may not get in, and what to do."""
    return pages.file("access-blocked.html").reply()
