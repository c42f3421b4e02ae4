"""Files for whoever asks, in their direct messages: Slack gives an address, takes the content, then shares it."""

from slack_sdk import WebClient

from bot.requests.request import GivenFile


class FileUploads:
    """Uploads through a client without retries; whoever calls repeats a file of which nobody knows whether it came."""

    def __init__(self, client: WebClient) -> None:
        self.client = client

    def send(self, person: str, file: GivenFile) -> None:
        """Share a file with a person.

        Raises: one of CALL_FAILURES.
        """
        opened = self.client.conversations_open(users=person)
        channel = (opened.get("channel") or {}).get("id")
        self.client.files_upload_v2(
            channel=channel, content=file.content, filename=file.name, title=file.title, initial_comment=file.about
        )
