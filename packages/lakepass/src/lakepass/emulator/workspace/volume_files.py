"""The Files API: files and directories of volumes, and the URLs for transferring them.

Source: `databricks-sdk` (service/files.py and mixins/files.py) for paths, headers, the parts of a
large upload and the URLs that need no token; github.com/databricks/cli,
libs/filer/files_client.go, for errors and their statuses. Assumed: the wording.
"""

import contextlib
import datetime as dt
import email.utils
import hashlib
import mimetypes
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from lakepass.emulator.workspace.api import ApiError, invalid, required
from lakepass.emulator.workspace.volumes import Volumes

FileAnswer = Callable[[Request], Awaitable[Response]]
_LARGEST_PAGE = 1000  # databricks-sdk, list_directory_contents
_SHORTEST = 5  # parts of a path: /, Volumes, catalog, schema, volume


@dataclass(frozen=True, slots=True)
class Presigned:
    """What a presigned URL allows, until a time (seconds since 1970)."""

    method: str
    path: str
    until: float
    session: str = ""
    part: int = 0


class VolumeFiles:
    """Files of all volumes. The methods that take a request respond to it, or raise ApiError.

    uploads: the folder for parts of unfinished uploads.
    """

    def __init__(self, volumes: Volumes, uploads: Path) -> None:
        self._volumes = volumes
        self._uploads = uploads
        self._presigned: dict[str, Presigned] = {}
        self._sessions: dict[str, str] = {}  # path of the file by session token
        shutil.rmtree(uploads, ignore_errors=True)
        uploads.mkdir(mode=0o700)

    def routes(self) -> list[tuple[str, str, FileAnswer]]:
        """Method, path after /api/2.0/, and the function that responds to a signed-in caller."""
        file, directory = "fs/files/{path:path}", "fs/directories/{path:path}"
        return [
            ("HEAD", file, self._metadata),
            ("GET", file, self._download),
            ("PUT", file, self._upload),
            ("DELETE", file, self._delete),
            ("POST", file, self._upload_in_parts),
            ("HEAD", directory, self._has_directory),
            ("GET", directory, self._list),
            ("PUT", directory, self._create_directory),
            ("DELETE", directory, self._delete_directory),
            ("POST", "fs/create-download-url", self._download_url),
            ("POST", "fs/create-upload-part-urls", self._part_urls),
            ("POST", "fs/create-abort-upload-url", self._abort_url),
        ]

    async def transfer(self, request: Request) -> Response:
        """Serve a presigned URL, which in the service belongs to cloud storage."""
        found = self._presigned.get(request.path_params["key"])
        if found is None or found.method != request.method or found.until < time.time():
            # How clients recognize an expired URL: databricks-sdk, mixins/files.py.
            expired = (
                "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
            )
            return Response(expired, 403, media_type="application/xml")
        if found.method == "GET":
            return self._sent(request, found.path)
        if found.method == "DELETE":
            self._end(found.session)
            return Response(status_code=204)
        part = self._uploads / found.session / str(found.part)
        digest = await _received(request, part)
        return Response(headers={"ETag": f'"{digest}"'})

    async def _metadata(self, request: Request) -> Response:
        return self._sent(request, _path(request))

    async def _download(self, request: Request) -> Response:
        return self._sent(request, _path(request))

    def _sent(self, request: Request, path: str) -> Response:
        """A file, or the part that a Range header requests."""
        place = self._place(path)
        if not place.is_file():
            raise _not_found("file")
        changed = int(place.stat().st_mtime)
        if unmodified := request.headers.get("if-unmodified-since"):
            with contextlib.suppress(TypeError, ValueError):
                if changed > email.utils.parsedate_to_datetime(unmodified).timestamp():
                    raise ApiError(412, "PRECONDITION_FAILED", "The file was modified.")
        kind = mimetypes.guess_type(place.name)[0] or "application/octet-stream"
        return FileResponse(place, media_type=kind, stat_result=place.stat())

    async def _upload(self, request: Request) -> Response:
        path = _path(request)
        self._check_free(path, request)
        with self._half_made() as fresh:
            await _received(request, fresh)
            self._put(fresh, path)
        return Response(status_code=204)

    async def _upload_in_parts(self, request: Request) -> Response:
        """Start or complete the upload of a large file."""
        path, action = _path(request), request.query_params.get("action", "")
        if action == "initiate-upload":
            self._check_free(path, request)
            session = secrets.token_urlsafe(24)
            self._sessions[session] = path
            (self._uploads / session).mkdir(mode=0o700)
            return JSONResponse({"multipart_upload": {"session_token": session}})
        if action != "complete-upload":
            raise invalid(f"action must be initiate-upload or complete-upload, got '{action}'.")
        session = self._session(request.query_params.get("session_token", ""), path)
        parts = (await _fields(request)).get("parts")
        if not isinstance(parts, list) or not parts:
            raise required("parts")
        await run_in_threadpool(self._complete, session, path, parts)
        return Response(status_code=204)

    def _complete(self, session: str, path: str, parts: list[Any]) -> None:
        with self._half_made() as fresh:
            with fresh.open("wb") as whole:
                for one in parts:
                    number = one.get("part_number") if isinstance(one, dict) else None
                    part = self._uploads / session / str(number)
                    if not isinstance(number, int) or not part.is_file():
                        raise invalid(f"There is no part {number} of this upload.")
                    with part.open("rb") as content:
                        shutil.copyfileobj(content, whole)
            self._put(fresh, path)
        self._end(session)

    async def _delete(self, request: Request) -> Response:
        place = self._place(_path(request))
        if not place.is_file():
            raise _not_found("file")
        place.unlink()
        return Response(status_code=204)

    async def _has_directory(self, request: Request) -> Response:
        self._directory(_path(request))
        return Response()

    async def _list(self, request: Request) -> Response:
        path = _path(request)
        entries = sorted(self._directory(path).iterdir(), key=lambda one: one.name)
        start = _number(request, "page_token", 0)
        size = min(_number(request, "page_size", _LARGEST_PAGE) or _LARGEST_PAGE, _LARGEST_PAGE)
        found: dict[str, Any] = {
            "contents": [_entry(path, one) for one in entries[start : start + size]]
        }
        if start + size < len(entries):
            found["next_page_token"] = str(start + size)
        return JSONResponse(found)

    async def _create_directory(self, request: Request) -> Response:
        place = self._place(_path(request))
        _make(place)
        return Response(status_code=204)

    async def _delete_directory(self, request: Request) -> Response:
        path = _path(request)
        if len(PurePosixPath(path).parts) == _SHORTEST:
            raise invalid("The root of a volume cannot be deleted; delete the volume instead.")
        place = self._directory(path)
        if any(place.iterdir()):
            raise ApiError(400, "INVALID_PARAMETER_VALUE", "The directory is not empty.")
        place.rmdir()
        return Response(status_code=204)

    async def _download_url(self, request: Request) -> Response:
        path = request.query_params.get("path", "")
        if not self._place(path).is_file():
            raise _not_found("file")
        until = _until(request.query_params.get("expire_time"))
        return JSONResponse(self._address(request, Presigned("GET", path, until)))

    async def _part_urls(self, request: Request) -> Response:
        body = await _fields(request)
        path = str(body.get("path", ""))
        session = self._session(str(body.get("session_token", "")), path)
        first, count = body.get("start_part_number", 1), body.get("count", 1)
        if not (isinstance(first, int) and isinstance(count, int) and first > 0 < count <= 1000):
            raise invalid("start_part_number and count must be positive integers.")
        until = _until(body.get("expire_time"))
        urls = [
            self._address(request, Presigned("PUT", path, until, session, number))
            | {"part_number": number}
            for number in range(first, first + count)
        ]
        return JSONResponse({"upload_part_urls": urls})

    async def _abort_url(self, request: Request) -> Response:
        body = await _fields(request)
        path = str(body.get("path", ""))
        session = self._session(str(body.get("session_token", "")), path)
        until = _until(body.get("expire_time"))
        address = self._address(request, Presigned("DELETE", path, until, session))
        return JSONResponse({"abort_upload_url": address})

    def _address(self, request: Request, allowed: Presigned) -> dict[str, Any]:
        """A URL of this workspace, where the service returns one of cloud storage."""
        key = secrets.token_urlsafe(24)
        now = time.time()
        self._presigned = {
            **{old: one for old, one in self._presigned.items() if one.until > now},
            key: allowed,
        }
        return {"url": str(request.base_url.replace(path=f"/presigned/{key}")), "headers": []}

    def _session(self, token: str, path: str) -> str:
        """A session token of an upload to this path. Raises ApiError (400)."""
        if self._sessions.get(token) != path:
            raise invalid("session_token is not that of an upload to this path.")
        return token

    def _end(self, session: str) -> None:
        self._sessions.pop(session, None)
        shutil.rmtree(self._uploads / session, ignore_errors=True)

    @contextlib.contextmanager
    def _half_made(self) -> Iterator[Path]:
        """A temporary file for an upload, which is deleted afterwards unless it was moved into place."""
        handle, name = tempfile.mkstemp(dir=self._uploads)
        os.close(handle)
        try:
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)

    def _put(self, fresh: Path, path: str) -> None:
        """Move a complete file to its path. Missing directories are created, as in the service."""
        place = self._place(path)
        if place.is_dir():
            raise ApiError(409, "ALREADY_EXISTS", "The path is a directory.")
        _make(place.parent)
        fresh.replace(place)

    def _check_free(self, path: str, request: Request) -> None:
        place = self._place(path)
        if place.is_dir() or (
            place.exists() and request.query_params.get("overwrite", "true").lower() == "false"
        ):
            raise ApiError(409, "ALREADY_EXISTS", "The file being created already exists.")

    def _directory(self, path: str) -> Path:
        place = self._place(path)
        if not place.is_dir():
            raise _not_found("directory")
        return place

    def _place(self, path: str) -> Path:
        """The local file for a path in a volume. Raises ApiError (400, 404)."""
        parts = PurePosixPath(path).parts
        if len(parts) < _SHORTEST or parts[:2] != ("/", "Volumes") or ".." in parts or "\0" in path:
            raise invalid(f"The path must be /Volumes/<catalog>/<schema>/<volume>/…, got '{path}'.")
        return self._volumes.folder(".".join(parts[2:_SHORTEST])).joinpath(*parts[_SHORTEST:])


async def _received(request: Request, file: Path) -> str:
    """Stream the body to a file, and return its MD5, which storage uses as ETag."""
    digest = hashlib.md5(usedforsecurity=False)
    with file.open("wb") as content:
        async for chunk in _chunks(request):
            digest.update(chunk)
            content.write(chunk)
    return digest.hexdigest()


async def _chunks(request: Request) -> AsyncIterator[bytes]:
    async for chunk in request.stream():
        if chunk:
            yield chunk


async def _fields(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise ApiError(400, "MALFORMED_REQUEST", "Could not parse the request.")
    return body


def _path(request: Request) -> str:
    return "/" + str(request.path_params["path"]).strip("/")


def _number(request: Request, name: str, otherwise: int) -> int:
    given = request.query_params.get(name, "") or str(otherwise)
    if not given.isdecimal():
        raise invalid(f"{name} is invalid.")
    return int(given)


def _until(expire_time: object) -> float:
    """The expiry of a URL: a time in RFC 3339, or in an hour."""
    if not expire_time:
        return time.time() + 3600
    try:
        return dt.datetime.fromisoformat(str(expire_time)).timestamp()
    except ValueError as error:
        raise invalid("expire_time must be a time such as 2026-12-31T00:00:00Z.") from error


def _make(directory: Path) -> None:
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        message = "A part of the path is a file, not a directory."
        raise ApiError(409, "ALREADY_EXISTS", message) from error


def _entry(parent: str, place: Path) -> dict[str, Any]:
    """An entry of a listing: databricks-sdk, DirectoryEntry."""
    stat = place.stat()
    size = {} if place.is_dir() else {"file_size": stat.st_size}
    return {
        "name": place.name,
        "path": f"{parent}/{place.name}",
        "is_directory": place.is_dir(),
        "last_modified": round(stat.st_mtime * 1000),
        **size,
    }


def _not_found(what: str) -> ApiError:
    return ApiError(404, "NOT_FOUND", f"The {what} being accessed is not found.")
