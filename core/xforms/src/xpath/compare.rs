//! Comparing values (XPath 1.0 §3.4), with ODK's dates and blanks.

use super::{ast::Operator, eval::Evaluator, value::Value};
use std::cmp::Ordering;

impl Evaluator<'_> {
    /// A node-set of several compares if any of its nodes does (XPath 1.0 §3.4).
    pub(super) fn compare(&self, operator: Operator, left: Value, right: Value) -> bool {
        let several = |value: &Value| matches!(value, Value::Nodes(items) if items.len() > 1);
        if !several(&left) && !several(&right) {
            return self.compare_one(operator, left, right);
        }
        if matches!((&left, &right), (Value::Bool(_), _) | (_, Value::Bool(_))) {
            // Beside a truth the whole set is one: it isn't empty.
            let truth = |value: Value| if several(&value) { Value::Bool(true) } else { value };
            return self.compare_one(operator, truth(left), truth(right));
        }
        let (left, right) = (self.one_by_one(left), self.one_by_one(right));
        self.around.spend(left.len().saturating_mul(right.len()));
        !self.around.is_exhausted()
            && left.iter().any(|l| right.iter().any(|r| self.compare_one(operator, l.clone(), r.clone())))
    }

    /// The texts of nodes, blank for none; any other value as it is.
    fn one_by_one(&self, value: Value) -> Vec<Value> {
        match value {
            Value::Nodes(items) if items.len() > 1 => {
                items.into_iter().map(|item| Value::Text(self.item_text(item))).collect()
            }
            other => vec![other],
        }
    }

    fn compare_one(&self, operator: Operator, left: Value, right: Value) -> bool {
        match operator {
            Operator::Equal => self.equal(left, right),
            Operator::NotEqual => !self.equal(left, right),
            _ => {
                let order = self.to_number(left).partial_cmp(&self.to_number(right));
                match operator {
                    Operator::Less => order == Some(Ordering::Less),
                    Operator::LessEqual => matches!(order, Some(Ordering::Less | Ordering::Equal)),
                    Operator::Greater => order == Some(Ordering::Greater),
                    _ => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
                }
            }
        }
    }

    /// Both sides hold one node at most; none reads as empty text, as ODK's clients do.
    fn equal(&self, left: Value, right: Value) -> bool {
        match (left, right) {
            (Value::Bool(a), b) | (b, Value::Bool(a)) => a == self.to_bool(b),
            (Value::Number(a), b) | (b, Value::Number(a)) => a == self.to_number(b),
            (a, b) => {
                let (a, b) = (self.to_text(a), self.to_text(b));
                a == b || self.same_moment(&a, &b)
            }
        }
    }

    /// A date equals the midnight it begins with, however either is written.
    fn same_moment(&self, a: &str, b: &str) -> bool {
        let one_has_time = a.len() > 10 && a.contains('T') || b.len() > 10 && b.contains('T');
        let days = |text| crate::date::days_of_text(text, self.around.offset());
        one_has_time && matches!((days(a), days(b)), (Some(a), Some(b)) if a == b)
    }
}
