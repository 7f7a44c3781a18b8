//! Reads who there is, by what they are known, and by which links somebody comes in.

use std::cmp::Reverse;

use taproom::domain::{Author, Person, Role, SessionId, Timestamp, TokenHash, TokenKind, UserName};
use taproom::store::Snapshot;

use crate::rules::{DAY, Model, Token, User};
use crate::wishes::NAMES;
use crate::written::token;

pub fn person(user: &User) -> Person {
    let author = Author { id: user.id, name: user.name.as_str().into() };
    Person { author, role: user.role, muted_until: user.muted, banned_until: user.banned, presence_hidden: user.hidden }
}

pub fn read_like(snapshot: &Snapshot, model: &Model, secrets: u64, at: u64) {
    assert_eq!(snapshot.count_people().unwrap(), model.users.len() as u64);
    assert_eq!(snapshot.has_owner().unwrap(), model.users.iter().any(|user| user.role == Role::Owner));
    for user in &model.users {
        assert_eq!(snapshot.author_by_id(user.id).unwrap(), Some(person(user).author));
        assert_eq!(snapshot.person_by_id(user.id).unwrap(), Some(person(user)));
        let former: Vec<_> = user.former.iter().map(|former| former.name.to_string()).collect();
        assert_eq!(
            (snapshot.former_names(user.id).unwrap(), snapshot.last_rename_of(user.id).unwrap()),
            (former, Some(user.named).filter(|named| named.0 != user.id.0))
        );
        for former in &user.former {
            let given_up = snapshot.former_name(user.id, former.change).unwrap();
            assert_eq!(given_up.as_deref(), Some(former.name.as_str()));
        }
        let password = snapshot.credentials(user.id).unwrap();
        assert_eq!(password.map(|read| (read.hash.as_str().to_owned(), read.password_seq)), user.password);
        assert_eq!(snapshot.count_recovery_codes(user.id).unwrap(), user.codes.len());
        let sessions = snapshot.sessions(user.id, Timestamp(at)).unwrap();
        let sessions: Vec<_> = sessions.into_iter().map(|s| (s.id, s.kind, s.created_at.0, s.last_used_at.0)).collect();
        let theirs = tokens_of(model, user).into_iter().filter(|token| !is_over(token, at));
        let theirs: Vec<_> =
            theirs.map(|t| (SessionId::from_hash(t.hash), t.kind.clone(), t.made_at, t.seen_at)).collect();
        assert_eq!(sessions, theirs);
    }
    for name in NAMES.map(|name| UserName::parse(name).unwrap()) {
        let holder = model.users.iter().find(|user| user.names().any(|other| other.key() == name.key()));
        assert_eq!(snapshot.user_id_by_name(&name).unwrap(), holder.map(|user| user.id));
        assert_eq!(snapshot.person_by_name(&name).unwrap(), holder.map(person));
    }
    lists_like(snapshot, model);
    for hash in (0..=secrets).map(token) {
        secret_like(snapshot, model, hash, at);
    }
    for address in (0..4).map(|n| format!("192.0.2.{n}")) {
        let mut blocks = model.blocks.iter().filter(|(known, _, _)| *known == address);
        let is_blocked = blocks.any(|(_, _, until)| until.is_active(Timestamp(at)));
        assert_eq!(snapshot.is_address_blocked(&address, Timestamp(at)).unwrap(), is_blocked);
    }
}

fn is_over(token: &Token, at: u64) -> bool {
    matches!(token.kind, TokenKind::Session(_)) && at - token.seen_at >= 90 * DAY
}

/// Somebody's tokens, used last first.
fn tokens_of<'a>(model: &'a Model, user: &User) -> Vec<&'a Token> {
    let mut theirs: Vec<_> = model.tokens.iter().filter(|token| token.user == user.id).collect();
    theirs.sort_by_key(|token| (Reverse(token.seen_at), token.hash.0));
    theirs
}

fn lists_like(snapshot: &Snapshot, model: &Model) {
    for (limit, least) in [(usize::MAX, Role::Guest), (2, Role::Member)] {
        let read = snapshot.people(limit, |person| person.role >= least).unwrap();
        let read: Vec<_> = read.into_iter().map(|s| (s.person, s.last_seen_at, s.joined_at, s.invitation)).collect();
        let seen_at = |user: &User| tokens_of(model, user).first().map(|token| Timestamp(token.seen_at));
        let row = |user: &User| (person(user), seen_at(user), Timestamp(user.entered_at), user.invited);
        let wanted = model.users.iter().rev().filter(|user| user.role >= least);
        assert_eq!(read, wanted.take(limit).map(row).collect::<Vec<_>>());
    }
    let newest = model.invitations.iter().rev().map(|(_, invitation)| invitation.clone());
    assert_eq!(snapshot.invitations(usize::MAX).unwrap(), newest.clone().collect::<Vec<_>>());
    assert_eq!(snapshot.invitations(2).unwrap(), newest.take(2).collect::<Vec<_>>());
}

/// Whatever a secret is good for, as a token or as a link.
fn secret_like(snapshot: &Snapshot, model: &Model, hash: TokenHash, at: u64) {
    let known = snapshot.authenticate(hash, Timestamp(at)).unwrap();
    let token = model.tokens.iter().find(|token| token.hash == hash && !is_over(token, at));
    let shown =
        token.map(|token| (person(model.user(token.user).expect("its owner")), token.kind.clone(), token.seen_at));
    let shown = shown.filter(|(person, _, _)| !person.banned_until.is_active(Timestamp(at)));
    assert_eq!(known.map(|known| (known.person, known.kind, known.last_used_at.0)), shown);
    let invitation = model.invitations.iter().find(|(code, _)| *code == hash).map(|(_, invitation)| invitation.clone());
    assert_eq!(snapshot.invitation_by_code(hash).unwrap(), invitation);
    let reset = model.resets.iter().find(|(link, _, until)| *link == hash && at < *until);
    let reset = reset.map(|(_, user, _)| person(model.user(*user).expect("for whom it is")));
    assert_eq!(snapshot.person_by_reset_link(hash, Timestamp(at)).unwrap(), reset);
}
