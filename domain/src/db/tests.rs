//! Errors without passwords, and batches.

use super::*;

#[tokio::test]
async fn a_database_that_cannot_be_opened_is_named_without_its_password() {
    for url in
        ["postgress://u:secret@h/x", "mysql://u:secret@h/x", "u:secret@h/x", "postgres://u:sec ret@h:port/x"]
    {
        let message = Db::connect(url).await.unwrap_err().to_string();
        assert!(!message.contains("ret@") && !message.contains("secret"), "{message}");
        assert!(message.contains('h') && message.contains("database"), "{message}");
    }
}

#[test]
fn rows_are_split_into_powers_of_two() {
    let lengths = |count: usize, most: usize| {
        in_powers_of_two(&vec![(); count], most).map(<[()]>::len).collect::<Vec<_>>()
    };
    assert_eq!(lengths(37, 512), [32, 4, 1]);
    assert_eq!(lengths(1_025, 512), [512, 512, 1]);
    assert_eq!(lengths(0, 512), [0; 0]);
}
