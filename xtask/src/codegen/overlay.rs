//! The hand-written side: names, documentation in our own words, grouping and repairs.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use serde::{Deserialize, de::DeserializeOwned};

use crate::{Outcome, spec};

/// Everything in `xtask/spec/overlay`.
pub(crate) struct Overlay {
    pub(crate) fields: Fields,
    pub(crate) models: BTreeMap<String, Model>,
    pub(crate) webhooks: BTreeMap<String, Model>,
    pub(crate) enums: BTreeMap<String, OpenEnum>,
    pub(crate) plain: Plain,
    pub(crate) resources: BTreeMap<String, Resource>,
    pub(crate) params: BTreeMap<String, Params>,
    /// Documentation entries that were looked up, to find those nobody needs.
    used_docs: RefCell<BTreeSet<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fields {
    docs: BTreeMap<String, String>,
    #[serde(rename = "override")]
    overrides: BTreeMap<String, String>,
    rename: BTreeMap<String, String>,
    pub(crate) secret: Secrets,
    pub(crate) time: Times,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Secrets {
    pub(crate) names: Vec<String>,
    pub(crate) except: Vec<String>,
    pub(crate) also: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Times {
    pub(crate) suffixes: Vec<String>,
    pub(crate) names: Vec<String>,
    pub(crate) seconds: Vec<String>,
    pub(crate) plain: Vec<String>,
}

/// A response model.
#[derive(Deserialize, Default, Clone)]
#[serde(deny_unknown_fields)]
pub(crate) struct Model {
    pub(crate) doc: String,
    pub(crate) from: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) also: Vec<String>,
    #[serde(default)]
    pub(crate) lenient: Vec<String>,
    #[serde(default)]
    pub(crate) add: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) drop: Vec<String>,
    #[serde(default)]
    pub(crate) types: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpenEnum {
    pub(crate) doc: String,
    pub(crate) from: Vec<String>,
    #[serde(default)]
    pub(crate) names: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) values: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plain {
    pub(crate) text: Vec<String>,
    pub(crate) truth: Vec<String>,
}

/// A resource of the client: a handle with methods.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resource {
    /// The feature that carries it; none means always.
    pub(crate) feature: Option<String>,
    /// The handle's type.
    pub(crate) handle: String,
    /// What its parameter types are named after.
    pub(crate) one: String,
    pub(crate) many: String,
    pub(crate) doc: String,
    /// Statements that show the resource at work; `client` is at hand.
    pub(crate) example: String,
    /// A feature the example needs, where the resource is always there.
    pub(crate) example_feature: Option<String>,
    #[serde(default)]
    pub(crate) op: BTreeMap<String, Method>,
}

/// An operation as a method of a handle.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Method {
    pub(crate) name: String,
    pub(crate) doc: String,
    /// The JavaScript SDK's name for it.
    #[serde(default)]
    pub(crate) js: Vec<String>,
    /// The parameter type, where the derived name is not a good one.
    pub(crate) params: Option<String>,
    /// All parameters are optional and rarely needed: a method without them, and one called `.._with`.
    #[serde(default)]
    pub(crate) plain: bool,
    /// What to use instead (deprecated operations).
    pub(crate) instead: Option<String>,
    /// A further feature that carries it.
    pub(crate) feature: Option<String>,
    /// `root`: the route stands beside the versioned ones.
    pub(crate) base: Option<String>,
    /// `machine`: a machine's key may be used; `none`: no key is needed.
    pub(crate) auth: Option<String>,
    /// `cursor`: pages are walked by the last id.
    pub(crate) pages: Option<String>,
    /// The method is hidden behind a hand-written one: it is called `raw_..` and visible in the crate only.
    #[serde(default)]
    pub(crate) wrapped: bool,
}

/// Repairs of the parameters of an operation, or of an object inside of them.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// The Rust name of an object inside, where the derived one is taken.
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) require: Vec<String>,
    #[serde(default)]
    pub(crate) add: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) add_query: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) drop: Vec<String>,
    #[serde(default)]
    pub(crate) types: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) null: Vec<String>,
    #[serde(default)]
    pub(crate) defaults: BTreeMap<String, String>,
    /// At least one of these, as a hand-written rule checks: the samples give the first.
    #[serde(default)]
    pub(crate) any_of: Vec<String>,
    /// Exactly one of these: a constructor for each, named after it.
    #[serde(default)]
    pub(crate) one_of: Vec<String>,
}

fn file<T: DeserializeOwned>(path: &Path) -> Outcome<T> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    toml::from_str(&text).map_err(|e| format!("{}: {e}", path.display()).into())
}

impl Overlay {
    pub(crate) fn read() -> Outcome<Self> {
        let folder = spec::folder().join("overlay");
        let mut enums: BTreeMap<String, toml::Value> = file(&folder.join("enums.toml"))?;
        let plain = match enums.remove("plain") {
            Some(plain) => plain.try_into()?,
            None => Plain::default(),
        };
        let enums = enums
            .into_iter()
            .map(|(name, value)| Ok((name, value.try_into()?)))
            .collect::<Outcome<_>>()?;
        let mut resources = BTreeMap::new();
        for entry in std::fs::read_dir(folder.join("resources"))? {
            let path = entry?.path();
            let name = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            resources.insert(name, file(&path)?);
        }
        Ok(Self {
            fields: file(&folder.join("fields.toml"))?,
            models: file(&folder.join("models.toml"))?,
            webhooks: file(&folder.join("webhooks.toml"))?,
            enums,
            plain,
            resources,
            params: file(&folder.join("params.toml"))?,
            used_docs: RefCell::default(),
        })
    }

    /// What a member means: by its exact place, else by its name.
    pub(crate) fn field_doc(&self, owner: &str, wire: &str) -> Option<&str> {
        let exact = format!("{owner}.{wire}");
        if let Some(doc) = self.fields.overrides.get(&exact) {
            self.used_docs.borrow_mut().insert(exact);
            return Some(doc);
        }
        self.used_docs.borrow_mut().insert(wire.to_owned());
        self.fields.docs.get(wire).map(String::as_str)
    }

    /// Documentation entries that nothing refers to.
    pub(crate) fn unused_docs(&self) -> Vec<String> {
        let used = self.used_docs.borrow();
        let all = self.fields.docs.keys().chain(self.fields.overrides.keys());
        all.filter(|name| !used.contains(*name)).cloned().collect()
    }

    /// The Rust name of a member.
    pub(crate) fn field_name(&self, wire: &str) -> String {
        match self.fields.rename.get(wire) {
            Some(name) => name.clone(),
            None => super::names::snake(wire),
        }
    }
}
