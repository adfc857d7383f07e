//! Households as a list, and search by what a person types.

use crate::{Store, StoreError};
use model::HouseholdId;
use std::fmt;

#[derive(Clone, PartialEq, Eq)]
pub struct HouseholdSummary {
    pub id: HouseholdId,
    pub name: String,
    pub village: String,
    /// The commune's code.
    pub commune: String,
    pub members: u32,
    /// `YYYY-MM-DD`.
    pub last_visit: Option<String>,
    /// `YYYY-MM-DD`, if it is still to come or was missed.
    pub next_visit: Option<String>,
    pub open_cases: u32,
}

impl fmt::Debug for HouseholdSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HouseholdSummary").field("id", &self.id).finish_non_exhaustive()
    }
}

#[derive(Clone, Debug)]
pub struct HouseholdList {
    pub rows: Vec<HouseholdSummary>,
    /// Of all that fit the query.
    pub total: u32,
}

impl Store {
    /// By words of the household's or its members' names, village or address, without tone marks, each from its
    /// beginning (`ng thi hoa`); all for an empty query. Those where the words follow each other come first.
    pub fn households(&self, _query: &str, _offset: u32, _limit: u32) -> Result<HouseholdList, StoreError> {
        Err(StoreError::Closed)
    }

    /// Next visit agreed for `day` (`YYYY-MM-DD`) or before and not made yet, earliest first.
    pub fn visits_due(&self, _day: &str, _limit: u32) -> Result<Vec<HouseholdSummary>, StoreError> {
        Err(StoreError::Closed)
    }

    pub fn household_count(&self) -> Result<u32, StoreError> {
        Err(StoreError::Closed)
    }
}
