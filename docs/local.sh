# Read it into a shell (`. docs/local.sh`): starts a workspace on this machine with the local Lakebase of
# docs/local.toml, and signs the shell in as its developer for an hour. The command `databricks` then
# deploys to that workspace. It ends with the shell.

mkdir -p .local
rm -f .local/pages.json
python -m tools.rehearsal.workspace --config docs/local.toml > .local/pages.json &
trap "kill $!" EXIT
until [ -s .local/pages.json ] || ! kill -0 $! 2>/dev/null; do sleep 0.2; done

unset DATABRICKS_CLIENT_ID DATABRICKS_CLIENT_SECRET DATABRICKS_CONFIG_PROFILE PGHOST PGUSER PGDATABASE PGPASSWORD
eval "$(python -c '
import json, shlex
for name, value in json.load(open(".local/pages.json"))["env"].items():
    print(f"export {name}={shlex.quote(value)}")
')"
