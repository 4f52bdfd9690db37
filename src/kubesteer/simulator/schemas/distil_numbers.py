"""Distil the field numbers of the protobuf encoding from the `generated.proto` files of Kubernetes.

`python -m kubesteer.simulator.schemas.distil_numbers FOLDER…` rewrites `numbers.json` from the folders of the
modules k8s.io/api and k8s.io/apimachinery. One message a line, named as in `shapes.json`:

    {"io.k8s.api.core.v1.ConfigMap": {"1": ["metadata", "io.k8s…ObjectMeta"], "2": ["data", "{}string"]}}

A type is a scalar of protobuf or the name of a message; `[]` before it says repeated, `{}` a map from strings.
The empty field name stands for a structure whose members belong to the one around it.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from kubesteer.simulator.schemas.shapes import shapes

Fields = dict[str, tuple[str, str]]
PACKAGE = re.compile(r"^package ([\w.]+);")
MESSAGE = re.compile(r"^message (\w+) \{")
FIELD = re.compile(r"^  (?:(optional|repeated|required) )?(map<string, ([\w.]+)>|[\w.]+) (\w+) = (\d+);")
SCALARS = frozenset({"string", "bytes", "bool", "int32", "int64", "uint32", "uint64", "double", "float"})


def messages(text: str) -> Iterator[tuple[str, Fields]]:
    """The messages of one file by their names in `shapes.json`."""
    package, name, fields = "", "", Fields()
    for line in text.splitlines():
        if found := PACKAGE.match(line):
            package = _definition(found[1])
        elif found := MESSAGE.match(line):
            name, fields = f"{package}.{found[1]}", {}
        elif found := FIELD.match(line):
            fields[found[5]] = (found[4], _type(found, package))
        elif line == "}" and name:
            yield name, fields
            name = ""


def _definition(package: str) -> str:
    return "io.k8s." + package.removeprefix(".").removeprefix("k8s.io.")


def _type(found: re.Match[str], package: str) -> str:
    label, whole, of_map = found[1], found[2], found[3]
    named = of_map or whole
    if named not in SCALARS:
        named = _definition(named) if "." in named else f"{package}.{named}"
    return ("{}" if of_map else "[]" if label == "repeated" else "") + named


def distil(files: list[Path]) -> dict[str, Fields]:
    """Every message that a kind of `shapes.json` reaches, with the inlined ones marked."""
    known = shapes()
    whole = dict(pair for file in files for pair in messages(file.read_text(encoding="utf-8")))
    waiting = [name for name, shape in known.items() if "gvk" in shape and name in whole]
    kept: dict[str, Fields] = {}
    while waiting:
        name = waiting.pop()
        if name in kept or name not in whole:
            continue
        listed = known.get(name, {}).get("fields")
        kept[name] = {
            number: ("" if listed and key not in listed and kind in whole else key, kind)
            for number, (key, kind) in whole[name].items()
        }
        waiting += [kind.lstrip("[]{}") for _, kind in kept[name].values()]
    return dict(sorted(kept.items()))


def main() -> None:
    """Read the folders named on the command line and rewrite `numbers.json` beside this file."""
    files = [
        file
        for folder in sys.argv[1:]
        for file in sorted(Path(folder).rglob("generated.proto"))
        if "testapigroup" not in file.parts
    ]
    lines = [
        f"{json.dumps(name)}: {json.dumps(fields, separators=(',', ':'))}"
        for name, fields in distil(files).items()
    ]
    Path(__file__).with_name("numbers.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
