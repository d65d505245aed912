//! The tables of Probity, as sea-orm entities.
//!
//! Plain rows: what the columns mean and which values go together stands in the migration;
//! the rules live in `domain`. Relations are read by loaders, so none are declared here.

#![expect(missing_docs, reason = "columns are named after what they hold; the migration explains the rest")]

mod judging_words;
mod words;
pub use judging_words::*;
pub use words::*;

pub mod ai_call;
pub mod analysis;
pub mod api_token;
pub mod assessment;
pub mod assessment_call;
pub mod assessment_case;
pub mod attempt;
pub mod audit_event;
pub mod budget_reservation;
pub mod command_receipt;
pub mod decision;
pub mod definition;
pub mod definition_tag;
pub mod definition_version;
pub mod diagnosis;
pub mod gate;
pub mod gate_decision;
pub mod job;
pub mod model;
pub mod model_version;
pub mod price;
pub mod probe;
pub mod provider;
pub mod provider_check;
pub mod provider_model_state;
pub mod provider_state;
pub mod report;
pub mod review;
pub mod run;
pub mod run_budget;
pub mod run_design;
pub mod run_event;
pub mod run_judge;
pub mod run_limit;
pub mod run_model;
pub mod run_model_bound;
pub mod run_rescore;
pub mod run_retry;
pub mod scenario;
pub mod score;
pub mod transcript;
pub mod turn;
pub mod user;
pub mod value_reading;
pub mod worker;
pub mod worker_provider;
