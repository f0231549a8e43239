"""Clusters by outcomes: where many clusters stand side by side, read from their standings."""

from reporting.heat_map.arranging import spans_boards
from reporting.heat_map.loading import A_PAGE, load_heat_map, load_heat_maps
from reporting.heat_map.shapes import (
    BOARD,
    NAME,
    ONE_LIST,
    AgreedCell,
    HeatMap,
    OwnCell,
    Row,
    SignsCell,
)

__all__ = [
    "A_PAGE",
    "BOARD",
    "NAME",
    "ONE_LIST",
    "AgreedCell",
    "HeatMap",
    "OwnCell",
    "Row",
    "SignsCell",
    "load_heat_map",
    "load_heat_maps",
    "spans_boards",
]
