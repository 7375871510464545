//! The applications.

pub mod actix;
pub mod axum;
pub mod poem;
pub mod rocket;
pub mod tower;
