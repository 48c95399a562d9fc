//! The yes to a plan, or the reasoned no.

use std::collections::BTreeSet;

use super::{Plan, Refusal};
use crate::step::HazardKind;

/// The hazards that are accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Their kinds.
    pub allow: BTreeSet<HazardKind>,
}

impl Policy {
    /// Accepts every hazard: for tests.
    pub fn all() -> Self {
        Self {
            allow: HazardKind::ALL.into(),
        }
    }
}

/// A plan that may be applied. [`Plan::approve`] is the only way to get one.
#[derive(Debug)]
pub struct Approved<'a>(&'a Plan);

impl<'a> Approved<'a> {
    /// Returns the plan.
    pub fn plan(&self) -> &'a Plan {
        self.0
    }
}

impl Plan {
    /// Says yes when nothing is refused and every hazard is accepted.
    ///
    /// # Errors
    ///
    /// Everything that stands in the way.
    pub fn approve(&self, policy: &Policy) -> Result<Approved<'_>, Vec<Refusal>> {
        let mut refusals = self.refusals.clone();
        for hazard in self.hazards() {
            if policy.allow.contains(&hazard.kind) {
                continue;
            }
            refusals.push(Refusal::new(
                hazard.kind.word(),
                hazard.message.clone(),
                &format!("--allow {}", hazard.kind.word()),
            ));
        }
        if refusals.is_empty() {
            Ok(Approved(self))
        } else {
            Err(refusals)
        }
    }
}
