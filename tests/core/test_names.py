"""Names are checked before they come near a URL."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubesteer.core.errors import Unusable
from kubesteer.core.names import checked_name, checked_namespace


@pytest.mark.parametrize("name", ["my-nginx", "portal-3.1", "a", "0", "x" * 253, "kube-root-ca.crt"])
def test_names_that_objects_have(name: str) -> None:
    assert checked_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        ".",
        "a/b",
        "nginx/../../../secrets/x",
        "%2e%2e",
        "a%2fb",
        "UserService",
        "user service",
        "user\nservice",
        "ｎｇｉｎｘ",
        "раyment",  # a Cyrillic р
        "a..b",
        "-rf",
        "--all",
        "a-",
        "a?b=c",
        "a#b",
        "\x00",
        "x" * 254,
    ],
)
def test_names_that_cannot_be(name: str) -> None:
    with pytest.raises(Unusable) as caught:
        checked_name(name)
    assert caught.value.text.zh
    assert caught.value.remedy is not None


def test_the_odd_character_is_named() -> None:
    with pytest.raises(Unusable, match="CYRILLIC SMALL LETTER ER"):
        checked_name("раyment")


def test_rbac_objects_may_have_colons() -> None:
    assert checked_name("system:node", "ClusterRole") == "system:node"
    with pytest.raises(Unusable):
        checked_name("system:../x", "ClusterRole")


def test_namespaces_are_labels() -> None:
    assert checked_namespace("kube-system") == "kube-system"
    for wrong in ("a.b", "x" * 64, "", "Kube"):
        with pytest.raises(Unusable):
            checked_namespace(wrong)


@given(st.text(max_size=300))
def test_whatever_passes_cannot_leave_its_path_segment(name: str) -> None:
    try:
        checked_name(name)
    except Unusable:
        return
    assert not set(name) & set("/%?#\\ \t\r\n")
    assert name not in (".", "..")
    assert name.isascii()
