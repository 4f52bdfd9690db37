"""Which words of a person may be names of namespaces, for somebody who may not list those that exist."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kubesteer.core.errors import Unusable
from kubesteer.core.names import checked_namespace
from kubesteer.planners.rules.lexicon.places import ENVIRONMENT_WORDS_EN, ENVIRONMENT_WORDS_ZH, ENVIRONMENTS

MOST = 5
"""How many words are tried; each costs a request or two."""

MOST_NAMES = 3
"""How many names of one environment are tried."""

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*", re.ASCII)
_BEFORE = re.compile(
    r"(?i)(?:\b(?:in|from|of|at|on|to|under|within|inside|namespaces?|ns)[ \t:=]{1,3}(?:the[ \t]{1,3})?|"
    r"(?<!\S)(?:-n|--namespace)[ \t=]{1,3}|命名空间|空间|在|把|看看)[ \t:=“\"'`]{0,3}$"
)
_AFTER = re.compile(r"(?i)[”\"'`]?(?:/|[ \t]{0,3}(?:namespace\b|ns\b|命名空间|空间|环境|的|里|下|中))")
# Words that stand in most sentences and are nobody's namespace.
_ORDINARY = frozenset(
    re.findall(
        r"\w+",
        """
    a an and are at by can cpu did do does down for from have has how i in is it its list logs look
    me memory my n namespace not ns of on or our please pod pods restart restarts scale see show so
    than that the their then there this to undo up us was we what when where which who why with you
    """,
    )
)


def namespaces_in(words: str) -> tuple[str, ...]:
    """At most five names that a namespace meant by the words could have: words that stand where one is named,
    what an environment (`生产`, `prod`) is called, then the latest words, for a place mostly ends a sentence."""
    named: list[str] = []
    others: list[str] = []
    for match in _WORD.finditer(words):
        if not _may_be(match[0]):
            continue
        is_named = _BEFORE.search(words[max(0, match.start() - 30) : match.start()]) or _AFTER.match(
            words, match.end()
        )
        (named if is_named else others).insert(0, match[0].lower())
    return tuple(dict.fromkeys([*named, *_environments(words, named), *others]))[:MOST]


def _environments(words: str, named: Sequence[str]) -> list[str]:
    chinese = [meant for word, meant in ENVIRONMENT_WORDS_ZH.items() if word in words]
    english = [ENVIRONMENT_WORDS_EN[word] for word in named if word in ENVIRONMENT_WORDS_EN]
    return [name for meant in (*chinese, *english) for name in ENVIRONMENTS[meant][:MOST_NAMES]]


def _may_be(word: str) -> bool:
    if word.lower() in _ORDINARY or word.isdigit():
        return False
    try:
        checked_namespace(word.lower())
    except Unusable:
        return False
    return True
