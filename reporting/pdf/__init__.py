"""PDFs: functions from what is stored to bytes, without a request and without the network."""

from reporting.pdf.dashboard import render_dashboard
from reporting.pdf.rendering import TooLong, render_summary
from reporting.pdf.review_record import render_review_record

__all__ = ["TooLong", "render_dashboard", "render_review_record", "render_summary"]
