//! What the derive implements, and the registry.
