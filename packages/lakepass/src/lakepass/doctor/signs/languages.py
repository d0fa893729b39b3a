"""Signs of messages of a server whose lc_messages is another language (PostgreSQL, `po/*.po`)."""

from lakepass.doctor.signs.sign import Advice, Sign


def _quoted(name: str) -> str:
    return rf"[\"«»„“‘'] ?(?P<{name}>[^\"«»“”’'\n]{{1,63}}?) ?[\"«»“”’']"


_ROLE, _DATABASE, _TABLE = _quoted("role"), _quoted("database"), _quoted("object")
_NO_DATABASE = Advice(title="There is no database named {database}.")

# French, Spanish, Portuguese, Italian, German, Russian, Japanese, Chinese.
SIGNS = (
    *(
        Sign("LP-304", pattern)
        for pattern in (
            rf"le rôle {_ROLE} n'existe pas",
            rf"no existe el rol {_ROLE}|el rol .{{3,66}} no existe",
            rf"role {_ROLE} não existe",
            rf"il ruolo {_ROLE} non esiste",
            rf"Rolle {_ROLE} existiert nicht",
            rf"роль {_ROLE} не существует",
            rf"ロール ?{_ROLE} ?は存在しません",
            rf"角色 ?{_ROLE} ?不存在",
        )
    ),
    *(
        Sign("LP-401", pattern, advice=_NO_DATABASE)
        for pattern in (
            rf"la base de données {_DATABASE} n'existe pas",
            rf"no existe la base de datos {_DATABASE}",
            rf"la base de datos {_DATABASE} no existe",
            rf"banco de dados {_DATABASE} não existe",
            rf"il database {_DATABASE} non esiste",
            rf"Datenbank {_DATABASE} existiert nicht",
            rf"база данных {_DATABASE} не существует",
            rf"データベース ?{_DATABASE} ?は存在しません",
            rf"数据库 ?{_DATABASE} ?不存在",
        )
    ),
    *(
        Sign("LP-308", pattern)
        for pattern in (
            rf"autenticação (?:do tipo |por )?senha falhou para (?:o )?usuário {_ROLE}",
            rf"autenticazione con password fallita per l'utente {_ROLE}",
            rf"пользователь {_ROLE} не прошёл проверку подлинности",
            rf"ユーザー ?{_ROLE} ?のパスワード認証に失敗しました",
            rf"用户 ?{_ROLE} ?Password 认证失败",
        )
    ),
    *(
        Sign("LP-608", pattern)
        for pattern in (
            rf"la relation {_TABLE} n'existe pas",
            rf"no existe la relación {_TABLE}",
            rf"relação {_TABLE} não existe",
            rf"la relazione {_TABLE} non esiste",
            rf"Relation {_TABLE} existiert nicht",
            rf"отношение {_TABLE} не существует",
            rf"リレーション ?{_TABLE} ?は存在しません",
        )
    ),
)
