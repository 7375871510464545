//! What the layer adds to a route, in CPU time of the server per request: `cargo bench -p clerk-axum`.
//!
//! Each server runs on a thread of its own and is asked for that thread's CPU time before and after a batch of requests, kernel time
//! included. What a server adds is the difference to the plain route, taken within one round; rounds rotate, medians count. With
//! `CLERK_BENCH_EXPRESS=FOLDER`, where FOLDER is where `npm install` ran with `benches/express/package.json`, Express takes part.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    missing_docs,
    reason = "a benchmark prints, and stops at the first surprise"
)]

mod client;
mod express;
mod servers;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clerk_testing::mint::SessionTokenBuilder;
use client::Client;
use express::Express;
use servers::Server;

const ROUNDS: usize = 15;
/// Requests of one server in one round.
const BATCH: usize = 4000;
/// Express is slower, and needs fewer.
const EXPRESS_BATCH: usize = 1000;

/// A session token of about 1 kB, as production ones are.
fn token() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    SessionTokenBuilder::new("user_2abcdefghijklmnopqrstuvwxyz")
        .session_id("sess_2abcdefghijklmnopqrstuvwxyz")
        .issuer("https://foo-bar-13.clerk.accounts.dev")
        .authorized_party("https://app.example.com")
        .issued_at_ms(i64::try_from(now.as_millis()).unwrap() - 1000)
        .lifetime(Duration::from_secs(7200))
        .claim("fea", "o:articles,o:invoices,u:drafts")
        .claim("pla", "o:pro")
        .claim("o", serde_json::json!({"id": "org_2abcdefghijklmnopqrstuvwxyz", "slg": "acme", "rol": "admin", "per": "read,create,delete", "fpm": "3,7"}))
        .mint()
}

fn main() {
    let token = token();
    println!("token of {} bytes", token.len());
    let servers = [
        Server::plain(),
        Server::ring_check(&token),
        Server::layer(),
        Server::layer_cached(),
    ];
    let clients: Vec<Client> = servers
        .iter()
        .map(|server| Client::new(server.address, "/hello", &token))
        .collect();
    // Warm: connections, keys, caches.
    for client in &clients {
        client.run(BATCH / 4);
    }
    let express = Express::start(&token);

    let mut rounds: Vec<[f64; 4]> = Vec::new();
    let mut express_rounds = Vec::new();
    for round in 0..ROUNDS {
        let mut nanoseconds = [0.0; 4];
        for turn in 0..servers.len() {
            let index = (round + turn) % servers.len();
            let before = servers[index].cpu();
            clients[index].run(BATCH);
            let spent = servers[index].cpu().checked_sub(before).unwrap();
            nanoseconds[index] = spent.as_nanos() as f64 / BATCH as f64;
        }
        rounds.push(nanoseconds);
        if let Some(express) = &express {
            express_rounds.push(express.round(EXPRESS_BATCH));
        }
    }

    let of = |value: fn(&[f64; 4]) -> f64| median(rounds.iter().map(value).collect());
    println!("bench axum-plain {:.0}", of(|[plain, ..]| *plain));
    println!(
        "bench ring-check-adds {:.0}",
        of(|[plain, ring, ..]| ring - plain)
    );
    println!(
        "bench layer-adds {:.0} ratio {:.4} floor ring-check-adds limit 1.15",
        of(|[plain, _, layer, _]| layer - plain),
        of(|[plain, ring, layer, _]| (layer - plain) / (ring - plain)),
    );
    println!("bench one-microsecond 1000");
    let cached = of(|[plain, .., cached]| cached - plain);
    println!(
        "bench layer-adds-cached {cached:.0} ratio {:.4} floor one-microsecond limit 1",
        cached / 1000.0
    );
    if express_rounds.is_empty() {
        println!("Express takes no part: CLERK_BENCH_EXPRESS names no folder with its packages");
        return;
    }
    let adds = median(
        express_rounds
            .iter()
            .map(|(plain, clerk)| clerk - plain)
            .collect(),
    );
    let plain = median(express_rounds.iter().map(|(plain, _)| *plain).collect());
    println!("bench express-plain {plain:.0}");
    println!("bench express-clerk-adds {adds:.0}");
    let layer = of(|[plain, _, layer, _]| layer - plain);
    println!(
        "bench layer-against-express {layer:.0} ratio {:.4} floor express-clerk-adds limit 0.1",
        layer / adds
    );
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
