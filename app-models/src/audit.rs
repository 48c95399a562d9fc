//! Who did what, and with which key.

use chrono::{DateTime, Utc};
use schema_core::SyncTable;
use uuid::Uuid;

use crate::{Organisation, User};

/// Something that happened.
#[derive(SyncTable)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
#[sync(table = "audit_events", docs, index(organisation_id, happened_at desc))]
pub struct AuditEvent {
    #[sync(primary_key, identity)]
    pub id: i64,
    #[sync(references = Organisation, on_delete = cascade)]
    pub organisation_id: Uuid,
    #[sync(references = User, on_delete = set_null, index)]
    pub actor_id: Option<Uuid>,
    pub action: String,
    pub details: serde_json::Value,
    #[sync(default = "CURRENT_TIMESTAMP")]
    pub happened_at: DateTime<Utc>,
}

/// A key to the interface.
#[derive(SyncTable)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
#[sync(table = "api_keys", docs)]
#[sync(index(
    columns(organisation_id),
    where = "revoked_at IS NULL",
    name = "api_keys_live_idx"
))]
pub struct ApiKey {
    #[sync(primary_key)]
    pub id: Uuid,
    #[sync(references = Organisation, on_delete = cascade)]
    pub organisation_id: Uuid,
    #[sync(unique)]
    pub hash: Vec<u8>,
    pub label: String,
    pub last_used_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
}
