//! Reads everything that the store tells, and compares it with the model.

mod messages;
mod people;
mod rooms;

use taproom::store::Snapshot;

use crate::rules::Model;

/// Everything that can be read at this moment is what the model has. `secrets` is how many there ever were.
pub fn reads_like(snapshot: &Snapshot, model: &Model, secrets: u64, at: u64) {
    assert_eq!(snapshot.last_seq().unwrap().0, model.last);
    assert_eq!(snapshot.settings().unwrap(), model.house);
    people::read_like(snapshot, model, secrets, at);
    rooms::read_like(snapshot, model, at);
    let mut erasures = model.erasures.clone();
    erasures.sort();
    assert_eq!(snapshot.pending_purges().unwrap(), erasures);
    let newest = |all: &[_]| all.iter().rev().cloned().collect::<Vec<_>>();
    assert_eq!(snapshot.reports(usize::MAX).unwrap(), newest(&model.reports));
    let audit: Vec<_> = model.audit.iter().rev().cloned().collect();
    assert_eq!(snapshot.audit_log(None, usize::MAX).unwrap(), audit);
    if let Some((middle, _)) = audit.get(audit.len() / 2) {
        let older = audit.iter().filter(|(seq, _)| seq < middle).take(3).cloned().collect::<Vec<_>>();
        assert_eq!(snapshot.audit_log(Some(*middle), 3).unwrap(), older);
    }
}
