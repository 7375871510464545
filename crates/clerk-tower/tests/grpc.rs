//! The layer under tonic.

#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#![allow(
    clippy::unwrap_used,
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "a test, of an example with a main function of its own"
)]

#[path = "../examples/grpc.rs"]
mod example;

use tonic::Code;

// covers: MW-1
#[tokio::test]
async fn callers_over_grpc_are_recorded_and_turned_away_by_the_handler() {
    let answers = example::run().await.unwrap();
    assert_eq!(
        answers,
        [
            ("nobody", Err(Code::Unauthenticated)),
            ("a user", Ok("hello user_ada".to_owned())),
        ]
    );
}
