//! What a webhook costs beyond what it cannot do without: the MAC over its body, and reading its JSON once.
//!
//! Every case runs in every round beside its floor; times and ratios are medians over the rounds.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a benchmark that cannot go on stops, and printing is what it is for"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use base64_simd::AsOut;
use clerk_core::Clock;
use clerk_webhooks::{SigningSecret, WebhookVerifier, sign};
use serde::Deserialize;
use serde_json::value::RawValue;

const BODY: &[u8] = include_bytes!("user_created.json");
const NOW: i64 = 1_774_000_000;
const ROUNDS: usize = 301;
const CALLS_PER_ROUND: u32 = 40;

/// The members of the envelope as a derived type that borrows: the least that reads them.
#[derive(Deserialize)]
struct Floor<'a> {
    r#type: &'a str,
    timestamp: i64,
    instance_id: &'a str,
    #[serde(borrow)]
    event_attributes: FloorAttributes<'a>,
    #[serde(borrow)]
    data: &'a RawValue,
}

#[derive(Deserialize)]
struct FloorAttributes<'a> {
    #[serde(borrow)]
    http_request: FloorRequest<'a>,
}

#[derive(Deserialize)]
struct FloorRequest<'a> {
    client_ip: &'a str,
    user_agent: &'a str,
}

struct Case<'a> {
    name: &'static str,
    call: Box<dyn FnMut() + 'a>,
    /// The index of the floor, and what the ratio may be.
    floor: Option<(usize, f64)>,
    times: Vec<f64>,
}

fn main() {
    let secret = SigningSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let signed = sign(&secret, "msg_2xB7kpXvZcAqBwCrDsEtFuGvHwI", NOW, BODY);
    let headers = [
        ("host", "app.example.com"),
        ("content-type", "application/json"),
        ("user-agent", "Svix-Webhooks/1.70.0"),
        ("svix-id", signed.id.as_str()),
        ("svix-timestamp", signed.timestamp.as_str()),
        ("svix-signature", signed.signature.as_str()),
        ("accept", "*/*"),
        ("content-length", "2300"),
    ];
    let verifier = WebhookVerifier::with_clock(secret, Clock::system()).tolerance(Duration::MAX);

    let key = ring::hmac::Key::new(
        ring::hmac::HMAC_SHA256,
        &base64_simd::STANDARD
            .decode_to_vec("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
            .unwrap(),
    );
    let content = [
        signed.id.as_bytes(),
        b".",
        signed.timestamp.as_bytes(),
        b".",
        BODY,
    ]
    .concat();
    let hmac = || {
        let (_, encoded) = black_box(signed.signature.as_str())
            .split_once(',')
            .unwrap();
        let mut tag = [0; 33];
        let tag = base64_simd::STANDARD
            .decode(encoded.as_bytes(), tag.as_mut_slice().as_out())
            .unwrap();
        ring::hmac::verify(&key, black_box(&content), tag).unwrap();
    };
    let envelope = || {
        let floor: Floor<'_> = serde_json::from_slice(black_box(BODY)).unwrap();
        black_box((
            floor.r#type,
            floor.timestamp,
            floor.instance_id,
            floor.event_attributes.http_request.client_ip,
            floor.event_attributes.http_request.user_agent,
            floor.data,
        ));
    };

    let case = |name, floor, call| Case {
        name,
        call,
        floor,
        times: Vec::with_capacity(ROUNDS),
    };
    let mut cases = [
        case("hmac", None, Box::new(hmac) as Box<dyn FnMut()>),
        case(
            "hmac_and_envelope",
            None,
            Box::new(move || {
                hmac();
                envelope();
            }),
        ),
        case(
            "signature_only",
            Some((0, 1.15)),
            Box::new(|| {
                black_box(
                    verifier
                        .verify_signature(black_box(&headers), black_box(BODY))
                        .unwrap(),
                );
            }),
        ),
        case(
            "delivery",
            Some((1, 1.3)),
            Box::new(|| {
                black_box(
                    verifier
                        .verify(black_box(&headers), black_box(BODY))
                        .unwrap(),
                );
            }),
        ),
        case(
            "typed_event",
            Some((1, 3.0)),
            Box::new(|| {
                let delivery = verifier.verify(black_box(&headers), black_box(BODY));
                black_box(delivery.unwrap().event().unwrap());
            }),
        ),
    ];
    println!("body of {} bytes", BODY.len());
    measure(&mut cases);
    for case in &cases {
        print(case, &cases);
    }
}

fn measure(cases: &mut [Case<'_>]) {
    for round in 0..ROUNDS + 10 {
        // In rotating order, so that no case always runs behind the same other one.
        for offset in 0..cases.len() {
            let index = (round + offset) % cases.len();
            let case = &mut cases[index];
            let start = Instant::now();
            for _ in 0..CALLS_PER_ROUND {
                (case.call)();
            }
            let time = start.elapsed();
            // The first rounds warm up.
            if round >= 10 {
                case.times
                    .push(time.as_secs_f64() * 1e9 / f64::from(CALLS_PER_ROUND));
            }
        }
    }
}

fn print(case: &Case<'_>, cases: &[Case<'_>]) {
    let time = median(case.times.clone());
    match case.floor {
        None => println!("bench {} {time:.0}", case.name),
        Some((floor, limit)) => {
            let floor = &cases[floor];
            let ratios = case
                .times
                .iter()
                .zip(&floor.times)
                .map(|(time, floor)| time / floor);
            println!(
                "bench {} {time:.0} ratio {:.3} floor {} limit {limit}",
                case.name,
                median(ratios.collect()),
                floor.name
            );
        }
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
