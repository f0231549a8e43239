"""What a finding can be about."""

import hashlib
from dataclasses import dataclass

from peerreview.models import Finding

CONCLUSION, NOTES = Finding.Part.CONCLUSION, Finding.Part.NOTES


@dataclass(frozen=True)
class FindingSubject:
    """What a finding is about: an outcome of a submission, or the whole of it, and which part."""

    submission_id: int
    outcome_id: int | None
    part: str

    @classmethod
    def of(cls, finding):
        return cls(finding.submission_id, finding.outcome_id, finding.part)

    @property
    def key(self):
        """The subject's name in forms."""
        return f"finding-{self.submission_id}-{self.outcome_id or 0}-{self.part}"

    @property
    def fields(self):
        return {
            "submission_id": self.submission_id,
            "outcome_id": self.outcome_id,
            "part": self.part,
        }


def digest_of(findings):
    """A short text that is another as soon as one of ``findings`` is."""
    content = ",".join(sorted(f"{one.pk}:{one.version}" for one in findings))
    return hashlib.sha256(content.encode()).hexdigest()[:32]
