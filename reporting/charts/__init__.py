"""Drawings of exhibits: where everything stands is computed here, templates write it as SVG."""
