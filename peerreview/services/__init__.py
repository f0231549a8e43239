"""Everything that changes rounds, groups, and what is written in a review.

Each service is one transaction: it locks, asks the rules again under the lock, and writes who did
what. What belongs to a self-reflection is written through the services of ``assessments``.
"""
