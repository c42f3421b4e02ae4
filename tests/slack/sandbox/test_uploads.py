from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.running import Strictness
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace.seed import DEFAULT_SCOPES
from tests.slack.sandbox.calls import fetch
from tests.slack.sandbox.conftest import CHANNELS, PEOPLE

DISPATCH = "C1DISPATCH"
MAY_NOT_UPLOAD = Strictness(scopes=DEFAULT_SCOPES - {"files:write"})
PAGE = "<h1>Week 49</h1>"


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(PEOPLE, CHANNELS, data_dir=tmp_path) as started:
        yield started


def announced(api: WebClient, name: str, content: str) -> tuple[str, str]:
    """The address to upload to, and the file's id."""
    answer = api.files_getUploadURLExternal(filename=name, length=len(content))
    return str(answer["upload_url"]), str(answer["file_id"])


def test_the_sdk_uploads_a_file_and_shares_it_in_a_direct_message(api: WebClient) -> None:
    dm = api.conversations_open(users="U1DANA")["channel"]["id"]
    answer = api.files_upload_v2(
        channel=dm, filename="week.html", content=PAGE, title="Week 49", initial_comment="Here"
    )
    assert [file["title"] for file in answer["files"]] == ["Week 49"]
    message = api.conversations_history(channel=dm)["messages"][0]
    assert (message["text"], message["files"][0]["mimetype"]) == ("Here", "text/html")
    shared = fetch(message["files"][0]["url_private"])
    assert (shared.status, shared.body) == (200, PAGE)
    assert shared.headers["content-security-policy"].startswith("sandbox;"), "its scripts do not run here"


def test_a_shared_file_is_there_after_a_restart(sandbox: Sandbox, api: WebClient, tmp_path: Path) -> None:
    api.files_upload_v2(channel=DISPATCH, filename="figures.csv", content="a,b\n1,2\n")
    shared = api.conversations_history(channel=DISPATCH)["messages"][0]["files"][0]
    sandbox.stop()
    again = Sandbox(PEOPLE, CHANNELS, data_dir=tmp_path).start()
    try:
        assert fetch(f"{again.web_url}/files/{shared['id']}").body == "a,b\n1,2\n"
    finally:
        again.stop()


def test_a_file_is_no_file_before_it_is_uploaded_and_shared_only_once(api: WebClient) -> None:
    address, file_id = announced(api, "figures.csv", "a,b")
    with pytest.raises(SlackApiError, match="file_not_found"):
        api.files_completeUploadExternal(files=[{"id": file_id}], channel_id=DISPATCH)
    assert fetch(address, body="a,b", headers={"Content-Type": "text/csv"}).status == 200
    api.files_completeUploadExternal(files=[{"id": file_id}], channel_id=DISPATCH)
    with pytest.raises(SlackApiError, match="file_not_found"):
        api.files_completeUploadExternal(files=[{"id": file_id}], channel_id=DISPATCH)


def test_an_address_takes_what_was_announced_and_nothing_else(sandbox: Sandbox, api: WebClient) -> None:
    address, file_id = announced(api, "figures.csv", "a,b")
    plain = {"Content-Type": "text/csv"}
    assert (fetch(address, body="a,b,c", headers=plain).body) == "wrong_length"
    assert fetch(f"{sandbox.web_url}/upload/another", body="a,b", headers=plain).body == "no_such_address"
    assert fetch(f"{sandbox.web_url}/files/{file_id}").status == 404


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"files": []}, "invalid_arguments"),
        ({"files": [{"title": "no id"}]}, "invalid_arguments"),
        ({"files": [{"id": "F0NONE"}]}, "file_not_found"),
    ],
)
def test_what_names_no_file_is_refused(api: WebClient, arguments: dict[str, object], error: str) -> None:
    with pytest.raises(SlackApiError, match=error):
        api.api_call("files.completeUploadExternal", json=arguments)


def test_a_person_is_no_place_for_a_file(api: WebClient) -> None:
    address, file_id = announced(api, "figures.csv", "a,b")
    fetch(address, body="a,b", headers={"Content-Type": "text/csv"})
    with pytest.raises(SlackApiError, match="channel_not_found"):
        api.files_completeUploadExternal(files=[{"id": file_id}], channel_id="U1DANA")


def test_an_app_without_the_scope_may_not_upload() -> None:
    with Sandbox(PEOPLE, CHANNELS, strictness=MAY_NOT_UPLOAD) as plain:
        api = WebClient(plain.bot_token, base_url=plain.api_url)
        with pytest.raises(SlackApiError, match="missing_scope"):
            api.files_getUploadURLExternal(filename="a.csv", length=1)
