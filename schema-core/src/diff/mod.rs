//! What differs between two schemas.
