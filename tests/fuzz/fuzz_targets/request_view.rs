#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| clerk_conformance::fuzz::check("request_view", data));
