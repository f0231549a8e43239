"""How many groups of which size: as equal as possible, near the preferred one."""

from peerreview.grouping.candidates import LARGEST_GROUP, SMALLEST_GROUP

SIZES = range(SMALLEST_GROUP, LARGEST_GROUP + 1)


def preferred_sizes(count, size):
    """The sizes of groups for ``count`` clusters, the largest first: equal but for one.

    Fewer clusters than make a group are one group all the same.
    """
    if count < SMALLEST_GROUP:
        return (count,) if count else ()
    numbers = range(-(-count // LARGEST_GROUP), count // SMALLEST_GROUP + 1)
    number = min(numbers, key=lambda number: (abs(count / number - size), number))
    least, larger = divmod(count, number)
    return (least + 1,) * larger + (least,) * (number - larger)


def all_sizes(count, size):
    """Every way of making groups for ``count`` clusters, the nearest to ``size`` first."""
    ways = []
    for fives in range(count // 5 + 1):
        for fours in range((count - 5 * fives) // 4 + 1):
            threes, rest = divmod(count - 5 * fives - 4 * fours, 3)
            if not rest:
                ways.append((5,) * fives + (4,) * fours + (3,) * threes)
    return sorted(ways, key=lambda way: (sum((each - size) ** 2 for each in way), way))
