//! What a request comes to, worked out from a vector's input alone.
//!
//! A second, plain implementation of `authenticateRequest`: the steps of the reference, changed where this workspace
//! means to differ. Wherever it takes another turn than the reference would, it notes the requirement that asks for
//! it; the list of deviations selects by these notes, and asserts the outcome found here. Where nothing is noted, the
//! recorded outcome itself is asserted.
//!
//! Written apart from the code under test on purpose. Only URLs are read with `clerk-core`, which vectors and a
//! property test of its own judge.

mod calls;
mod claims;
mod cookies;
mod flow;
mod handshake_return;
mod input;
mod keys;
mod machines;
mod organization;
mod redirect;
mod refresh;
mod settings;
mod state;
mod token;
mod verify;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::vector::Vector;

/// The outcome of a vector, and what is noted about it.
#[derive(Clone, Debug)]
pub(crate) struct Worked {
    /// `{"ok": …}` or `{"err": …}`.
    pub(crate) outcome: Value,
    /// How many calls go out.
    pub(crate) calls: usize,
    /// A part of a call that is another one than the recorded.
    pub(crate) other_request: Option<String>,
    /// The requirements by which it may differ from the reference.
    pub(crate) notes: BTreeSet<&'static str>,
}

/// Works out a vector of `authenticateRequest`; nothing for other functions.
pub(crate) fn work_out(vector: &Vector) -> Option<Worked> {
    if vector.family != "authenticate_request" {
        return None;
    }
    let model = Model::new(vector);
    let outcome = match model.settle() {
        Ok(()) => json!({ "ok": model.decide() }),
        Err(Unusable) => json!({ "err": { "class": "Error" } }),
    };
    Some(Worked {
        outcome,
        calls: model.made.get(),
        other_request: model.other_request.into_inner(),
        notes: model.notes.into_inner(),
    })
}

/// The configuration is refused.
struct Unusable;

/// A state that ends the decision, or nothing.
type Step<T = ()> = Result<T, Box<Value>>;

/// A vector on its way to its outcome.
struct Model<'v> {
    vector: &'v Vector,
    notes: RefCell<BTreeSet<&'static str>>,
    made: Cell<usize>,
    next: Cell<usize>,
    other_request: RefCell<Option<String>>,
    keys: RefCell<keys::Known>,
}

impl<'v> Model<'v> {
    fn new(vector: &'v Vector) -> Self {
        Self {
            vector,
            notes: RefCell::default(),
            made: Cell::new(0),
            next: Cell::new(0),
            other_request: RefCell::default(),
            keys: RefCell::default(),
        }
    }

    /// Notes that a requirement may make a difference.
    fn note(&self, requirement: &'static str) {
        self.notes.borrow_mut().insert(requirement);
    }

    /// Notes it where it does.
    fn note_if(&self, differs: bool, requirement: &'static str) {
        if differs {
            self.note(requirement);
        }
    }
}
