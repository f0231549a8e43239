"""Files of figures and of populations: a template goes out, and a file that was filled in comes back.

``layout`` says which columns there are, ``writing`` makes the templates, ``tables`` takes the cells
out of what was sent, ``checking`` says what each row means or what is wrong with it, and
``comparing`` what it would change.
"""
