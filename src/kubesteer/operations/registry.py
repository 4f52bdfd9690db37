"""The operations by their public names. A new verb is one class, and one line here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from kubesteer.core.errors import Unusable
from kubesteer.core.operations import Operation
from kubesteer.core.texts import Text
from kubesteer.operations.alterations import Restore
from kubesteer.operations.applies import Apply
from kubesteer.operations.autoscaling import SetAutoscaling
from kubesteer.operations.cronjobs import Resume, Suspend, Trigger
from kubesteer.operations.deletions import Delete
from kubesteer.operations.diagnoses import Diagnose, Scan
from kubesteer.operations.drains import Drain
from kubesteer.operations.environments import SetEnv
from kubesteer.operations.happenings import GetEvents
from kubesteer.operations.images import SetImage
from kubesteer.operations.indirections import Fix, Undo
from kubesteer.operations.labels import Annotate, Label
from kubesteer.operations.limits import SetResources
from kubesteer.operations.listings import ListResources
from kubesteer.operations.logs import GetLogs
from kubesteer.operations.manifests import GetManifest
from kubesteer.operations.nodes import Cordon, Uncordon
from kubesteer.operations.pauses import PauseRollout, ResumeRollout
from kubesteer.operations.probes import SetProbe
from kubesteer.operations.restarts import Restart
from kubesteer.operations.reverts import Revert
from kubesteer.operations.rollbacks import GetRollout, Rollback
from kubesteer.operations.scaling import Scale
from kubesteer.operations.services import SetService
from kubesteer.operations.statuses import GetStatus
from kubesteer.operations.usages import GetUsage
from kubesteer.operations.volumes import ResizeVolume

REGISTRY: dict[str, type[Operation]] = {
    verb.name_: verb
    for verb in (
        GetStatus,
        GetLogs,
        ListResources,
        GetEvents,
        GetUsage,
        GetRollout,
        GetManifest,
        Diagnose,
        Scan,
        Restart,
        Scale,
        Rollback,
        SetImage,
        SetResources,
        SetAutoscaling,
        PauseRollout,
        ResumeRollout,
        Delete,
        Cordon,
        Uncordon,
        Drain,
        Suspend,
        Resume,
        Trigger,
        SetEnv,
        SetProbe,
        SetService,
        ResizeVolume,
        Label,
        Annotate,
        Apply,
        Undo,
        Fix,
    )
}
"""What people, planners and other programs can ask for."""

WAYS_BACK: Mapping[str, type[Operation]] = {verb.name_: verb for verb in (Restore, Revert)}
"""What only an undo consists of. Nobody can ask for them: they would set any field to anything."""


def operation(name: str, arguments: Mapping[str, Any]) -> Operation:
    """The operation with its arguments, checked. An argument that is null counts as left out.

    Raises:
        Unusable: there is no such operation, or an argument is missing, unknown or cannot be used.
    """
    return _made(_class(name), arguments)


def recorded(name: str, arguments: Mapping[str, Any]) -> Operation:
    """An operation as the ledger has it, ways back included. Not for what people or programs send.

    Raises:
        Unusable: as `operation`.
    """
    return _made(WAYS_BACK.get(name) or _class(name), arguments)


def _made(verb: type[Operation], arguments: Mapping[str, Any]) -> Operation:
    given = {key: value for key, value in arguments.items() if value is not None}
    for key, value in given.items():
        if isinstance(value, bool) and not _takes_bool(verb, key):
            raise _unfit(key, value)  # JSON true would pass for the number 1
    try:
        return verb.model_validate(given)
    except ValidationError as error:
        raise _worded(verb, error.errors(include_url=False, include_context=True)[0]) from None


def schema(name: str) -> dict[str, Any]:
    """The JSON schema of an operation's arguments; its description is the English summary.

    Raises:
        Unusable: there is no such operation.
    """
    verb = _class(name)
    full = verb.model_json_schema()
    properties = {key: _plain(value) for key, value in full.get("properties", {}).items()}
    if "kind" in properties and len(verb.kinds) < _MANY_KINDS:
        properties["kind"]["enum"] = list(verb.kinds)
    shape: dict[str, Any] = {
        "type": "object",
        "description": verb.summary.en,
        "properties": properties,
        "required": full.get("required", []),
        "additionalProperties": False,
    }
    return shape | ({"$defs": full["$defs"]} if "$defs" in full else {})


_MANY_KINDS = 16


def _class(name: str) -> type[Operation]:
    verb = REGISTRY.get(name)
    if verb is None:
        shown = "".join(char if char.isprintable() else "�" for char in str(name)[:60])
        raise Unusable(
            "operation",
            Text(f"没有名为“{shown}”的操作。", f"There is no operation called “{shown}”."),
            Text(f"可用操作:{', '.join(REGISTRY)}。", f"Operations: {', '.join(REGISTRY)}."),
        )
    return verb


def _takes_bool(verb: type[Operation], key: str) -> bool:
    field = verb.model_fields.get(key)
    return field is None or "bool" in str(field.annotation) or "Any" in str(field.annotation)


def _plain(field: dict[str, Any]) -> dict[str, Any]:
    """A field's schema without what only pydantic needs: titles, and null as an alternative."""
    shape = {key: value for key, value in field.items() if key not in ("title", "default")}
    options = [option for option in shape.pop("anyOf", []) if option.get("type") != "null"]
    if len(options) == 1:
        return {**options[0], **shape}
    return {**shape, **({"anyOf": options} if options else {})}


def _worded(verb: type[Operation], error: ErrorDetails) -> Unusable:
    argument = str(error["loc"][0]) if error["loc"] else verb.name_
    if error["type"] == "missing":
        return Unusable(
            argument,
            Text(f"缺少参数 {argument}。", f"The argument {argument} is missing."),
            _asked(verb, argument),
        )
    if error["type"] == "extra_forbidden":
        known = ", ".join(verb.model_fields)
        return Unusable(
            argument,
            Text(
                f"{verb.name_} 没有参数 {argument[:60]}。", f"{verb.name_} takes no argument {argument[:60]}."
            ),
            Text(f"可用参数:{known}。", f"It takes: {known}."),
        )
    return _unfit(argument, error.get("input"), _bound(error))


def _unfit(argument: str, value: Any, why: Text | None = None) -> Unusable:
    shown = "".join(char if char.isprintable() else "�" for char in str(value)[:60])
    return Unusable(
        argument,
        Text(f"“{shown}”不能用作 {argument}", f"“{shown}” cannot be used as {argument}")
        + (why or Text("。", ".")),
    )


def _bound(error: ErrorDetails) -> Text | None:
    context = error.get("ctx") or {}
    match error["type"]:
        case "greater_than_equal":
            return Text(f":不能小于 {context['ge']}。", f": it cannot be less than {context['ge']}.")
        case "less_than_equal":
            return Text(f":不能大于 {context['le']}。", f": it cannot be more than {context['le']}.")
        case "int_from_float" | "int_parsing" | "int_type":
            return Text(":应为整数。", ": a whole number is needed.")
        case "bool_parsing" | "bool_type":
            return Text(":应为 true 或 false。", ": true or false is needed.")
        case "literal_error":
            return Text(f":应为 {context['expected']}。", f": it must be {context['expected']}.")
    return None


def _asked(verb: type[Operation], argument: str) -> Text | None:
    field = verb.model_fields.get(argument)
    return Text.same(f"{argument}: {field.description}") if field and field.description else None
