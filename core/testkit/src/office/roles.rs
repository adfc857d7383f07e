//! What the office says of its users.

use super::{Ledger, Office};
use model::UserId;
use wire::roles::{RoleStatement, SignedRole, Told};

impl Office {
    /// Says something of a user, as it is given, in the next place.
    pub fn say(&self, statement: SignedRole) {
        self.state().roles.push(statement);
    }

    /// What a user is today, as the next statement.
    pub fn role_statement(&self, user: UserId) -> RoleStatement {
        self.state().role_statement(user)
    }
}

impl Ledger {
    fn role_statement(&self, user: UserId) -> RoleStatement {
        let worker = &self.workers[&user];
        RoleStatement {
            v: wire::VERSION,
            office: self.office,
            serial: self.roles.len() as u64 + 1,
            user,
            role: worker.role.clone(),
            places: worker.places.clone(),
            capabilities: Vec::new(),
            from: self.clock.now().date_naive(),
            to: None,
        }
    }

    pub(super) fn say_role(&mut self, user: UserId) {
        let statement = self.role_statement(user);
        let mut said = self.roles.iter().flat_map(SignedRole::reopen);
        let last = said.rfind(|said| said.user == user);
        if last
            .is_none_or(|last| (last.role, last.places) != (statement.role.clone(), statement.places.clone()))
        {
            self.roles.push(SignedRole::issue(&statement, &self.key).unwrap());
        }
    }

    /// What a page has room for, and whether there are more.
    pub(super) fn roles_after(&self, after: Option<u64>, most: usize, bytes: u64) -> (Vec<Told>, bool) {
        let Some(after) = after else { return (Vec::new(), false) };
        let (mut told, mut left) = (Vec::new(), bytes);
        for (statement, serial) in self.roles.iter().zip(1..).skip(after as usize) {
            if told.len() == most || left == 0 {
                return (told, true);
            }
            left = left.saturating_sub(statement.bytes() as u64);
            told.push(Told { serial, statement: statement.clone() });
        }
        (told, false)
    }
}
