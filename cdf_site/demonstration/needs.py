"""What two people of the demonstration have said of how they like to receive things."""

from organisations.models import User
from organisations.services.needs import save_own_account

# By their address: what they said of themselves. The lead of Penderi comes to the review's meeting.
NEEDS = {
    "contributor.afan@example.test": {"large_print": True},
    "lead.penderi@example.test": {
        "large_print": True,
        "plain_text_emails": True,
        "meeting_note": (
            "Rwy'n defnyddio dolen sain, ac mae'n haws imi ddilyn pan fydd un person yn siarad ar "
            "y tro. Testun enghreifftiol, wedi'i ddyfeisio."
        ),
        "written_in": "cy",
        "shares_meeting_note": True,
    },
}


def say_needs():
    """Let those people say it, as they would under their account."""
    for email, changes in NEEDS.items():
        person = User.objects.get(email=email)
        save_own_account(
            changes=changes, seen=("", False), language=person.language, by=person
        )
