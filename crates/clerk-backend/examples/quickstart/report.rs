//! What happened, step by step, and whether it was right.

use std::fmt::Display;

use super::http_client::Answer;

/// Prints steps and counts those that went wrong.
#[derive(Debug, Default)]
pub(crate) struct Report {
    steps: u32,
    wrong: u32,
}

impl Report {
    pub(super) fn title(&self, text: &str) {
        println!("\n{text}");
    }

    pub(super) fn note(&self, text: &str) {
        println!("        {text}");
    }

    /// One step with what was found.
    pub(crate) fn check(&mut self, step: &str, is_right: bool, found: impl Display) {
        self.steps += 1;
        self.wrong += u32::from(!is_right);
        let verdict = if is_right { "ok   " } else { "WRONG" };
        println!("  {verdict} {step:<54} {found}");
    }

    /// One request with the answer that is right.
    pub(super) fn answer(&mut self, step: &str, status: u16, text: &str, answer: &Answer) {
        let is_right = answer.status == status && answer.body.contains(text);
        self.check(step, is_right, answer);
        if !is_right {
            self.note(&format!("expected: {status} {text}"));
        }
    }

    pub(crate) fn is_right(&self) -> bool {
        self.wrong == 0
    }

    pub(crate) fn steps(&self) -> u32 {
        self.steps
    }

    pub(super) fn end(&self) {
        println!("\n{} steps, {} wrong", self.steps(), self.wrong);
    }
}
