"""A psycopg pool: connections that were cut are replaced before you get them.

pip install "lakepass[psycopg]"
lakepass emulator run -- python pool_of_psycopg.py
"""

import lakepass

lake = lakepass.Lakebase.from_env()


def who_am_i() -> str:
    """The role we are logged in as."""
    with lake.psycopg_pool(max_size=4) as pool, pool.connection() as connection:
        [[role]] = connection.execute("select current_user").fetchall()
    return str(role)


if __name__ == "__main__":
    print(who_am_i())
