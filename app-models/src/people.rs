//! Who uses the shop.

use chrono::{DateTime, Utc};
use schema_core::{SyncEnum, SyncTable};
use uuid::Uuid;

/// A company that sells. It has an owner, who is a member: the two tables refer to each other.
#[derive(SyncTable)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
#[sync(table = "organisations", docs)]
pub struct Organisation {
    #[sync(primary_key)]
    pub id: Uuid,
    #[sync(unique, max_length = 80)]
    pub slug: String,
    pub name: String,
    #[sync(references = User, on_delete = set_null, index)]
    pub owner_id: Option<Uuid>,
    #[sync(default = "CURRENT_TIMESTAMP")]
    pub created_at: DateTime<Utc>,
}

/// A person.
#[derive(SyncTable)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
#[sync(table = "users", docs)]
#[sync(index(columns("lower(email)"), unique, name = "users_email_lower_key"))]
pub struct User {
    #[sync(primary_key)]
    pub id: Uuid,
    #[sync(check = "email LIKE '%@%'")]
    pub email: String,
    pub name: String,
    /// Where the person works by default.
    #[sync(references = Organisation, on_delete = set_null, index)]
    pub home_organisation_id: Option<Uuid>,
    #[sync(default_value = true)]
    pub active: bool,
    #[sync(default = "CURRENT_TIMESTAMP")]
    pub created_at: DateTime<Utc>,
}

/// What a member may do.
#[derive(SyncEnum)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type))]
#[sqlx(type_name = "role", rename_all = "snake_case")]
pub enum Role {
    Reader,
    Editor,
    Admin,
}

/// A person's place in an organisation.
#[derive(SyncTable)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
#[sync(table = "memberships", docs, primary_key(organisation_id, user_id))]
pub struct Membership {
    #[sync(references = Organisation, on_delete = cascade)]
    pub organisation_id: Uuid,
    #[sync(references = User::id, on_delete = cascade, index)]
    pub user_id: Uuid,
    #[sync(default_value = "reader")]
    pub role: Role,
}
