"""Figures that stand out from what the same cluster had before: likely slips, never refused.

The modified z-score of Iglewicz and Hoaglin, "How to Detect and Handle Outliers" (ASQC Quality
Press, 1993), as the NIST/SEMATECH e-Handbook of Statistical Methods gives it in 1.3.5.17:
0.6745 (x - median) / MAD, where MAD is the median of the distances from the median; beyond 3.5 a
value is an outlier. Medians hold where one of the earlier values was itself a slip. Where more than
half of the earlier values are equal, MAD is nought, and the mean distance from the median stands in
for it, divided by 1.253314 (as IBM SPSS does). Where they are all equal, nothing says how
much they vary: then what differs from them by more than half stands out, which is a rule of ours.
"""

import math
from statistics import fmean, median

LEAST_PERIODS = 6  # with fewer, their spread says nothing
MOST_PERIODS = 24  # the newest: what a cluster was long ago is not what it is
LIMIT = 3.5
OF_MEDIAN = 0.6745
OF_MEAN = 1.253314
SHARE = 0.5


def stands_out(value, earlier):
    """Whether ``value`` is an outlier to the ``earlier`` values, the oldest first.

    Never where there are fewer than ``LEAST_PERIODS`` of them: no warning is not "as expected".
    """
    known = earlier[-MOST_PERIODS:]
    if len(known) < LEAST_PERIODS:
        return False
    score = modified_z_score(value, known)
    if score is None:
        return abs(value - known[0]) > SHARE * abs(known[0])
    return abs(score) > LIMIT


def modified_z_score(value, known):
    """How far ``value`` is from the median of ``known``; None where those are all equal."""
    middle = median(known)
    distances = [abs(each - middle) for each in known]
    if spread := median(distances):
        return OF_MEDIAN * (value - middle) / spread
    if spread := fmean(distances):
        return (value - middle) / (OF_MEAN * spread)
    return None if not math.isclose(value, middle) else 0.0
