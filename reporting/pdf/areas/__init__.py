"""What a committee is given of an area: Wales, a region, a health board, a local authority."""

from reporting.pdf.areas.drawing import render_area_summary

__all__ = ["render_area_summary"]
