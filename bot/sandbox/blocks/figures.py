"""Slack's rules for blocks that show figures: tables, sortable tables and charts."""

from collections import Counter
from collections.abc import Iterator, Mapping

from bot.sandbox.blocks.rich_text import RICH_TEXT
from bot.sandbox.blocks.rules import (
    Law,
    Problem,
    Record,
    Rule,
    Shape,
    array,
    boolean,
    choice,
    distinct,
    failed,
    integer,
    length_of,
    nullable,
    number,
    one_of_types,
    record,
    string,
)
from bot.sandbox.blocks.texts import identifier

CELLS_MAX_CHARS = 10_000  # Slack: all cells of all tables of one message together
COLUMNS_MAX = 20
TABLE_MAX_ROWS = 100
DATA_TABLE_MAX_ROWS = 101  # the header counts
CHART_TITLE_MAX_CHARS = 50
LABEL_MAX_CHARS = 20
SERIES_MAX = 6
CATEGORIES_MAX = 20

_RAW_TEXT = Shape(required={"text": string(longest=CELLS_MAX_CHARS)})
_RAW_NUMBER = Shape(required={"value": number()}, optional={"text": string(longest=CELLS_MAX_CHARS)})
_cell = one_of_types({"raw_text": _RAW_TEXT, "rich_text": RICH_TEXT})
_data_cell = one_of_types({"raw_text": _RAW_TEXT, "raw_number": _RAW_NUMBER, "rich_text": RICH_TEXT})
_column = record(Shape(optional={"align": choice("left", "center", "right"), "is_wrapped": boolean}))


def cells_length(block: object) -> int:
    """The number of characters in a table's cells, as Slack counts them."""
    rows = block.get("rows") if isinstance(block, dict) else None
    return sum(length_of(words) for words in _texts_within(rows))


def _texts_within(value: object) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _texts_within(item)
    elif isinstance(value, dict):
        words = value.get("text")
        if isinstance(words, str):
            yield words
        yield from _texts_within(value.get("elements"))


def _is_rectangular(value: Record, pointer: str) -> Iterator[Problem]:
    rows = value["rows"]
    widths = [len(row) for row in rows if isinstance(row, list)] if isinstance(rows, list) else []
    for place, width in enumerate(widths):
        if width != widths[0]:
            yield failed(
                f"all rows must have {widths[0]} cells", f"{pointer}/rows/{place}", expected=widths[0], got=width
            )


def _is_short_enough(value: Record, pointer: str) -> Iterator[Problem]:
    length = cells_length(value)
    if length > CELLS_MAX_CHARS:
        message = f"table cells must be less than {CELLS_MAX_CHARS + 1} characters in sum"
        yield failed(message, f"{pointer}/rows", type="max_length", expected=CELLS_MAX_CHARS, got=length)


def _header_is_plain(value: Record, pointer: str) -> Iterator[Problem]:
    rows = value["rows"]
    header = rows[0] if isinstance(rows, list) and rows else []
    for place, cell in enumerate(header if isinstance(header, list) else ()):
        if isinstance(cell, dict) and cell.get("type") == "rich_text":
            yield failed("header cells must not be rich_text", f"{pointer}/rows/0/{place}/type")


def _row_header_is_a_column(value: Record, pointer: str) -> Iterator[Problem]:
    column, rows = value.get("row_header_column_index", 0), value["rows"]
    width = len(rows[0]) if isinstance(rows, list) and rows and isinstance(rows[0], list) else 0
    if isinstance(column, int) and column >= width:
        message = f"must be less than {width}"
        yield failed(message, f"{pointer}/row_header_column_index", type="maximum", expected=width - 1, got=column)


TABLE = Shape(
    required={"rows": array(array(_cell, most=COLUMNS_MAX), most=TABLE_MAX_ROWS)},
    optional={"block_id": identifier, "column_settings": array(nullable(_column), most=COLUMNS_MAX)},
    laws=(_is_rectangular, _is_short_enough),
)
DATA_TABLE = Shape(
    required={
        "rows": array(array(_data_cell, most=COLUMNS_MAX), most=DATA_TABLE_MAX_ROWS, least=2),
        "caption": string(longest=CELLS_MAX_CHARS),
    },
    optional={
        "block_id": identifier,
        "page_size": integer(least=1, most=100),
        "row_header_column_index": integer(least=0, most=COLUMNS_MAX - 1),
    },
    laws=(_is_rectangular, _is_short_enough, _header_is_plain, _row_header_is_a_column),
)


def _names_differ(value: Record, pointer: str) -> Iterator[Problem]:
    yield from distinct(value["series"], "name", f"{pointer}/series")


def _points_are_the_categories(value: Record, pointer: str) -> Iterator[Problem]:
    """Each series has one point for each category, and no other."""
    axis, series = value["axis_config"], value["series"]
    categories = axis.get("categories") if isinstance(axis, dict) else None
    wanted = Counter(categories if isinstance(categories, list) else ())
    for place, one in enumerate(series if isinstance(series, list) else ()):
        points = one.get("data") if isinstance(one, dict) else None
        labels = Counter(point.get("label") for point in points or () if isinstance(point, dict))
        if labels != wanted:
            yield failed("data must have one point for each of the categories", f"{pointer}/series/{place}/data")


_label: Rule = string(longest=LABEL_MAX_CHARS)
_axis_title: Rule = string(longest=CHART_TITLE_MAX_CHARS)
_SEGMENT = Shape(required={"label": _label, "value": number(above=0)})
_POINT = Shape(required={"label": _label, "value": number()})
_SERIES = Shape(required={"name": _label, "data": array(record(_POINT), most=CATEGORIES_MAX)})
_AXIS = Shape(
    required={"categories": array(_label, most=CATEGORIES_MAX)},
    optional={"x_label": _axis_title, "y_label": _axis_title},
)
_SERIES_LAWS: tuple[Law, ...] = (_names_differ, _points_are_the_categories)
_SERIES_CHART = Shape(
    required={"series": array(record(_SERIES), most=SERIES_MAX), "axis_config": record(_AXIS)}, laws=_SERIES_LAWS
)
_CHARTS: Mapping[str, Shape] = {
    "pie": Shape(required={"segments": array(record(_SEGMENT), most=SERIES_MAX)}),
    "bar": _SERIES_CHART,
    "area": _SERIES_CHART,
    "line": _SERIES_CHART,
}
DATA_VISUALIZATION = Shape(
    required={"title": string(longest=CHART_TITLE_MAX_CHARS), "chart": one_of_types(_CHARTS)},
    optional={"block_id": identifier},
)
