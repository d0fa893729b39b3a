"""Django: its own migrations, a user made and found."""

import os

import django
from django.conf import settings
from django.core.management import call_command

settings.configure(
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": os.environ["PGDATABASE"],
            "USER": os.environ["PGUSER"],
            "PASSWORD": os.environ["PGPASSWORD"],
            "HOST": os.environ["PGHOST"],
            "PORT": os.environ["PGPORT"],
            "OPTIONS": {"options": "-c search_path=django"},
        }
    },
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402 - Django must be set up first
from django.db import connection  # noqa: E402

with connection.cursor() as cursor:
    cursor.execute("CREATE SCHEMA django")
call_command("migrate", verbosity=0)
User.objects.create_user("ana", password=None)
print([user.username for user in User.objects.filter(username__startswith="a")])
