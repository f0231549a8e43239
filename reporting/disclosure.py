"""When a figure of many clusters says nothing of a few of them.

A figure is shown where its reader may read everything behind it. The one other figure that is
shown is that of Wales, and only if enough stands behind it besides what its reader may read: what
is left when their own is taken away is then of no one cluster, and of no one health board. Nothing
between the two is shown, such as a region's or an authority's figure of which the reader may read a
part: two sums of which one holds the other would together say what is in only one of them.
"""

FEWEST_OTHERS = 5  # clusters
FEWEST_OTHER_BOARDS = 2


def may_show(others, *, other_boards=0, is_wales=False):
    """Whether a figure is shown of which ``others`` values, of clusters of ``other_boards``, are not the reader's to read."""
    if not others:
        return True
    return is_wales and others >= FEWEST_OTHERS and other_boards >= FEWEST_OTHER_BOARDS
