//! The applications.

pub mod axum;
pub mod tower;
