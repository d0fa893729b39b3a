"""Signs of older wordings, which are not in the catalogues of `translations.json`."""

from lakepass.doctor.signs.sign import Advice, Sign


def _quoted(name: str) -> str:
    return rf"[\"«»„“‘'] ?(?P<{name}>[^\"«»“”’'\n]{{1,63}}?) ?[\"«»“”’']"


_ROLE, _DATABASE = _quoted("role"), _quoted("database")
_NO_DATABASE = Advice(title="There is no database named {database}.")

SIGNS = (
    Sign("LP-304", r"el rol .{3,66} no existe"),
    Sign("LP-401", rf"la base de datos {_DATABASE} no existe", advice=_NO_DATABASE),
    Sign("LP-308", rf"autenticação (?:do tipo |por )?senha falhou para (?:o )?usuário {_ROLE}"),
)  # fmt: skip
