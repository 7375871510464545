//! The harness of benchmarks: rounds of thread CPU time, in rotating order.
//!
//! Prints `bench NAME NANOSECONDS ratio RATIO floor FLOOR limit LIMIT` and `allocs NAME COUNT`, which `cargo xtask bench`
//! reads. Times are the thread's own CPU time; ratios are medians over rounds, each taken within one round, so a busy
//! machine matters little.
#![forbid(unsafe_code)]
#![allow(
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    missing_debug_implementations,
    reason = "a benchmark prints, and what it indexes it has made"
)]

use std::alloc::GlobalAlloc;
use std::time::Duration;

use cpu_time::ThreadTime;
use stats_alloc::{Region, StatsAlloc};

const ROUNDS: usize = 21;
const ROUND: Duration = Duration::from_millis(25);

/// Something to measure.
pub struct Case<'a> {
    name: &'static str,
    floor: Option<&'static str>,
    limit: Option<f64>,
    allocations: Option<usize>,
    work: Box<dyn FnMut() + 'a>,
    nanoseconds: Vec<f64>,
}

impl<'a> Case<'a> {
    /// A bare operation that others are compared with, or that is of interest by itself.
    #[must_use]
    pub fn floor(name: &'static str, work: impl FnMut() + 'a) -> Self {
        Self {
            name,
            floor: None,
            limit: None,
            allocations: None,
            work: Box::new(work),
            nanoseconds: Vec::new(),
        }
    }

    /// An operation, and the bare one that it contains or saves.
    #[must_use]
    pub fn against(floor: &'static str, name: &'static str, work: impl FnMut() + 'a) -> Self {
        Self {
            floor: Some(floor),
            ..Self::floor(name, work)
        }
    }

    /// The ratio that must not be passed.
    #[must_use]
    pub fn limit(mut self, limit: f64) -> Self {
        self.limit = Some(limit);
        self
    }

    /// How often one operation allocates.
    #[must_use]
    pub fn allocations(mut self, count: usize) -> Self {
        self.allocations = Some(count);
        self
    }

    /// Runs for one round and returns the nanoseconds of one operation.
    fn round(&mut self) -> f64 {
        let mut count = 0_u32;
        let mut batch = 1;
        let start = ThreadTime::now();
        loop {
            for _ in 0..batch {
                (self.work)();
            }
            count += batch;
            let elapsed = start.elapsed();
            if elapsed >= ROUND {
                return elapsed.as_nanos() as f64 / f64::from(count);
            }
            // The clock is read about a hundred times a round.
            if elapsed < ROUND / 100 {
                batch *= 2;
            }
        }
    }
}

/// How often `work` allocates.
pub fn allocations<A: GlobalAlloc>(allocator: &StatsAlloc<A>, work: impl FnOnce()) -> usize {
    let region = Region::new(allocator);
    work();
    let change = region.change();
    change.allocations + change.reallocations
}

/// Measures all cases in turn and prints what came of it.
pub fn measure(cases: &mut [Case<'_>]) {
    for case in cases.iter_mut() {
        case.round();
    }
    for round in 0..ROUNDS {
        for turn in 0..cases.len() {
            let case = (round + turn) % cases.len();
            let nanoseconds = cases[case].round();
            cases[case].nanoseconds.push(nanoseconds);
        }
    }
    for case in &*cases {
        print!(
            "bench {} {:.1}",
            case.name,
            median(case.nanoseconds.clone())
        );
        let floor = case.floor.and_then(|name| {
            let floor = cases.iter().find(|case| case.name == name)?;
            Some((name, floor))
        });
        if let Some((name, floor)) = floor {
            let ratios = case.nanoseconds.iter().zip(&floor.nanoseconds);
            let ratio = median(ratios.map(|(case, floor)| case / floor).collect());
            print!(" ratio {ratio:.4} floor {name}");
            if let Some(limit) = case.limit {
                print!(" limit {limit}");
            }
        }
        println!();
        if let Some(count) = case.allocations {
            println!("allocs {} {count}", case.name);
        }
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
