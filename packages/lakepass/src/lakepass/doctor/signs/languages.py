"""Signs of messages of a server in languages of which `translations.json` has no catalogue.

They are Portuguese and Polish, and older wordings in Chinese and Spanish (PostgreSQL, `po/*.po`).
"""

from lakepass.doctor.signs.sign import Advice, Sign


def _quoted(name: str) -> str:
    return rf"[\"«»„“‘'] ?(?P<{name}>[^\"«»“”’'\n]{{1,63}}?) ?[\"«»“”’']"


_ROLE, _DATABASE, _OBJECT = _quoted("role"), _quoted("database"), _quoted("object")
_NO_DATABASE = Advice(title="There is no database named {database}.")

SIGNS = (
    Sign("LP-304", rf"role {_ROLE} não existe|el rol .{{3,66}} no existe"),
    Sign("LP-401", rf"banco de dados {_DATABASE} não existe", advice=_NO_DATABASE),
    Sign("LP-401", rf"la base de datos {_DATABASE} no existe", advice=_NO_DATABASE),
    Sign("LP-308", rf"autenticação (?:do tipo |por )?senha falhou para (?:o )?usuário {_ROLE}"
                   r"|autoryzacja hasłem nie powiodła się|\" Password 认证失败"),
    Sign("LP-608", rf"relação {_OBJECT} não existe"),
)  # fmt: skip
