"""docs/nir.md says what the translator does."""

from .page import KINDS, PAGE, nodes, render, structures


def test_the_page_is_as_the_code_has_it() -> None:
    """`python -m tests.nir --write` makes it so."""
    text = PAGE.read_text("utf-8")
    assert render(text, measure=False) == text


def test_the_page_shows_every_kind_and_all_verdicts() -> None:
    rows = list(nodes())
    assert rows[0].count("|") == len(KINDS) + 2
    assert any("exact" in row for row in rows) and any("bounded (1)" in row for row in rows)
    verdicts = {row.split(" | ")[1] for row in list(structures())[2:]}
    assert verdicts == {"exact", "bounded", "refused"}


def test_the_figures_are_there() -> None:
    part = PAGE.read_text("utf-8").partition("<!-- figures -->")[2].partition("<!-- end of figures -->")[0]
    assert part.count("\n|") > 20
