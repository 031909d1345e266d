"""The pages with a form: they are answered, and refused, as pages."""

from typing import Final

from plexichat.api import join_page, recovery_page
from plexichat.web import pages
from plexichat.web.answer import Dialect
from plexichat.web.refusals import Problem

GROUPS: Final = (recovery_page.routes, join_page.routes)


def word(problem: Problem) -> bytes:
    return pages.filled("form-refused.html", told=problem.message).body


DIALECT: Final = Dialect(
    "pages", (recovery_page.PATH, join_page.PATH), word, headers=tuple(pages.FORM)
)
