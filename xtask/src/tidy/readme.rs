//! The two commands of the front page: they exist, and the checks run the first as it is written there.

use super::{File, find};

/// The script that runs all checks.
const SCRIPT: &str = ".ci/run";

pub(super) fn check(files: &[File]) -> Vec<String> {
    let Some(readme) = find(files, "README.md") else {
        return vec!["README.md: is missing".to_owned()];
    };
    let commands = commands(&readme.text);
    let mut problems = Vec::new();
    match commands
        .iter()
        .find(|command| command.starts_with("cargo test"))
    {
        None => problems.push(readme.at(1, "no `cargo test` command in a shell block")),
        Some(test) => {
            let runs = |file: &File| file.text.lines().any(|line| line.trim() == test.as_str());
            if !find(files, SCRIPT).is_some_and(runs) {
                problems.push(format!(
                    "{SCRIPT}: does not run the README's `{test}` on a line of its own"
                ));
            }
        }
    }
    match commands
        .iter()
        .find(|command| command.starts_with("cargo run"))
    {
        None => problems.push(readme.at(1, "no `cargo run` command in a shell block")),
        Some(run) => {
            let mut words = run
                .split_whitespace()
                .skip_while(|word| *word != "--example")
                .skip(1);
            let name = words.next().unwrap_or_default();
            let sources = [".rs", "/main.rs"].map(|end| format!("examples/{name}{end}"));
            let is_there = |source: &String| files.iter().any(|file| file.path.ends_with(source));
            if !sources.iter().any(is_there) {
                problems.push(readme.at(1, &format!("`{run}` runs no example of this workspace")));
            }
        }
    }
    problems
}

/// The lines of the shell blocks, without a leading prompt or trailing comment.
fn commands(readme: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut inside = false;
    for line in readme.lines() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            inside = !inside && matches!(language.trim(), "sh" | "bash" | "console" | "shell");
        } else if inside {
            let line = line.split(" #").next().unwrap_or_default();
            found.push(line.trim().trim_start_matches("$ ").to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(readme: &str, script: &str) -> usize {
        let file = |path: &str, text: &str| File {
            path: path.into(),
            text: text.to_owned(),
        };
        let example = file("crates/clerk-backend/examples/quickstart.rs", "");
        check(&[file("README.md", readme), file(SCRIPT, script), example]).len()
    }

    #[test]
    fn both_commands_must_exist_and_the_test_command_must_be_run() {
        let readme = "```sh\ncargo test --workspace   # all\ncargo run --example quickstart\n```\n";
        assert_eq!(problems(readme, "set -e\ncargo test --workspace\n"), 0);
        assert_eq!(problems(readme, "cargo test\n"), 1);
        assert_eq!(
            problems(
                &readme.replace("quickstart", "other"),
                "cargo test --workspace\n"
            ),
            1
        );
        assert_eq!(problems("cargo test --workspace\n", ""), 2);
    }
}
