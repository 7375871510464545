//! `cargo xtask contract --spec FILE`: calls every operation of a mock server made from an API description.

#[cfg(feature = "yaml")]
mod mock;
#[cfg(feature = "yaml")]
mod repair;

use crate::Outcome;

#[cfg(feature = "yaml")]
pub(crate) fn run(arguments: &[String]) -> Outcome {
    match arguments {
        [flag, file] if flag == "--spec" => mock::run(file),
        _ => Err("usage: contract --spec FILE".into()),
    }
}

#[cfg(not(feature = "yaml"))]
pub(crate) fn run(arguments: &[String]) -> Outcome {
    crate::spec::with_yaml("contract", arguments)
}
