//! The calls of authentication, and its signing keys, over a client of the Backend API.

mod calls;
mod keys;
