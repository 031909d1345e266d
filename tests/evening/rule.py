"""What people do with the servers they live in: build, give rights, let in and send away."""

import time

import httpx

from tests.evening.guest import Guest
from tests.evening.talk import PICTURE
from tests.giving import give
from tests.town import Town

GIVEN = (
    "channels.view", "messages.send", "messages.manage", "channels.manage", "roles.manage",
    "members.kick", "members.ban", "webhooks.manage", "emojis.manage", "invites.manage",
    "members.manage_nicknames", "messages.mention_everyone", "server.manage", "administrator",
)  # fmt: skip
CHANNELS = 20  # of each server
KINDS = ("text", "text", "text", "announcement", "voice", "category")

Answer = httpx.Response | None


async def make_channel(guest: Guest) -> Answer:
    town = guest.town()
    if len(guest.rooms(town)) >= CHANNELS:
        return await change_channel(guest)
    wanted = {"name": guest.word(), "type": guest.party.dice.choice(KINDS)}
    return await guest.person.post(f"{town.path}/channels", wanted)


async def change_channel(guest: Guest) -> Answer:
    town = guest.town()
    path = f"/channels/{guest.one(guest.rooms(town))}"
    if guest.chance(0.15):
        return await guest.person.delete(path)
    wanted: dict[str, object] = {"name": guest.word(), "position": guest.party.dice.randrange(9)}
    if guest.chance(0.4):
        wanted["category_id"] = guest.one(guest.rooms(town))
    if guest.chance(0.2):
        wanted["slowmode_seconds"] = guest.party.dice.choice((0, 0, 1))
    return await guest.person.patch(path, wanted)


async def make_role(guest: Guest) -> Answer:
    given = {name: True for name in GIVEN if guest.chance(0.4)}
    wanted = {"name": guest.word(), "permissions": given, "mentionable": guest.chance(0.5)}
    return await guest.person.post(f"{guest.town().path}/roles", wanted)


async def change_role(guest: Guest) -> Answer:
    town = guest.town()
    path = f"{town.path}/roles/{guest.one(guest.roles(town))}"
    if guest.chance(0.25):
        return await guest.person.delete(path)
    if guest.chance(0.4):
        return await guest.person.patch(path, {"position": guest.party.dice.randrange(1, 5)})
    given = {name: guest.chance(0.5) for name in GIVEN}
    given |= {"channels.view": guest.chance(0.85), "messages.read": True}
    return await guest.person.patch(path, {"permissions": given})


async def give_role(guest: Guest) -> Answer:
    town = guest.town()
    wearer = guest.other()
    path = f"{town.path}/members/{wearer.id}/roles/{guest.one(guest.roles(town))}"
    return await guest.person.ask("PUT" if guest.chance(0.7) else "DELETE", path)


async def override(guest: Guest) -> Answer:
    town = guest.town()
    kind, target = "role", guest.one(guest.roles(town))
    if guest.chance(0.3):
        kind, target = "member", guest.other().id
    path = f"/channels/{guest.one(guest.rooms(town))}/permissions/{kind}/{target}"
    if guest.chance(0.3):
        return await guest.person.delete(path)
    side = guest.party.dice.choice(("allow", "deny"))
    return await guest.person.put(path, {side: {"channels.view": True}})


async def change_member(guest: Guest) -> Answer:
    path = f"{guest.town().path}/members/{guest.other().id}"
    if guest.chance(0.6):
        return await guest.person.patch(path, {"nickname": guest.party.dice.choice(("Chef", None))})
    until = int(time.time()) + 600 if guest.chance(0.3) else None
    return await guest.person.patch(path, {"timeout_until": until})


async def come_and_go(guest: Guest) -> Answer:
    """Whoever is outside comes in by a link; whoever is inside leaves or is sent away."""
    town = guest.town()
    if town.id not in guest.seen.servers:
        return await come_in(guest, town)
    other = guest.other()
    match guest.party.dice.randrange(8):
        case 0:
            return await guest.person.post(f"{town.path}/leave")
        case 1:
            return await guest.person.delete(f"{town.path}/members/{other.id}")
        case 2:
            some_days = {"delete_message_days": guest.party.dice.randrange(2)}
            answer = await guest.person.put(f"{town.path}/bans/{other.id}", some_days)
            await guest.person.delete(f"{town.path}/bans/{other.id}")
            return answer
        case 3:
            return await guest.person.patch(f"{town.path}/owner", {"user_id": other.id})
        case _:
            return await invite(guest)


async def invite(guest: Guest) -> Answer:
    room = guest.one(guest.rooms(guest.town()))
    wanted = {"max_uses": guest.party.dice.choice((0, 1, 5)), "temporary": guest.chance(0.2)}
    answer = await guest.person.post(f"/channels/{room}/invites", wanted)
    if answer.status_code == 200:
        guest.party.invites.append(answer.json()["code"])
    return answer


async def come_in(guest: Guest, town: Town) -> Answer:
    known = guest.party.invites[-10:]
    if not known:
        return None
    return await guest.person.post(f"/channels/invites/{guest.party.dice.choice(known)}")


async def change_server(guest: Guest) -> Answer:
    town = guest.town()
    if guest.chance(0.3):
        return await give(guest.person, f"{town.path}/icon", PICTURE, "icon.png")
    wanted = {"name": guest.word(), "description": guest.word()}
    return await guest.person.patch(town.path, wanted)


async def change_emoji(guest: Guest) -> Answer:
    town = guest.town()
    path = f"{town.path}/emojis"
    known = guest.seen.emojis.get(town.id, {})
    if len(known) < 3:
        files = {"image": ("soup.png", PICTURE)}
        return await guest.person.ask("POST", path, data={"name": guest.word()}, files=files)
    if guest.chance(0.5):
        return await guest.person.delete(f"{path}/{guest.one(known)}")
    return await guest.person.patch(f"{path}/{guest.one(known)}", {"name": guest.word()})


async def program(guest: Guest) -> Answer:
    """Hang a webhook up, or let one post what a program has to say."""
    if not guest.party.hooks or guest.chance(0.2):
        wanted = {"channel_id": guest.one(guest.rooms(guest.town())), "name": guest.word()}
        answer = await guest.person.post("/webhooks", wanted)
        if answer.status_code == 200:
            hook = answer.json()
            guest.party.hooks.append(f"/webhooks/{hook['id']}/{hook['token']}")
        return answer
    hook = guest.party.dice.choice(guest.party.hooks)
    if guest.chance(0.1):
        return await guest.person.delete(hook.rpartition("/")[0])
    return await guest.person.post(hook, {"content": f"<@{guest.other().id}> {guest.word()}"})


DEEDS = {
    make_channel: 3, change_channel: 3, make_role: 3, change_role: 3, give_role: 5, override: 4,
    change_member: 3, come_and_go: 7, change_server: 1, change_emoji: 2, program: 3,
}  # fmt: skip
