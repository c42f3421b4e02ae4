"""views.*: modals and Home tabs."""

from __future__ import annotations

import secrets

from bot.sandbox.api.content import read_view
from bot.sandbox.api.method import Call, Method
from bot.sandbox.workspace.modals import View, initial_values, new_hash, with_block_ids
from bot.sandbox.workspace.refusals import Refused
from bot.sandbox.workspace.seed import BOT_USER_ID, Json


def open_view(call: Call) -> Json:
    """Show a modal to the person who has just done something."""
    view = read_view(call.arguments, kinds=("modal",))
    trigger = call.hub.triggers.exchange(call.text("trigger_id"))
    opened = call.hub.modals.open(view, user=trigger.user, now=call.hub.workspace.real_time())
    return {"view": opened.for_api()}


def push_view(call: Call) -> Json:
    """Show a modal on top of the one in which somebody has just done something."""
    view = read_view(call.arguments, kinds=("modal",))
    trigger = call.hub.triggers.exchange(call.text("trigger_id"))
    if trigger.view_id is None or call.hub.modals.find(trigger.view_id) is None:
        error = "not_found"
        raise Refused(error)
    pushed = call.hub.modals.push(view, user=trigger.user, now=call.hub.workspace.real_time())
    return {"view": pushed.for_api()}


def update_view(call: Call) -> Json:
    """Change a modal that is open."""
    given = read_view(call.arguments, kinds=("modal",))
    modals = call.hub.modals
    by_id, external = call.text("view_id"), call.text("external_id")
    view = modals.find(by_id) if by_id else modals.find_external(external)
    if view is None:
        error = "not_found"
        raise Refused(error)
    now = call.hub.workspace.real_time()
    changed = modals.update(view, given, now=now, expected_hash=call.text("hash") or None)
    return {"view": changed.for_api()}


def publish_view(call: Call) -> Json:
    """Set what one person sees in the app's Home tab."""
    if not call.hub.home_tab:
        error = "not_enabled"
        raise Refused(error)
    given = read_view(call.arguments, kinds=("home",))
    workspace = call.hub.workspace
    user = call.text("user_id")
    if user not in workspace.users or user == BOT_USER_ID:
        error = "invalid_arguments"
        raise Refused(error, messages=["[ERROR] user not found [json-pointer:/user_id]"])
    before = workspace.homes.get(user)
    wanted = call.text("hash")
    if wanted and (before is None or before["hash"] != wanted):
        error = "hash_conflict"
        raise Refused(error)
    kept = with_block_ids(given)
    view_id = before["id"] if before is not None else f"V{secrets.token_hex(5).upper()}"
    home = View(
        id=view_id,
        user=user,
        given=kept,
        hash=new_hash(workspace.real_time()),
        root_id=view_id,
        values=initial_values(kept["blocks"]),
    ).for_api()
    workspace.publish_home(user, home)
    return {"view": home}


METHODS = (
    Method("views.open", open_view, required=("trigger_id", "view"), tier=4),
    Method("views.push", push_view, required=("trigger_id", "view"), tier=4),
    Method("views.update", update_view, required=("view",), optional=("view_id", "external_id", "hash"), tier=4),
    Method("views.publish", publish_view, required=("user_id", "view"), optional=("hash",), tier=4),
)
