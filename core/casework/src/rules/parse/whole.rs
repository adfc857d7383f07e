//! What only the whole table shows, and whether the rulebook allows what it does.

use super::{About, Parser, RESTRICTED_CASE};
use crate::rules::{FieldRule, From, Parent, RecordRule, Standing};
use model::record::field;
use rulebook::{Kind, Privacy, Scope};

impl Parser<'_> {
    /// Without these a batch could not be routed, or would never be due.
    pub(super) fn check_whole(&mut self) {
        let Some(about) = &self.about else {
            let (vi, en) = ("thiếu dòng form,<loại bản ghi>", "the row form,<kind> is missing");
            return self.problem(1, "record", "mapping.no-form", vi.to_owned(), en.to_owned());
        };
        let (row, restricted, about) = (about.row, about.restricted, about.kind.clone());
        let root =
            self.records.first().filter(|first| first.parent.is_none() && first.standing.is_none()).cloned();
        match &root {
            Some(root) => self.check_root(root, about.as_deref(), restricted),
            None if about.is_none() && self.records.is_empty() => {
                let vi =
                    "phiếu không nói về bản ghi nào thì bản ghi đầu tiên phải mới và không có bản ghi cha";
                let en = "a form about nothing begins with a new record that has no parent";
                self.problem(row, "kind", "mapping.no-record", vi.to_owned(), en.to_owned());
            }
            None => {}
        }
        let is_root = root.as_ref().is_some_and(|root| about.as_ref() == Some(&root.kind));
        let leaves = restricted && root.is_some() && about.is_some() && !is_root;
        for place in 0..self.records.len() {
            self.check_standing(place, about.as_deref(), is_root, leaves);
        }
    }

    /// A record that stands at the top.
    fn check_root(&mut self, root: &RecordRule, about: Option<&str>, restricted: bool) {
        let row = self.rows[0];
        let Some(kind) = self.rulebook.kind(&root.kind) else { return };
        if !kind.is_root {
            let vi = format!("{} không đứng một mình: dùng @about, hoặc ghi bản ghi cha", root.kind);
            let en = format!("a {} doesn't stand alone: say @about, or a parent", root.kind);
            return self.problem(row, "parent", "mapping.not-at-top", vi, en);
        }
        if root.node.depth() > 0 {
            self.in_repeat(0);
        }
        if about.is_some_and(|about| about != root.kind) && !restricted {
            let vi =
                format!("phiếu nói về {}: {} phải nằm dưới @about", about.unwrap_or_default(), root.name);
            let en =
                format!("the form is about a {}: {} lies below @about", about.unwrap_or_default(), root.name);
            self.problem(row, "kind", "mapping.wrong-root", vi, en);
        }
        if restricted && kind.scope != Scope::Own {
            let vi = format!("{} không thể là hồ sơ bảo mật", root.kind);
            let en = format!("a {} can't be restricted", root.kind);
            self.problem(row, "kind", "mapping.wrong-root", vi, en);
        }
        if !root.fields.iter().any(|rule| rule.name == field::COMMUNE) {
            let vi = format!("{} cần trường commune để biết thuộc xã nào", root.name);
            let en = format!("{} needs the field commune, which says where it belongs", root.name);
            self.problem(row, "field", "mapping.no-commune", vi, en);
        }
        let workflow = |rule: &FieldRule| match &rule.from {
            From::Constant(value) if rule.name == "workflow" => {
                value.as_str().and_then(|workflow| self.rulebook.first_state(workflow))
            }
            _ => None,
        };
        if restricted && !root.fields.iter().any(|rule| workflow(rule).is_some()) {
            let example = "child-protection";
            let vi = format!("{} cần trường workflow là hằng, như '{example}'", root.name);
            let en = format!("{} needs the field workflow as a constant, such as '{example}'", root.name);
            self.problem(row, "field", "mapping.no-workflow", vi, en);
        }
    }

    /// What a record says of those that are there already. `is_root`: the first record is the one that the form is
    /// about; `leaves`: the form opens a case out of it.
    fn check_standing(&mut self, place: usize, about: Option<&str>, is_root: bool, leaves: bool) {
        let (row, record) = (self.rows[place], self.records[place].clone());
        if record.standing.is_some() && record.node.depth() > 0 {
            self.in_repeat(place);
        }
        let below = match &record.parent {
            Some(Parent::Standing(standing)) => Some(standing),
            Some(Parent::Made(parent)) => self.records[*parent].standing.as_ref(),
            None => None,
        };
        if leaves && below.is_some() {
            let vi = "trường hợp bảo mật mở mới không để lại gì ngoài nó".to_owned();
            let en = "a form that opens a restricted case puts nothing outside of it".to_owned();
            self.problem(row, "parent", "mapping.outside-case", vi, en);
        }
        let (standing, column) = match (&record.standing, &record.parent) {
            (Some(standing), _) => (standing, "record"),
            (None, Some(Parent::Standing(standing))) => (standing, "parent"),
            _ => return,
        };
        let Some(about) = about else {
            let vi = "phiếu không nói về bản ghi nào có sẵn".to_owned();
            let en = "the form is about nothing that is there".to_owned();
            return self.problem(row, column, "mapping.about-nothing", vi, en);
        };
        let is_about = match standing {
            Standing::About => true,
            Standing::Above(kind) => kind == about,
        };
        let first = self.records[0].name.clone();
        if is_about && is_root {
            let vi = format!("bản ghi mà phiếu nói về tên là {first}");
            let en = format!("the record that the form is about is called {first}");
            self.problem(row, column, "mapping.other-name", vi, en);
        } else if let Standing::Above(kind) = standing {
            if is_about {
                let (vi, en) = (format!("@{kind} chính là @about"), format!("@{kind} is @about"));
                self.problem(row, column, "mapping.other-name", vi, en);
            } else if !self.rulebook.may_lie_below(about, kind) {
                let vi = format!("{about} không bao giờ nằm trong {kind}");
                let en = format!("a {about} never lies in a {kind}");
                self.problem(row, column, "mapping.not-above", vi, en);
            }
        }
        let meant = match standing {
            Standing::About => about,
            Standing::Above(kind) => kind,
        };
        if record.standing.is_some() && record.kind != meant {
            let (vi, en) = (format!("{} là {meant}", record.name), format!("{} is a {meant}", record.name));
            self.problem(row, "kind", "mapping.other-kind", vi, en);
        }
    }

    fn in_repeat(&mut self, place: usize) {
        let name = self.records[place].name.clone();
        let vi = format!("{name} chỉ có một: phải nằm ngoài mọi lặp");
        let en = format!("there is one {name}: it lies outside of all repeats");
        self.problem(self.rows[place], "path", "mapping.in-repeat", vi, en);
    }

    /// What today's rulebook says of it: parents, and what lies in restricted cases only.
    pub(super) fn check_allowed(&mut self) {
        let Some(About { kind, restricted, .. }) = &self.about else { return };
        let about = kind.as_deref().and_then(|kind| self.rulebook.kind(kind));
        let in_case = *restricted || about.is_some_and(|about| about.scope == Scope::Case);
        let about = about.map(|about| about.name.clone());
        for (place, record) in self.records.clone().iter().enumerate() {
            let known = self.rulebook.kind(&record.kind);
            let Some(kind) = known.filter(|kind| !kind.by_program) else { continue };
            self.check_parent(place, record, kind, about.as_deref());
            if in_case || record.standing.is_some() && record.fields.is_empty() {
                continue;
            }
            if kind.scope == Scope::Case {
                let vi = format!(
                    "{} chỉ nằm trong trường hợp bảo mật: ghi {RESTRICTED_CASE} ở dòng form",
                    kind.name
                );
                let en = format!(
                    "a {} lies in a restricted case only: say {RESTRICTED_CASE} in the row form",
                    kind.name
                );
                self.problem(self.rows[place], "kind", "mapping.case-only", vi, en);
                continue;
            }
            for (rule, row) in record.fields.iter().zip(self.field_rows[place].clone()) {
                if kind.field(&rule.name).is_some_and(|field| field.privacy == Privacy::Secret) {
                    let name = &rule.name;
                    let vi = format!("{name} là bí mật: chỉ phiếu của trường hợp bảo mật được hỏi");
                    let en = format!("{name} is secret: only a form of a restricted case may ask it");
                    self.problem(row, "field", "mapping.secret", vi, en);
                }
            }
        }
    }

    fn check_parent(&mut self, place: usize, record: &RecordRule, kind: &Kind, about: Option<&str>) {
        let parent = match &record.parent {
            None => return,
            Some(Parent::Made(parent)) => Some(self.records[*parent].kind.as_str()),
            Some(Parent::Standing(Standing::About)) => about,
            Some(Parent::Standing(Standing::Above(kind))) => Some(kind.as_str()),
        };
        let Some(parent) = parent.filter(|parent| self.rulebook.kind(parent).is_some()) else { return };
        if !kind.may_lie_under(parent) {
            let vi = format!("{} không nằm dưới {parent}", kind.name);
            let en = format!("a {} doesn't lie under a {parent}", kind.name);
            self.problem(self.rows[place], "parent", "mapping.parent-kind", vi, en);
        }
    }
}
