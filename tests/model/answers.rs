//! Counts answers by what was asked and what it led to, so that no test passes because nothing ever happened.

use std::collections::BTreeMap;

use taproom::domain::{Applied, Refusal};

use crate::verb::Verb;
use crate::written::What;

/// What may come of it besides: something that was done before, something that happened, or a refusal's kind.
const CAME: [&str; 46] = [
    "again",
    "PersonJoined",
    "RoomOpened",
    "MessagePosted",
    "SignedOut",
    "MessageDeleted",
    "RoomChanged",
    "MemberAdded",
    "MemberRemoved",
    "RoomDeletedOrRestored",
    "MutedInRoom",
    "SignedIn",
    "PersonChanged",
    "ServerChanged",
    "AuditLogged",
    "MessageEdited",
    "ReactionsChanged",
    "PinsChanged",
    "ReadStateChanged",
    "PersonRenamed",
    "account_required",
    "already_registered",
    "banned",
    "invitation_required",
    "members_only",
    "last_owner",
    "link_invalid",
    "message_not_found",
    "muted",
    "name_confusable",
    "sign_in_required",
    "name_taken",
    "too_many_renames",
    "guests_not_allowed",
    "not_allowed",
    "not_found",
    "password_incorrect",
    "person_not_found",
    "room_archived",
    "room_visibility_unsupported",
    "room_name_taken",
    "room_not_found",
    "bad_credentials",
    "slow_mode",
    "token_invalid",
    "limit_reached",
];

#[derive(Debug, Default)]
pub struct Answers(BTreeMap<String, usize>);

impl Answers {
    pub fn count(&mut self, what: &What, answer: &Result<Applied, Refusal>) {
        let word = |debug: String| debug.split([' ', '(']).next().unwrap_or_default().to_owned();
        let (asked, came) = (
            word(format!("{what:?}")),
            match answer {
                Ok(Applied { is_replay: true, .. }) => "again".to_owned(),
                Ok(done) => word(format!("{:?}", done.event)),
                Err(refusal) => refusal.facts().code.to_owned(),
            },
        );
        assert!(CAME.contains(&came.as_str()), "{asked} is not answered by {came}");
        if answer.as_ref().is_ok_and(|done| !done.is_replay) {
            *self.0.entry(asked).or_default() += 1;
        }
        *self.0.entry(came).or_default() += 1;
    }

    /// Each was done, and each came, so many times at least.
    pub fn assert_everything_came(&self, least: usize) {
        let asked = Verb::ALL.iter().map(|verb| format!("{verb:?}"));
        let all = asked.chain(CAME.map(str::to_owned));
        let rare: Vec<_> = all.filter(|word| self.0.get(word).is_none_or(|&count| count < least)).collect();
        assert!(rare.is_empty(), "too seldom: {rare:?} of {self:?}");
    }
}
