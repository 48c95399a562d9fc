//! A value that copies share until one of them is changed.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A value that its clones share until one of them is changed.
///
/// Comparing and planning hold several copies of a schema of thousands of tables that differ in a
/// few. A clone copies nothing; whoever takes a mutable reference gets a copy of its own.
///
/// ```
/// use schema_core::schema::{Shared, Table};
///
/// let mut table = Shared::from(Table::default());
/// let before = table.clone();
/// table.comment = Some("people".into());
/// assert_eq!(before.comment, None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Shared<T>(Arc<T>);

impl<T: Clone + PartialEq> Shared<T> {
    /// Does `change`; a value that is the same afterwards stays shared.
    pub fn update(&mut self, change: impl FnOnce(&mut T)) {
        if let Some(own) = Arc::get_mut(&mut self.0) {
            return change(own);
        }
        let mut copy = T::clone(&self.0);
        change(&mut copy);
        if copy != *self.0 {
            self.0 = Arc::new(copy);
        }
    }

    /// Keeps the value of `other` where it is the same, and not one of its own.
    pub fn share(&mut self, other: &Self) {
        if !Arc::ptr_eq(&self.0, &other.0) && self.0 == other.0 {
            self.0 = Arc::clone(&other.0);
        }
    }

    /// Returns the value itself, copied when it is shared.
    pub fn into_inner(self) -> T {
        Arc::unwrap_or_clone(self.0)
    }
}

impl<T> From<T> for Shared<T> {
    fn from(value: T) -> Self {
        Self(Arc::new(value))
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Clone> DerefMut for Shared<T> {
    fn deref_mut(&mut self) -> &mut T {
        Arc::make_mut(&mut self.0)
    }
}
