"""The shapes of versions, quantities, ids of changes and quotations in masked or plain words."""

from __future__ import annotations

import re

VERSION = re.compile(
    r"(?<![\w./-])(?:v\d+(?:\.\d+)*(?:[-.][a-z0-9]+)*|r?\d+\.\d+\.\d+(?:[-.+][a-z0-9]+)*|\d+\.\d+-[a-z0-9.-]+|\d{4}\.\d+|"
    r"(?:release|build|hotfix|sha|rc|beta|alpha|canary|snapshot)-[a-z0-9][a-z0-9.-]*)(?![\w])",
    re.ASCII,
)
SHORT_VERSION = re.compile(
    r"(?:版本|镜像|tag|image|version|should run|升级到|升级成|升级|升到|更新到|更新成|更新为|发布|发|upgrade|upgrade \S+ to|roll out|rollout|push|release|deploy|ship|切到|换成|换到|改成|改到|用|上|到|成|为|to|on)\s*"
    r"(\d+\.\d+)(?!\s*(?:个|副|核|g|m|c|t|k|%|\.|\d|倍|replica|core|cpu|gb|mb|gi|mi))",
)
QUANTITY = re.compile(
    r"(?:(?<![\w.])|(?<=\dc))(?:\d+(?:\.\d+)?\s*(?:[kmgtp]i?b?|millicores?|cores?|v?cpus?)(?![a-z0-9_])|\d+c(?![a-z_])"
    r"|(?:\d+(?:\.\d+)?|[一二三四五六七八九十]分之[一二三四五]|[零一二两俩三四五六七八九十百]+|半)\s*个?\s*(?:半\s*)?(?:核心?|[kmgt]i?b?(?![a-z0-9_])|兆|毫核|吉|gb|mb)"
    r"|(?:a|one|two|three) (?:core|cpu|gig|gb)s? and a half(?![a-z])|(?:a|one) (?:full|whole|single|entire) (?:core|cpu|gig)(?![a-z])|(?:half a|a half|a quarter(?: of a)?|one quarter|three quarters of a|one|two|three|four|six|eight|sixteen|a|an?other|one and a half)\s+(?:core|cpu|gig|gigs|cores|cpus|vcpus?|vcpu|gb|meg|megs|gigabytes?|gibs?)(?![a-z])"
    r"|\d+(?:\.\d+)?\s*(?:gigs?|megs?|gigabytes?|megabytes?|gibibytes?|mebibytes?|terabytes?)(?![a-z]))",
    re.ASCII,
)
BEFORE_SPAN = re.compile(r"(?:last|past|previous|since|for|最近|过去|近|前|这|the)[=: ]*$")
CHANGE_ID = re.compile(
    r"(?<![\w-])(?:op|chg|change|chng|cr|act|tx|rec)[-_#]\w[\w-]*|(?<![\w-])c[0-9a-f]{7,}(?![\w-])", re.ASCII
)
QUOTES = re.compile(r"“([^”]*)”|\"([^\"]*)\"|「([^」]*)」|『([^』]*)』|‘([^’]*)’|(?<![\w])'([^'\n]*)'(?![\w])|`([^`]*)`|《([^》]*)》|«([^»]*)»")  # fmt: skip
