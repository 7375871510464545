//! Generates, asks both sides, and reports where they differ.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::choices::Choices;
use super::generate::{self, Case};
use super::recorded::Recorded;
use super::shrink::shrink;
use super::template::Renderer;
use super::worker::Worker;
use crate::deviation::Deviations;
use crate::load::{load_keys, parse_vector};
use crate::run::{Judgement, judge_one};
use crate::vector::Context;

/// What to run.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long to go on.
    pub duration: Duration,
    /// The seed of the first case; each further one has the next.
    pub seed: u64,
    /// The families to draw from; all, if empty.
    pub families: Vec<String>,
    /// Whether to leave out what only attackers and broken software send.
    pub plain: bool,
    /// The function to keep to, if any.
    pub function: Option<String>,
    /// The folder with recorded vectors to start from; with none, calls are made up.
    pub recorded: Option<PathBuf>,
    /// The folder with `keys.json`.
    pub vectors: PathBuf,
    /// The folder that the package is installed into.
    pub folder: PathBuf,
}

/// How many cases the worker has before it while others are judged here.
const AHEAD: usize = 48;
/// How many differences of a function are shown.
const SHOWN: usize = 60;

/// What came of a run.
#[derive(Debug, Default)]
pub struct Summary {
    /// Cases that both sides were asked for.
    pub compared: usize,
    /// Of these: where an entry of the list of deviations said what to expect.
    pub deviating: usize,
    /// Requests that the Fetch API itself refuses.
    pub refused: usize,
    /// Cases of functions that cannot be replayed yet.
    pub not_replayed: BTreeMap<String, usize>,
    /// Cases per function.
    pub functions: BTreeMap<String, usize>,
    /// Differences, each kind once.
    pub differences: BTreeMap<String, Difference>,
    /// How long it took.
    pub took: Duration,
}

/// A kind of difference.
#[derive(Debug, Default)]
pub struct Difference {
    /// How often it was met.
    pub count: usize,
    /// How it reads in full, the first time.
    pub why: String,
    /// The smallest vector found that shows it, as a line of a vector file.
    pub vector: Option<String>,
}

/// Runs until the time is over.
///
/// # Errors
///
/// When Node or the package is not there, the key table cannot be read, or the worker ends.
pub fn run(options: &Options) -> Result<Summary, String> {
    let mut both = Both::start(options)?;
    let recorded = match &options.recorded {
        Some(folder) => Some(Recorded::read(folder, &options.families)?),
        None => None,
    };
    let started = Instant::now();
    let mut summary = Summary::default();
    let mut seed = options.seed;
    loop {
        let more = started.elapsed() < options.duration;
        while more && both.asked.len() < AHEAD {
            let mut choices = match options.plain {
                true => Choices::plain(seed),
                false => Choices::new(seed),
            };
            let case = match &recorded {
                Some(recorded) => recorded.case(&mut choices),
                None => generate::case(&mut choices, &options.families),
            };
            let is_wanted = options
                .function
                .as_deref()
                .is_none_or(|only| only == case.function);
            if is_wanted {
                both.ask(seed, case)?;
            }
            seed += 1;
        }
        let Some((asked, answer)) = both.next()? else {
            break;
        };
        *summary
            .functions
            .entry(asked.case.function.to_string())
            .or_default() += 1;
        match both.judge(&asked, &answer)? {
            Met::Refused => summary.refused += 1,
            Met::NotReplayed(why) => {
                let of = format!("{} ({why})", asked.case.function);
                *summary.not_replayed.entry(of).or_default() += 1;
            }
            Met::Agreed { deviating } => {
                summary.compared += 1;
                summary.deviating += usize::from(deviating);
            }
            Met::Differed { sign, why, vector } => {
                summary.compared += 1;
                let of_function = format!("{}: ", asked.case.function);
                let shown = summary.differences.iter().filter(|(sign, found)| {
                    sign.starts_with(&of_function) && found.vector.is_some()
                });
                let is_shown = shown.count() < SHOWN;
                let found = summary.differences.entry(sign.clone()).or_default();
                found.count += 1;
                if found.count == 1 {
                    found.why = why;
                    if is_shown {
                        found.vector = Some(both.smallest(&asked, vector, &sign)?);
                    }
                }
            }
        }
    }
    summary.took = started.elapsed();
    Ok(summary)
}

/// Both implementations, and what is under way.
struct Both {
    worker: Worker,
    renderer: Renderer,
    deviations: Deviations,
    context: Context,
    asked: VecDeque<Asked>,
    answered: VecDeque<(Asked, Value)>,
}

#[derive(Clone)]
struct Asked {
    seed: u64,
    case: Case,
    vector: Value,
}

enum Met {
    Refused,
    NotReplayed(String),
    Agreed {
        deviating: bool,
    },
    Differed {
        sign: String,
        why: String,
        vector: Value,
    },
}

impl Both {
    fn start(options: &Options) -> Result<Self, String> {
        let keys = load_keys(&options.vectors).map_err(|error| error.to_string())?;
        Ok(Self {
            worker: Worker::start(&options.folder)?,
            renderer: Renderer::new(keys.clone(), options.seed),
            deviations: Deviations::of_this_workspace().map_err(|error| error.to_string())?,
            context: Context {
                keys,
                meta: json!({}),
            },
            asked: VecDeque::new(),
            answered: VecDeque::new(),
        })
    }

    fn ask(&mut self, seed: u64, case: Case) -> Result<(), String> {
        let mut vector = self.renderer.render(&case.template)?;
        vector["fn"] = case.function.as_ref().into();
        self.worker.ask(&vector);
        self.asked.push_back(Asked { seed, case, vector });
        Ok(())
    }

    fn next(&mut self) -> Result<Option<(Asked, Value)>, String> {
        if let Some(ready) = self.answered.pop_front() {
            return Ok(Some(ready));
        }
        match self.asked.pop_front() {
            None => Ok(None),
            Some(asked) => Ok(Some((asked, self.worker.answer()?))),
        }
    }

    fn judge(&self, asked: &Asked, answer: &Value) -> Result<Met, String> {
        if answer.get("skip").is_some() {
            return Ok(Met::Refused);
        }
        let raw = recorded(asked, answer);
        let vector = parse_vector(asked.case.family, raw.clone(), &self.context.keys)
            .map_err(|error| format!("{error}: {raw}"))?;
        Ok(match judge_one(&self.context, &vector, &self.deviations) {
            Judgement::Agrees => Met::Agreed { deviating: false },
            Judgement::Deviates => Met::Agreed { deviating: true },
            Judgement::NotReplayed(why) => Met::NotReplayed(why),
            Judgement::Differs(why) => Met::Differed {
                sign: format!("{}: {}", asked.case.function, sign(&why)),
                why,
                vector: raw,
            },
        })
    }

    /// The smallest vector that shows the same difference, as a line of a vector file.
    fn smallest(&mut self, asked: &Asked, found: Value, sign: &str) -> Result<String, String> {
        while let Some(waiting) = self.asked.pop_front() {
            let answer = self.worker.answer()?;
            self.answered.push_back((waiting, answer));
        }
        let mut found = found;
        let mut trouble = None;
        shrink(asked.case.template.clone(), |template| {
            let mut case = asked.case.clone();
            case.template = template.clone();
            match self.once(asked.seed, case) {
                Ok(Some(Met::Differed {
                    sign: other,
                    vector,
                    ..
                })) if other == sign => {
                    found = vector;
                    true
                }
                Ok(_) => false,
                Err(why) => {
                    trouble = Some(why);
                    false
                }
            }
        });
        match trouble {
            Some(why) => Err(why),
            None => Ok(found.to_string()),
        }
    }

    /// Asks both sides for one case, when nothing else is under way; nothing for a malformed one.
    fn once(&mut self, seed: u64, case: Case) -> Result<Option<Met>, String> {
        let has = |name: &str| case.template.get(name).is_some();
        if !has("now") || !has("in") || self.ask(seed, case).is_err() {
            return Ok(None);
        }
        let Some(asked) = self.asked.pop_back() else {
            return Ok(None);
        };
        let answer = self.worker.answer()?;
        Ok(self.judge(&asked, &answer).ok())
    }
}

/// The vector that would have been recorded.
fn recorded(asked: &Asked, answer: &Value) -> Value {
    let mut vector = json!({
        "id": format!("{}-seed-{}", asked.case.family, asked.seed),
        "name": "differential",
        "now": asked.vector["now"],
        "fn": asked.case.function,
        "in": asked.vector["in"],
        "out": answer["out"],
    });
    for name in ["http", "retry_delays_ms"] {
        if let Some(value) = answer.get(name) {
            vector[name] = value.clone();
        }
    }
    if let Some(env) = asked.vector.get("env") {
        vector["env"] = env.clone();
    }
    for name in ["normalized_url", "normalized_headers"] {
        if let Some(value) = answer.get(name) {
            match vector["in"].get("request") {
                Some(_) => vector["in"]["request"][name] = value.clone(),
                None => vector["in"][name] = value.clone(),
            }
        }
    }
    vector
}

/// What differences of one kind have in common: the place and the words, not the texts and numbers.
fn sign(why: &str) -> String {
    let Some((place, values)) = why.split_once(" expected ") else {
        let plain = |character: &char| !character.is_ascii_digit();
        return why
            .split_inclusive(' ')
            .map(without_texts)
            .collect::<String>()
            .chars()
            .filter(plain)
            .take(120)
            .collect();
    };
    let (expected, actual) = values.split_once(", got ").unwrap_or((values, ""));
    let place: String = place
        .chars()
        .filter(|character| !character.is_ascii_digit())
        .collect();
    format!("{place} expected {}, got {}", kind(expected), kind(actual))
}

fn without_texts(word: &str) -> &str {
    if word.len() > 40 || word.contains("://") {
        "… "
    } else {
        word
    }
}

/// A word as it is, anything else by its kind.
fn kind(value: &str) -> &str {
    match value.as_bytes().first() {
        Some(b'"') => {
            let is_word = value
                .bytes()
                .all(|byte| byte.is_ascii_alphabetic() || b"\"-_ ".contains(&byte));
            if is_word { value } else { "a text" }
        }
        Some(b'[') => "a list",
        Some(b'{') if value.starts_with("{\"class\"") => "an error",
        Some(b'{') => "an object",
        Some(b'0'..=b'9' | b'-') => "a number",
        _ => value,
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (sign, found) in &self.differences {
            writeln!(f, "\n{} x {sign}\n  {}", found.count, found.why)?;
            if let Some(vector) = &found.vector {
                writeln!(f, "{vector}")?;
            }
        }
        writeln!(f)?;
        for (function, count) in &self.functions {
            writeln!(f, "{count:>8}  {function}")?;
        }
        for (what, count) in &self.not_replayed {
            writeln!(f, "{count:>8}  not replayed: {what}")?;
        }
        let seconds = self.took.as_secs_f64().max(0.001);
        let compared = u32::try_from(self.compared).unwrap_or(u32::MAX);
        write!(
            f,
            "{} compared in {seconds:.0} s ({:.0} per second), {} as a listed deviation, {} refused by Fetch, {} kinds of difference",
            self.compared,
            f64::from(compared) / seconds,
            self.deviating,
            self.refused,
            self.differences.len()
        )
    }
}
