//! The arguments of a JavaScript method: ids by position or by name, parameters as members.

use std::collections::VecDeque;

use clerk_api::{Call, FileUpload};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{Replay, answers};
use crate::{special, vector::Vector};

/// Why a call cannot be written with this client.
#[derive(Debug)]
pub(crate) struct Unwritable(pub(crate) String);

/// What is left of the arguments.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arguments {
    strings: VecDeque<String>,
    members: Map<String, Value>,
    list: Option<Vec<Value>>,
    headers: Vec<(String, String)>,
    raw: bool,
}

impl Arguments {
    pub(crate) fn of(vector: &Vector) -> Result<Self, Unwritable> {
        let mut this = Self::default();
        let list = vector.input_at("/args").and_then(Value::as_array);
        for argument in list.into_iter().flatten() {
            match argument {
                Value::String(text) => this.strings.push_back(text.clone()),
                Value::Array(items) => this.list = Some(items.clone()),
                Value::Object(map) if special::is_undefined(argument) || map.is_empty() => {}
                Value::Object(map) => this.members.extend(converted(map)),
                other => return Err(Unwritable(format!("the argument {other}"))),
            }
        }
        let headers = this.members.get("request_headers");
        if let Some(headers) = headers.and_then(special::headers) {
            this.headers = headers;
            this.members.remove("request_headers");
        }
        Ok(this)
    }

    /// `sessions.getToken(id, template, expiresInSeconds)`, whether there is a template.
    pub(crate) fn of_get_token(vector: &Vector) -> Result<(Self, bool), Unwritable> {
        let given = |index: usize| {
            vector
                .input_at(&format!("/args/{index}"))
                .filter(|value| !special::is_undefined(value))
        };
        let mut this = Self::default();
        let id = given(0).and_then(Value::as_str).unwrap_or_default();
        this.strings.push_back(id.to_owned());
        let template = given(1).and_then(Value::as_str).unwrap_or_default();
        if !template.is_empty() {
            this.strings.push_back(template.to_owned());
        }
        if let Some(seconds) = given(2) {
            this.members
                .insert("expires_in_seconds".to_owned(), seconds.clone());
        }
        Ok((this, !template.is_empty()))
    }

    /// The raw answer is wanted, not what the method's own type makes of it.
    pub(crate) fn raw(mut self) -> Self {
        self.raw = true;
        self
    }

    /// The same ids with only these members, or all but these.
    pub(crate) fn split(&self, names: &[&str]) -> (Self, Self) {
        let (mut with, mut without) = (self.clone(), self.clone());
        with.members
            .retain(|name, _| names.contains(&name.as_str()));
        without
            .members
            .retain(|name, _| !names.contains(&name.as_str()));
        (with, without)
    }

    pub(crate) fn has_members(&self) -> bool {
        !self.members.is_empty()
    }

    /// An id: the next text, else the member of that name; one that is not given is empty.
    pub(crate) fn id(&mut self, name: &str) -> Result<String, Unwritable> {
        // What JavaScript calls otherwise.
        let other = match name {
            "sign_up_id" => "sign_up_attempt_id",
            "organization_id" if self.strings.is_empty() && !self.has(name) => "slug",
            _ => name,
        };
        match self.take(name).or_else(|| self.take(other)) {
            Some(Value::String(text)) => Ok(text),
            Some(other) => Err(Unwritable(format!("{other} as an id"))),
            None => Ok(self.strings.pop_front().unwrap_or_default()),
        }
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        self.members
            .remove(name)
            .filter(|value| !special::is_undefined(value))
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// Whether the member is null; it is used up then.
    pub(crate) fn takes_null(&mut self, name: &str) -> bool {
        let null = self.members.get(name) == Some(&Value::Null);
        if null {
            self.members.remove(name);
        }
        null
    }

    /// A parameter; null where nothing can be cleared is the same as none.
    pub(crate) fn optional<T: DeserializeOwned>(
        &mut self,
        name: &str,
    ) -> Result<Option<T>, Unwritable> {
        match self.take(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => read(name, value).map(Some),
        }
    }

    /// A member that stands in the query.
    pub(crate) fn query<T: DeserializeOwned>(
        &mut self,
        name: &str,
    ) -> Result<Option<T>, Unwritable> {
        self.optional(name)
    }

    pub(crate) fn required<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, Unwritable> {
        if let Some(value) = self.take(name) {
            return read(name, value);
        }
        match self.strings.pop_front() {
            Some(text) => read(name, Value::String(text)),
            None => Err(Unwritable(format!("{name} is required"))),
        }
    }

    pub(crate) fn object(&mut self, name: &str) -> Result<Self, Unwritable> {
        match self.take(name) {
            Some(Value::Object(map)) => Ok(Self {
                members: converted(&map),
                ..Self::default()
            }),
            _ => Err(Unwritable(format!("{name} is no object"))),
        }
    }

    pub(crate) fn objects<T>(
        &mut self,
        name: &str,
        build: fn(&mut Self) -> Result<T, Unwritable>,
    ) -> Result<Vec<T>, Unwritable> {
        let value = self
            .take(name)
            .or_else(|| self.list.take().map(Value::Array));
        let Some(Value::Array(items)) = value else {
            return Err(Unwritable(format!("{name} is no list")));
        };
        items
            .into_iter()
            .map(|item| build(&mut member(item)?))
            .collect()
    }

    /// The elements of a list body.
    pub(crate) fn items(&mut self) -> Result<Vec<Self>, Unwritable> {
        let list = match (self.list.take(), self.members.len()) {
            (Some(list), _) => list,
            // An organization's bulk invitations name the list `params`.
            (None, _) => match self.take("params") {
                Some(Value::Array(list)) => list,
                _ => return Err(Unwritable("a list is not given".to_owned())),
            },
        };
        list.into_iter().map(member).collect()
    }

    pub(crate) fn file(&mut self) -> Result<FileUpload, Unwritable> {
        let value = self
            .take("file")
            .ok_or_else(|| Unwritable("a file is not given".to_owned()))?;
        let blob =
            special::blob(&value).ok_or_else(|| Unwritable("the file is none".to_owned()))?;
        Ok(FileUpload::new(
            blob.content,
            blob.filename,
            blob.media_type,
        ))
    }

    /// Everything must have been used.
    pub(crate) fn finish(&self) -> Result<(), Unwritable> {
        match self.members.keys().next() {
            Some(name) => Err(Unwritable(format!("there is no {name}"))),
            None if self.strings.is_empty() && self.list.is_none() => Ok(()),
            None => Err(Unwritable("a surplus argument".to_owned())),
        }
    }

    pub(crate) fn replay<T>(&mut self, mut call: Call<T>) -> Result<Replay, Unwritable>
    where
        T: DeserializeOwned + Serialize + 'static,
    {
        if let Some(key) = self.optional::<String>("machine_secret_key")? {
            call = call.machine_secret_key(key);
        }
        if let Some(key) = self.optional::<String>("idempotency_key")? {
            call = call.idempotency_key(&key);
        }
        for (name, value) in &self.headers {
            let name = name
                .parse()
                .map_err(|_| Unwritable(format!("the header {name}")))?;
            call = call.header(name, value);
        }
        self.finish()?;
        Ok(if self.raw {
            Box::pin(async move { answers::raw(&call.send_raw().await?) })
        } else {
            Box::pin(async move { Ok(answers::typed(&call.await?)) })
        })
    }
}

fn member(item: Value) -> Result<Arguments, Unwritable> {
    match item {
        Value::Object(map) => Ok(Arguments {
            members: converted(&map),
            ..Arguments::default()
        }),
        other => Err(Unwritable(format!("{other} in a list"))),
    }
}

fn read<T: DeserializeOwned>(name: &str, value: Value) -> Result<T, Unwritable> {
    let value = match value.get("$date") {
        Some(date) => date.clone(),
        None => value,
    };
    // JavaScript takes one value where a list is declared, and sends the same for it.
    serde_json::from_value(value.clone())
        .or_else(|_| serde_json::from_value(Value::Array(vec![value])))
        .map_err(|_| Unwritable(format!("{name} of another type")))
}

/// HTTP-13, HTTP-14: names to snake case, at this level only.
fn converted(map: &Map<String, Value>) -> Map<String, Value> {
    map.iter()
        .map(|(name, value)| (snake(name), value.clone()))
        .collect()
}

pub(crate) fn snake(name: &str) -> String {
    let mut out = String::new();
    let mut upper = true;
    for c in name.chars() {
        if c.is_ascii_uppercase() && !upper {
            out.push('_');
        }
        upper = c.is_ascii_uppercase() || c == '_';
        out.push(c.to_ascii_lowercase());
    }
    out
}
