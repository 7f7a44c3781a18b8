//! Counts answers by what was asked and what it led to, so that no test passes because nothing ever happened.

use std::collections::BTreeMap;

use taproom::domain::{Applied, Refusal};

use crate::verb::Verb;
use crate::written::What;

/// What may come of it besides: something that was done before, something that happened, or a refusal's kind.
const CAME: [&str; 46] = [
    "again",
    "Entered",
    "Opened",
    "Posted",
    "Left",
    "Removed",
    "RoomChanged",
    "Joined",
    "Parted",
    "RoomGone",
    "RoomMuted",
    "SignedIn",
    "PersonChanged",
    "HouseChanged",
    "Noted",
    "Edited",
    "Reacted",
    "Pinned",
    "ReaderMoved",
    "Renamed",
    "account_needed",
    "account_there",
    "banned",
    "door_invited",
    "door_members",
    "last_owner",
    "link_dead",
    "message_unknown",
    "muted",
    "name_alike",
    "name_needed",
    "name_taken",
    "name_too_often",
    "no_new_guests",
    "not_allowed",
    "nothing",
    "password_wrong",
    "person_unknown",
    "room_archived",
    "room_kind",
    "room_taken",
    "room_unknown",
    "sign_in_wrong",
    "slow",
    "token_unknown",
    "too_many",
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
