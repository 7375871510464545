//! What verification costs beyond the bare signature check: `cargo bench -p clerk-tokens`, and with
//! `--features aws-lc-rs` for the other provider too.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a benchmark prints, and stops at the first surprise"
)]

use clerk_bench::{Case, allocations, measure};
use clerk_tokens::{
    Algorithm, Provider, SignOptions, SigningKey, TokenCache, TokenVerifier, VerifyingKey,
    decode_jwt, sign_jwt,
};
use serde_json::value::RawValue;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<std::alloc::System> = &INSTRUMENTED_SYSTEM;

const PRIVATE: &str = include_str!("../tests/keys/one.pem");
const PUBLIC: &str = include_str!("../tests/keys/one.public.pem");
const LIVE_TOKENS: usize = 10_000;

/// A session token of about 1 kB: 122, 600 and 342 characters, as production ones are.
fn token(key: &SigningKey, number: usize) -> String {
    let header = r#"{"cat":"cl_B7d4PD111AAA","kid":"ins_2abcdefghijklmnopqrstuvwxyz","typ":"JWT"}"#;
    let header = RawValue::from_string(header.to_owned()).unwrap();
    let payload = format!(
        r#"{{"azp":"https://app.example.com","exp":2091000000,"fea":"o:articles,o:invoices,u:drafts","fva":[2,-1],"iss":"https://clerk.example.com","jti":"{number:020}","nbf":1774000000,"o":{{"id":"org_2abcdefghijklmnopqrstuvwxyz","slg":"acme","rol":"admin","per":"read,create,delete","fpm":"3,7"}},"pla":"o:pro","sid":"sess_2abcdefghijklmnopqrstuvwxyz","sts":"active","sub":"user_2abcdefghijklmnopqrstuvwxyz","v":2}}"#
    );
    let payload = RawValue::from_string(payload).unwrap();
    let options = SignOptions::new(Algorithm::Rs256).header(&header);
    sign_jwt(&payload, key, &options).unwrap()
}

fn live_tokens(key: &SigningKey) -> Vec<String> {
    let half = LIVE_TOKENS / 2;
    std::thread::scope(|scope| {
        let other = scope.spawn(|| (0..half).map(|n| token(key, n)).collect::<Vec<_>>());
        let mut tokens: Vec<_> = (half..LIVE_TOKENS).map(|n| token(key, n)).collect();
        tokens.extend(other.join().unwrap());
        tokens
    })
}

/// Every index once, in an order that no prefetcher guesses.
fn scattered(count: usize) -> impl FnMut() -> usize {
    let mut order: Vec<usize> = (0..count).collect();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for last in (1..count).rev() {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        order.swap(last, (state >> 33) as usize % (last + 1));
    }
    let mut at = 0;
    move || {
        at = (at + 1) % count;
        order[at]
    }
}

fn verifier(provider: Provider) -> TokenVerifier {
    let key = VerifyingKey::from_pem(PUBLIC).unwrap();
    TokenVerifier::new(key.with_provider(provider).unwrap())
        .authorized_parties(["https://app.example.com"])
}

fn main() {
    let key = SigningKey::from_pem(PRIVATE).unwrap();
    let one = token(&key, 0);
    let decoded = decode_jwt(&one).unwrap();
    let (signed, signature) = (decoded.signed_text(), decoded.signature());
    println!("token of {} bytes", one.len());

    let rsa = VerifyingKey::from_pem(PUBLIC).unwrap().as_rsa().clone();
    let components = ring::signature::RsaPublicKeyComponents {
        n: rsa.modulus(),
        e: rsa.exponent(),
    };
    let on_ring = verifier(Provider::Ring);
    let hot = verifier(Provider::Ring).token_cache(TokenCache::new(1 << 20));
    hot.verify(&one).unwrap();
    let tokens = live_tokens(&key);
    let cache = TokenCache::new(64 << 20);
    let warm = verifier(Provider::Ring).token_cache(cache.clone());
    for token in &tokens {
        warm.verify(token).unwrap();
    }
    println!("{} tokens cached in {} bytes", cache.len(), cache.bytes());
    assert_eq!(cache.len(), LIVE_TOKENS);
    let mut next = scattered(LIVE_TOKENS);
    let allocated = |verifier: &TokenVerifier| {
        // The first token of a key has its header remembered; count a later one.
        verifier.verify(&one).unwrap();
        allocations(ALLOCATOR, || drop(verifier.verify(&one).unwrap()))
    };

    #[cfg(feature = "aws-lc-rs")]
    let on_aws = verifier(Provider::AwsLcRs);
    #[cfg(feature = "aws-lc-rs")]
    let prepared = VerifyingKey::from_pem(PUBLIC)
        .unwrap()
        .with_provider(Provider::AwsLcRs)
        .unwrap();
    let ring_floor = "ring-check";
    let mut cases = vec![
        Case::floor(ring_floor, || {
            let parameters = &ring::signature::RSA_PKCS1_2048_8192_SHA256;
            let checked = components.verify(parameters, signed.as_bytes(), signature);
            checked.unwrap();
        }),
        Case::floor("decode", || {
            decode_jwt(&one).unwrap();
        })
        .allocations(allocations(ALLOCATOR, || drop(decode_jwt(&one).unwrap()))),
        Case::against(ring_floor, "verify-ring", || {
            on_ring.verify(&one).unwrap();
        })
        .limit(1.08)
        .allocations(allocated(&on_ring)),
        Case::against(ring_floor, "verify-cached-hot", || {
            hot.verify(&one).unwrap();
        })
        .limit(0.02)
        .allocations(allocated(&hot)),
        Case::against(ring_floor, "verify-cached-10k", || {
            warm.verify(&tokens[next()]).unwrap();
        })
        .limit(0.08),
    ];

    #[cfg(feature = "aws-lc-rs")]
    cases.extend([
        Case::floor("aws-lc-rs-check", || {
            let hash = clerk_core::crypto::Hash::Sha256;
            assert!(prepared.as_rsa().verify(hash, signed.as_bytes(), signature));
        }),
        Case::against("aws-lc-rs-check", "verify-aws-lc-rs", || {
            on_aws.verify(&one).unwrap();
        })
        .limit(1.10)
        .allocations(allocated(&on_aws)),
    ]);
    #[cfg(not(feature = "aws-lc-rs"))]
    println!("aws-lc-rs is not measured: add --features aws-lc-rs");

    measure(&mut cases);
}
