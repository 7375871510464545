//! Every crate built from its packaged form: what a user gets, without anything that only this folder has.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::crates::Package;
use crate::{Outcome, process, workspace};

/// Packages the crates, unpacks them side by side, and checks them there with all features.
///
/// Cargo's own verification would take the siblings from a registry of its making and remember them by version, although
/// between two releases the same version has many contents; here they are folders, so that what is built is what was packed.
pub(super) fn build(order: &[&Package], version: &str) -> Outcome {
    let mut arguments = vec!["package", "--quiet", "--allow-dirty", "--no-verify"];
    for package in order {
        arguments.extend(["--package", package.name.as_str()]);
    }
    process::passthrough(&process::cargo(), &arguments, &[])?;

    let packed = target().join("package");
    let place = packed.join("unpacked");
    if place.is_dir() {
        std::fs::remove_dir_all(&place)?;
    }
    std::fs::create_dir_all(&place)?;
    for package in order {
        unpack(
            &packed.join(format!("{}-{version}.crate", package.name)),
            &place,
        )?;
    }
    std::fs::write(place.join("Cargo.toml"), manifest(order, version)?)?;
    std::fs::copy(
        workspace::root().join("Cargo.lock"),
        place.join("Cargo.lock"),
    )?;

    let manifest = path(&place.join("Cargo.toml"))?;
    let target = path(&target())?;
    process::passthrough(
        &process::cargo(),
        &[
            "check",
            "--quiet",
            "--workspace",
            "--lib",
            "--all-features",
            "--manifest-path",
            &manifest,
            "--target-dir",
            &target,
        ],
        &[],
    )?;
    println!("    {} packages build", order.len());
    Ok(())
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| workspace::root().join("target"), PathBuf::from)
}

/// The unpacked packages as a workspace of their own, in which each stands in for the published crate of its name.
fn manifest(order: &[&Package], version: &str) -> Outcome<String> {
    let mut text =
        "[workspace]\nresolver = \"3\"\nmembers = [\"clerk-*\"]\n\n[patch.crates-io]\n".to_owned();
    for package in order {
        writeln!(text, "{0} = {{ path = \"{0}-{version}\" }}", package.name)?;
    }
    Ok(text)
}

fn unpack(package: &Path, place: &Path) -> Outcome {
    process::passthrough("tar", &["-xzf", &path(package)?, "-C", &path(place)?], &[])
}

fn path(path: &Path) -> Outcome<String> {
    let text = path.to_str().ok_or("a path is not UTF-8")?;
    Ok(text.to_owned())
}
