"""Posts that waiting messages depend on, and posts that another one replaced before they were carried."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, RowMapping, select, update
from sqlalchemy.orm import Session

from sla_engine.delivery.order import AWAITED, Posted, WaitingMessage
from sla_engine.delivery.records import DeliveryOp, DeliveryState
from sla_engine.storage.tables.delivery import Outbox

_COLUMNS = (
    Outbox.message,
    Outbox.id,
    Outbox.state,
    Outbox.channel_id,
    Outbox.ts,
    Outbox.duplicate_check_at,
    Outbox.meant_for,
    Outbox.collapsed_into,
)


def posts_by_name(session: Session, rows: Iterable[WaitingMessage]) -> dict[str, Posted]:
    """The posts that these messages change, reply to or make room for, by message name.

    A successor that was collapsed into another message is that other message, however often that happened.
    """
    rows = list(rows)
    names = set().union(*(row.needs for row in rows)) if rows else set()
    if not names:
        return {}
    posts = _posts(session, Outbox.message.in_(names), Outbox.op == DeliveryOp.POST)
    successors = {row.successor for row in rows}
    into = _collapsed_into(session, [post for post in posts if post["message"] in successors])
    return {post["message"]: _posted(_last(post, into)) for post in posts}


def _collapsed_into(session: Session, posts: Sequence[RowMapping]) -> dict[int, RowMapping]:
    """The messages that these were collapsed into, and those that took these in in turn, by number."""
    into: dict[int, RowMapping] = {}
    while numbers := {post["collapsed_into"] for post in posts} - {None, *into}:
        posts = _posts(session, Outbox.id.in_(numbers))
        into |= {post["id"]: post for post in posts}
    return into


def _last(post: RowMapping, into: Mapping[int, RowMapping]) -> RowMapping:
    """The message that stands for a collapsed one in the end."""
    while post["collapsed_into"] in into:
        post = into[post["collapsed_into"]]
    return post


def drop_untried(session: Session, rows: Sequence[WaitingMessage]) -> int:
    """Collapse posts that were never tried into those that take their place; answers how many.

    Only where the new message mentions everybody whom the old one does: else somebody would never be told.
    """
    untried = {row.message: row for row in rows if row.is_untried_post}
    pairs = {row.message: row.successor for row in rows if row.op is DeliveryOp.DELETE and row.successor is not None}
    replaced = {old: new for old, new in pairs.items() if old in untried}
    if not replaced:
        return 0
    posts = _mentions(session, {*replaced, *replaced.values()})
    count = 0
    for old, new in replaced.items():
        if new in posts and posts[old][1] <= posts[new][1]:
            count += _collapse(session, untried[old], into=posts[new][0])
    return count


def _mentions(session: Session, names: set[str]) -> dict[str, tuple[int, frozenset[str]]]:
    """The posts of these messages that were or will be posted: their numbers, and whom they mention."""
    alive = [*AWAITED, DeliveryState.SENT]
    posts = session.execute(
        select(Outbox.message, Outbox.id, Outbox.payload).where(
            Outbox.message.in_(names), Outbox.op == DeliveryOp.POST, Outbox.state.in_(alive)
        )
    )
    return {post.message: (post.id, frozenset(post.payload.get("mention", ()))) for post in posts}


def _collapse(session: Session, row: WaitingMessage, *, into: int) -> int:
    collapsed = session.execute(
        update(Outbox)
        .where(Outbox.id == row.id, Outbox.state == DeliveryState.PENDING, Outbox.posts == 0)
        .values(state=DeliveryState.COLLAPSED, collapsed_into=into)
        .returning(Outbox.id)
        .execution_options(synchronize_session=False)
    )
    return 0 if collapsed.scalar() is None else 1


def _posts(session: Session, *wanted: ColumnElement[bool]) -> Sequence[RowMapping]:
    return session.execute(select(*_COLUMNS).where(*wanted).order_by(Outbox.id)).mappings().all()


def _posted(post: RowMapping) -> Posted:
    return Posted(
        id=post["id"],
        state=DeliveryState(post["state"]),
        channel_id=post["channel_id"],
        ts=post["ts"],
        ts_is_sought=post["duplicate_check_at"] is not None,
        meant_for=post["meant_for"],
    )
