"""The forms of the dashboard."""
