//! Schema changes, in order.
