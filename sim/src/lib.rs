//! A provider on loopback that speaks the real wire formats, with faults on demand.
