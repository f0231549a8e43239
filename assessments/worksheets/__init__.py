"""The worksheet: a self-reflection as a spreadsheet in both languages, for paper or a meeting.

``layout`` says which rows there are, ``writing`` makes the file, ``reading`` reads one that was
filled in, and ``comparing`` says what it would change.
"""
