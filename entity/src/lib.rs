//! The tables of Probity, as sea-orm entities.
