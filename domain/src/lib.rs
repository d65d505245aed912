//! What Probity knows, without HTTP: definitions, runs, the queue, decisions, exports.
