"""Badges: signs that admins give to people, each of which says something about them."""

from dataclasses import dataclass
from typing import Final, Literal

Rarity = Literal["common", "uncommon", "rare", "epic", "legendary"]
RARITIES: Final[tuple[Rarity, ...]] = ("common", "uncommon", "rare", "epic", "legendary")


@dataclass(frozen=True, slots=True)
class Badge:
    name: str
    title: str
    description: str
    icon: str
    colour: str
    rarity: Rarity


ALL: Final = {
    badge.name: badge
    for badge in (
        Badge("alpha_tester", "Alpha tester", "was here before it worked", "◇", "#7a5c9e", "epic"),
        Badge("early_supporter", "Early supporter", "was here early", "♥", "#b5485d", "rare"),
        Badge("staff", "Staff", "looks after this server", "★", "#406080", "legendary"),
        Badge("verified", "Verified", "is who they say", "✓", "#2f7d5b", "common"),
        Badge("bug_hunter", "Bug hunter", "finds what is broken", "⚑", "#8a6d1f", "uncommon"),
        Badge("contributor", "Contributor", "helps to build it", "✎", "#4f6d8f", "rare"),
        Badge("moderator", "Moderator", "keeps the peace", "⚖", "#5a6b3b", "uncommon"),
        Badge("partner", "Partner", "works with us", "∞", "#6b4f8f", "epic"),
    )
}


def known(name: str) -> Badge:
    """The badge of this name; one that is given no more has nothing but its name."""
    return ALL.get(name) or Badge(name, name, "", "", "", "common")
