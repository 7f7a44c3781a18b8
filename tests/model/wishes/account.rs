//! What somebody may wish for their own account.

use taproom::domain::{Scopes, UserId};

use super::{NAMES, Wisher, name, pick};
use crate::verb::Verb;
use crate::written::{What, number};

impl Wisher<'_> {
    pub(super) fn account(&mut self, verb: Verb, who: UserId) -> What {
        let [a, b, c] = self.numbers;
        let own = self.model.user(who);
        match verb {
            Verb::Own => {
                let own = own.filter(|_| a % 2 == 0).map(|user| user.name.to_string());
                let (house, name) = (format!("House {b}"), own.unwrap_or_else(|| name(&NAMES, b)));
                What::Own { house, name, password: self.secret(), token: self.secret() }
            }
            Verb::Claim => {
                let theirs = self.model.tokens.iter().rfind(|token| token.user == who && a % 4 > 0);
                let instead = theirs.map_or_else(|| self.token(b), |token| number(token.hash));
                What::Claim { password: self.secret(), token: self.secret(), instead }
            }
            Verb::SignIn => {
                What::SignIn { user: self.user(a), proof: self.proof(self.user(a), b), token: self.secret() }
            }
            Verb::SetPassword => {
                What::SetPassword { proof: self.proof(who, b), password: self.secret(), token: self.secret() }
            }
            Verb::MakeToken => {
                let scopes = Scopes { read: a % 2 == 0, post: b % 2 == 0 };
                What::MakeToken { label: format!("script {c}"), scopes, token: self.secret() }
            }
            Verb::Revoke => {
                let theirs: Vec<_> = self.model.tokens.iter().filter(|token| token.user == who).collect();
                What::Revoke { token: pick(&theirs, a).map_or_else(|| self.token(b), |token| number(token.hash)) }
            }
            Verb::RevokeOthers => What::RevokeOthers { keep: self.token(a) },
            Verb::SetRecoveryCodes => What::SetRecoveryCodes { codes: (0..a % 4).map(|_| self.secret()).collect() },
            Verb::Recover => {
                let user = self.user(a);
                let codes = self.model.user(user).map_or(Vec::new(), |user| user.codes.clone());
                let code = pick(&codes, b).map_or(0, |code| number(*code));
                What::Recover { user, code, password: self.secret(), token: self.secret() }
            }
            Verb::Reset => {
                let link = pick(&self.model.resets, a).map_or(0, |(link, _, _)| number(*link));
                What::Reset { link, password: self.secret(), token: self.secret() }
            }
            Verb::Join => {
                let code = pick(&self.model.invitations, a).map_or(0, |(code, _)| number(*code));
                let password = (c % 4 > 0).then(|| self.secret());
                What::Join { code, name: name(&NAMES, b), password, token: self.secret() }
            }
            Verb::Rename => {
                let own = own.filter(|_| b % 3 == 1);
                let back = own.and_then(|user| pick(&user.former, c)).map(|former| former.name.to_string());
                let new = format!("{} {}", name(&NAMES, a), self.secret());
                What::Rename { name: back.unwrap_or_else(|| if b % 3 == 0 { new } else { name(&NAMES, a) }) }
            }
            Verb::SetPresence => What::SetPresence { hidden: a % 3 > 0 },
            Verb::Seen => What::Seen { token: self.token(a), from: b as u64 },
            other => panic!("no matter of an account: {other:?}"),
        }
    }
}
