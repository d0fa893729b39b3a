"""Stands in for psql where none is installed: `-c` with `-A`, `-t`, `-q`, through psycopg, by PG*."""

import sys

import psycopg


def main(arguments: list[str]) -> int:
    flags = "".join(word[1:] for word in arguments if word.startswith("-"))
    assert set(flags) <= set("Atqc"), f"the stand-in knows no {flags}; install psql"
    with psycopg.connect(autocommit=True) as connection:
        cursor = connection.execute(arguments[-1].encode())
        if cursor.description:
            for row in cursor:
                sys.stdout.write("|".join(map(str, row)) + "\n")
        elif "q" not in flags:
            sys.stdout.write(f"{cursor.statusmessage}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
