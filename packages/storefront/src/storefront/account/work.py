"""The job of signing in: the e-mail with the code, which exists in no table and no job."""

from typing import Any

from storefront.account.signing_in import digest_of
from storefront.customers import sign_in
from storefront.jobs.service import Taken
from storefront.jobs.worker import GiveUpError, Handler
from storefront.mail.outbox import Mail
from storefront.mail.work import MailWork
from storefront.texts import _, language_of, speaking
from storefront.web import render


class Work(MailWork):
    """The job of signing in."""

    def handlers(self) -> dict[str, Handler]:
        """The handlers of this feature's kinds of job."""
        return {sign_in.CODE_JOB: self._send_code}

    async def _send_code(self, job: Taken) -> None:
        """Send the code, while it can still be used."""
        async with self.database.reads() as session:
            found = await sign_in.to_send(
                session, int(job.payload["code_id"]), digest_of(self.signer)
            )
        if found is None:
            raise GiveUpError("The code was used, has expired, or its key was replaced.")
        email, code = found
        language = language_of(job.payload.get("language", ""), self.settings.locale)
        with speaking(language):
            mail = self._mail_of(email, code, key=f"{job.kind} {job.key}")
        await self.outbox.send(mail)

    def _mail_of(self, email: str, code: str, *, key: str) -> Mail:
        context: dict[str, Any] = {
            "code": code,
            "minutes": int(sign_in.CODE_LASTS.total_seconds()) // 60,
            "subject": _("Your sign-in code"),
            "settings": self.settings,
        }
        return Mail(
            to=email,
            subject=f"{context['subject']} · {self.settings.name}",
            text=render.text_of("account/mail_code.txt", **context),
            html=render.text_of("account/mail_code.html", **context),
            key=key,
        )
