"""The options in force, and changing them in the file (contract 15, section 5)."""

from msgspec import Struct

from plexichat.config import describe
from plexichat.config.editing import Plain
from plexichat.web import panel
from plexichat.web.requests import house
from plexichat.web.routes import Routes

routes = Routes("Admin: configuration", guard=panel.INSIDE)


class ConfigOption(Struct):
    """`source` is "default" or the place that set it; some are changed at the terminal only."""

    key: str
    value: Plain
    source: str
    changeable: bool


class ConfigShown(Struct):
    options: list[ConfigOption]


class ConfigChange(Struct):
    options: dict[str, Plain]


class ConfigChanged(Struct):
    success: bool
    restart_required: bool


@routes.get("/admin/config")
async def show() -> ConfigShown:
    """Every option as it is in force."""
    return ConfigShown([
        ConfigOption(option.key, option.value, option.source, panel.changeable(option.key))
        for option in describe(house().config)
    ])  # fmt: skip


@routes.patch(
    "/admin/config",
    errors=("400 Invalid input", panel.FRESH, "409 No configuration file"),
)
async def change(body: ConfigChange) -> ConfigChanged:
    """Change options in the configuration file, all or none; they count from the next start."""
    await panel.change_config(body.options)
    return ConfigChanged(True, True)
