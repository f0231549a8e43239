"""PDFs: functions from what is stored to bytes, without a request and without the network."""

from reporting.pdf.rendering import TooLong, render_summary

__all__ = ["TooLong", "render_summary"]
