"""Invented facts for every kind of e-mail: administrators preview them, and tests read them.

Of each kind there are as many as its templates have ways to go. Nobody is called so.
"""

from notifications.models import Message

Kind = Message.Kind

CLUSTER = {"cy": "Clwstwr Dychmygol", "en": "Imaginary Cluster"}
OTHER = {"cy": "Clwstwr Arall Dychmygol", "en": "Other Imaginary Cluster"}
CYCLE = {"cy": "Hunanfyfyrio 2030", "en": "Self-reflection 2030"}
ROUND = {"cy": "Adolygu 2030", "en": "Review 2030"}
PERSON = "A. N. Other"
LINK = {"cy": "/cy/", "en": "/en/"}
DAY = {"cy": "3 Mai 2030", "en": "3 May 2030"}
HOUR = {"cy": "3 Mai 2030, 17:00", "en": "3 May 2030, 17:00"}
EARLIER = {"cy": "2 Ebrill 2030, 09:00", "en": "2 April 2030, 09:00"}
DEPUTY = {"cy": "dirprwy arweinydd clwstwr", "en": "deputy cluster lead"}
REVIEWER = {"cy": "adolygydd cymheiriaid", "en": "peer reviewer"}

OF_CLUSTER = {"cluster": CLUSTER, "cycle": CYCLE, "link": LINK}
IN_REVIEW = {"cluster": CLUSTER, "round": ROUND, "link": LINK}
IN_GROUP = {"round": ROUND, "group": "3", "link": LINK}
OF_ACTION = {
    "cluster": CLUSTER,
    "module": {
        "cy": "Model Gofal Sylfaenol Cymru",
        "en": "Primary Care Model for Wales",
    },
    "outcome": "5",
    "link": LINK,
}
WITHOUT_OUTCOME = {"module": "", "outcome": ""}
LINES = [
    {
        "subject": {
            "cy": "Cyflwynwyd hunanfyfyrdod: Clwstwr Dychmygol (Hunanfyfyrio 2030)",
            "en": "A self-reflection was submitted: Imaginary Cluster (Self-reflection 2030)",
        },
        "link": LINK,
    },
    {
        "subject": {
            "cy": "Mae cam gweithredu yn hwyr: Clwstwr Dychmygol (3 Mai 2030)",
            "en": "An action is overdue: Imaginary Cluster (3 May 2030)",
        },
        "link": LINK,
    },
]


def _ways(common, *others):
    """The facts of a kind, and those in which its templates go another way."""
    return [common, *(common | other for other in others)]


SAMPLES = {
    Kind.INVITATION: _ways(
        {
            "by": PERSON,
            "cluster": CLUSTER,
            "role": {"cy": "cyfrannwr", "en": "contributor"},
            "is_lead": False,
            "expires": HOUR,
            "link": LINK,
        },
        {"is_lead": True, "role": {"cy": "arweinydd clwstwr", "en": "cluster lead"}},
    ),
    Kind.ROLE_GIVEN: _ways(
        {
            "by": PERSON,
            "cluster": CLUSTER,
            "role": DEPUTY,
            "until": DAY,
            "link": LINK,
        },
        {"until": ""},
    ),
    Kind.PASSWORD_RESET: [{"link": LINK}],
    Kind.RETURNED: [OF_CLUSTER],
    Kind.EXTENSION_GRANTED: [OF_CLUSTER | {"closes_at": HOUR}],
    Kind.SUBMITTED: [OF_CLUSTER | {"number": "2"}],
    Kind.CYCLE_OPENED: _ways(
        OF_CLUSTER | {"closes_at": HOUR, "opens_at": EARLIER}, {"opens_at": ""}
    ),
    Kind.CYCLE_EXTENDED: [OF_CLUSTER | {"closes_at": HOUR}],
    Kind.REMINDER: [OF_CLUSTER | {"closes_at": HOUR, "days": 7, "is_last_day": False}],
    Kind.LAST_REMINDER: _ways(
        OF_CLUSTER | {"closes_at": HOUR, "days": 2, "is_last_day": False},
        {"days": 0, "is_last_day": True},
    ),
    Kind.REVIEW_ASSIGNED: _ways(
        IN_GROUP
        | {
            "role": REVIEWER,
            "clusters": {
                language: f"{CLUSTER[language]}, {OTHER[language]}"
                for language in ("cy", "en")
            },
            "reads_from": DAY,
            "meets_at": HOUR,
        },
        {"meets_at": ""},
    ),
    Kind.REVIEW_ANNOUNCED: _ways(
        IN_GROUP | {"cluster": CLUSTER, "reads_from": DAY, "meets_at": HOUR},
        {"meets_at": ""},
    ),
    Kind.REVIEW_MEETING: _ways(
        IN_GROUP
        | {
            "meets_at": HOUR,
            "minutes": "60",
            "place": "Neuadd Ddychmygol",
            "online": "",
        },
        {"meets_at": "", "place": ""},
    ),
    Kind.REVIEW_REMOVED: [IN_GROUP],
    Kind.REVIEW_AGREED: [IN_REVIEW],
    Kind.REVIEW_MENTION: [IN_REVIEW | {"by": PERSON}],
    Kind.CONTACT_ASKED: [{"person": PERSON, "cluster": CLUSTER, "link": LINK}],
    Kind.ANNOTATIONS_SHARED: [IN_REVIEW],
    Kind.REPLY: _ways(IN_REVIEW | {"from_cluster": True}, {"from_cluster": False}),
    Kind.ACTION_DUE: _ways(
        OF_ACTION | {"due": DAY, "is_owner": True},
        WITHOUT_OUTCOME | {"is_owner": False},
    ),
    Kind.ACTION_OVERDUE: _ways(
        OF_ACTION | {"due": DAY, "is_owner": True},
        WITHOUT_OUTCOME | {"is_owner": False},
    ),
    Kind.ACTION_ESCALATED: _ways(
        OF_ACTION | {"to": {"cy": "Bwrdd iechyd", "en": "Health board"}},
        WITHOUT_OUTCOME,
    ),
    Kind.PACK_READY: _ways(
        {"count": 12, "failed": 0, "expires": DAY, "link": LINK},
        {"failed": 2},
        {"count": 0, "failed": 12},
    ),
    Kind.WORDS_CHOSEN: _ways(
        {"clusters": CLUSTER, "year": "2030", "is_public": True, "link": LINK},
        {"is_public": False},
    ),
    Kind.DIGEST: _ways(
        {"count": 2, "letters": LINES, "more": 0, "link": LINK},
        {"count": 43, "more": 41},
    ),
}
