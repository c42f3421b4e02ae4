"""Lists of procedures: what is wrong is said by row and column, all at once."""

from __future__ import annotations

from datetime import date

import pytest

from sla_engine.domain.agreements.msp import Person, Role
from sla_engine.domain.incidents.reasons import BreachReason
from sla_engine.files.errors import FileInvalid
from sla_engine.files.sop_file import SopFileRow, read_sop_file

TODAY = date(2026, 12, 2)
PEOPLE = tuple(
    Person(slack_id=f"U0{login.upper()}", name=name, zone="UTC", role=Role.TECHNICIAN, login=login)
    for login, name in (("tess", "Tess Nguyen"), ("tom", "Tom Becker"))
)
CUSTOMERS = ("Acme Dental", "Beta, Logistics & Sons")
HEADING = "title,link,owner,backup,published,reviewed,review_every,services,customers,reasons\n"
LINK = "https://wiki.example.com/vpn"


def read(text: str) -> list[SopFileRow]:
    return read_sop_file(text, "sops.csv", people=PEOPLE, customers=CUSTOMERS, today=TODAY)


def mistakes(text: str) -> list[str]:
    with pytest.raises(FileInvalid) as invalid:
        read(text)
    return [str(problem) for problem in invalid.value.problems]


def test_a_row_is_read_with_all_its_cells() -> None:
    cells = "Tess,tom,2025-01-02,2026-11-01,90 days,VPN; Wi-Fi,acme dental,Vendor; late-triage"
    text = f"{HEADING}VPN reset,{LINK},{cells}\n"
    (row,) = read(text)
    assert row.terms == {
        "title": "VPN reset",
        "link": LINK,
        "owner": "U0TESS",
        "backup": "U0TOM",
        "published_on": date(2025, 1, 2),
        "reviewed_on": date(2026, 11, 1),
        "review_every_days": 90,
        "services": ("VPN", "Wi-Fi"),
        "customers": ("Acme Dental",),
        "reasons": (BreachReason.VENDOR, BreachReason.LATE_TRIAGE),
    }


def test_what_is_not_said_is_left_out() -> None:
    (row,) = read(f"Owner;Title;LINK;Review every\ntom;Mail;{LINK};\n\n")
    assert row.terms == {"owner": "U0TOM", "title": "Mail", "link": LINK}


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"title": ""}, "column title: give the procedure a title"),
        ({"title": "t" * 151}, "column title: keep it within 150 characters; it has 151"),
        ({"link": ""}, "column link: say where the procedure is, such as https://wiki.example.com/vpn-reset"),
        ({"link": "https:///vpn"}, "column link: 'https:///vpn' is no web address; write it like"),
        ({"owner": ""}, "column owner: name the owner by the login that msp.yaml has"),
        ({"owner": "tes"}, "column owner: nobody in msp.yaml has the login 'tes'; did you mean 'tess' (Tess Nguyen)?"),
        ({"owner": "Tom Becker"}, "has the login 'Tom Becker'; did you mean 'tom' (Tom Becker)?"),
        ({"owner": "tess / tom"}, "'tess / tom' are several people; name one owner; the other one may be the backup"),
        ({"owner": '"tess, tom"'}, "'tess, tom' are several people"),
        ({"backup": "tess"}, "column backup: is the owner; name somebody else, or nobody"),
        (
            {"published": "2026-05-02", "reviewed": "2026-05-01"},
            "column reviewed: 2026-05-01 lies before it was published (2026-05-02)",
        ),
        ({"reviewed": "2026-12-03"}, "column reviewed: 2026-12-03 lies ahead; write the day on which it was reviewed"),
        ({"reviewed": "30.11.2026"}, "column reviewed: '30.11.2026' is no day; write it like 2026-11-30"),
        ({"reviewed": "2026-02-30"}, "column reviewed: '2026-02-30' is no day"),
        ({"review_every": "0"}, "column review_every: '0' is no number of days from 1 to 1825"),
        ({"review_every": "a year"}, "column review_every: 'a year' is no number of days"),
        ({"customers": "Acme Dentel"}, "no agreement names 'Acme Dentel'; did you mean 'Acme Dental'?"),
        ({"reasons": "vendr"}, "column reasons: there is no reason 'vendr'; did you mean 'vendor'?"),
        ({"services": "s" * 151}, "has 151 characters; a service has at most 150"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_by_row_and_column(cells: dict[str, str], sentence: str) -> None:
    names = HEADING.strip().split(",")
    row = dict.fromkeys(names, "") | {"title": "VPN", "link": LINK, "owner": "tess"} | cells
    (mistake,) = mistakes(HEADING + ",".join(row[name] for name in names) + "\n")
    assert mistake.startswith("sops.csv, row 2, column ")
    assert sentence in mistake


def test_everything_is_said_at_once() -> None:
    text = HEADING + f"VPN,{LINK},tes,,,,,,,\n\nVPN,{LINK},tess,,soon,,x,,,\n"
    assert [mistake.split(": ")[0] for mistake in mistakes(text)] == [
        "sops.csv, row 2, column owner",
        "sops.csv, row 4, column published",
        "sops.csv, row 4, column review_every",
        "sops.csv, row 4, column title",
        "sops.csv, row 4, column link",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "sops.csv:1: the file is empty"),
        (HEADING, "sops.csv:2: there is no procedure in it"),
        ("titel,link,owner\n", "sops.csv:1: 'titel' is no column; did you mean 'title'?"),
        ("title,link\n", "sops.csv:1: the column owner is missing"),
        ("title,link,owner,Title\n", "sops.csv:1: the column title is there twice"),
        (HEADING + f"Mail, and more,{LINK},tess,,,,,,,,x\n", "sops.csv:2: the row has 12 cells, the heading 10"),
        (HEADING + '"VPN,x\n', "this is no CSV"),
    ],
    ids=["empty", "heading alone", "unknown column", "missing column", "column twice", "too many cells", "open quote"],
)
def test_a_file_that_is_no_list(text: str, sentence: str) -> None:
    assert any(sentence in mistake for mistake in mistakes(text))
