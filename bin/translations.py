"""The messages of Postgres in other languages, for `lakepass explain`.

``python bin/translations.py DIRECTORY…`` reads the catalogues that Debian installs with postgresql-15,
postgresql-client-15, libpq5 and locales, and those in other directories of the same form, such as
`usr/share/locale` of the unpacked packages of Postgres 17 and 18 (``apt-get download``, ``dpkg -x``).
Those messages that have a diagnosis go into `lakepass/doctor/translations.json`.
"""

import gettext
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "packages/lakepass/src/lakepass/doctor/translations.json"
LOCALES = Path("/usr/share/locale")
_OBJECTS = (
    "(?:foreign |materialized )?(?:table|view)|relation|sequence|schema|database|function|procedure"
    "|routine|type|index|extension|column|language|large object|foreign server"
)
# The domain of a catalogue, without the version, and which of its messages are of use, in English.
WANTED = {
    "postgres": r"ERROR|FATAL|NOTICE|WARNING|(?:DETAIL|HINT):  "
    rf"|(?:permission denied for|must be owner of) (?:{_OBJECTS}) \"?%s\"?"
    r"|permission denied to (?:create (?:database|role|extension \"%s\")|set role \"%s\")"
    r"|must be member of role .*|must be superuser (?:or replication role )?to (?:start walsender"
    r"|use replication slots|create subscriptions|create FOR .*)"
    r"|(?:role|database|schema|relation|table|type|function|extension|sequence|view|index) \"?%s\"? "
    r"does not exist(?:, skipping)?"
    r"|(?:schema|relation|extension) \"%s\" already exists, skipping"
    r"|[\w\" ]*\bauthentication failed for user \"%s\".*|empty password returned by .*"
    r"|connection requires a valid client certificate|must be able to SET ROLE \"%s\""
    r"|permission denied to (?:alter role|grant role \"%s\"|COPY .*)"
    r"|role \"%s\" is not permitted to log in|User does not have CONNECT privilege\."
    r"|database \"%s\" is not currently accepting connections|no schema has been selected to create in"
    r"|no PostgreSQL user name specified in startup packet|canceling authentication due to timeout"
    r"|sorry, too many clients already|remaining connection slots are reserved.*"
    r"|too many connections for (?:role|database) \"%s\"|the database system is [\w ]+"
    r"|terminating connection due to .*|canceling statement due to .*|deadlock detected"
    r"|could not obtain lock on row in relation .*|current transaction is aborted, .*"
    r"|cannot execute %s in a read-only transaction|no pg_hba\.conf entry for .*|out of memory"
    r"|pg_hba\.conf rejects connection .*|no encryption|prepared statement \"%s\" .*"
    r"|could not extend file \"%s\": %m|new row violates row-level security policy for table \"%s\""
    r"|extension \"%s\" is not available|unrecognized configuration parameter \"%s\"",
    "libpq5": r"connection to server .* failed: |could not translate host name .*|timeout expired"
    r"|fe_sendauth: no password supplied|server does not support SSL.*|SSL (?:SYSCALL )?error: .*"
    r"|SSL connection has been closed unexpectedly|server closed the connection unexpectedly.*"
    r"|server certificate for .* does not match host name .*|root certificate file .* does not exist.*"
    r"|could not (?:read|open) (?:root )?certificate file .*|channel binding (?:is )?required.*"
    r"|invalid %s value: .*|invalid port number: .*|invalid integer value .*"
    r"|invalid connection option .*|invalid URI query parameter: .*|invalid percent-encoded token: .*"
    r"|missing \"=\" after .*|sslmode value .*|no connection to the server|session is read-only"
    r"|server is in hot standby mode|private key file \"%s\" has group or world access.*"
    r"|could not (?:receive data from|send data to) server: .*|could not establish SSL connection: .*"
    r"|received invalid response to SSL negotiation: .*|GSSAPI encryption required but .*"
    r"|could not send (?:startup|SSL negotiation) packet: .*|authentication method %u not supported"
    r"|local user with ID %l?d does not exist|\t?Is the server running .*"
    r"|authentication method requirement .*|server requires OAuth .*|no OAuth flows are available .*"
    r"|protocol version not supported by server: .*|unexpected spaces found in .*"
    r"|%s value \"%s\" (?:invalid when SSL support|is not supported).*|SSL connection was established .*"
    r"|direct SSL connection was established .*|could not load system root certificate paths: .*"
    r"|certificate present, but not .*|could not load private key file .*"
    r"|private key file \"%s\" is not .*|unexpected response from server.*|none of the server's SASL .*"
    r"|received invalid (?:authentication request|error message)",
    "psql": r"error: ",
    "libc": r"Connection refused|Connection timed out|Connection reset by peer|No route to host"
    r"|Network is unreachable|Broken pipe|Name or service not known|No such file or directory"
    r"|Temporary failure in name resolution|No address associated with hostname"
    r"|No space left on device",
}
LICENCE = """\
Messages of PostgreSQL, from the catalogues po/*.po of its source, under the PostgreSQL Licence;
those of the operating system, of a few words each, are as the GNU C Library prints them.

Portions Copyright (c) 1996-2026, The PostgreSQL Global Development Group. Portions Copyright (c)
1994, The Regents of the University of California.

Permission to use, copy, modify, and distribute this software and its documentation for any purpose,
without fee, and without a written agreement is hereby granted, provided that the above copyright
notice and this paragraph and the following two paragraphs appear in all copies.

IN NO EVENT SHALL THE UNIVERSITY OF CALIFORNIA BE LIABLE TO ANY PARTY FOR DIRECT, INDIRECT, SPECIAL,
INCIDENTAL, OR CONSEQUENTIAL DAMAGES, INCLUDING LOST PROFITS, ARISING OUT OF THE USE OF THIS
SOFTWARE AND ITS DOCUMENTATION, EVEN IF THE UNIVERSITY OF CALIFORNIA HAS BEEN ADVISED OF THE
POSSIBILITY OF SUCH DAMAGE.

THE UNIVERSITY OF CALIFORNIA SPECIFICALLY DISCLAIMS ANY WARRANTIES, INCLUDING, BUT NOT LIMITED TO,
THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE. THE SOFTWARE
PROVIDED HEREUNDER IS ON AN "AS IS" BASIS, AND THE UNIVERSITY OF CALIFORNIA HAS NO OBLIGATIONS TO
PROVIDE MAINTENANCE, SUPPORT, UPDATES, ENHANCEMENTS, OR MODIFICATIONS.
"""


def catalogues(places: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """Each catalogue that is there, and the pattern of the messages wanted of it."""
    for place in places:
        for domain, wanted in WANTED.items():
            for path in sorted(place.glob(f"*/LC_MESSAGES/{domain}*.mo")):
                if re.fullmatch(rf"{domain}(?:-\d+)?", path.stem):
                    yield path, wanted


def messages(path: Path, wanted: str) -> Iterator[tuple[str, str]]:
    """Each wanted message that is translated, in English and in the language."""
    with path.open("rb") as file:
        texts: dict[str, str] = vars(gettext.GNUTranslations(file))["_catalog"]
    for english, said in texts.items():
        first = english.partition("\n")[0] if isinstance(english, str) else ""
        if first and re.fullmatch(wanted, first) and said != english:
            yield first, said.partition("\n")[0]


def main() -> None:
    """Write the file."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    of_postgres: set[str] = set()
    for path, wanted in catalogues([LOCALES, *map(Path, sys.argv[1:])]):
        language = path.parts[-3]
        if path.stem.startswith(("libpq5", "postgres")):
            of_postgres.add(language)
        for english, said in messages(path, wanted):
            found[language][english].add(said)
    kept = {
        language: {english: sorted(said) for english, said in sorted(found[language].items())}
        for language in sorted(of_postgres)
    }
    text = json.dumps({"licence": LICENCE, "messages": kept}, ensure_ascii=False, indent=1)
    TARGET.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
