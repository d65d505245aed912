//! What the tests share: processes, databases, a client, and the proofs that several make.

mod api;
mod content;
mod download;
mod process;
mod proof;
mod site;

pub(crate) use api::{Api, CREATE_RUN, IMPORT, run_input, text};
pub(crate) use content::{CAPITALS, RESCUE, WALLET, grid, grid_with};
pub(crate) use download::Download;
pub(crate) use process::{Ended, Process};
pub(crate) use proof::{assert_complete, attempt_results};
pub(crate) use site::Site;

/// The longest that anything may take before a test gives up.
pub(crate) const PATIENCE: std::time::Duration = std::time::Duration::from_secs(120);

/// Calls in flight per worker process.
pub(crate) const PARALLEL: u64 = 32;

/// Makes a test of each function on each database.
macro_rules! on_both_databases {
    ($($test:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test($crate::harness::Site::sqlite().await).await;
            })+
        }
        mod on_postgresql {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                match $crate::harness::Site::postgresql().await {
                    Some(site) => super::$test(site).await,
                    None => println!("skipped: PROBITY_TEST_POSTGRES names no server"),
                }
            })+
        }
    };
}
