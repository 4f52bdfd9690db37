"""ConfigMaps, Secrets, their keys, ServiceAccounts and claims that pods need and that do not exist.

Messages: kubernetes pkg/kubelet/kubelet_pods.go ("couldn't find key … in ConfigMap …"), the volume plug-ins
("references non-existent config key") and apimachinery's NotFound ('configmap "x" not found').
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubesteer.analyzers import patience
from kubesteer.analyzers.matches import Match, Remedy, Rule
from kubesteer.analyzers.near import near_hint
from kubesteer.analyzers.remedies import only_person
from kubesteer.analyzers.resources.pods import Container, EnvSource, Pod, PodSpec
from kubesteer.analyzers.resources.shapes import moment
from kubesteer.analyzers.rules.quotes import event_quote, field_quote
from kubesteer.analyzers.world import World
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text

KIND_OF = {"configmap": "ConfigMap", "secret": "Secret"}
ABSENT = re.compile(r'\b(configmaps?|secrets?) "([^"]+)" not found', re.IGNORECASE)
ABSENT_KEY = re.compile(
    r"couldn't find key (\S+) in (ConfigMap|Secret) (?:[^/\s]+/)?([^\s,]+)", re.IGNORECASE
)
ABSENT_ITEM = re.compile(r"references non-existent (config|secret) key: (\S+)", re.IGNORECASE)


def _stuck(world: World) -> Iterator[tuple[Pod, str]]:
    """Pods that do not start, with what the kubelet says of it; in short supply of words, ""."""
    for pod in world.troubled:
        if pod.finished or pod.metadata.deletion_timestamp or not pod.spec.node_name:
            continue
        words = [s.state.waiting.message for s in pod.statuses if s.state.waiting and s.state.waiting.message]
        words += [e.message for e in world.events_of(pod) if e.reason in ("FailedMount", "Failed")][:5]
        waits = any(
            s.state.waiting and s.state.waiting.reason in ("CreateContainerConfigError", "ContainerCreating")
            for s in pod.statuses
        )
        if waits or pod.status.phase == "Pending":
            yield pod, "\n".join(words)


def sources(container: Container) -> Iterator[tuple[EnvSource, str]]:
    """Everything that a container's environment is taken from, with the variable's name."""
    for variable in container.env:
        if variable.value_from is not None:
            yield variable.value_from, variable.name
    for source in container.env_from:
        yield source, "envFrom"


def needs(namespace: str, spec: PodSpec) -> Iterator[tuple[Ref, str]]:
    """Every ConfigMap and Secret that must exist for a pod to start, and where it is named."""
    for volume in spec.volumes:
        if volume.config_map and not volume.config_map.optional:
            yield Ref("ConfigMap", namespace, volume.config_map.name), f"volumes[{volume.name}].configMap"
        if volume.secret and not volume.secret.optional:
            yield Ref("Secret", namespace, volume.secret.secret_name), f"volumes[{volume.name}].secret"
    for container in spec.init_containers + spec.containers:
        for source, variable in sources(container):
            for kind, named in (
                ("ConfigMap", source.config_map_key_ref or source.config_map_ref),
                ("Secret", source.secret_key_ref or source.secret_ref),
            ):
                if named and not named.optional:
                    yield Ref(kind, namespace, named.name), f"{container.name}: env {variable}"


def _missing(world: World, pod: Pod, words: str) -> dict[Ref, str]:
    """What is missing, and where that is known from: the kubelet's words, or its absence from the list."""
    found = {
        Ref(KIND_OF[kind.lower().rstrip("s")], pod.namespace, name): f'{kind} "{name}" not found'
        for kind, name in ABSENT.findall(words)
    }
    for ref, where in needs(pod.namespace, pod.spec):
        if ref not in found and world.saw(ref.kind) and not world.exists(ref):
            found[ref] = where
    return {ref: where for ref, where in found.items() if not (world.saw(ref.kind) and world.exists(ref))}


def _find_missing(world: World) -> Iterator[Match]:
    for pod, words in _stuck(world):
        for ref, where in _missing(world, pod, words).items():
            said = "not found" in where
            if not said and world.now - moment(pod.metadata.creation_timestamp) < patience.CONTROLLER:
                continue
            quote = event_quote(where) if said else field_quote(f"{pod.name}: {where}", ref.name)
            yield Match(
                object=world.top(pod),
                subject=pod.ref,
                culprit=ref,
                values={"missing": str(ref), "kind": ref.kind, "name": ref.name},
                evidence=(quote, *near_hint(world, ref)),
                links=(Ref("Namespace", "", pod.namespace),),
                since=world.began(pod, "Failed", "FailedMount"),
            )


def _missing_remedy(world: World, match: Match) -> Remedy:
    ref = match.culprit
    if ref is None:
        return Remedy()
    keys = sorted(_keys(world, match.object, ref))
    zh = f",其中要有键 {', '.join(keys)}" if keys else ""
    en = f" with the keys {', '.join(keys)}" if keys else ""
    return only_person(
        f"缺少 {ref.kind} {ref.name}(命名空间 {ref.namespace}){zh};它的内容只有人知道。",
        f"{ref.kind} {ref.name} is missing in namespace {ref.namespace}; create it{en}: only a person knows its content.",
    )


def _keys(world: World, owner: Ref, wanted: Ref) -> set[str]:
    found: set[str] = set()
    for pod in world.pods_of(owner):
        for container in pod.spec.init_containers + pod.spec.containers:
            for source, _ in sources(container):
                named = source.config_map_key_ref if wanted.kind == "ConfigMap" else source.secret_key_ref
                if named and named.name == wanted.name and named.key:
                    found.add(named.key)
    return found


# -- keys ----------------------------------------------------------------------------------------------------


def _find_key(world: World) -> Iterator[Match]:
    for pod, words in _stuck(world):
        for ref, key, quote in _missing_keys(pod, words):
            yield Match(
                object=world.top(pod),
                subject=pod.ref,
                culprit=ref,
                values={"missing": str(ref), "key": key},
                evidence=(event_quote(quote),),
                since=world.began(pod, "Failed", "FailedMount"),
            )


def _missing_keys(pod: Pod, words: str) -> Iterator[tuple[Ref, str, str]]:
    seen: set[tuple[Ref, str]] = set()
    for match in ABSENT_KEY.finditer(words):
        ref = Ref(KIND_OF[match[2].lower()], pod.namespace, match[3].rstrip(".,;"))
        if (ref, match[1]) not in seen:
            seen.add((ref, match[1]))
            yield ref, match[1], match[0]
    for line in words.splitlines():
        item = ABSENT_ITEM.search(line)
        ref_or_none = _volume_source(pod, line, item[1].lower()) if item else None
        if item and ref_or_none and (ref_or_none, item[2]) not in seen:
            seen.add((ref_or_none, item[2]))
            yield ref_or_none, item[2], line


def _volume_source(pod: Pod, line: str, word: str) -> Ref | None:
    for volume in pod.spec.volumes:
        if f'"{volume.name}"' not in line:
            continue
        if word == "config" and volume.config_map:
            return Ref("ConfigMap", pod.namespace, volume.config_map.name)
        if word == "secret" and volume.secret:
            return Ref("Secret", pod.namespace, volume.secret.secret_name)
    return None


def _key_remedy(world: World, match: Match) -> Remedy:
    del world
    return only_person(
        f"{match.culprit} 里缺少键 {match.values['key']};它的值只有人知道。",
        f"Key {match.values['key']} is missing in {match.culprit}; only a person knows its value.",
    )


RULES = (
    Rule(
        id="config-missing",
        group="pods",
        kind="Pod",
        severity="warning",
        outage=True,
        rollback=True,
        title=Text(
            "引用的 ConfigMap 或 Secret 不存在", "A ConfigMap or Secret that pods need does not exist"
        ),
        summary=Text("{object} 起不来:缺少 {missing}。", "{object} cannot start: {missing} does not exist."),
        cause=Text(
            "Pod 引用了 {missing},命名空间里没有它。",
            "The pods refer to {missing}, which does not exist in their namespace.",
        ),
        find=_find_missing,
        remedy=_missing_remedy,
        remote_causes=frozenset({"namespace-terminating"}),
    ),
    Rule(
        id="config-key-missing",
        group="pods",
        kind="Pod",
        severity="warning",
        outage=True,
        rollback=True,
        title=Text(
            "引用的键不在 ConfigMap 或 Secret 里", "A key that pods need is not in its ConfigMap or Secret"
        ),
        summary=Text(
            "{object} 起不来:{missing} 里没有键 {key}。", "{object} cannot start: {missing} has no key {key}."
        ),
        cause=Text("Pod 引用了 {missing} 的键 {key}。", "The pods refer to key {key} of {missing}."),
        find=_find_key,
        remedy=_key_remedy,
    ),
)
