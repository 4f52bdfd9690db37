"""get_manifest: one object as the server has it, without the server's bookkeeping and without secrets."""

from __future__ import annotations

import yaml

from kubesteer.core.clusters import Cluster
from kubesteer.core.findings import Coverage
from kubesteer.core.operations import Answer, Read
from kubesteer.core.requests import Manifest
from kubesteer.core.texts import Text
from kubesteer.operations import workloads as w
from kubesteer.operations.differences import LAST_APPLIED
from kubesteer.operations.diffs import MASK
from kubesteer.operations.named import Named
from kubesteer.policies.redactions import redacted

LONGEST = 60_000
"""Characters that the words show; the data carry the whole object."""


class GetManifest(Named, Read):
    """One object in full; of a Secret only the keys."""

    name_ = "get_manifest"
    summary = Text("查看一个对象的完整定义", "Show one object in full; of a Secret only its keys")
    examples = (Text("看看 cart 的 YAML", "show me the yaml of cart"),)

    async def look(self, cluster: Cluster) -> Answer:
        """The object as YAML."""
        shown = redacted(presentable(await cluster.read(self.ref)))
        text = yaml.safe_dump(shown, sort_keys=False, allow_unicode=True, width=110)
        words = Text.same(text[:LONGEST])
        if len(text) > LONGEST:
            words += Text("\n……(后面的内容省略)", "\n… (the rest is left out)")
        return Answer(words, {"manifest": shown}, Coverage({self.kind: 1}))


def presentable(manifest: Manifest) -> Manifest:
    """The object without managedFields and last-applied-configuration; a Secret's values are masked."""
    metadata = {
        key: value for key, value in w.table_at(manifest, "metadata").items() if key != "managedFields"
    }
    annotations = {key: value for key, value in w.annotations_of(manifest).items() if key != LAST_APPLIED}
    metadata.pop("annotations", None)
    if annotations:
        metadata["annotations"] = annotations
    shown = {**manifest, "metadata": metadata}
    if manifest.get("kind") == "Secret":
        for field in ("data", "stringData"):
            if isinstance(manifest.get(field), dict):
                shown[field] = dict.fromkeys(manifest[field], MASK)
    return shown
