"""Originals of pictures on a volume of Unity Catalog, through the Files API of the Databricks SDK.

An app's own disk is gone with each deployment; a volume stays. The SDK signs in as it does everywhere:
as the app's service principal, by a profile, or with DATABRICKS_HOST and DATABRICKS_TOKEN. Source:
Databricks docs, "Add a Unity Catalog volume resource to a Databricks app".
"""

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from storefront.errors import NotFound
from storefront.pictures.store import PicturesUnavailable

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

# The errors of requests are OSErrors; the SDK raises ValueError where nobody can sign in.
_UNREACHABLE = (OSError, ValueError)
_TIMEOUT_S, _PATIENCE_S = 10, 20  # of one request, and of all tries of one


class VolumeOriginals:
    """Originals below a folder of a volume: ``/Volumes/main/shop/pictures``.

    Threads may share it, and it may be sent to other processes, each of which signs in itself. Every
    call is one request, and blocks.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder.rstrip("/")
        self._signing_in = threading.Lock()
        self._signed_in: WorkspaceClient | None = None

    def __getstate__(self) -> str:
        return self._folder

    def __setstate__(self, folder: str) -> None:
        VolumeOriginals.__init__(self, folder)

    def read(self, key: str) -> bytes:
        """The content. Raises NotFound (404), PicturesUnavailable (503)."""
        with self._asking(f"There is no picture {key}."):
            found: Any = self._client().files.download(f"{self._folder}/{key}").contents
            content: bytes = found.read()
            return content

    def add(self, key: str, content: bytes) -> None:
        """Store it, unless it is there. Raises NotFound (404) without the volume, and as `read`."""
        from databricks.sdk.errors import AlreadyExists  # noqa: PLC0415 - loading it takes 0.3 s

        with self._asking(f"There is no volume at {self._folder}."):
            path = f"{self._folder}/{key}"
            with suppress(AlreadyExists):  # the content of a key never changes
                self._client().files.upload(path, io.BytesIO(content), overwrite=False)

    def _client(self) -> "WorkspaceClient":
        with self._signing_in:
            if self._signed_in is None:
                from databricks.sdk import WorkspaceClient  # noqa: PLC0415 - see above
                from databricks.sdk.config import Config  # noqa: PLC0415

                config = Config(http_timeout_seconds=_TIMEOUT_S, retry_timeout_seconds=_PATIENCE_S)
                self._signed_in = WorkspaceClient(config=config)
            return self._signed_in

    @contextmanager
    def _asking(self, otherwise: str) -> Iterator[None]:
        """Raise what the shop knows for what the SDK raises. otherwise: for what is not there."""
        from databricks.sdk.errors import NotFound as Missing  # noqa: PLC0415 - see above
        from databricks.sdk.errors.base import DatabricksError  # noqa: PLC0415

        try:
            yield
        except Missing as error:
            raise NotFound(otherwise) from error
        except (DatabricksError, *_UNREACHABLE) as error:
            raise PicturesUnavailable(
                "The volume that holds the pictures does not answer.",
                reason=f"{self._folder}: {type(error).__name__}",
            ) from error
