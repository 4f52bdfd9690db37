"""Images that cannot be pulled, told apart by what the container runtime says.

Waiting reasons: kubernetes pkg/kubelet/images/types.go. Messages: kubelet's image_manager.go, and the
runtimes' own: containerd ("not found", "failed to authorize"), Docker registry errors ("manifest unknown",
"pull access denied"), Go's net package ("no such host").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from kubesteer.analyzers import patience
from kubesteer.analyzers.matches import Match, Remedy, Rule
from kubesteer.analyzers.remedies import correct_image, only_person
from kubesteer.analyzers.resources.pods import ContainerStatus, Pod
from kubesteer.analyzers.rules.quotes import event_quote, field_quote
from kubesteer.analyzers.world import World
from kubesteer.core.refs import Ref
from kubesteer.core.texts import Text

WAITING = frozenset(
    {
        "ErrImagePull",
        "ImagePullBackOff",
        "ErrImageNeverPull",
        "InvalidImageName",
        "ImageInspectError",
        "RegistryUnavailable",
        "SignatureValidationFailed",
    }
)
"""Reasons of state.waiting that say that there is no image to run."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One way in which a pull fails: which reasons or words tell it, and what to say."""

    id: str
    pattern: re.Pattern[str]
    title: Text
    cause: Text


def _variant(name: str, words: str, title: Text, cause: Text) -> Variant:
    return Variant(name, re.compile(words, re.IGNORECASE), title, cause)


VARIANTS = (
    _variant(
        "image-pull-bad-name",
        r"InvalidImageName|invalid reference format|couldn't parse image|failed to apply default image tag",
        Text("镜像名不合法", "Image name is not valid"),
        Text("镜像名“{image}”不符合镜像引用的格式。", "“{image}” is not a valid image reference."),
    ),
    _variant(
        "image-pull-never",
        r"ErrImageNeverPull|pull policy of Never",
        Text("镜像不在节点上,且不允许拉取", "Image is not on the node and must not be pulled"),
        Text(
            "imagePullPolicy 为 Never,而节点上没有镜像 {image}。",
            "imagePullPolicy is Never and the node does not have image {image}.",
        ),
    ),
    _variant(
        "image-pull-rate-limited",
        r"toomanyrequests|too many requests|rate limit",
        Text("镜像仓库限流", "Image registry limits the rate of pulls"),
        Text(
            "镜像仓库拒绝了过多的拉取请求。", "The registry refuses further pulls for now: too many requests."
        ),
    ),
    _variant(
        "image-pull-unauthorized",
        r"unauthorized|authentication required|authorization failed|failed to authorize|access denied|denied:"
        r"|no basic auth|401|403 forbidden|insufficient_scope|require 'docker login'|authorization required",
        Text("镜像仓库拒绝访问", "Image registry refuses access"),
        Text(
            "镜像仓库不允许拉取 {image}:缺少凭据、凭据无效,或仓库不存在。",
            "The registry does not allow {image} to be pulled: no valid credentials, or no such repository.",
        ),
    ),
    _variant(
        "image-pull-not-found",
        r"not found|manifest unknown|manifest_unknown|name unknown|no such image|does not exist|404"
        r"|no match for platform",
        Text("镜像不存在", "Image does not exist"),
        Text("镜像仓库里没有 {image}。", "The registry has no image {image}."),
    ),
    _variant(
        "image-pull-registry-unreachable",
        r"no such host|i/o timeout|connection refused|dial tcp|tls handshake|x509|certificate|deadline exceeded"
        r"|server misbehaving|no route to host|network is unreachable|connection reset|RegistryUnavailable"
        r"|: EOF|50[0234]\b|http: server gave HTTP response|timed? ?out",
        Text("镜像仓库不可达", "Image registry cannot be reached"),
        Text("节点连不上 {image} 所在的镜像仓库。", "The node cannot reach the registry of {image}."),
    ),
    _variant(
        "image-pull",
        r"",
        Text("镜像拉取失败", "Image cannot be pulled"),
        Text("镜像 {image} 拉取失败。", "Image {image} cannot be pulled."),
    ),
)
"""Tried in this order: registries word a refusal as "does not exist or may require login"."""


def stuck(pod: Pod) -> Iterator[tuple[ContainerStatus, str]]:
    """Containers that wait for an image, with the reason."""
    for status in pod.statuses:
        waiting = status.state.waiting
        if waiting is not None and waiting.reason in WAITING:
            yield status, waiting.reason


def pulling(world: World, pod: Pod) -> bool:
    """Whether an image is being pulled just now: large ones take minutes."""
    told = [event for event in world.events_of(pod) if event.reason in ("Pulling", "Pulled", "Failed")]
    return bool(told) and told[0].reason == "Pulling" and world.now - told[0].last < patience.PULLING


def _find(world: World, variant: Variant) -> Iterator[Match]:
    for pod in world.troubled:
        for status, reason in stuck(pod):
            image = _image(pod, status)
            words = _words(world, pod, status, image)
            if _variant_of(f"{reason} {words}", image) is variant:
                yield _match(world, pod, status, image, words)


def _image(pod: Pod, status: ContainerStatus) -> str:
    container = pod.container(status.name)
    return container.image if container is not None and container.image else status.image


def _variant_of(words: str, image: str) -> Variant:
    """What failed, by the words around the image's name: a name may contain anything ("not-found", "v404")."""
    told = words.replace(image, "")
    return next(variant for variant in VARIANTS if variant.pattern.search(told))


def _words(world: World, pod: Pod, status: ContainerStatus, image: str) -> str:
    """The runtime's own words: in the waiting message (newer kubelets) or in the event of the last attempt."""
    waiting = status.state.waiting
    message = waiting.message if waiting is not None else ""
    if message and not message.rstrip('"').endswith(image):
        return message
    told = (
        event.message
        for event in world.events_of(pod)
        if event.reason in ("Failed", "InspectFailed", "ErrImageNeverPull")
        and image in event.message
        and "Error:" not in event.message
    )
    return next(told, message)


def _match(world: World, pod: Pod, status: ContainerStatus, image: str, words: str) -> Match:
    waiting = status.state.waiting
    evidence = [field_quote(f"{status.name}: state.waiting.reason", waiting.reason if waiting else "")]
    if words:
        evidence.append(event_quote(words))
    return Match(
        object=world.top(pod),
        subject=pod.ref,
        container=status.name,
        values={"image": image, "words": words},
        evidence=tuple(evidence),
        links=(Ref("Node", "", pod.spec.node_name),),
        since=world.began(pod, "Failed", "BackOff"),
    )


def _remedy(world: World, match: Match, variant: str) -> Remedy:
    if variant in ("image-pull-not-found", "image-pull-bad-name", "image-pull"):
        return correct_image(world, match)
    if variant == "image-pull-unauthorized":
        return _credentials(world, match)
    return Remedy()


def _credentials(world: World, match: Match) -> Remedy:
    pod = next((pod for pod in world.pods_of(match.object) if pod.ref == match.subject), None)
    secrets = [secret.name for secret in pod.spec.image_pull_secrets] if pod else []
    namespace = match.object.namespace
    missing = [n for n in secrets if world.saw("Secret") and not world.exists(Ref("Secret", namespace, n))]
    if missing:
        return only_person(
            f"命名空间 {namespace} 里缺少 imagePullSecrets 引用的 Secret {', '.join(missing)}。",
            f"Secret {', '.join(missing)}, named by imagePullSecrets, is missing in namespace {namespace}.",
        )
    if not secrets:
        return only_person(
            f"Pod 没有 imagePullSecrets;需要 {match.values['image']} 的仓库凭据。",
            f"The pod has no imagePullSecrets; credentials for the registry of {match.values['image']} are needed.",
        )
    return only_person(
        f"Secret {', '.join(secrets)} 里的凭据无效,或无权访问 {match.values['image']}。",
        f"The credentials in Secret {', '.join(secrets)} are not valid for {match.values['image']}.",
    )


RULES = tuple(
    Rule(
        id=variant.id,
        group="pods",
        kind="Pod",
        severity="warning",
        outage=True,
        rollback=True,
        title=variant.title,
        summary=Text("{object} 的容器 {container} 起不来:", "{object}: container {container} cannot start: ")
        + Text(
            variant.title.zh + "({image})。",
            variant.title.en[0].lower() + variant.title.en[1:] + " ({image}).",
        ),
        cause=variant.cause,
        find=partial(_find, variant=variant),
        remedy=partial(_remedy, variant=variant.id),
        causes=frozenset({"volume-attach"}),
        remote_causes=frozenset({"node-not-ready", "node-network-unavailable"}),
    )
    for variant in VARIANTS
)
