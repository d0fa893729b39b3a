"""Masks the secrets in a line of a log: by their shape, by their name, and by where drivers quote them.

A part of a password ends up in messages about hosts and ports when the URL that it is in is not
percent-encoded. It is better to mask too much: the number of the line is printed too.
"""

import re
from collections.abc import Sequence

from lakepass.errors import MASK, redact

_LOOKED_AT = 4000  # characters of a line
_BEFORE = 2  # lines before one that may name what its beginning holds

# What a password, token or key is called, also in other languages.
_NAME = (
    r"(?:pass(?:word|wort|wd|phrase|code)|(?<![a-z])pass|pwd|(?<![a-z])pw|secret(?:[_-]?access)?(?:[_-]?key)?"
    r"|token|cookie"
    r"|(?:api|access|account|auth|private|signing|shared)[_-]?(?:access[_-]?)?key|kennwort|contrase[nñ]a"
    r"|mot[ _]de[ _]passe|\bclave|\bsenha|wachtwoord|has[lł]o|пароль|パスワード|密码|비밀번호)"
    r"(?:_?(?:value|string|hash|\d+))?"
)
_QUOTED = (
    r"\"(?:[^\"\n]|\"(?![\s,;:)}\]&<]|$))*\"?|'(?:[^'\n]|'(?![\s,;:)}\]&<]|$))*'?"
    r"|“[^”\n]*”?|‘[^’\n]*’?|«[^»\n]*»?"
)
# What separates it from the text after it may be a part of it, if no other setting follows.
_BARE = (
    r"(?:[^\s'\"&,;)<]|&(?!(?:amp;)?\w+=)|[,;](?!\s|$|\w[\w ]*=)|\)(?![\s.,;:]|$)|['\"](?=\w)"
    r"|<(?![/\w]))+"
)
_VALUE = rf"(?P<value>{_QUOTED}|{_BARE})"
# In sentences, words rather than a password follow the colon, or "is".
_PROSE = (
    r"(?!(?:cannot|can|could|did|does|do|is|was|are|were|has|had|have|not|no|none|null|never|must|may"
    r"|should|would|will|the|a|an|of|for|from|in|on|to|at|by|and|or|as|with|without|unable|failed|failure"
    r"|failures|failing|got|errors?|fatal|psql|missing|invalid|expired|empty|unknown|wrong|incorrect"
    r"|correct|valid|ok|okay|required|rejected|refused|refresh(?:ed|ing)?|mint(?:ed|ing)?|set|unset|sent"
    r"|used|needed|undefined|still|now|only|too|being|stored|available|unavailable|request(?:ed|ing)?"
    r"|returned|authentication|weak|short|long|masked|hidden|redacted|optional|this|that|it|you|your|yes|true|false"
    r"|AADSTS\d+|\w+(?:Error|Exception))"
    r"(?![\w-]))"
)
_NAMED = rf"(?<!\w)[\w.-]*?{_NAME}\d*['\"]?"
_SENTENCE_END = r"(?=[.,;!?]*(?:\s|$))"
_IN_QUERY = r"(?![^\s@]*[?&]user(?:name)?=[^\s&@]*@)"  # where an @ belongs to an e-mail
_UP_TO_LAST_AT = r"(?:[^\s\"'`<>]|[\"'`<>](?![,;:)}\]\s]))*"
_ON_THE_NEXT_LINE = re.compile(
    rf"(?P<name>{_NAMED}\s*[=:][ \t]*\n+)(?P<indent>[ \t]*)(?P<value>(?![\w.]+[=:]|\[|-)"
    r"(?:[^\s'\"]+(?<!:)|'[^'\n]*'|\"[^\"\n]*\"))(?P<rest>[^\n]*)",
    re.IGNORECASE,
)
_RULES = tuple(
    re.compile(rule, re.IGNORECASE)
    for rule in (
        # In a URL; if the password contains "@" or "/", up to the last "@".
        rf"(?P<name>://){_IN_QUERY}(?P<value>[^\s/:]*:(?!\d{{1,5}}[/?]){_UP_TO_LAST_AT})(?=@)",
        rf"(?P<name>\bpostgres\w*(?:\+\w+)?://){_IN_QUERY}(?P<value>[^\s/:]*:{_UP_TO_LAST_AT})(?=@)",
        r"(?P<name>['\"`][\w+:]*://)(?P<value>[^\s/:'\"`]*:(?!\d{1,5}[/?])[^\n'\"`]*)(?=@)",
        # The part of such a URL that a driver takes for the host or the port.
        r"(?P<name>\b(?:host(?: ?name)?|ENOTFOUND|EAI_AGAIN|UnknownHostException|lookup|server at"
        r"|connect to|port(?: number)?|not known|resolve)(?:[ =:]+[\"'`“«]?|[\"'`“«]))"
        r"(?P<value>[^\s\"'`“«]*)(?=@[\w.-]+(?:[:/\"'`\s”»?,]|$))",
        r"(?P<name>invalid integer value [\"«“])(?P<value>(?!\d{1,5}(?:/\w+)?[\"»”])[^\"»”\n]+)",
        r"(?P<name>invalid port (?:number)?:? ?\"?:?)"
        r"(?P<value>(?!(?:\d{1,6}(?:/\w+)?|None)\")[^\"\s]+)(?=\")",
        r"(?P<name>to integer value as '|int\(\) with base 10: ')(?P<value>(?!\d{1,5}')[^'\n]+)",
        r"(?P<name>invalid connection option \")(?P<value>[^\"\n]*[@:][^\"\n]*)(?=\")",
        r"(?P<name>missing \"=\" after \"|percent-encoded (?:token|value): \"|URI query parameter: \""
        r"|in URI[^\"\n]{0,60}: \")(?P<value>[^\"\n]+)",
        # Markup.
        rf"(?P<name><[\w:.-]*{_NAME}[^<>\n]*>\s*|{_NAME}</t[dh]>\s*<td[^<>\n]*>\s*)"
        r"(?P<value>[^<\s][^<\n]*)",
        rf"(?P<name>name=['\"][\w.-]*{_NAME}['\"][^<>\n]{{0,60}}?\bvalue=)(?P<value>{_QUOTED})",
        # Options of commands, and a line of a password file.
        rf"(?P<name>(?<![\w-])--?(?!no-)[\w-]*{_NAME}[ =]+)(?P<value>(?!-)(?:{_QUOTED}|[^\s'\"]+))",
        rf"(?P<name>\bsshpass -p *)(?P<value>{_QUOTED}|\S+)",
        rf"(?P<name>(?<=\s)-p)(?P<value>{_QUOTED}"
        r"|(?!\d{1,5}(?:[:/\s]|$))(?=\S*(?-i:[^a-z\s-]))[^\s=]{4,})",
        r"(?P<name>(?<=\s)(?:-u|--user)[ =]['\"]?[^\s:'\"/]+:)(?P<value>[^\s'\"]+)",
        r"(?P<name>(?<!\S)[\w.*-]+:(?:\d{4,5}|\*):[\w*-]+:[^\s:]+:)(?P<value>[^\s:]+)",
        r"(?P<name>\bauthorization['\"]?\s*[=:]\s*['\"]?\w+\s+)(?P<value>[^\s'\"]+)",
        # Settings; in a connection string up to the next one, since blanks are forgotten there.
        r"(?P<name>\bpassword\s*=\s*)(?P<value>[^'\"\s][^\n]{0,200}?)"
        r"(?=\s+(?:host|hostaddr|port|user|dbname|sslmode|options|connect_timeout|application_name)\s*=)",
        rf"(?P<name>['\"][\w.-]*{_NAME}['\"]\s*,\s*)(?P<value>{_QUOTED})(?=\s*[,)\]}}])",
        rf"(?P<name>{_NAMED}\s*(?:=>|:=|=|%3D)[^\S\n]*){_VALUE}",
        rf"(?P<name>{_NAMED}\s*:[^\S\n]*)(?![:=]){_PROSE}{_VALUE}",
        rf"(?P<name>{_NAMED},?\s*['\"]?value['\"]?\s*[=:]\s*){_VALUE}",
        r"(?P<name>\buser(?:name)?\s*=\s*[\w.+-]+:)(?!\d{1,5}\b)(?P<value>[^\s'\",;]+)",
        rf"(?P<name>\b\w*{_NAME}\w*\(\s*)(?P<value>{_QUOTED})",
        # Sentences.
        rf"(?P<name>\b(?:my|our|his|her|mein|mon|mi|minha) {_NAME} (?:is|ist|est|es|é|was)\s*:?\s+)"
        rf"{_PROSE}(?P<value>\"[^\"\n]+\"|'[^'\n]+'|\S+?{_SENTENCE_END})",
        rf"(?P<name>\b{_NAME} (?:is|ist|est|es|é|was|lautet)\s*:?\s+){_PROSE}(?P<value>\"[^\"\n]+\""
        rf"|'[^'\n]+'|(?=\S*(?-i:[^a-z\s.,;!?:'’-]))\S+?{_SENTENCE_END})",
        rf"(?P<name>\b{_NAME} )(?=\S*\d)(?=\S*[a-z])(?P<value>[^\s:=]{{5,}}?\w){_SENTENCE_END}",
    )
)


def masked(lines: Sequence[str], number: int) -> str:
    """A line of a text, from 1, without what looks like a secret or is where a secret belongs."""
    near = lines[max(0, number - 1 - _BEFORE) : number]
    around = "\n".join(line[:_LOOKED_AT] for line in near)
    around = _ON_THE_NEXT_LINE.sub(_without_indented, around)
    for rule in _RULES:
        around = rule.sub(_without_value, around)
    return redact(around.rpartition("\n")[2])


def _without_value(match: re.Match[str]) -> str:
    whole, begin = match[0], match.start()
    return whole[: match.start("value") - begin] + MASK + whole[match.end("value") - begin :]


def _without_indented(match: re.Match[str]) -> str:
    """The value is on the next line if that is indented, or is nothing else."""
    is_value = match["indent"] or not match["rest"].strip()
    return _without_value(match) if is_value else match[0]
