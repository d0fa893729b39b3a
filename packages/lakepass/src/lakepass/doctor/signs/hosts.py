"""Signs of values that are not host names: with a scheme, a path or a port, or of the workspace."""

from lakepass.doctor.signs.sign import Advice, Sign

# What comes before the name that a driver looks up.
_LOOKED_UP = (
    r"(?:could not translate host name \"|failed to resolve host '|UnknownHostException: |ENOTFOUND "
    r"|EAI_AGAIN |\blookup |invalid domain name: |parse host \"?|(?:not known|resolve host): \"?)"
)
_HOST = r"(?P<host>[a-z0-9][\w-]*(?:\.[\w-]+)*\.[a-z]{2,})"

_NOT_BARE = Advice(
    title="The host contains more than the name of the host.",
    cause="A scheme, a path or a port came along; drivers look up all of it as one name.",
    fix="Set PGHOST to the name alone; the port, if it is not 5432, belongs in PGPORT.",
    lines=("export PGHOST={host}",),
)
_OF_THE_WORKSPACE = Advice(
    title="The host is the one of the workspace, where no database listens.",
    cause="DATABRICKS_HOST and PGHOST are different hosts: that of a database has `.database.` in it.",
    fix="Copy the host name from the Connect dialog of the database, or have it looked up.",
    lines=('eval "$(lakepass env)"    # PGHOST, PGPORT, PGDATABASE, PGUSER, PGSSLMODE',),
)
_WORKSPACE = r"(?:https?://)?(?:adb-\d+\.\d+\.azuredatabricks\.net|(?:dbc-|\d{10,}\.)[\w.-]*?databricks\.com)"

SIGNS = (
    Sign("LP-104", rf"(?:translate host name \"|failed to resolve host '){_WORKSPACE}(?![\w.-])",
         advice=_OF_THE_WORKSPACE),
    Sign("LP-104", rf"(?:connection to server at \"|Connection to |connect to ){_WORKSPACE}"
                   r"(?:\"|:5432)(?=[^\n]{0,80}(?:5432|refused))", advice=_OF_THE_WORKSPACE),
    Sign("LP-104", rf"{_LOOKED_UP}(?:https?|tcp|jdbc:postgresql|postgres\w*)://{_HOST}",
         advice=_NOT_BARE),
    Sign("LP-104", rf"{_LOOKED_UP}{_HOST}(?:/|:\d{{2,5}}(?:[\"'/\s]|$))", advice=_NOT_BARE),
)  # fmt: skip
