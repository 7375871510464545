#![forbid(unsafe_code)]
//! Replays recorded behaviour of the npm package `@clerk/backend` against this workspace.
//!
//! A recording is a *vector*: a function, its input, the frozen time, the outgoing calls with their answers, and
//! what came out. [`run`] hands each vector to the adapter that [`adapters::TABLE`] names for its family and
//! function, and compares what the adapter reports with what was recorded. Where this workspace means to differ,
//! `deviations.toml` says so and states the outcome it means, which is asserted just the same.
//!
//! - [`Vector`], [`Family`], [`load_family`]: reading the files
//! - [`special`]: values that JSON cannot hold
//! - [`Outcome`], [`VectorError`]: what an adapter reports
//! - [`compare`]: the rules of comparison
//! - [`http`]: canned answers to outgoing calls
//! - [`deviation`]: the list of deliberate differences
//! - [`run`], [`Report`]: replaying and counting
//! - [`fuzz`]: properties that hold for any input
//! - [`differential`]: random calls to this workspace and to the package

pub mod adapters;
pub mod compare;
pub mod deviation;
pub mod differential;
pub mod fuzz;
pub mod http;
pub mod special;
pub mod token;

mod load;
mod model;
mod outcome;
mod report;
mod run;
mod sent;
mod vector;

pub use load::{LoadError, load_family, load_keys, parse_vector, present_families};
pub use outcome::{Outcome, VectorError};
pub use report::{Count, Failure, Report};
pub use run::{Judgement, Selection, judge_one, on_a_deep_stack, run};
pub use vector::{Context, Expected, FAMILIES, Family, Vector};
