//! A shop's models. Start with `people`, then `catalogue`, `sales` and `audit`.
//!
//! With the feature `sqlx` the same structs read rows: `sqlx::query_as::<_, Order>(..)`.

mod audit;
mod catalogue;
mod people;
mod sales;

pub use audit::{ApiKey, AuditEvent};
pub use catalogue::{Category, Price, Product, ProductTag, Tag};
pub use people::{Membership, Organisation, Role, User};
pub use sales::{Order, OrderLine, OrderStatus, Payment, PaymentMethod};
