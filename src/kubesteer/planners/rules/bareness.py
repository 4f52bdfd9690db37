"""Whether a message has a verb of its own, or only completes, approves or repeats what was asked before."""

from __future__ import annotations

from kubesteer.planners.rules.cues import WRITES
from kubesteer.planners.rules.lexicon import smalltalk
from kubesteer.planners.rules.replies import refines_logs
from kubesteer.planners.rules.requests import FIGURE, Message, Request
from kubesteer.planners.rules.states import State

_OF_ROLLOUTS = frozenset({"pause_rollout", "resume_rollout", "suspend", "resume", "undo"})
_MEASURED = frozenset({"set_autoscaling", "set_resources", "scale"})
_COUNTED = frozenset({"set_autoscaling", "rollback"})
_STOPS = frozenset({"pause_rollout", "suspend", "cordon", "resume_rollout", "resume", "uncordon"})


def bare(message: Message, state: State | None = None) -> bool:
    """Whether no verb was said that counts where the conversation stands."""
    explicit = [r for r in message.requests if r.cue.weight >= 2]
    if state is None or not state.drafts:
        return not explicit
    if state.asked and smalltalk.YES.match(message.linked.words.low):
        return state.drafts[-1].operation not in _STOPS or not explicit
    return all(no_verb(r, message, state) for r in explicit)


def no_verb(request: Request, message: Message, state: State) -> bool:
    """Whether a verb's words mean something else after what was asked last."""
    last = state.drafts[-1].operation
    if request.operation == "trigger":
        return bool(smalltalk.SAME_AGAIN.search(request.cue.text))  # 「也来一下」
    if request.operation == "get_usage":
        waits = bool(state.missing) and last in _MEASURED
        return waits and not request.objects and _figured(request, message)
    if request.operation == "get_rollout":
        return "name" in state.missing and last in _OF_ROLLOUTS  # "the rollout of x"
    if request.operation == "scale":
        return bool(state.missing) and last in _COUNTED and not request.objects  # "make it 8"
    if request.operation == "CHANGE":
        counted = bool(state.missing) and last in _COUNTED
        return (
            last not in WRITES or counted
        ) and not request.objects  # 「换成 proxy 容器的」: of what is read
    if request.operation == "list_resources" and last == "get_logs" and not request.objects:
        return refines_logs(message, state)  # 「里面有没有 timeout」
    if request.operation == "list_resources" and request.cue.text in ("总共", "一共"):
        return bool(state.missing)
    if request.operation in ("list_resources", "scan"):
        return state.missing == ("namespace",) and state.asked and not request.objects and not request.places
    return False


def _figured(request: Request, message: Message) -> bool:
    """ "max 12, 70% cpu" answers what bounds are wanted; it asks for no figures."""
    return bool(FIGURE.search(message.masked[request.clause.start : request.clause.end]))
