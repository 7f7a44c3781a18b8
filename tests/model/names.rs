//! Somebody takes another name: what becomes of the old one, for how long, and who else may have it. And from where nobody
//! comes in because of whom.

use taproom::domain::{Cursor, Envelope, Event, Expiry, Refusal, Role, Timestamp, UserId, UserName, Visibility};
use taproom::live::ResumePoint;

use crate::post::Said;
use crate::told::{Answer, ROOM, Told};
use crate::written::{What, Written};

const DAY: u64 = 24 * 60 * 60 * 1_000;

fn renames_at(house: &Told, day: u64, who: UserId, name: &str) -> Answer {
    house.does_at(Timestamp(1 + day * DAY), Some(who), What::Rename { name: name.to_owned() })
}

fn called(house: &Told, name: &str) -> Option<UserId> {
    house.0.snapshot().unwrap().user_id_by_name(&UserName::parse(name).unwrap()).unwrap()
}

/// Somebody else takes a name.
fn comes(house: &Told, name: &str) -> Result<UserId, Refusal> {
    let token = 1_000 + house.0.snapshot().unwrap().last_seq().unwrap().0;
    let enter = What::Enter { room: ROOM.into(), name: name.into(), token };
    house.does(None, enter).map(|done| UserId(done.seq.0))
}

#[test]
fn a_former_name_and_what_looks_like_it_stay_with_whoever_had_it_who_may_take_it_again() {
    let (house, owner) = Told::new();
    let ann = house.comes(owner, "Mark", Role::Member);
    let taken = |name: &str| Err(Refusal::NameTaken(name.to_owned()));
    assert_eq!(renames_at(&house, 0, ann, "Mark"), Err(Refusal::NotFound));
    assert_eq!(renames_at(&house, 0, ann, "olga").map(|_| ()), taken("olga"));
    renames_at(&house, 0, ann, "Zoë").unwrap();
    assert_eq!((called(&house, "mark"), called(&house, "ZOË")), (Some(ann), Some(ann)));
    assert_eq!(comes(&house, "mark").map(|_| ()), taken("mark"));
    assert_eq!(comes(&house, "rnark"), Err(Refusal::NameConfusable("Mark".to_owned())), "the name that it looks like");
    renames_at(&house, 0, ann, "MARK").unwrap();
    let former = || house.0.snapshot().unwrap().former_names(ann).unwrap();
    assert_eq!(former(), ["Zoë"], "a name that is taken again is no former one");
    renames_at(&house, 0, ann, "mark").unwrap();
    assert_eq!(former(), ["Zoë"], "it is the same name in other letters");
    assert_eq!(house.0.snapshot().unwrap().author_by_id(ann).unwrap().unwrap().name.as_ref(), "mark");
}

#[test]
fn five_former_names_are_kept_and_for_the_next_the_oldest_must_have_been_kept_for_thirty_days() {
    let (house, owner) = Told::new();
    let ann = house.comes(owner, "name 0", Role::Member);
    for n in 1..=5 {
        renames_at(&house, n, ann, &format!("name {n}")).unwrap();
    }
    let sixth = |day| renames_at(&house, day, ann, "name 6");
    let until = Expiry(Timestamp(1 + 31 * DAY));
    assert_eq!(sixth(30), Err(Refusal::TooManyRenames(until)), "the first was given up on the second day");
    renames_at(&house, 30, ann, "name 3").unwrap(); // their own
    renames_at(&house, 30, ann, "name 5").unwrap();
    assert_eq!(comes(&house, "name 0").map(|_| ()), Err(Refusal::NameTaken("name 0".to_owned())));
    sixth(31).unwrap();
    let other = comes(&house, "name 0").unwrap();
    assert_eq!((called(&house, "name 0"), called(&house, "name 1")), (Some(other), Some(ann)));
    let former = house.0.snapshot().unwrap().former_names(ann).unwrap();
    assert_eq!(former, ["name 1", "name 2", "name 4", "name 3", "name 5"]);
}

#[test]
fn whoever_has_no_account_or_may_not_speak_anywhere_keeps_their_name() {
    let (house, owner) = Told::new();
    let guest = comes(&house, "Guest").unwrap();
    assert_eq!(renames_at(&house, 0, guest, "other"), Err(Refusal::AccountRequired));
    let ann = house.comes(owner, "Ann", Role::Member);
    house.does(Some(owner), What::Mute { user: ann, until: Expiry::NEVER }).unwrap();
    assert_eq!(renames_at(&house, 0, ann, "rude"), Err(Refusal::Muted(Expiry::NEVER)));
}

#[test]
fn a_message_speaks_to_people_by_the_names_that_they_have() {
    let (house, owner) = Told::new();
    let (room, ann) = (house.creates(owner, Visibility::Open).unwrap(), house.comes(owner, "Ann", Role::Member));
    let html = format!("<p><span class=\"mention\" data-user=\"{ann}\">@Ann</span></p>");
    let said = Said { html: Some(html), mentions: vec![ann], ..Said::plain("@Ann") };
    let message = house.says_this(owner, room, said);
    assert!(house.0.snapshot().unwrap().name_used_since(ann, room).unwrap().is_some());
    assert!(house.0.snapshot().unwrap().name_used_since(ann, taproom::domain::RoomId(owner.0)).unwrap().is_none());
    let renamed = renames_at(&house, 0, ann, "Zoë").unwrap();
    let snapshot = house.0.snapshot().unwrap();
    let message = snapshot.message(room, message).unwrap().unwrap();
    assert_eq!((message.details.mentioned[0].name.as_ref(), message.body.as_str()), ("Zoë", "@Ann"));
    assert_eq!(
        (snapshot.last_rename().unwrap(), snapshot.last_rename_of(ann).unwrap()),
        (renamed.seq, Some(renamed.seq))
    );
    assert_eq!(snapshot.former_name(ann, renamed.seq).unwrap().as_deref(), Some("Ann"));
}

#[test]
fn whoever_was_away_while_a_thousand_took_other_names_goes_on_and_after_one_more_reads_the_room_anew() {
    let (house, owner) = Told::new();
    let room = house.creates(owner, Visibility::Open).unwrap();
    house.invites(owner, Role::Member, 9).unwrap();
    let do_all = |wishes: Vec<(Option<UserId>, What)>| -> Vec<UserId> {
        let written = |(who, what)| Written { at: Timestamp(1), who, operator: false, nonce: None, what }.asked();
        let asked: Vec<Envelope> = wishes.into_iter().map(written).collect();
        let answers = house.0.commit(Timestamp(1), &asked).unwrap().into_iter();
        answers.map(|answer| UserId(answer.unwrap().seq.0)).collect()
    };
    let join = |n: u64| What::Join { code: 9, name: format!("old {n}"), password: Some(2), token: 10_000 + n };
    let people = do_all((0..1_001).map(|n| (None, join(n))).collect());
    house.says(people[500], room);
    let away = house.0.snapshot().unwrap().last_seq().unwrap();
    let start = || ResumePoint::resolve(&house.0, room, Some(Cursor { epoch: None, seq: away }), None).unwrap();
    let rename = |(n, who): (usize, &UserId)| (Some(*who), What::Rename { name: format!("new {n}") });
    do_all(people.iter().enumerate().take(1_000).map(rename).collect());
    assert_eq!(start(), ResumePoint::After(away));
    let told = house.0.snapshot().unwrap().changes_after(room, away, 3).unwrap();
    assert_eq!(told.iter().map(|done| done.event).collect::<Vec<_>>(), [Event::PersonRenamed { user: people[500] }]);
    do_all(people.iter().enumerate().skip(1_000).map(rename).collect());
    assert_eq!(start(), ResumePoint::Reset(house.0.snapshot().unwrap().last_seq().unwrap()));
    house.0.verify().unwrap();
}

#[test]
fn of_two_who_were_put_outside_with_one_address_letting_one_in_keeps_the_others_block_to_its_end() {
    let (house, owner) = Told::new();
    let (address, end) = ("192.0.2.7", Expiry(Timestamp(5 * DAY)));
    let [ann, ben] = ["Ann", "Ben"].map(|name| comes(&house, name).unwrap());
    for first in [ann, ben] {
        for (user, until) in [(ann, Expiry::NEVER), (ben, end)] {
            let addresses = vec![address.to_owned()];
            house.does(Some(owner), What::Ban { user, until, why: None, addresses, erase: false }).unwrap();
        }
        house.does(Some(owner), What::Unban { user: first }).unwrap();
        let is_blocked = |at| house.0.snapshot().unwrap().is_address_blocked(address, Timestamp(at)).unwrap();
        let holds_to_the_end = first == ben;
        assert_eq!([is_blocked(1), is_blocked(5 * DAY - 1), is_blocked(5 * DAY)], [true, true, holds_to_the_end]);
        house.does(Some(owner), What::Unban { user: if first == ann { ben } else { ann } }).unwrap();
        assert!(!is_blocked(1), "both may come in again");
    }
}
