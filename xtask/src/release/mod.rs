//! `cargo xtask release --dry-run [--version X.Y.Z]`: everything a release needs, short of publishing.
//!
//! Versions and pins, metadata, order, licences, compatibility with the last tag, a build of every crate from its packaged
//! form, and the changelog section. Without `--dry-run` it also writes the version and the section; publishing stays a
//! person's command, `cargo publish --workspace`, which takes the crates in the printed order.

mod changelog;
mod compatibility;
mod crates;
mod packages;

use crate::{Outcome, ci};

/// Checks, packages, and shows or writes the release.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let wanted = Wanted::read(arguments)?;
    let packages = crates::read()?;
    let current = crates::version()?;
    let next = wanted.version.clone().unwrap_or_else(|| current.clone());

    heading("versions, pins and metadata");
    let problems = crates::problems(&packages, &current)?;
    for problem in &problems {
        println!("    {problem}");
    }
    if !problems.is_empty() {
        return Err(format!("{} things to put right in the manifests", problems.len()).into());
    }
    println!(
        "    {} crates at {current}, each pinned exactly",
        packages.len()
    );

    heading("house rules and tables of features");
    ci::task("tidy", &[])?;

    heading("compatibility with the last release");
    compatibility::check(&next)?;

    heading("order");
    let order = crates::order(&packages)?;
    for (number, package) in (1..).zip(&order) {
        println!("    {number:>2}. {}", package.name);
    }

    heading("every crate built from its package");
    packages::build(&order, &current)?;

    heading("changelog");
    let section = changelog::section(&next)?;
    println!("{section}");
    if wanted.dry_run {
        println!("nothing was written or published");
        return Ok(());
    }
    changelog::write(&next)?;
    crates::set_version(&current, &next)?;
    println!("version {next} is written; commit, tag v{next}, then `cargo publish --workspace`");
    Ok(())
}

/// What was asked for.
struct Wanted {
    dry_run: bool,
    version: Option<String>,
}

impl Wanted {
    fn read(arguments: &[String]) -> Outcome<Self> {
        let mut wanted = Self {
            dry_run: false,
            version: None,
        };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            match argument.as_str() {
                "--dry-run" => wanted.dry_run = true,
                "--version" => wanted.version = rest.next().cloned(),
                _ => return Err("usage: cargo xtask release [--dry-run] [--version X.Y.Z]".into()),
            }
        }
        if !wanted.dry_run && wanted.version.is_none() {
            return Err("name the version: cargo xtask release --version X.Y.Z".into());
        }
        if let Some(version) = &wanted.version {
            compatibility::Version::parse(version)?;
        }
        Ok(wanted)
    }
}

fn heading(what: &str) {
    println!("==> {what}");
}
