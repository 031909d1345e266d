"""The page where somebody with a recovery link sets a new password.

The token stands behind the `#` of the link, which browsers keep to themselves: it reaches no log
and no other site. A script moves it into the form; without scripts one pastes it there.
"""

from msgspec import Struct

from plexichat.web import accounts, bodies, pages
from plexichat.web.refusals import STATUS, refused
from plexichat.web.requests import Reply, current
from plexichat.web.routes import Routes

PATH = "/recover"
FORM_BYTES = 16_384
TOLD = {
    "invalid_token": "This link does not work. It works once, and only the newest one does, until "
    "the password changes. Ask for another.",
    "token_expired": "This link has expired. Ask for another.",
}

routes = Routes("Pages", bare=True)


class Form(Struct):
    token: str = ""
    password: str = ""
    again: str = ""


@routes.get(PATH, public=True, gives="text/html")
async def show() -> Reply:
    """A form for the new password."""
    return _form()


@routes.post(PATH, public=True, bucket="recover", gives="text/html")
async def change() -> Reply:
    """Set the new password, or say why not."""
    sent = bodies.parse_query(await current().body(FORM_BYTES), Form)
    if sent.password != sent.again:
        return _form(sent.token, "The two passwords are not the same.", 400)
    token = sent.token.strip().rpartition("#")[2]  # somebody may have pasted the whole link
    refusal = await refused(accounts.recover_by_link(token, sent.password))
    if refusal is not None:
        status = STATUS[type(refusal)]
        if refusal.code in TOLD:
            return _form("", TOLD[refusal.code], status)
        return _form(token, f"{refusal.message}.", status)
    return pages.filled("recovered.html")


@routes.get(f"{PATH}/style.css", public=True, gives="text/css")
async def style() -> Reply:
    """How the page looks."""
    return pages.file("recover.css").reply()


@routes.get(f"{PATH}/script.js", public=True, gives="text/javascript")
async def script() -> Reply:
    """What moves the token into the form."""
    return pages.file("recover.js").reply()


def _form(token: str = "", told: str = "", status: int = 200) -> Reply:
    return pages.filled("recover.html", status, token=token, told=told)
