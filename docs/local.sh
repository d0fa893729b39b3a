# Read it into a shell (`. docs/local.sh`): starts the local Lakebase of docs/local.toml, signs the
# shell in as its developer, and lets the app migrate, as its first deployment does. The local
# Lakebase ends with the shell.

mkdir -p .local
rm -f .local/pages.json
lakepass emulator --config docs/local.toml --json > .local/pages.json &
trap "kill $!" EXIT
until [ -s .local/pages.json ] || ! kill -0 $! 2>/dev/null; do sleep 0.2; done

# Prints one thing of what the emulator has told: pages_have env PGPORT
pages_have() {
    python -c '
import functools, json, sys
print(functools.reduce(dict.__getitem__, sys.argv[1:], json.load(open(".local/pages.json"))))
' "$@"
}

unset DATABRICKS_CLIENT_ID DATABRICKS_CLIENT_SECRET PGHOST PGUSER PGDATABASE PGPASSWORD
export DATABRICKS_HOST="$(pages_have env DATABRICKS_HOST)"
export DATABRICKS_TOKEN="$(pages_have identities developer@example.com secret)"
export PGPORT="$(pages_have env PGPORT)"
export PGSSLROOTCERT="$(pages_have env PGSSLROOTCERT)"
export APP_CLIENT_ID="$(pages_have env DATABRICKS_CLIENT_ID)"

env -u DATABRICKS_TOKEN \
    DATABRICKS_CLIENT_ID="$APP_CLIENT_ID" \
    DATABRICKS_CLIENT_SECRET="$(pages_have env DATABRICKS_CLIENT_SECRET)" \
    LAKEBASE_ENDPOINT="$(pages_have env LAKEBASE_ENDPOINT)" \
    storefront migrate
