"""Tables whose columns line up, whatever the script."""

from __future__ import annotations

from kubesteer.core.texts import Text
from kubesteer.operations.tables import table, width

HEADER = (Text("名称", "NAME"), Text("状态", "STATE"))


def test_columns_line_up_in_both_languages() -> None:
    made = table(HEADER, [("web", Text("正常", "well")), ("购物车", Text("异常", "sick"))])
    assert made.en == "NAME    STATE\nweb     well\n购物车  sick"
    assert made.zh == "名称    状态\nweb     正常\n购物车  异常"


def test_wide_and_combining_characters() -> None:
    assert width("web") == 3
    assert width("购物") == 4
    assert width("e\u0301") == 1


def test_a_long_table_is_cut_and_says_so() -> None:
    made = table(HEADER, [(str(n), "x") for n in range(7)], most=5)
    assert made.en.endswith("… and 2 more not shown")
    assert made.zh.endswith("……还有 2 项未列出")
    assert len(made.en.splitlines()) == 7
