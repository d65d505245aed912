//! A disk that is full for a while.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test may stop where it stands")]

use sea_orm::{ConnectionTrait, Statement};
use test_support::databases;

#[tokio::test]
async fn a_full_disk_is_an_outage_that_is_waited_out() {
    let database = databases().await.remove(0);
    let db = &database.db;
    db.write().execute_unprepared("CREATE TABLE filler (bytes BLOB)").await.unwrap();
    // SQLite answers for a file that may not grow as it answers for a disk that is full.
    db.write().execute_unprepared("PRAGMA max_page_count = 1").await.unwrap();
    let insert = "INSERT INTO filler VALUES (randomblob(4000000))";
    let error = domain::Error::from(db.write().execute_unprepared(insert).await.unwrap_err());
    assert!(error.is_outage() && error.to_string().contains("disk"), "{error}");
}

#[tokio::test]
async fn what_is_committed_after_sqlite_has_ended_a_transaction_by_itself_stands() {
    let database = databases().await.remove(0);
    let db = &database.db;
    db.write().execute_unprepared("CREATE TABLE filler (bytes BLOB)").await.unwrap();
    let tx = db.begin().await.unwrap();
    // What SQLite does where the disk is full in the middle of one.
    tx.execute_unprepared("ROLLBACK").await.unwrap();
    drop(tx);
    // The next one fails as well.
    let tx = db.begin().await.unwrap();
    tx.execute_unprepared("INSERT INTO nowhere VALUES (1)").await.unwrap_err();
    drop(tx);

    let tx = db.begin().await.unwrap();
    tx.execute_unprepared("INSERT INTO filler VALUES ('kept')").await.unwrap();
    tx.commit().await.unwrap();
    let count = Statement::from_string(db.read().get_database_backend(), "SELECT COUNT(*) AS n FROM filler");
    let row = db.read().query_one_raw(count).await.unwrap().unwrap();
    assert_eq!(row.try_get::<i64>("", "n").unwrap(), 1, "no other connection sees it");
}
