"""Who works in a cluster: inviting, the lead's right for a time, handing over, leaving.

Each service locks the cluster, asks the rules again under that lock, and writes down who did
what. A membership is ended at an instant and never deleted, so that nothing loses its author.
"""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments.models import Action
from assessments.selectors.people import may_be_restored
from assessments.services.actions import hand_action
from notifications.models import Message
from notifications.services import Address, send
from notifications.writing import day, hour, in_both, link_to, name_of
from organisations.audit import record
from organisations.models import AuditEvent, Cluster, Invitation, Membership, Role, User
from organisations.permissions import Permission, authorise, holds
from organisations.services import follow_beginning, follow_end, last_day

LONGEST_DEPUTY = 90  # days
MOST_INVITATIONS = 50  # waiting, of one cluster: more would be a mailing
MOST_A_DAY = 5  # invitations of one cluster to one address: more would be a nuisance
RESENT_AFTER = timedelta(minutes=1)  # a second press sends nothing more


class AlreadyHere(Exception):
    """The person works in the cluster already."""


class AlreadyInvited(Exception):
    """An invitation to the address is waiting already."""


class TooManyInvitations(Exception):
    """So many invitations of the cluster wait that this looks like a mistake."""


class AskedTooOften(Exception):
    """The address has been sent so many invitations of the cluster today that it gets no more."""


class NotHere(Exception):
    """The person is no contributor of the cluster, or no longer."""


class LastLead(PermissionDenied):
    """A cluster is not left without a lead: who leads hands over first."""


class OutOfReach(PermissionDenied):
    """Only a lead ends a deputy's part in the cluster, and nobody that of a lead."""


class WrongDate(Exception):
    """A deputy has the lead's right until a day from today on, and not for long."""


class NotAccepted(Exception):
    """An invitation that cannot be accepted."""


class Expired(NotAccepted):
    """Too old, or none of ours: which of them is not said."""


class Used(NotAccepted):
    """Somebody has accepted it."""


class Revoked(NotAccepted):
    """Taken back, or overtaken by another lead."""


class WrongPerson(NotAccepted):
    """Whoever is signed in has another address."""


class AccountExists(NotAccepted):
    """There is an account for the address: its owner signs in to accept."""


# Inviting --------------------------------------------------------------------------------


@transaction.atomic
def invite(*, cluster, email, by, name="", profession="", language=""):
    """Ask somebody by e-mail to become a contributor; the link works once and for a time."""
    cluster, by = _locked(cluster), _fresh(by)
    authorise(by, Permission.MANAGE_PEOPLE, cluster)
    email = User.normalise_email(email)
    if _current(cluster).filter(user__email=email).exists():
        raise AlreadyHere
    return _invite(
        cluster,
        Role.CONTRIBUTOR,
        email,
        by=by,
        name=name,
        profession=profession,
        language=language,
    )


@transaction.atomic
def invite_next_lead(*, cluster, email, by, name="", language="", leaves=False):
    """Ask somebody by e-mail to lead the cluster; a contributor of it leads at once.

    A lead asks whoever follows them, and says whether they then leave; the board's officer asks
    where there is no lead. An earlier invitation of this kind is taken back. Returns the
    invitation, or None where somebody leads now.
    """
    cluster, by = _locked(cluster), _fresh(by)
    _authorise_next_lead(cluster, by)
    email = User.normalise_email(email)
    person = User.objects.filter(email=email, is_active=True).first()
    if person and _holds(cluster, person, Role.CLUSTER_LEAD):
        raise AlreadyHere
    if person and _current(cluster).filter(user=person).exists():
        _appoint(cluster, person, by=by, leaves=leaves)
        return None
    _revoke_invitations_to_lead(cluster, by=by)
    _revoke_invitations_of(cluster, email, by=by)
    return _invite(
        cluster,
        Role.CLUSTER_LEAD,
        email,
        by=by,
        name=name,
        language=language,
        inviter_leaves=leaves,
    )


def _authorise_next_lead(cluster, by):
    if not holds(by, Permission.HAND_OVER, cluster):
        authorise(by, Permission.APPOINT_LEAD, cluster)


def _invite(cluster, role, email, *, by, **said):
    unanswered = _unanswered(cluster)
    if unanswered.filter(email=email).exists():
        raise AlreadyInvited
    if unanswered.count() >= MOST_INVITATIONS:
        raise TooManyInvitations
    _may_be_sent(cluster, email)
    token, invitation = _token(), Invitation(cluster=cluster, role=role, email=email)
    for field, value in said.items():
        setattr(invitation, field, value)
    invitation.invited_by = by
    _renew(invitation, token)
    record(
        AuditEvent.Kind.ADDED,
        by=by,
        subject=invitation,
        role=role,
        cluster=cluster.code,
    )
    _send_invitation(invitation, token, by=by)
    return invitation


def _may_be_sent(cluster, email):
    """Raise AskedTooOften by the log of what was sent: an invitation may have been taken back."""
    invitations = cluster.invitations.filter(email=email).values_list("pk", flat=True)
    sent = Message.objects.filter(
        kind=Message.Kind.INVITATION,
        about_type=Invitation._meta.label_lower,
        about_id__in=[str(pk) for pk in invitations],
        created_at__gt=timezone.now() - timedelta(days=1),
        error="",
    )
    if sent.count() >= MOST_A_DAY:
        raise AskedTooOften


def _token():
    return secrets.token_urlsafe(32)


def hash_of(token):
    """What is stored of a token: it has 256 random bits, so no salt and nothing slow is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def _renew(invitation, token):
    now = timezone.now()
    invitation.secret_hash = hash_of(token)
    invitation.invited_at = now
    invitation.expires_at = now + timedelta(days=settings.INVITATION_DAYS)
    invitation.save()


def _send_invitation(invitation, token, *, by):
    person = User.objects.filter(email=invitation.email).first()
    language = invitation.language or (person.language if person else "")
    role = Role(invitation.role)
    send(
        kind=Message.Kind.INVITATION,
        to=[Address(invitation.email, language, person)],
        about=invitation,
        secret=True,
        facts={
            "by": str(by),
            "cluster": name_of(invitation.cluster),
            "role": in_both(lambda: role.label),
            "is_lead": role == Role.CLUSTER_LEAD,
            "expires": hour(invitation.expires_at),
            "link": link_to("people:invitation", token=token),
        },
    )


@transaction.atomic
def resend(*, invitation, by):
    """Send an invitation once more, with a new link; the one before works no longer.

    It is now ``by``'s, whoever sent it before. Pressed twice it is sent once. Raises NotAccepted
    where it was accepted or taken back.
    """
    invitation, by = _locked_invitation(invitation), _fresh(by)
    _authorise_invitation(invitation, by)
    if invitation.accepted_at:
        raise Used
    if invitation.revoked_at:
        raise Revoked
    if timezone.now() - invitation.invited_at < RESENT_AFTER and not _failed(
        invitation
    ):
        return
    _may_be_sent(invitation.cluster, invitation.email)
    if invitation.invited_by != by:
        # Whether somebody leaves who leads no longer is not for another to say.
        invitation.invited_by, invitation.inviter_leaves = by, False
    token = _token()
    _renew(invitation, token)
    record(AuditEvent.Kind.CHANGED, by=by, subject=invitation, change="sent again")
    _send_invitation(invitation, token, by=by)


def _failed(invitation):
    last = Message.objects.filter(
        about_type=invitation._meta.label_lower, about_id=str(invitation.pk)
    ).first()
    return bool(last and last.error)


@transaction.atomic
def revoke(*, invitation, by):
    """Take an invitation back: its link works no longer. Raises Used where it is too late."""
    invitation, by = _locked_invitation(invitation), _fresh(by)
    _authorise_invitation(invitation, by)
    if invitation.accepted_at:
        raise Used
    _revoke(invitation, by=by)


def _authorise_invitation(invitation, by):
    cluster = invitation.cluster
    if invitation.role == Role.CLUSTER_LEAD:
        _authorise_next_lead(cluster, by)
    else:
        authorise(by, Permission.MANAGE_PEOPLE, cluster)


def _revoke(invitation, *, by):
    if invitation.revoked_at is None:
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        record(AuditEvent.Kind.CHANGED, by=by, subject=invitation, change="revoked")


def _unanswered(cluster):
    """The cluster's invitations that wait, those too that are too old: they can be sent again."""
    return cluster.invitations.filter(accepted_at=None, revoked_at=None)


def _revoke_invitations_to_lead(cluster, *, by):
    for invitation in _unanswered(cluster).filter(role=Role.CLUSTER_LEAD):
        _revoke(invitation, by=by)


def _revoke_invitations_of(cluster, email, *, by):
    for invitation in _unanswered(cluster).filter(email=email):
        _revoke(invitation, by=by)


def _revoke_invitations_by(cluster, person, *, by):
    for invitation in _unanswered(cluster).filter(invited_by=person):
        _revoke(invitation, by=by)


def _take_over_invitations(cluster, *, of, person, by):
    """Whom a lead asked to contribute is asked by the next one: their links go on working."""
    for invitation in _unanswered(cluster).filter(invited_by=of, role=Role.CONTRIBUTOR):
        invitation.invited_by = person
        invitation.save(update_fields=["invited_by"])
        record(AuditEvent.Kind.CHANGED, by=by, subject=invitation, change="taken over")


# Accepting -------------------------------------------------------------------------------


def invitation_of(token):
    """The invitation whose link holds ``token``; NotAccepted says why it cannot be accepted.

    A token cannot be guessed, so guesses are not counted; and unknown looks like expired.
    """
    invitation = (
        Invitation.objects.filter(secret_hash=hash_of(token))
        .select_related("cluster__health_board", "invited_by")
        .first()
    )
    _can_be_accepted(invitation)
    return invitation


def _can_be_accepted(invitation):
    if invitation is None:
        raise Expired
    if invitation.accepted_at:
        raise Used
    if invitation.revoked_at:
        raise Revoked
    if invitation.expires_at <= timezone.now():
        raise Expired
    try:
        _authorise_invitation(invitation, _fresh(invitation.invited_by))
    except PermissionDenied:  # leads no longer, or somebody else does by now
        raise Revoked from None


@transaction.atomic
def accept(*, token, by):
    """Make the person who is signed in what the invitation offers; of two presses one does."""
    invitation = _locked_invitation(invitation_of(token))
    _can_be_accepted(invitation)
    if User.normalise_email(by.email) != invitation.email:
        raise WrongPerson
    _accept(invitation, _fresh(by))
    return invitation


def accept_as_new(*, token, name, language, password):
    """Make an account for the invited address, and accept with it; returns the person.

    The link came to that address, so it needs no further proof.
    """
    # Slow on purpose, so not while others wait for the lock.
    return _accept_as_new(
        token=token, name=name, language=language, hashed=make_password(password)
    )


@transaction.atomic
def _accept_as_new(*, token, name, language, hashed):
    invitation = _locked_invitation(invitation_of(token))
    _can_be_accepted(invitation)
    if User.objects.filter(email=invitation.email).exists():
        raise AccountExists
    person = User(email=invitation.email, name=name, language=language, password=hashed)
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:  # accepted at this moment in another cluster
        raise AccountExists from None
    record(AuditEvent.Kind.ADDED, by=person, subject=person, invitation=invitation.pk)
    _accept(invitation, person)
    return person


def _accept(invitation, person):
    cluster = invitation.cluster
    invitation.accepted_at, invitation.accepted_by = timezone.now(), person
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    record(AuditEvent.Kind.CHANGED, by=person, subject=invitation, change="accepted")
    if invitation.role != Role.CLUSTER_LEAD:
        if not _current(cluster).filter(user=person).exists():
            _begin(cluster, person, invitation.role, invitation.profession, by=person)
        return
    _appoint(
        cluster,
        person,
        by=_fresh(invitation.invited_by),
        leaves=invitation.inviter_leaves,
        profession=invitation.profession,
        tell=False,
    )


# The lead's right for a time, and for good --------------------------------------------------


@transaction.atomic
def nominate_deputy(*, cluster, person, until, by):
    """Give a contributor the lead's right until the end of a day; again, with another day.

    They stay a contributor beside it, so that its end leaves them where they were.
    """
    cluster, by = _locked(cluster), _fresh(by)
    authorise(by, Permission.NOMINATE_DEPUTY, cluster)
    today = timezone.localdate()
    if not today <= until <= today + timedelta(days=LONGEST_DEPUTY):
        raise WrongDate
    deputy = _holds(cluster, person, Role.DEPUTY_LEAD)
    contributor = _holds(cluster, person, Role.CONTRIBUTOR) or deputy
    if contributor is None:
        raise NotHere
    if deputy and deputy.ends_on == until:
        return deputy
    if deputy and cluster.closed_on:  # planned anew in what follows the cluster
        _end([deputy], by=by)
        deputy = None
    if deputy:
        deputy.ends_on = until
        deputy.save(update_fields=["ends_on"])
        record(AuditEvent.Kind.CHANGED, by=by, subject=deputy, fields=["ends_on"])
    else:
        deputy = _begin(
            cluster,
            person,
            Role.DEPUTY_LEAD,
            contributor.profession,
            by=by,
            ends_on=until,
        )
    _tell_of_role(deputy, by=by)
    return deputy


@transaction.atomic
def end_deputy(*, cluster, person, by):
    """Take the lead's right back before its day; the person stays a contributor.

    Whom they asked cannot accept any more, until somebody who may sends the invitation again.
    """
    cluster, by = _locked(cluster), _fresh(by)
    authorise(by, Permission.NOMINATE_DEPUTY, cluster)
    deputy = _holds(cluster, person, Role.DEPUTY_LEAD)
    if deputy is None:
        return
    _end([deputy], by=by)
    if not _current(cluster).filter(user=person).exists():
        _begin(cluster, person, Role.CONTRIBUTOR, deputy.profession, by=by)


@transaction.atomic
def hand_over(*, cluster, person, leaves, by):
    """Make a contributor the lead in ``by``'s stead, who stays as a contributor or leaves."""
    cluster, by = _locked(cluster), _fresh(by)
    authorise(by, Permission.HAND_OVER, cluster)
    if (
        not _current(cluster)
        .filter(user=person, user__is_active=True)
        .exclude(role=Role.CLUSTER_LEAD)
        .exists()
    ):
        raise NotHere
    _appoint(cluster, person, by=by, leaves=leaves)


def _appoint(cluster, person, *, by, leaves, profession="", tell=True):
    """Make ``person`` the lead; where ``by`` was, they no longer are."""
    here = list(_current(cluster).filter(user=person))
    profession = next((m.profession for m in here if m.profession), profession)
    previous = _holds(cluster, by, Role.CLUSTER_LEAD)
    _end(here, by=by)
    lead = _begin(cluster, person, Role.CLUSTER_LEAD, profession, by=by)
    if previous:
        if leaves:
            _depart(cluster, by, by=by)
        else:
            _end(_current(cluster).filter(user=by), by=by)
            _begin(cluster, by, Role.CONTRIBUTOR, previous.profession, by=by)
        _take_over_invitations(cluster, of=by, person=person, by=by)
    _revoke_invitations_to_lead(cluster, by=by)
    if tell:
        _tell_of_role(lead, by=by)


def _tell_of_role(membership, *, by):
    role = Role(membership.role)
    send(
        kind=Message.Kind.ROLE_GIVEN,
        to=[membership.user],
        about=membership,
        facts={
            "by": str(by),
            "cluster": name_of(membership.cluster),
            "role": in_both(lambda: role.label),
            "until": day(membership.ends_on) if membership.ends_on else "",
            "link": link_to("people:people_list", cluster=membership.cluster.code),
        },
    )


# Leaving ---------------------------------------------------------------------------------


@transaction.atomic
def remove(*, cluster, person, by):
    """End a contributor's part in the cluster, from their next request on.

    What was to begin later ends with it, and no invitation leads back: neither one to them nor
    one by them. A deputy's part is ended by a lead alone, and a lead's by nobody: they hand over.
    """
    cluster, by = _locked(cluster), _fresh(by)
    authorise(by, Permission.MANAGE_PEOPLE, cluster)
    memberships = cluster.memberships.not_ended().filter(user=person)
    roles = {membership.role for membership in memberships}
    if Role.CLUSTER_LEAD in roles or (
        Role.DEPUTY_LEAD in roles and not holds(by, Permission.NOMINATE_DEPUTY, cluster)
    ):
        raise OutOfReach
    _depart(cluster, person, by=by)
    _revoke_invitations_by(cluster, person, by=by)


@transaction.atomic
def restore(*, cluster, person, by):
    """Take a person back as a contributor who left a short while ago."""
    cluster, by = _locked(cluster), _fresh(by)
    authorise(by, Permission.MANAGE_PEOPLE, cluster)
    if _current(cluster).filter(user=person).exists():
        return
    last = cluster.memberships.ended().filter(user=person).first()
    if last is None or not may_be_restored(last):
        raise NotHere
    _begin(cluster, person, Role.CONTRIBUTOR, last.profession, by=by)


@transaction.atomic
def leave(*, cluster, by):
    """End one's own part in the cluster; the last lead hands over instead.

    To come back takes a new invitation. Whom one asked waits for somebody else to ask again.
    """
    cluster, by = _locked(cluster), _fresh(by)
    others = Membership.objects.leading().filter(cluster=cluster).exclude(user=by)
    if _holds(cluster, by, Role.CLUSTER_LEAD) and not others.exists():
        raise LastLead
    _depart(cluster, by, by=by)


@transaction.atomic
def give_action(*, action, person, by):
    """Make ``person``, who works in the cluster, the owner of one of its actions."""
    cluster, by = _locked(action.reflection.cluster), _fresh(by)
    authorise(by, Permission.MANAGE_PEOPLE, cluster)
    if not _current(cluster).filter(user=person).exists():
        raise NotHere
    action = Action.objects.select_for_update(of=("self",)).get(pk=action.pk)
    hand_action(action=action, person=person, by=by)


# What they share ---------------------------------------------------------------------------


def _locked(cluster):
    """The cluster's row, locked: its people change one after the other."""
    return (
        Cluster.objects.select_for_update(of=("self",))
        .select_related("health_board")
        .get(pk=cluster.pk)
    )


def _locked_invitation(invitation):
    """The cluster first, as everywhere, so that no two services wait for each other."""
    cluster = _locked(invitation.cluster)
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("invited_by")
        .get(pk=invitation.pk)
    )
    invitation.cluster = cluster
    return invitation


def _fresh(by):
    """The same person with the roles they have now: those of a request were read before."""
    return User.objects.get(pk=by.pk)


def _current(cluster):
    return Membership.objects.current().filter(cluster=cluster)


def _holds(cluster, person, role):
    return (
        _current(cluster)
        .filter(user=person, user__is_active=True, role=role)
        .select_related("user", "cluster")
        .first()
    )


def _begin(cluster, person, role, profession, *, by, ends_on=None):
    membership = Membership.objects.create(
        user=person,
        role=role,
        cluster=cluster,
        profession=profession,
        ends_on=last_day(cluster, ends_on),
    )
    record(
        AuditEvent.Kind.ADDED,
        by=by,
        subject=membership,
        role=role,
        cluster=cluster.code,
        person=person.pk,
    )
    follow_beginning(membership, ends_on=ends_on, by=by)
    return membership


def _depart(cluster, person, *, by):
    """End what the person is here and was to become; no invitation to them leads back."""
    _end(cluster.memberships.not_ended().filter(user=person), by=by)
    _revoke_invitations_of(cluster, person.email, by=by)


def _end(memberships, *, by):
    now = timezone.now()
    for membership in memberships:
        membership.ended_at = now
        membership.save(update_fields=["ended_at"])
        record(
            AuditEvent.Kind.CHANGED,
            by=by,
            subject=membership,
            change="ended",
            role=membership.role,
            person=membership.user_id,
        )
        follow_end(membership, by=by)
