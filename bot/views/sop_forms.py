"""The forms that add, edit and retire a procedure, and the answers to its acts."""

from bot.action_ids import ViewId
from bot.text import escape, mention
from bot.views.form_parts import Form, modal, person_input, text_input
from bot.views.parts import section, title_line
from bot.views.rendered import Rendered
from sla_engine.domain.sops.sop import USUAL_REVIEW_DAYS, Sop

SEVERAL = "Several with ; between them"


def add_sop_form() -> Form:
    """The form for a procedure that is to be registered."""
    return _form("Add an SOP", ViewId.SOP_ADD, submit="Add", metadata="", sop=None)


def edit_sop_form(sop: Sop) -> Form:
    """The form filled with what is registered; it carries the version that it shows."""
    return _form("Edit the SOP", ViewId.SOP_EDIT, submit="Save", metadata=f"{sop.number} {sop.version}", sop=sop)


def retire_sop_form(sop: Sop) -> Form:
    """The form that asks whether a procedure is to be retired."""
    lines = [
        f"*{escape(sop.number)}* · {title_line(sop.title)}",
        "It is offered and reviewed no more. What was said of it stays, and it can be used again.",
    ]
    return modal("Retire the SOP", ViewId.SOP_RETIRE, submit="Retire", metadata=sop.number, blocks=[section(lines)])


def sop_added(sop: Sop) -> Rendered:
    """Confirm that a procedure was registered."""
    return Rendered(f"{_named(sop)} is in the registry, and {mention(sop.owner)} owns it; {_review(sop)}.")


def sop_edited(sop: Sop) -> Rendered:
    """Confirm that a procedure was changed."""
    return Rendered(f"{_named(sop)} is changed; {mention(sop.owner)} owns it, {_review(sop)}.")


def sop_still_right(sop: Sop) -> Rendered:
    """Confirm a review."""
    return Rendered(f"{_named(sop)} is reviewed. Thank you; {_review(sop)}.")


def sop_handed_on(sop: Sop, *, by: str) -> Rendered:
    """Say whose a procedure is, once somebody said that it is not theirs."""
    if by == sop.owner:
        return Rendered(f"{_named(sop)} stays yours: it has no backup, and no service manager is here. Ask one.")
    return Rendered(f"{_named(sop)} is {mention(sop.owner)}’s.")


def sop_retired(sop: Sop) -> Rendered:
    """Confirm that a procedure is out of use."""
    return Rendered(f"{_named(sop)} is retired; `/sla sop show {escape(sop.number)}` can put it to use again.")


def sop_restored(sop: Sop) -> Rendered:
    """Confirm that a procedure is in use again."""
    return Rendered(f"{_named(sop)} is in use again; {_review(sop)}.")


def _named(sop: Sop) -> str:
    return f"*{escape(sop.number)}* {title_line(sop.title)}"


def _review(sop: Sop) -> str:
    return "it is still to be written" if sop.review_on is None else f"next review by {sop.review_on:%-d %b %Y}"


def _form(title: str, view: ViewId, *, submit: str, metadata: str, sop: Sop | None) -> Form:
    """Block ids: title, link, owner, backup, review_every, services, customers, reasons."""
    link = "" if sop is None else sop.link or ""
    every = str(USUAL_REVIEW_DAYS if sop is None else sop.review_every_days)
    listed = ((), (), ()) if sop is None else (sop.services, sop.customers, sop.reasons)
    services, customers, reasons = ("; ".join(names) for names in listed)
    return modal(
        title,
        view,
        submit=submit,
        metadata=metadata,
        blocks=[
            text_input("title", "Title", initial="" if sop is None else sop.title, multiline=False),
            text_input("link", "Link", initial=link, multiline=False, hint="https://…"),
            person_input("owner", "Owner", initial=None if sop is None else sop.owner),
            person_input("backup", "Backup", initial=None if sop is None else sop.backup, optional=True),
            text_input("review_every", "Days between reviews", initial=every, multiline=False, hint="Like 30, 90, 180"),
            text_input("services", "Services", initial=services, optional=True, multiline=False, hint=SEVERAL),
            text_input("customers", "Customers", initial=customers, optional=True, multiline=False, hint=SEVERAL),
            text_input("reasons", "Reasons of misses", initial=reasons, optional=True, multiline=False,
                       hint="Like vendor; late-triage"),
        ],
    )  # fmt: skip
