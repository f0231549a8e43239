"""The complete list of permissions. Who holds each one is in the app's ``rules.py``."""

from enum import StrEnum

import rules
from django.core.exceptions import PermissionDenied


class Permission(StrEnum):
    # on a self-reflection
    READ_ANSWERS = "assessments.read_answers"
    EDIT_ANSWERS = "assessments.edit_answers"
    RECORD_VIEW = "assessments.record_view"
    OPEN_DISCUSSION = "assessments.open_discussion"
    FACILITATE = "assessments.facilitate"
    SUBMIT_REFLECTION = "assessments.submit_reflection"
    WITHDRAW_REFLECTION = "assessments.withdraw_reflection"
    RETURN_REFLECTION = "assessments.return_reflection"
    GRANT_EXTENSION = "assessments.grant_extension"
    READ_STATES = "assessments.read_states"
    BEGIN_REVIEW = "assessments.begin_review"
    RECORD_AGREEMENT = "assessments.record_agreement"
    KEEP_ACTIONS = "assessments.keep_actions"
    # on an action
    CHANGE_ACTION = "assessments.change_action"
    ESCALATE_ACTION = "assessments.escalate_action"
    # on a submission
    READ_SUBMISSION = "assessments.read_submission"
    # on a cycle, and on none
    MANAGE_CYCLES = "assessments.manage_cycles"
    # on a cycle
    OPEN_CYCLE = "assessments.open_cycle"
    EXTEND_CYCLE = "assessments.extend_cycle"
    CLOSE_CYCLE = "assessments.close_cycle"
    # on a health board, and on none
    VIEW_BOARD_RESULTS = "reporting.view_board_results"
    ENTER_FIGURES = "assessments.enter_figures"
    VIEW_NATIONAL_RESULTS = "reporting.view_national_results"
    READ_DASHBOARD = "reporting.read_dashboard"
    HOLD_TOKENS = "reporting.hold_tokens"
    # on a scope of the dashboard
    OPEN_SCOPE = "reporting.open_scope"
    WRITE_COMMENTARY = "reporting.write_commentary"
    ASK_PACK = "reporting.ask_pack"  # and on none: on some scope
    # on a cluster
    VIEW_PEOPLE = "organisations.view_people"
    MANAGE_PEOPLE = "organisations.manage_people"
    NOMINATE_DEPUTY = "organisations.nominate_deputy"
    HAND_OVER = "organisations.hand_over"
    APPOINT_LEAD = "organisations.appoint_lead"
    # on a review round; on none, to begin one
    ORGANISE_ROUND = "peerreview.organise_round"
    # on a review group
    RUN_MEETING = "peerreview.run_meeting"
    READ_MEETING_NEEDS = "peerreview.read_meeting_needs"
    # on the review of a cluster
    READ_REVIEW = "peerreview.read_review"
    READ_AS_REVIEWER = "peerreview.read_as_reviewer"
    ANNOTATE = "peerreview.annotate"
    REPLY_FOR_CLUSTER = "peerreview.reply_for_cluster"
    RECORD_FINDINGS = "peerreview.record_findings"
    SHARE_PRACTICE = "peerreview.share_practice"
    # on an entry of the library
    KEEP_PRACTICE = "peerreview.keep_practice"
    WITHDRAW_FROM_REVIEW = "peerreview.withdraw_from_review"
    # on none
    READ_LIBRARY = "peerreview.read_library"
    READ_LEARNED = "reporting.read_learned"
    EDIT_LEARNED = "reporting.edit_learned"
    TRANSLATE = "frameworks.translate"
    ADMINISTER = "organisations.administer"


def holds(user, permission, subject=None):
    """Whether ``user`` holds ``permission`` on ``subject``.

    Asks the rules alone: being a superuser or inactive opens nothing here.
    """
    return (
        user.is_authenticated
        and user.is_active
        and rules.has_perm(permission, user, subject)
    )


def authorise(user, permission, subject=None):
    """Raise PermissionDenied unless ``user`` holds ``permission`` on ``subject``."""
    if not holds(user, permission, subject):
        raise PermissionDenied(f"{permission} refused")
