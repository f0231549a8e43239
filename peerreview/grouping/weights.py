"""What counts how much when groups are made: all the weights, in points.

Points are of a pair of clusters. A group is worth, for each of its clusters, the mean over the
others; so a whole proposal is worth the same in groups of three as in groups of five.
docs/decisions/0020-suggested-groups.md gives the reasons.
"""

# One can learn from the other, for each of the two directions: by how many outcomes, each further
# one for less. An outcome counts whole where the one is mature (level 3) and a half where it is at
# level 2 and ahead; the list goes by halves.
LEARNING_BY_HALVES = (0, 5, 10, 13, 16, 18, 20)

# Of two boards, where boards are to be mixed.
OTHER_BOARD = 20

# The same population: so many points, down to none where one is twice as large or more.
SAME_POPULATION = 10

SAME_RURALITY = 10
NEIGHBOURING_RURALITY = 4  # mixed beside rural or urban

# Both named languages, and named the same; or have one in common, or one said nothing.
SAME_LANGUAGES = 10
COMMON_LANGUAGE = 5

# Partners of last cycle: more than everything else together can make up for, as a rule.
MET_BEFORE = -60

# For each cluster of a group that wants to grow and can learn from none of the others.
NOBODY_TO_LEARN_FROM = -30
