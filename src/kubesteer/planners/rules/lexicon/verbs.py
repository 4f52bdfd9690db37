"""What people say for each operation: the one place where a verb's wording is added.

A wording that holds a longer wording's words loses to it ("rollback history" is a read, not a rollback), so a
read that contains a write's word is written out here in full. Notation: `lexicon/phrases.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from kubesteer.planners.rules.lexicon.phrases import Phrases, phrases


@dataclass(frozen=True)
class Wording:
    """The words for one operation, or for one of the verbs whose object decides the operation."""

    operation: str
    zh: str
    en: str

    @cached_property
    def _patterns(self) -> tuple[Phrases, Phrases]:
        return phrases(self.zh), phrases(self.en)

    def found(self, text: str, *, han: bool, latin: bool) -> Iterator[re.Match[str]]:
        """Every wording in a text; a language that it holds no letter of is not even compiled."""
        chinese, english = self._patterns
        if han:
            yield from chinese.finditer(text)
        if latin:
            yield from english.finditer(text)


WRITE_WORDINGS = (
    Wording("restart", """
        重新(拉|起|启|跑|来|开|弄|载入)(一)?(下|遍|起来|把|启|起) | (关|停)(掉|了|一下|机)?(再|然后|又)(重新)?(给)?(打开|开|起|拉|启)(起来|一下|动|回来)? | 再(启动|起)(一)?(下|次|遍) | 重新拉一下 | 拽一把 | 刷新一下 | 重置一下
        重启 | 重新启动 | 重起 | 重启动 | 重新拉起来? | 拉起来(?!不|没) | 重拉 | 再拉起来 | 重新起 | 重新跑起来 | 滚动重启 | (?<!回)滚一遍 | (?<!回)滚一下 | (?<!回)滚一滚
        踢一脚 | 踢一下 | 踢一踢 | 踹一脚 | 弹一下 | 重开一下 | 重新加载 | 重新部署 | 重新发布一下 | 重来一遍 | (?<![挂拉提唤])起一下 | (?<![挂拉提唤])起一遍 | 拉一把 | 重新起来
        回收重建 | 重建一下 | 把 ~ 拉起 | 关了再开 | 重新上线一下
    """, """
        (kill|delete|recreate|replace|remove|recycle) @~(come back|respawn|get recreated|are recreated|start fresh|restart|reschedule) | is due (for )?a restart | respin | re-spin | could (use|do with) a (quick |rolling )?(restart|bounce|kick) | (please|pls|can you|could you) (have|get) @ restarted
        revive | reset | restart it | restart them | nudge | start afresh | cycling
        restart | re-start | restarting | restarted | bounce | bouncing | rolling restart | rolling-restart | rollout restart | cycle | power cycle | recycle | kick
        give @ a (kick|bounce|restart|nudge) | give (it|this|that|them) a (kick|bounce|restart|nudge) | redeploy | re-deploy | relaunch | respawn | turn ~ off and on( again)? | fresh start
        start ~ (over|afresh|anew) | spin ~ up again | bring ~ back up | roll (all )?the pods | roll its pods | reload | start @ again | re-launch | replace all (the )?pods
    """),
    Wording("scale", """
        (收|调|退|减|缩)(到|回)\\s*#\\s*(个|台|副本|份)
        (增加|减少|添加|增添|增|加|减|补|砍|去掉|撤掉|裁掉)(给|掉|上)?@(的)?\\s*#\\s*(个|台|份)?(副本|实例|pods?|replicas?) | 翻个(倍|番) | (保持|维持|固定|稳定|锁|稳|留|放|定)(定)?(在|为|成)?\\s*#\\s*(个|台|份|副本|实例)
        (放|摆|推|弄|搞|开|撑)到\\s*#\\s*(个|台|副本|份) | (去掉|拿掉|下掉|去|拿)\\s*(俩|仨)
        (再|多|少)(弄|搞|整|配|放|上|要)\\s*#\\s*(个|台|份)?
        #\\s*(个|份)?\\s*(副本|实例|pod)(就|也)?(行|够|好|足够|吧|得了) | #\\s*个(就|也)?(行|够|足够|得了) | 起码\\s*#\\s*个(副本|实例) | 维持\\s*#\\s*个 | 撑到\\s*# | 顶上\\s*# | 腰斩 | 拉满到\\s*# | 副本\\s*# | 副本.{0,3}(到|成|为)\\s*#
        扩容 | 缩容 | 扩缩容 | 扩到 | 扩成 | 扩至 | 扩为 | 缩到 | 缩成 | 缩至 | 缩为 | 扩一下 | 扩一扩 | 扩下 | 扩个 | 扩点 | 扩# | 缩# | 扩展到 | 扩大 | 缩小 | 缩减 | 收缩 | 缩一下 | 缩一缩 | 缩下 | 缩缩 | 扩扩 | 缩点 | 伸缩到 | 拉伸 | 扩(?!散|展名) | 缩(?!写|略)
        (加|增加|添|添加|补|补充|增|多开|多起|多跑|多来|再开|再起|再跑|再来|再上|再给|多给|多加|新增|开|起|拉)(上|到|出)?(它|他)?\\s*#\\s*(个|台|份|条|只)?\\s*(副本|实例|pods?|replicas?|容器|机器)
        (减|减少|减去|去|去掉|砍|砍掉|撤|撤掉|收|关|关掉|停掉|少开|少跑|(?<![最至])少|下|下掉|缩掉|干掉)(下|掉)?\\s*#\\s*(个|台|份|条|只)?\\s*(副本|实例|pods?|replicas?|容器)
        (加|增加|添|补|再加|多加|再来|多来|多开|多给|再给|再补|再添|再起|再开|加上|多跑|减|减少|减去|减掉|再减|(?<![最至])少|砍|砍掉|去掉|撤掉|撤)(他|它|上|掉)?\\s*#\\s*(个|台|份|只)(?!小时|月|星期|版|核|g|cpu)
        (加|减|少|多|再|添|补|砍|撤|扩|缩)(给|开|跑|起|来|掉|去|上)?(它|他)?\\s*(俩|仨)
        (减少|增加|加|减|砍|缩减|补)(一?些|一?点|几个)?\\s*(副本|实例|pods?|replicas?)(数|数量)?
        (副本|实例|replicas?|pods?)(数|数量|数目|个数)?\\s*(也|都|就|先|给我|再)?\\s*(调|改|设|加|减|升|降|拉|提|变|砍|缩|扩|置|定|弄|搞|回|恢复|保持|维持|翻|压)(整)?(成|到|为|至|回|在|倍|一番)?
        (副本|实例|replicas?)(数|数量)?\\s*(=|:|为|改|要)\\s*#
        翻倍 | 翻一番 | 翻一倍 | 加倍 | 加一倍 | 减半 | 砍半 | 砍一半 | 砍掉一半 | 减一半 | 缩一半 | 一半副本 | 增一倍 | 多一倍 | 减掉一半 | 去掉一半 | 归零 | 清零 | 缩没 | 双倍 | (扩容?|扩充|增加|加|涨|提升|提高)(了|大)?一倍 | (删除?|去|干|撤|杀|砍|下)(掉|了|除)?(@)?(的)?(到|成|至|剩)?\\s*#\\s*(个|台|份)?\\s*(副本|实例|pods?|replicas?)(?![a-z]) | (删除?|去|干|撤|杀|砍|下)(掉|了|除)?@的?(副本|实例|pods?|replicas?)\\s*#\\s*(个|台|份) | (副本|实例)数?(再|都)?(增加|减少|提高|降低|加|减|扩|缩)(了)?\\s*#\\s*% | (增加|减少|加|减|多|少)(了)?\\s*#\\s*%\\s*的?(副本|实例|pods?|replicas?)
        停(到|成|为|至)\\s*# | 减到\\s*# | 降到\\s*#\\s*(个|台|份|副本|实例|$) | 拉到\\s*#\\s*(个|台|份|副本|实例|$) | 只留\\s*# | 留\\s*#\\s*(个|台|份) | 留下\\s*#\\s*(个|台|份) | 保留\\s*#\\s*(个|台|份|副本) | 跑\\s*#\\s*(个|份|台)\\s*(副本|实例|pod)? | 砍到\\s*# | 顶到\\s*# | 压到\\s*#\\s*(个|台|份|副本)
        (来|要|给|上|开|起|跑|弄)\\s*#\\s*个(?=\\s*($|[,。!吧])) | (要|给|来)\\s*#\\s*(个|份)\\s*(副本|实例|pods?|replicas?)
    """, """
        @\\s*[:=]?\\s*# (replicas?|pods?|instances?|copies)(?! (are|is|were|have|crash|keep|running|in|on|not|fail|went|died|that|of|left|ready|up|down|which|restarted)) | # @ (replicas|instances|copies) (please|pls|now)
        (want|wants|need|give me|make it|make that|run|use|get) (just |only )?# @(?!\ue000)(?!\\s*('s)?\\s*(logs?|lines?|events?|versions?|revisions?)) | (want|need|wants|like|have) @ at #(?!\\s*(%|percent|o'clock|am|pm))
        could (use|do with) (a|an|#)~(more|extra|additional|replicas?|pods?|copies|copy|instances?) | (should|must|needs to|has to|can) be half | half (the|its|that) (size|number|count)
        (back|up|down) to (its |the |their )?(normal |usual |original |regular |former |old |standard )*#( pods| replicas| instances| copies)(?! (ready|up|running))
        (remove|drop|kill|take|cut|lose|shed|add|launch|start) #( of them| of those| off| away)?(?=\\s*($|[.,!;]|please|pls|from|there))
        (add|remove|drop|shed|lose|cut|take away) an? (replica|pod|instance|copy) | # (replicas?|pods?|instances?|copy|copies) (is|are|will be|would be|should be|ought to be) (enough|plenty|fine|sufficient|ok) | # will do
        leave @ with (just |only )?# (replicas?|pods?|instances?|copy|copies)
        add # (more )?to @ | @\\s*:?\\s*#\\s*(->|-->|=>|→)\\s*#(?=\\s*($|[.!;]|,?\\s*(please|pls|thanks|replicas|pods|now|and)))
        (grow|shrink|expand|enlarge) @(?=\\s*($|[.,!?;]|please|pls|a bit|now))
        x\\s*[23](?![a-z0-9.]) | [23]x
        @ (to|at) #(?=\\s*($|[,.!;]|please|pls|now|and|then|but)) | (crank|jack|dial|ratchet|bump|kick)~(up|down|to)~# | (up|down|back|out|in) to #(?!\\s*(%|percent|cores?|cpus?|gb?|mb?|mi|gi|m)\\b)
        run @ (with|at|on) # | up by # | down by # | (up|down) to # (?=replicas|pods|instances|copies|please|$) | make (it|that|@) #(?! (percent|%)) | # (is|are|will be) (enough|plenty|fine) | (wants?|needs?|should have|should run|should be) #(?!\\s*(%|percent|cores?|cpus?|gb?|mb?|mi|gi|m)) (?=replicas|pods|copies|instances|of|$) | # of (them|those|it)
        \\+\\s*\\d+(?!\\s*(%|:)) | (?<=[\\s\ue000])-\\d+(?![\\d.:-]) | scale | scaled | scaling | scale up | scale down | scale out | scale in | scale back | upscale | downscale | rescale | double | triple | halve | double up
        (add|give|want|need|run|start|launch|spin up|bring up|remove|drop|kill|lose|shed|cut|take away|take off|knock off|shave off|put|get|have|with|use|keep|set)~#(?!\\s*(%|percent))~(more|fewer|less|extra|additional|replicas?|pods?|instances?|copies|copy)
        (add|give|want|need|run|use|remove|drop|cut|shed)~#\\s*(%|percent)~(replicas?|pods?|instances?|copies) | #\\s*(%|percent) (more|fewer|less|extra|additional) (replicas?|pods?|instances?|copies)
        # (more|fewer|less|extra|additional) (replicas?|pods?|instances?|copies|copy|of) | # (more|fewer|less|extra) | one more | another (#|one|pod|replica|instance|copy)
        (?<!is\\x20)(?<!are\\x20)(to|at|on|down to|up to|back to|with|by) #\\s*(replicas?|pods?|instances?|copies) | replicas?( count)?( to| of)?\\s*[:=]?\\s*# | replica count | --replicas | (fewer|more|less) (replicas|pods|instances|copies)
        (bump|grow|shrink|increase|decrease|raise|lower|reduce|cut|drop|take|bring|go|get|trim|dial|turn|pull|ramp|throttle|knock|set|change|expand|beef|push|move|resize|run|put)~(to|down to|up to|back to|by|at) #(?!\\s*(%|m\\b|mi|gi|g\\b|gb|mb|cores?|cpus?|vcpus?|millicores?|min|sec|hour)|\\.)
        (take|knock|pull|shave|cut) # (replicas?|pods?|instances?|copy|copies) (off|away|out) | cut ~ in half | in half | half (of )?(the |its )?(replicas|pods|instances) | half as many | twice as many | replicas by half | by half
        #\\s*(replicas|pods|instances|copies) (please|pls|plz|for|of|instead|is enough|are enough|will do) | minus # | plus #
        (bump|ramp|beef) ~ (replicas|pods|instances) | (bump|change|set|adjust|increase|raise|lower|reduce|decrease|cut|trim|drop) (the )?(number of )?(replicas|replica count|instances|pod count|pods)
    """),
    Wording("rollback", """
        退掉(?=\\s*($|[,。!吧])) | (还原|恢复|退|滚|切|换|降|翻|倒|回)(回|到|成|至)+\\s*(第\\s*)?#\\s*(个|号)?(版本?|revision)(?!本)
        (恢复|还原|回|退)到?\\s*(revision|rev|版本)\\s*#
        (用|上|换|切|退|回)(回|到|成)?\\s*第\\s*#\\s*(个)?版
        降级 | 退掉这版 | 退掉新版 | 退版本 | 翻回 | 滚回去 | 退回去 | 用老版本 | 用旧版本 | 回到之前 | 回到原来 | 回上一?版 | 上一?版(顶上|换上|拉回) | 换上一?版 | 版本还原
        回滚 | 回退 | 退回 | 滚回 | 倒回(?!去?(看|翻|查|找|瞧)) | 退到 | 回到第?\\s*#\\s*(个)?版(本)? | 回到(上一?个?|前一?个?|之前的?|先前的?|旧的?|老的?|原来的?)(一?个)?(版本?|revision) | 回到上一版 | 回到前一版 | 回到 revision | 回到\\s*(revision|rev|版本)\\s*# | 还原到(上一?个?|前一?个?|之前的?|旧|老)(一个)?(版本?|revision) | 恢复到?(上一?个?|前一?个?|之前的?|旧|老|第\\s*#\\s*个?)(一个)?(版本?|revision)
        换回(上一?个?|前一?个?|之前的?|旧的?|老的?|原来的?)(一个)?(版本?|revision|镜像) | 切回(上一?个?|前一?个?|之前的?|旧的?|老的?|原来的?)(一个)?(版本?|revision|镜像) | 回版本 | 版本(回|退)(滚|退|到)? | 撤回到?上一?个?版本? | 退一版 | 退一个版本 | 退版 | 倒退一版 | 用回(上一?个?|之前的?|旧的?|老的?)版本? | 降回(上一?个?)?版本? | 恢复(到)?(revision|rev)\\s*#
    """, """
        (undo|revert|reverse|back out|take back) (the |that |this )?(last |latest |previous |recent |most recent )?(rollout|roll-out|deploy|deployment|release|upgrade|update|version) (of|for|on|to|in) @ | back @ out | rewind @ | rewind to
        (revision|rev) #( please| pls| instead| again)
        (put|bring|get|restore|deploy|use|redeploy|reinstate|want|need|give me|activate|take|run|select) (the |to )?(revision|rev) #~ | (go|switch|get|move|change|swap|flip) back to (the )?(previous|prior|last|old|older|earlier) @
        (previous|prior|old|older) (version|revision|release|build) (please|pls|again)(?=\\s*($|[,.!;])) | (restore|reinstate|reactivate|redeploy|bring back|get back|give me back) (the |@'?s? |@ )?(previous|last|prior|old|older|former) (@ )?(good |working |stable |known good )?(version|revision|release|build|deployment|one)
        (return|revert|put|set|take|bring|switch|roll|move|restore|send|reset) @ (back )?(to|on|onto) (the |its |an? )?(previous|prior|last|old|older|earlier|former)( known)?( good| working| stable)? (version|revision|release|image|build|one|state)
        (reinstate|restore) (the )?(previous|last|prior|old|older|former) @ (version|revision|release|build)? | (one|a) (version|revision|release|step) (back|earlier|older) | back (a|an|one) (version|revision|release|step)
        (back|return|revert|returned) (to|on|onto|at) (the |its |their |a |our )?(previous|prior|last|old|older|earlier|former)( known)?( good| working| stable| healthy)? (version|revision|release|image|build|one|deploy|deployment|state)
        go back(?=\\s*($|[,.!;])) | (go|going) back (one|a) (version|step|release|revision)
        back to what (it|we) (was|had) before | take @ back (one|a|to)~ | undo @'?s? (last )?(rollout|deploy|release)
        rollback | rolled back | rolling back | roll back | roll @ back | roll (it|that|this|them|the [a-z-]+|everything) back | roll ~ back to | rollout undo | undo the (rollout|deploy|deployment|release) of | revert @ | revert (the )?[a-z-]* ?@ | back out
        (go|get|switch|move|put|take|bring|return|change|set|send|step)~back (to|on|onto|at) (the )?(previous|prior|last|old|older|earlier|former)( good| working| stable)? (version|revision|release|image|build|one) | back to (revision|rev|version) # | to (revision|rev) # | back one (version|revision|release) | --to-revision
        (previous|last|prior) (good |working |stable |known good )?(version|revision|release) (back|(of|for) @(?!\ue000)(?!\\s*(worked|works|was|is|did|had|ran|looked|seemed))) | (restore|reinstate) the (previous|last|prior|old) (version|revision|release) | back to (the )?(previous|prior|last|old|earlier) (version|revision|release|one|build) | revert to | downgrade
    """),
    Wording("set_image", """
        (镜像|版本)(该|要|需要|得)(换|升|更新|更)(级)?(了|一下)?
        (打|推|弄|搞|提|抬|调|改|刷)(到|成|上)\\s*«image»
        (更新|升级)(一?下)?@(?=\\s*($|[,。!吧]))
        (更新|更换|替换|切换|修改|变更|升级|调整|设置|换|改|切)(一?下|掉)?@(里面?)?(的)?\\s*(镜像|版本|tag|image)(号)?(换|改|升|切|更新)?(级)?(到|为|成|至)?(\\s*«image»)? | (发布|部署|上线|推送?|发|上|更新|升级)(一?下)?@(的)?(到)?\\s*«image» | 该换(新)?(镜像|版本) | 换(个|成)?新(镜像|版本) | 更(到|成)\\s*«image» | «image»\\s*(发|上|推|更|部署)(到|给|一下|掉|了|$)
        (镜像|image|tag|版本|版)\\s*(也|都|就|先|给我|给)?\\s*(换|改|更新|升级|升|切|调|设|替换|更换|变更|指向|推|提|用|上)(成|到|为|至|上|一?下|一换|个)?
        (换|改|更新|升级|升|切|替换|更换|变更|update|upgrade|set|bump|change|set)(一?下|个|掉|新|成|到)?(的)?\\s*(新)?(的)?(镜像|image|版本|tag)
        (更新|升级|升|换|切|改|部署|发布|上线|发|上|推|滚|更|滚动|更新|变|跑|用|布|deploy|ship|release|roll out|bump|upgrade|update|set|switch|rollout)(成|到|为|至|一?下|个|上|了)?(版本|镜像|image|tag)?\\s*«image»
        升级 | 升个级 | 升一下级 | 升版本 | 升个版本 | 换镜像 | 更新镜像 | 新镜像 | 镜像\\s*(=|:|用|要|给)  | 发新版(本)? | 发个?新版本? | 上新版本? | 发(?=\\s*[\\ue003])
        (换|改|更新|升级|升|切|替换|部署|发布|发|上|推|滚|用|跑|变|回|退|降|指|恢复|还原|退回|换回|刷|打)(成|到|为|至|一?下|个|回|级到|向)?\\s*[\\ue003] | [\\ue003]+\\s*(这个|那个)?(镜像|版本|tag|image)? (上线|发布|部署|推上去|发上去)
    """, """
        (swap|replace|exchange|substitute|trade)~(for|with|by) [\ue003] | image of @ (should be|to|must be|needs to be|is to be)
        update @(?=\\s*($|[.?!,]|please|pls|plz))
        (ship|deploy|release|roll out|push|publish|put out) (a |the )?new (version|release|build|image|tag) | new version of | (->|=>) ?«image» | @ «image» (please|pls|now)
        (set|change|update|switch|swap|bump|replace|move|upgrade|point|patch|use)~(image|images|tag|docker image) | new (image|tag|build|docker image) | image (to|should be|=|:) | set image | set-image
        upgrade | upgrade @ | [\\ue003]+ (on|for|onto|in|into|to) | (image|tag|version) [\\ue003]
        (deploy|ship|release|roll out|rollout|push|bump|move|update|upgrade|switch|set|put|use|run|change|take|go|roll|promote|get|bring|pin|install|point)~[\\ue003] | (to|on|onto|with|at|want|needs) (version |tag |image |the |release )?[\\ue003]
    """),
    Wording("set_resources", """
        (限制|控制|压缩|提高|提升|降低|调大|调小|调高|调低|增大|减小|增加|减少|放宽|收紧|扩大|缩小|设置|设定|设|修改|调整|更改|加大|压低|拉高)(一?下)?@(的|里面?)*\\s*(内存|memory|mem|cpu|资源)\\s*(的)?\\s*(上限|限制|限额|配额|请求|request|limit)?(设|调|改|提高|提|升|降|限制)?(到|为|成|至|在)? | (掐|卡|锁|定|收|缩|压|控)(到|在)\\s*«amount» | (别|不要|不能|不准|不得|不可|勿|甭|不许|不让)(让)?(它)?(超|超过|超出|高于|大于|多于|高过)(了)?\\s*«amount»
        (内存|memory|mem|cpu)[^,;。!?\\n]{0,3}?(最多|最高|顶多|至多|最大|不超过?|别超过?|不要超过?|不高于)(用|给|到|是|为)?\\s*(«amount»|\\d) | (预留|保底|保证|申请|请求|起码|至少|最低|兜底)(给|它|有|要|留|分)?\\s*«amount»
        (内存|memory|mem|cpu)(的)?\\s*(上限|限制|限额|请求|申请)\\s*(=|:|为|是|到|给)?\\s*\\d
        (封顶|最多|至少|上限|顶格|限到|限死|卡在|控制在)\\s*(给|用)?\\s*«amount» | (大|多|高|宽|足)(一)?(点|些)儿?(的)?\\s*(内存|cpu|资源) | (内存|cpu|资源)\\s*(给|调|搞|弄|整)?\\s*(大|多|高|宽|足|小|低)(一)?(点|些) | (内存|cpu)\\s*封顶 | (内存|cpu|资源)\\s*(该)?(加|扩|涨)(了|吧)?$ | 配\\s*«amount»
        (内存|memory|mem|cpu|核数|处理器)\\s*(的)?\\s*(上限|限制|限额|配额|请求|申请|request|requests|limit|limits|配置)?\\s*(值)?\\s*(也|都|就|先|给我|再)?\\s*(给|调|改|设|加|提|升|降|减|放|限|拉|变|定|要(?!是|不)|扩|缩|压|收|砍|涨|抬|补|分|搞|弄|多给|配)(整|置|高|大|宽|低|小|制|升|加|配|少|个)?(成|到|为|至|在|一?点|些|一?下)?
        (加|调|调大|调高|调小|调低|提高|提升|扩大|增加|降低|减少|放宽|放大|限制|限|压|改|设|设置|多给|给|多分|追加|升|补|收紧|砍|降)(一?下|点|一?点儿?|些|它的?|个|他的?)?\\s*(的)?\\s*(内存|memory|mem|cpu|资源|核数)(的)?(上限|限制|限额|请求|limit|request|配额)?(?!不足|高|多)
        (内存|memory|mem|cpu)(的)?\\s*(上限|限制|限额|请求|申请|request|requests|limit|limits)\\s*(=|:|为|是|到|给)?\\s*«amount»
        (翻|加|给|给到|翻到|开到|抬到|拨到|拉到|涨到|弄到|搞到|整到|干到|补到|加大到|调大到|调高到|提高到|调低到|降低到|缩到|减到|砍到|收到|卡到|设到|配到|分到|批|拨|划|调到|改到|提到|升到|降到|限制到|限到|设成|设为|加到|放到|扩到|压到|限|要|上|配|分|多给|调成|改成|不超过)(它|他)?\\s*«amount» | «amount»\\s*(的)?\\s*(内存|memory|mem|cpu|ram) | 资源(限制|配额|上限|请求)(改|调|设|给|加) | (请求|申请|request|requests|limit|limits|上限|限制)\\s*(=|:|为|到|成|给|改|调|设|都)?\\s*(到|成|为)?\\s*«amount» | (多|加|大|提|添|给)(一)?(点|些)儿?(内存|cpu|资源) | 内存不够(了)?,?\\s*(加|给) | 加内存 | 加点内存 | 加cpu
    """, """
        (should not|shouldn't|must not|mustn't|may not|can't|cannot|never|don't let @|do not let @|not|no)~(more than|over|above|beyond|exceed) «amount» | (don't|do not) let @~«amount»
        @ (gets|should get|should have|should use|deserves|wants|needs|(may|can|could|should|might|must|shall) (use|have|take|eat|get|consume|burn|grow to|go to|go up to|go as high as)) (at least |at most |up to |no more than |just |only |around |about |a )?«amount» | (allocate|allow|assign|hand|grant|spare)~«amount» | squeeze~«amount»
        «amount» (as|for) (the |its )?(limits?|requests?) | «amount» (memory |cpu |ram |mem )?(limits?|requests?|cap|ceiling|floor) (for|on) @ | (memory|mem|ram|cpu|limits?|requests?) (for|of|on) @ (up |down )?(to|at|=) «amount»
        «amount» (max|tops|cap|limit|ceiling|at most) | @ (at|to|with|on) «amount» | (bigger|larger|smaller|higher|lower) (memory|mem|ram|cpu|limits?|requests?) | (requests?|limits?) «amount»
        (give|set|raise|lower|bump|increase|decrease|cap|limit|cut|reduce|change|grow|needs?|allow|allocate|double|drop|adjust|assign|boost|up|add|more|extra|trim|restrict|bring)~(memory|mem|ram|cpu|cpus|cores?|vcpus?|millicores?|resources?)(?! (usage|load|consumption|use|utilization|utilisation))
        (memory|mem|ram|cpu|resource)s? (limits?|requests?|cap|ceiling)~(to|of|at|=|:|from)?\\s*«amount» | (memory|mem|ram|cpu|limits?|requests?)\\s*(to|=|:|at|of)\\s*«amount» | «amount» (of )?(memory|mem|ram|cpu) | cpu (limits?|requests?)( to| of| at|=|:)? # | more (memory|ram|cpu|resources) | set resources | --limits | --requests | --requests=? | --limits=?
        (cap|limit|request|give|bump|raise|set|lower|reserve|restrict)~«amount» | (memory|mem|ram|cpu)~(limits?|requests?|cap)~«amount» | (memory|mem|ram|cpu) up to «amount»
    """),
    Wording("set_autoscaling", """
        副本(数)?自动 | 自动(加减|增减|升降|调整|调节|调)(副本|实例|pod|数量|个数)? | (随|跟着|按)(流量|负载|压力|cpu)[^,;。!?\\n]{0,4}(自动|弹性|伸缩|扩缩) | (自己|自行|按需|根据负载)(来|去|地|的)?(伸缩|扩缩|扩容|缩放|弹|扩(?=$|[,。;!]|,?最)) | 自动(在)?\\s*#~# | 弹性(上限|下限|范围) | hpa\\s*\\d+
        自动(扩缩容?|伸缩|扩容|缩放|扩展|扩) | 弹性(伸缩|扩缩|扩容)? | (配|加|设|开|建|搞|上|弄|来|给)(置|上|一?个|启)?\\s*hpa | hpa\\s*(也)?(配|加|设|开|改|调|最|上限|范围|min|max|给)(?![^,;。!?\\n]{0,6}(多少|什么|几|啥|呢|吗|怎))
        (最少|最小|至少|min|下限)(副本)?(数)?\\s*(是|为|=|:|设|给|留|跑)?\\s*#\\s*(个)?[,、\\s到\\x7e-]*(副本)?(最多|最大|至多|max|上限) | 自动在?\\s*#\\s*(个)?(到|至|-|\\x7e)\\s*#
    """, """
        let~(scale|float|move|vary|range|run|go)~(between|from) # (and|to) # | (scale|float|vary|stay|run|keep)~between # (and|to) # | hpa \\d+ | scales? (@ |it |them )?(itself|automatically|on its own|by itself) | elastic~#
        autoscale | autoscaling | auto-scale | auto scale | auto-scaling | auto scaling | autoscales | scale (it |@ |them )?(automatically|itself) | (add|create|set up|configure|set|put|attach|give|make|want|need|enable|change|update)~(an |a |the )?(hpa|autoscaler|horizontal pod autoscaler|autoscaling)(?! object)
        hpa (for|on|of|min|max|from|between|with) | min #~max # | between # and # (replicas|pods|instances|copies) | automatically~between | --max | --min | hpa~#
    """),
    Wording("delete", """
        清了(?!一|下)
        删除 | 删掉 | 删了 | 删(?!库跑路|减|选) | 删一下 | 删下 | 干掉 | 清掉 | 清理掉 | 清理(一下|下)? | 清除 | 移除 | 去掉(?!#) | 销毁 | 杀掉 | 杀死 | 杀了 | 铲掉 | 铲了 | 扬了 | 下掉 | 下架 | 拆掉 | 拆了 | 弄掉 | 清走 | 灭了 | 扔掉 | 扔了 | 丢了(?=吧) | 毙掉 | 抹掉 | 丢掉 | 清退 | 注销掉 | 卸掉 | 卸载 | 撤掉 | 废掉 | 下线(掉|了)?
    """, """
        take @ down(?! to) | take down @ | throw @ (out|away) | throw out | dispose of | discard | retire | (want|need) @ (gone|removed|deleted) | make @ (go away|disappear) | take @ out of (the |this |our )?cluster | clear @ away | toss | do away with
        can (now )?(go|be (deleted|removed|dropped|cleaned up|retired))( now| away)?(?=\\s*($|[.,!;]))
        delete | deleted | deleting | remove(?!~#~(pods?|replicas?|instances?|copies)) | rm | get rid of | kill(?!~#~(pods?|replicas?|instances?|copies)) | destroy | tear down | tear ~ down | nuke | wipe | wipe out | purge | erase | clean up | clean out | throw away | trash | eliminate | terminate | drop(?! (to|down|in|by|off|its)) | decommission | bin | scrap | uninstall | axe | zap | ditch | blow away | clear out | shoot
    """),
    Wording("cordon", """
        (别|不要|不许|禁止|不准)(再)?(让)?[^,;。!?\\n]{0,6}(pod|容器)[^,;。!?\\n]{0,6}(往|到|上|去|跑)\\s*@
        封锁 | 隔离 | 不可调度 | (停止|禁止|暂停|关闭|停掉|关掉|停)(新)?(的)?(pod|容器|任务)?(的)?调度 | (别|不要|不再|不能|勿|禁止|停止|不许|不让|别让|不要让|别给|不准)(再|让)?(往|给|在|向|把|有)?[^,;。!?\\n]{0,14}?(调度|调|派|放|塞|排|分配|安排|落|跑)(新)?(的)?(pod|容器|东西|任务|负载|活)?(到|上|进|去|来|过)?(?=@|了|$|[^a-z]|[a-z]) | 封起来 | 封掉 | 封上 | 封一下 | 封住 | 封了 | 封(?!装|面|顶) | 锁住 | 锁起来 | 锁定 | 锁上 | 标(记)?(成|为|记为)?不可调度 | 不接(新)?(pod|任务|活) | 不接收新 | 不(再)?收新 | 不要?新(的)?(pod|容器) | 停止接收 | 圈起来 | 摘下来 | 停止接(新)?(活|pod)
    """, """
        (ban|bar|block|refuse|stop|reject) (any )?(new )?(pods|workloads)~
        (must not|mustn't|should not|shouldn't|may not|can't|cannot|is not to|not allowed to|shall not) (get|take|receive|accept|host|run|be given|be assigned|see) (any )?(more |new |further |other )?(pods?|workloads?|work)
        (seal|lock|block|rope|wall|shut|close) (off|down) @ | (seal|lock|block|rope|wall|shut|close) @ (off|down) | (don't|do not) want (any )?(more |new )?(pods|workloads|work|anything new)~(on|to|landing|onto) | (hold|keep|turn) (any )?(new )?(pods|workloads|work)~(off|away|back)
        cordon | cordon off | cordoning | cordoned | no (more )?(new )?(pods?|workloads?|work|scheduling) (on|to|onto|there|here|for) | no scheduling | no (more )?new (pods?|workloads?)(?=\\s*($|[,.!;])) | unschedulable | (stop|prevent|disable|block|halt|forbid|quit|pause)~(scheduling|placing|putting|landing|new pods) | keep (any )?(new )?(pods|workloads|work)~(off|away) | (do not|don't|dont|never|not)~(schedule|place|put|land|send|assign)~(on|to|there|here|onto|anything) | fence off | take ~ out of (the )?(scheduling|rotation|service|pool) | mark @ (as )?(unschedulable|not schedulable) | nothing new (on|should|goes) | quarantine | isolate | close @ (to|for) (new )?(pods|scheduling|work) | lock @
    """),
    Wording("uncordon", """
        (解除|解开|取消|撤销|撤掉|去掉|拿掉|移除|放开)(掉|了)?@(身上|上面?|的)*(的)?(封锁|隔离|不可调度|锁定|cordon|禁止调度|调度限制|封禁|限制调度) | 恢复@(的)?(正常|可)?调度 | 让@(重新|恢复|继续|可以)*(接(收|受)?|参与|可)(新)?(的)?(pod|调度|负载|任务) | (撤销|撤掉|撤了|去掉|拿掉|解掉|关掉|清除|移除|消除|放开|结束)(它的|掉)?(封锁|隔离|不可调度|锁定|cordon|禁止调度|调度限制|封禁|污点) | 解(了|掉)?封 | 解除(封锁|隔离|不可调度|锁定) | 取消(封锁|隔离|不可调度|锁定|cordon) | 恢复(可)?调度 | 恢复(成|为|到)?可调度 | 恢复接(收)?(pod|活|任务|新) | 解锁 | (重新|再次?|又)?(可以|允许|让|能|打开|开放|开启|放开)(它|他|@)?(重新|再|继续)?(被)?(接)?(调度|接(收)?(pod|活|任务|新|单)|用(了|起来)?$|收 ?pod) | 重新开放 | 放开 | 开放(出来|调度|一下)? | 放出来 | 打开调度 | 开放调度 | 允许调度 | 重新(加入|纳入)(调度|集群) | 解除cordon | 恢复使用 | 标(记)?(成|为|回)?可调度 | 重新接(收)?(pod|活|任务|新) | 放行 | 重新放开
    """, """
        uncordon | un-cordon | uncordoning | schedulable( again)? | unblock @ | (open|reopen|re-open)~up( again)? | reopen | re-open | back (in|into) (rotation|service|the pool|scheduling|use) | (let|allow|permit)~(pods?|workloads?|work|things)~(on|onto|there|schedule|land|again) | (allow|enable|re-enable|resume|restore)~scheduling | (lift|remove|undo|end|clear|drop|cancel|take off|revoke) (the |its |that |this )?cordon( from| on| off| of)? | take pods again | accept~(pods|work)( again)? | available (for scheduling )?again | unlock | can take (new )?pods | open @ (again|for)
    """),
    Wording("drain", """
        排干 | 排净 | (迁移|转移|搬迁|搬|移动|挪|疏散|撤离|清理|赶|腾|挪动)(一?下|走)?@(上面?|里面?|身上)?(的)?\\s*(全部|所有)?的?\\s*(pods?|容器|负载|服务|业务|东西|任务)(?![a-z]) | (撵|轰|挤|弄|转|请|倒|挪|导|赶|移|搬|腾|迁)(走|开|离|空|干净) | (撵|轰|赶|挪|搬|迁|移|腾)(出去|下去|下来|出来|到其他|到其它|到旁边) | 驱赶 | 疏导 | 迁离
        排空 | 腾空 | 驱逐 | 迁走 | 清空 | 挪走 | 赶走 | 腾出来 | 腾出 | 腾一腾 | 腾一下 | 疏散 | 移走 | 搬走 | 迁移走 | 迁出 | 撤走 | 挪到别 | 迁到别 | 移到别 | 搬到别 | 挪开 | 挪出去 | 赶到别 | 赶下来 | 挪空 | 撤空 | 清场 | 踢走 | 请走 | 迁移到别 | 迁到其 | 挪到其 | 移到其 | 迁移到其 | (全|都)(部)?(给我)?(赶|挪|迁|搬|移|撤)(走|开|出|下|到) | 倒空 | 撤离 | 迁移出 | 转移走 | 驱散
    """, """
        (kick|boot|chase|shoo|throw|clear|sweep|bump|pull|remove|drop|send|force|herd)~(pods|everything|workloads|anything|stuff|all)~(off|out of|away from|elsewhere) | unload @
        drain | draining | drained | emptied | vacated | evacuated | evict | evict everything | evacuate | (empty|clear)( out)?(?= @| the node| node| worker| it| this| that)| (move|get|push|take|shift|migrate)~(off|away from|elsewhere|out of|to other nodes|to another node|somewhere else)(?! (rotation|service|scheduling|the pool|the rotation)) | empty | vacate | offload | clear @ | clear ~ off
    """),
    Wording("trigger", """
        触发 | 手动(跑|执行|运行|触发|来|拉)(一?次|一?下|一?遍)? | (立即|立刻|马上|现在|当场|这就|先|再|临时|单独|额外|提前|赶紧|手工|多)(就)?(给我)?(手动)?(跑|执行|运行|触发|来|启动|拉|补)(上|它|他)?(一?次|一?下|一?遍|一?把|一?趟|一?轮)? | (跑|执行|运行|来|补跑|触发|重跑|试跑|拉)(上|它|他)?(一次|一下|一遍|一把|一趟|一轮|一回|1 ?次|下(?!线|载)|次|遍|起来) | 补跑 | 重跑 | 立即执行 | 立即运行 | 马上跑 | 现在跑 | 手动一次 | 点火
    """, """
        set off @ | set @ off | give @ a (quick |manual )?(run|spin) | (have|let|make|get) @ (run|fire|go) (now|once|right now|immediately|right away)~ | one-off | one off
        trigger | triggering | fire | fire off | kick off | kick ~ off | kickoff | run ~ now | run @ | run (it|this|that|the [a-z -]+)( now| once| manually| again| by hand| right away| immediately)? | manually run | run manually | run once | run ~ (once|manually|by hand|right away|immediately|ad hoc|ad-hoc|one time|out of schedule|off schedule) | start ~ now | execute | launch ~ now | force a run | manual run | one-off run | one off run | invoke | ad-hoc run | start a (run|job) | extra run | create job --from
    """),
    Wording("undo", """
        (刚才?|刚刚)(我)?(做|改|弄|搞|调|动|执行|提交|操作|点)?的?(那|这)?(个|次|步|条|一下|一次|一个)?的?(改动|操作|变更|修改|动作|更改|调整)(给我|给|也|都|先|要)?(还原|恢复|回滚|回退|取消|作废|退回|退掉|收回|倒回|撤掉|撤销|撤回|撤了?|改回)
        (刚才?|刚刚)(我)?(做|改|弄|搞|调|动)的(那|这)?(个|次|步|条|些)?(给我|给|也|都|先|要)?(还原|恢复|回滚|回退|取消|作废|退回|退掉|收回|撤掉|撤销|撤回|撤了?|改回) | (刚才|刚刚)的(给我|给|都|先|要)?(还原|作废|退掉|收回|撤掉|撤销|撤回|撤了?|改回)
        (刚才|刚刚|上一?步)(那|这)?(一)?(步|下|个|次)?(不算|作废|取消|回退|撤掉|撤了) | 倒回去(?!看|查|翻|找|瞧) | 退回到?改之前 | 恢复成?改(动)?(之)?前 | 回到改(动)?之?前 | 改动(撤|退|还原|收)(了|掉|回)?
        撤销 | 撤消 | 撤回 | 反悔 | (改|变|调|弄|搞)回(去|来|原样|原来|之前) | (刚才|刚刚|上一?个|上一?次|上一?步|最近一?次|前面)(的|那个|那次|那步|这个|这次|我)?(的)?(改动|操作|变更|修改|动作|更改|调整)(给|也|都|先)?(还原|恢复|回滚|回退|取消|作废|退回|退掉|收回|倒回|撤掉|撤了?) | (还原|恢复|回滚|回退|取消|作废|收回|倒回|退掉)(一下)?(刚才|刚刚|上一?个|上一?次|上一?步|最近一?次|前面)(的|那个|那次|那步|这个|这次)?(的)?(改动|操作|变更|修改|动作|更改|调整|一步|那个)? | 恢复原(样|状) | 还原(一下)?$ | 还原成?(原来|之前|先前)(的样子|那样)? | 恢复(成|到)(原来|之前|先前)(的样子|那样|的状态)? | (还原|恢复|回滚|回退|撤掉|取消|退掉|作废)\\s*«change» | «change»\\s*(给|也|都|先)?(还原|恢复|回滚|回退|撤掉|取消|退掉|作废|撤了|退了) | 当我没(改|做|动) | (刚才|刚刚)的不算 | 撤了吧?(?=\\s*($|[,。!]))
    """, """
        revert(?=\\s*($|[,.!?])) | go back to how (it|things|that|everything) (was|were) | back (that|it|this) out | (restore|return to|go back to) the (previous|prior|earlier) (state|settings|setup)
        roll (that|this|the last|my last|the|your last) (change|one|thing|operation) back | take (that|the last|my last|your last) (change|one|operation) back
        roll that back | roll back that change | put it back | change it back | never should have done that | reverse that | go back to before (that|the change)
        undo | undone | undoing | take (that|it|this|«change»|the (last|previous) (change|one|action)|what you did|your last change) back | take back | reverse (that|it|this|«change»|the last|the previous|your last|the change) | revert (that|it|this|«change»|the last (change|operation|action|one)|the (previous )?change|your last|what you|my last|last change) | (put|change|set|switch|turn|get)~back (to )?(the way|how|what|as) it was | put (it|that|things|everything|them) back | (roll ?back|roll back|cancel|revert|back out) (the )?(«change»|last (change|operation|action)|change «change»|operation «change») | roll «change» back | change (it|that|this) back | set (it|that) back | back out (that|the last|«change») | unwind | ctrl-?z
    """),
    Wording("pause_rollout", """
        (发布|上线|更新|部署|发版|升级|灰度|rollout|滚动)[^,;。!?\\n]{0,10}?先[^,;。!?\\n]{0,4}?(卡住|按住|停|打住|刹|缓|hold|别|等) | 先(别|不要|不)(再)?(往下|往前|往后|再|继续|接着)(发|滚|推|更|上线|走|放|进|铺)(了)? | 先(别|不要|不)(发|滚|推|更|上线)(了)? | 别(再|往下|继续|接着)(发|滚|推|更)(了)? | 先不(发|推|滚|上)了 | 发布先停
        (暂停|停住|停下|停一下|先停|停止|中止|冻结|卡住|刹住|按住|hold|hold住|pause|暂缓|叫停|停|挂起|freeze|打住|停掉|停了|先别|别继续|不要继续|别再|刹一下)(一下|下|掉|住|了)?(@)?[^,;。!?\\n]{0,16}?(的)?\\s*(发布|上线|滚动(更新|发布|升级)?|rollout|更新|部署|发版|灰度|deploy|升级|滚更|推进)
        (发布|上线|滚动(更新|发布|升级)?|rollout|更新|部署|发版|灰度|deploy|升级|滚更)(过程|进程|进度)?(也|都|就|先|给我|给)?(先)?(暂停|停|停住|停下|冻住|冻上|冻一下|定住|卡一下|刹一下|放一放|搁置|搁着|摁住|喊停|先放|冻结|卡住|刹住|按住|hold|hold住|pause|暂缓|叫停|中止|挂起|打住|freeze|别继续|缓一缓|缓缓|别往下|不要往下|踩[^,;。]{0,3}刹车)
    """, """
        (keep|leave|park)~(rollout|deploy|release|update)~(where|as it is|on hold|for now|there|here|paused) | park~(rollout|deploy|release|update) | (don't|do not|no longer) (roll|deploy|ship|push|release|update) @ (out )?(any )?(further|more) | no (further|more) (rollout|rolling out|deploys?|deploying) (of|for) @
        (put|slam|hit|step on) the brakes? on~(rollout|deploy|release|update)? | (rollout|deploy|release|update)\\s*:\\s*(hold|pause|stop|freeze|halt)
        wait with~(rollout|deploy|release|update) | hold off (on )?~(rollout|deploy|release|update)
        stop (the )?(rolling|deploying|shipping|updating)
        (pause|hold|freeze|halt|stop|suspend|hit pause on|interrupt|put ~ on hold)~(rollout|rolling update|deploy|release|roll-out|rolling out|update|upgrade|deployment of|the deployment|rolling) | rollout pause | (pause|hold|freeze|halt|stop)~'?s? (rollout|deploy|update|release) | rollout~(on hold|paused please) | stop rolling ~ out | hold off the rollout
    """),
    Wording("resume_rollout", """
        (取消|解除|撤销|撤掉|结束|去掉)@(的)?(发布|上线|rollout|更新|部署|滚动)?(的)?(暂停|冻结|挂起) | (放|往下)(走|发|推)(吧|了)? | 接着(推|滚|上|更|发) | 可以(继续|接着|往下)(发|推|滚|上|更)
        (继续|恢复|接着|重新开始|resume|放行|解冻|往下|解除暂停|放开|go on|取消暂停|unpause|重启动)(一下|把)?(@)?[^,;。!?\\n]{0,16}?(的)?\\s*(发布|上线|滚动(更新|发布|升级)?|rollout|更新|部署|发版|灰度|deploy|推|发(?!现|生)|滚|升级)
        (发布|上线|滚动(更新|发布|升级)?|rollout|更新|部署|发版|灰度|deploy|升级)(也|都|就|先|给我|可以|过程|给|能)?(了)?(继续|恢复|接着|resume|往下走|放行|解冻|unpause|放开|接着走|往下推|跑完|走完)
        接着发 | 继续发 | 继续滚 | 接着滚 | 继续推 | 往下推 | 接着推 | 发完(?=吧|它|$)
    """, """
        (pick|start|get)~(rollout|deploy|release|update)~(up|going|moving)( again)?
        (rollout|deploy|release|update|deployment) (can|may|should) (now )?(go ahead|go on|continue|proceed|carry on|run on|move on|resume|advance) | (finish|complete) @'?s? (rollout|deploy|release|update) | (take|lift|release|remove)~(off hold|hold (on|from|off)|pause (on|from))~ | let~(rollout|deploy|release|update) (run|go|continue|proceed|resume|finish|move)( on| ahead)? | keep (rolling|deploying|shipping) @ (out)? | keep rolling | (rollout|deploy|release|update)\\s*:\\s*(resume|continue|go on|proceed)
        (let|allow) @ (go on|continue|proceed|carry on|roll on)
        (resume|continue|unpause|un-pause|unfreeze|restart|carry on with|proceed with|go ahead with|go on with|let ~ continue|pick up|unhold)~(rollout|rolling update|deploy|release|roll-out|rolling out|update|upgrade) | rollout resume | unpause | let~(rollout|roll out|rolling)~(continue|go on|proceed|resume) | rollout can (continue|go on|resume|proceed) | continue rolling | finish the rollout
    """),
    Wording("suspend", """
        停(用|跑) | (先|暂时|暂|别|不要|不用|先别|不许|停止)(让)?(再|定时)?(跑|执行|运行|调度)(了|它)? | 歇(几天|一下|着|会|歇|一歇|两天|一天|一阵|阵子|#天|$)? | 别跑 | 不跑 | 停止定时 | 停掉定时 | 关掉定时 | 定时(的)?(给)?(关|停|暂停) | 休息
    """, """
        (don't|do not|dont|never) let ~ run | (should not|shouldn't|must not|mustn't|needn't|may not) (run|fire|execute|go off|start)~ | no @ runs | no (more |further )?runs (of|for) | keep @ from (firing|running|starting|executing) | deactivate | mute | sleep | take @ off (the |its )?schedule | unschedule | give @ (a few|some|a couple of|#|a) (days?|weeks?|time|nights?) off
        suspend | suspending | (stop|pause|disable|halt|keep)~(from running|running|the schedule|schedule|scheduled runs|its runs) | don't run | do not run | no more runs | disable | shouldn't run | stop @ from | take a break | give @ a (break|rest)
    """),
    Wording("resume", """
        可以(继续|重新|接着|再)?(跑|执行|运行|开)(了|起来)?
        (恢复|重新|继续|接着|再|又)(开始|启用|打开|开启)?(它|他)?(的)?(定时(任务)?|跑(起来)?|执行|运行|排程)(?!一?次|一?下|一?遍) | 启用 | 重新启用 | 恢复定时 | 定时(的)?[^,;。!?\\n]{0,8}?(enable|开|恢复|打开|启用)(回来|起来|了)? | enable(回来|起来)? | 打开定时 | 解除暂停 | 取消暂停 | 取消挂起 | 解除挂起 | 开(回来|起来) | 恢复运行
    """, """
        (start|turn on|switch on|enable|restore|bring back|restart)~schedule( again)?
        wake @ up | wake up @ | back (to|on) (its|the) (usual |normal |regular )?schedule | (fire|run|go) on (its |the )?(usual |normal |regular )?(schedule|time) again | (fire|run) (nightly|daily|hourly|as usual|normally) again | (lift|end|clear|remove|drop) (the |its )?(suspension|suspend)~
        resume | resuming | re-enable | reenable | enable | unsuspend | un-suspend | turn ~ back on | switch ~ back on | (start|let|get|set)~running (again|on schedule) | (run|go) on schedule again | back on schedule | reactivate | activate | put ~ back on schedule | continue
    """),
    Wording("fix", """
        修一?下 | 修复 | 修好 | 修一修 | 修修 | 自动修 | 帮.{0,4}修 | 给修 | 治一下 | 救一下 | 抢救 | 处理好 | 解决一下 | 解决掉
    """, """
        fix | fixing | repair | heal | remedy | mend | sort out | sort ~ out | make ~ (work|healthy)( again)? | resolve
    """),
    Wording("set_env", """
        环境变量 | 设(置|定)?(一?个)?变量 | 变量\\s*(设|改|加|=)
    """, """
        env var | env vars | environment variable | environment variables | set env | env(?= [a-z_]+=)
    """),
    Wording("set_probe", """
        (就绪|存活|启动|健康)(检查)?(探针|探测) | 探针 | (改|设|调|加|换)~健康检查
    """, """
        readiness probe | liveness probe | startup probe | readinessprobe | livenessprobe | startupprobe | probe
    """),
    Wording("set_service", """
        (改|设|换|调|更新|修)~(selector|选择器|目标端口|targetport|target port) | (selector|选择器|目标端口|targetport)\\s*(改|设|换|调|更新|修|指)
    """, """
        (set|change|update|fix|point|make)~(selector|target port|targetport|target-port) | target ?port to #
    """),
    Wording("resize_volume", """
        (扩|加|改|调|扩容|增|涨)(大|到|成|容到?|容)?~(磁盘|硬盘|存储|盘|卷|pvc)(?!\\s*的状态) | (磁盘|硬盘|存储|盘|卷|pvc|空间)\\s*(也|都)?(扩|加|改|调|扩容|增|涨)(大|容)?(到|成|至)?
    """, """
        (resize|expand|grow|enlarge|extend|increase|bump|make)~(pvc|volume|disk|storage|claim)
    """),
    Wording("label", """
        (打|加|贴|去掉|删掉|改)(上|个|一个)?\\s*(标签|label) | 标签\\s*(改|设|加) | label(一下|上)
    """, """
        label | add (a |the )?label | remove (the )?label | set (a |the )?label | tag ~ with | relabel
    """),
    Wording("annotate", """
        (打|加|写|去掉|删掉|改)(上|个|一个)?\\s*(注解|annotation|注释) | 注解\\s*(改|设|加)
    """, """
        annotate | add (an? |the )?annotation | remove (the )?annotation | set (an? |the )?annotation
    """),
)  # fmt: skip

GENERIC_WORDINGS = (
    # The object decides what these come to: of a rollout, of a CronJob, of a node.
    Wording("PAUSE", """
        暂停 | 停止(?!响应|工作|服务|运行了) | 关闭 | 停住 | 停一下 | 停下来? | 停掉 | 停了 | 停(?!机|止|顿|摆) | 挂起 | 冻结 | 先停 | 关掉 | 关停 | 关了 | 按住 | hold住 | 叫停 | 中止 | 歇 | 打住
    """, """
        pause | pausing | hold(?! on) | freeze | halt | stop | stopping | shut down | shut ~ down | turn off | turn ~ off | switch off | switch ~ off | put ~ on hold
    """),
    Wording("GO_ON", """
        继续 | 恢复 | 接着来 | 解冻 | 放行 | 取消暂停 | 解除暂停 | 开起来 | 打开(?!特|很|好慢|太|巨|非常|有点|就|慢|报|不|失败|页面|网页|首页|超时|要|给|看) | 开回来
    """, """
        resume | continue | unpause | unfreeze | go on | carry on | proceed | turn ~ on | switch ~ on | bring ~ back | start ~ again
    """),
    # The amount decides: an image, a quantity, a count.
    Wording("CHANGE", """
        加到 | 减到 | 降到 | 升到 | 提到 | 拉到 | 调到 | 调成 | 改到 | 改成 | 变成 | 设成 | 设为 | 设到 | 换成 | 切到 | 调整(到|为|成) | 增加到 | 减少到 | 恢复到 | 压到 | 砍到 | 加# | 减# | (?<!最)多# | (?<![最至])少# | 多加 | 多给 | 上到 | 回到 | 改为 | 调为 | 弄成 | 弄到 | 搞到 | 搞成 | 上调 | 下调 | 提高 | 降低 | 调高 | 调低 | 调大 | 调小 | 加大 | 加点 | 减点 | 多开 | 少开 | 开到 | 起到 | 跑到 | 砍 | 要#
    """, """
        set | change | bump | raise | lower | increase | decrease | reduce | grow | shrink | cut | update | switch | move | adjust | give | take | go | bring | put | make | drop | trim | ramp
    """),
)  # fmt: skip
