"""Secrets and their scopes. Assumed: every identity may read and write every secret."""

import base64
import binascii
from typing import Any

from lakepass.emulator.identity.vault import Vault
from lakepass.emulator.workspace.api import ApiError, Call, Routes, invalid, required


class SecretScopes:
    """`secrets` of the SDK, without access control lists.

    Messages: github.com/Azure/azure-databricks-operator, issue 94, and
    github.com/databrickslabs/overwatch, issue 721, for missing scopes and keys. Assumed: the others.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def routes(self) -> Routes:
        """The paths."""
        return [
            ("GET", "secrets/get", self._get),
            ("POST", "secrets/put", self._put),
            ("GET", "secrets/list", self._list),
            ("POST", "secrets/delete", self._delete),
            ("GET", "secrets/scopes/list", self._scopes),
            ("POST", "secrets/scopes/create", self._create_scope),
            ("POST", "secrets/scopes/delete", self._delete_scope),
        ]

    async def _get(self, call: Call) -> dict[str, Any]:
        """A secret in base64."""
        scope, key = self._existing(call.query.get("scope", "")), call.query.get("key", "")
        value = self._vault.encoded(scope, key)
        if value is None:
            raise _no_secret(scope, key)
        return {"key": key, "value": value}

    async def _put(self, call: Call) -> dict[str, Any]:
        scope, key = self._existing(call.text("scope")), call.text("key")
        if "bytes_value" in call.body:
            try:
                value = base64.b64decode(str(call.body["bytes_value"]), validate=True)
            except binascii.Error as error:
                raise invalid("bytes_value must be base64.") from error
        elif "string_value" in call.body:
            value = str(call.body["string_value"]).encode()
        else:
            raise required("string_value")
        self._vault.put(scope, key, value)
        return {}

    async def _list(self, call: Call) -> dict[str, Any]:
        scope = self._existing(call.query.get("scope", ""))
        listed = [
            {"key": key, "last_updated_timestamp": one.updated_ms}
            for key, one in self._vault.secrets(scope).items()
        ]
        return {"secrets": listed}

    async def _delete(self, call: Call) -> dict[str, Any]:
        scope, key = self._existing(call.text("scope")), call.text("key")
        if not self._vault.delete(scope, key):
            raise _no_secret(scope, key)
        return {}

    async def _scopes(self, _: Call) -> dict[str, Any]:
        scopes = [{"name": name, "backend_type": "DATABRICKS"} for name in self._vault.scopes]
        return {"scopes": scopes}

    async def _create_scope(self, call: Call) -> dict[str, Any]:
        scope = call.text("scope")
        if not self._vault.create(scope):
            message = f"Scope {scope} already exists!"
            raise ApiError(400, "RESOURCE_ALREADY_EXISTS", message)
        return {}

    async def _delete_scope(self, call: Call) -> dict[str, Any]:
        self._vault.delete(self._existing(call.text("scope")))
        return {}

    def _existing(self, scope: str) -> str:
        if scope not in self._vault.scopes:
            message = f"Scope {scope} does not exist!"
            raise ApiError(404, "RESOURCE_DOES_NOT_EXIST", message)
        return scope


def _no_secret(scope: str, key: str) -> ApiError:
    message = f"Secret does not exist with scope: {scope} and key: {key}"
    return ApiError(404, "RESOURCE_DOES_NOT_EXIST", message)
