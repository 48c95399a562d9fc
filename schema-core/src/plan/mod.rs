//! What will be done, in which transactions, at what cost.
