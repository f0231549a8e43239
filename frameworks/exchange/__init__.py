"""Editions as files: reading, checking, loading and writing the format of docs/framework-format.md.

A file is taken whole or not at all. What is refused is named with its line, its place and why.
"""

from frameworks.exchange.checking import check_file, faults, read
from frameworks.exchange.loading import (
    check_predecessors,
    create,
    load,
    refuse_other_content,
)
from frameworks.exchange.problems import Problem, Refused
from frameworks.exchange.reading import JSON, LARGEST_FILE, NOTATIONS, YAML, notation_of
from frameworks.exchange.writing import dump, export, whole

__all__ = [
    "JSON",
    "LARGEST_FILE",
    "NOTATIONS",
    "YAML",
    "Problem",
    "Refused",
    "check_file",
    "check_predecessors",
    "create",
    "dump",
    "export",
    "faults",
    "load",
    "notation_of",
    "read",
    "refuse_other_content",
    "whole",
]
