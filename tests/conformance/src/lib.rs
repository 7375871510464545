//! Replays recorded behaviour of `@clerk/backend` against this workspace.
