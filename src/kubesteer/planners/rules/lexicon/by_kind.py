"""Wordings that only the kind of object makes clear: 「放回来用」 of a node, "back on" of a CronJob."""

from __future__ import annotations

from kubesteer.planners.rules.lexicon.verbs import Wording

# Wordings so general that only the kind of object makes them clear: looked for where a clause has such an object
# and no other verb.
KIND_WORDINGS: dict[str, tuple[Wording, ...]] = {
    "Node": (
        Wording("get_status", """
            (跑|部署|放|运行|挂|住)(着|了)?(些)?(什么|啥|谁)
        """, """
            what (runs|lives|sits|is running|is scheduled|else runs) on | what's (on|scheduled on)
        """),
        Wording("cordon", """
            (别|不要|不用|不再?|勿|停|禁止?|不准|先不|甭)[^,;。!?\\n]{0,8}?(新|进|放|调|排|派|来|收|接|用|上|塞)[^,;。!?\\n]{0,8} | 下线 | 摘(了|掉|下)? | 隔离 | 关起来 | 拦住 | 停用 | 冻结
        """, """
            (shouldn't|should not|mustn't|must not|may not|no longer)~(get|take|receive|accept|run|see) | nothing new | no (more|new)~ | (don't|do not|stop|no longer|quit)~(put|use|using|place|schedule|send|add|accept|take|taking|landing) | keep~(off|away|out|clear|clean) | take~out of (rotation|service|the pool) | block | freeze | fence | close | out of service | off limits | off-limits
        """),
        Wording("uncordon", """
            放回(来|去)? | 回来用 | (可以|能|重新|继续|接着)[^,;。!?\\n]{0,4}?(用|接|收|上|跑|调度|服役|干活|工作|放)(了|起来)? | 恢复 | 启用 | 打开 | 解除 | 复工 | 归队 | 上线 | 开门 | 开闸 | 接客 | 投入使用
        """, """
            back (in|into|to|online|on|again) | again | reopen | enable | re-enable | bring~back | put~back | return~to | ok to use | usable | available | good to go | resume
        """),
        Wording("drain", """
            腾 | 清(空|场|一?下|出来) | 撤(空|走|离|出来|干净) | (挪|迁|移|搬|赶|轰|请|转|弄)(走|空|开|出|到别|到其|干净|下来|光) | 驱 | 倒腾
        """, """
            empty | clear | vacate | evacuate | move~(away|off|elsewhere|out) | get~off | kick~(off|out) | push~off | free up | free it | relocate | offload
        """),
    ),
    "CronJob": (
        Wording("trigger", """
            (跑|来|执行|运行|触发|补|做|搞|整|拉|试)(上|个|了)?一(次|下|遍|把|发|趟|轮|回|跑|枪) | (现在|立刻|立即|马上|这就|当场|赶紧|手动|手工|人工|提前)[^,;。!?\\n]{0,6}?(跑|来|执行|运行|触发|补|做|起|搞|整) | (运行|执行|跑|启动)(?=\\s*\ue000) | 启动一?(次|下) | 跑起来 | 补跑 | 加跑 | 先跑
        """, """
            now | once | right away | immediately | by hand | manually | one (time|more|extra|off) | off-schedule | ad hoc | a spin | this minute
        """),
        Wording("suspend", """
            停 | 歇 | 暂停 | (别|不|甭|勿|先不|不要|不用)(再|要|让)?[^,;。!?\\n]{0,4}?(跑|执行|运行|触发|调度|启动) | 休 | 关(掉|了|一下|停)? | 禁用 | 挂起 | 冻结 | 缓 | 下线
        """, """
            on hold | on ice | hiatus | park | shelve | mothball | sit out | sit this | (?<!one-)(?<!one\\x20)(?<!kick\\x20)(?<!set\\x20)(?<!fire\\x20)off | pause | stop | hold | disable | halt | suspend | freeze | rest | skip | no more | quiet
        """),
        Wording("resume", """
            恢复 | 开(起来|回来|了|一下|启|着)? | 继续 | 启用 | 重新 | 照常 | 接着 | 放开 | 复工 | 打开 | 解除 | 该跑
        """, """
            back on | turn~on | switch~on | on again | again | back | resume | re-enable | enable | continue | unpause | restart | normal
        """),
    ),
}  # fmt: skip
