"""E-mails: by SMTP where the settings name a server, else into a folder that a page can show.

Owns no tables. Features enqueue a job for each e-mail and send it from there.
"""
