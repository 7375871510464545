//! The arguments of a JavaScript method: ids by position or by name, parameters as members.

use std::collections::VecDeque;

use clerk_api::{Call, FileUpload};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::Replay;
use crate::{special, vector::Vector};

/// Why a part of a method is not replayed.
#[derive(Debug)]
pub(crate) struct NotReplayed(pub(crate) String);

/// What is left of the arguments.
#[derive(Debug, Default)]
pub(crate) struct Arguments {
    strings: VecDeque<String>,
    members: Map<String, Value>,
    list: Option<Vec<Value>>,
    sends: bool,
}

impl Arguments {
    pub(crate) fn of(vector: &Vector) -> Result<Self, NotReplayed> {
        let mut this = Self {
            sends: !vector.http.is_empty(),
            ..Self::default()
        };
        for argument in vector
            .input_at("/args")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            match argument {
                Value::String(text) => this.strings.push_back(text.clone()),
                Value::Array(items) => this.list = Some(items.clone()),
                Value::Object(map) if special::is_undefined(argument) || map.is_empty() => {}
                Value::Object(map) => this.members.extend(converted(map)?),
                other => return Err(NotReplayed(format!("the argument {other}"))),
            }
        }
        Ok(this)
    }

    pub(crate) fn strings(&self) -> usize {
        self.strings.len()
    }

    /// An id: the next text, else the member of that name.
    pub(crate) fn id(&mut self, name: &str) -> Result<String, NotReplayed> {
        let id = match self.take(name) {
            Some(Value::String(text)) => text,
            Some(other) => return Err(NotReplayed(format!("{other} as an id"))),
            None => self
                .strings
                .pop_front()
                .ok_or_else(|| NotReplayed(format!("{name} is not given")))?,
        };
        let plain =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        if self.sends && id.is_empty() {
            // HTTP-4: the reference does not check every id.
            return Err(NotReplayed(
                "an empty id that the reference sends".to_owned(),
            ));
        }
        if self.sends && !id.bytes().all(plain) {
            // HTTP-3: the reference puts ids into the address as they are.
            return Err(NotReplayed("an id that has to be encoded".to_owned()));
        }
        Ok(id)
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

    pub(crate) fn optional<T: DeserializeOwned>(
        &mut self,
        name: &str,
    ) -> Result<Option<T>, NotReplayed> {
        self.take(name).map(|value| read(name, value)).transpose()
    }

    /// A member that stands in the query.
    pub(crate) fn query<T: DeserializeOwned>(
        &mut self,
        name: &str,
    ) -> Result<Option<T>, NotReplayed> {
        match self.members.get(name) {
            Some(value)
                if matches!(value, Value::Null | Value::Bool(false))
                    || *value == 0
                    || *value == "" =>
            {
                // HTTP-13: the reference drops them from queries.
                Err(NotReplayed("a falsy value in a query".to_owned()))
            }
            _ => self.optional(name),
        }
    }

    pub(crate) fn required<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, NotReplayed> {
        if let Some(value) = self.take(name) {
            return read(name, value);
        }
        match self.strings.pop_front() {
            Some(text) => read(name, Value::String(text)),
            None => Err(NotReplayed(format!("{name} is required"))),
        }
    }

    pub(crate) fn object(&mut self, name: &str) -> Result<Self, NotReplayed> {
        match self.take(name) {
            Some(Value::Object(map)) => Ok(Self {
                members: converted(&map)?,
                ..Self::default()
            }),
            _ => Err(NotReplayed(format!("{name} is no object"))),
        }
    }

    pub(crate) fn objects<T>(
        &mut self,
        name: &str,
        build: fn(&mut Self) -> Result<T, NotReplayed>,
    ) -> Result<Vec<T>, NotReplayed> {
        let value = self
            .take(name)
            .or_else(|| self.list.take().map(Value::Array));
        let Some(Value::Array(items)) = value else {
            return Err(NotReplayed(format!("{name} is no list")));
        };
        items
            .into_iter()
            .map(|item| build(&mut member(item)?))
            .collect()
    }

    /// The elements of a list body.
    pub(crate) fn items(&mut self) -> Result<Vec<Self>, NotReplayed> {
        let list = match (self.list.take(), self.members.len()) {
            (Some(list), _) => list,
            // An organization's bulk invitations name the list `params`.
            (None, _) => match self.take("params") {
                Some(Value::Array(list)) => list,
                _ => return Err(NotReplayed("a list is not given".to_owned())),
            },
        };
        list.into_iter().map(member).collect()
    }

    pub(crate) fn file(&mut self) -> Result<FileUpload, NotReplayed> {
        let value = self
            .take("file")
            .ok_or_else(|| NotReplayed("a file is not given".to_owned()))?;
        let blob =
            special::file(&value).ok_or_else(|| NotReplayed("the file is none".to_owned()))?;
        Ok(FileUpload::new(
            blob.content,
            blob.filename,
            blob.media_type,
        ))
    }

    /// Everything must have been used.
    pub(crate) fn finish(&self) -> Result<(), NotReplayed> {
        match self.members.keys().next() {
            Some(name) => Err(NotReplayed(format!("there is no {name}"))),
            None if self.strings.is_empty() && self.list.is_none() => Ok(()),
            None => Err(NotReplayed("a surplus argument".to_owned())),
        }
    }

    pub(crate) fn replay<T: 'static>(&mut self, mut call: Call<T>) -> Result<Replay, NotReplayed> {
        if let Some(Value::String(key)) = self.take("machine_secret_key") {
            call = call.machine_secret_key(key);
        }
        if let Some(Value::String(key)) = self.take("idempotency_key") {
            call = call.idempotency_key(&key);
        }
        self.finish()?;
        Ok(Replay {
            request: call.to_request().cloned().map_err(Clone::clone),
            send: Box::pin(call.send_raw()),
        })
    }
}

fn member(item: Value) -> Result<Arguments, NotReplayed> {
    match item {
        Value::Object(map) => Ok(Arguments {
            members: converted(&map)?,
            ..Arguments::default()
        }),
        other => Err(NotReplayed(format!("{other} in a list"))),
    }
}

fn read<T: DeserializeOwned>(name: &str, value: Value) -> Result<T, NotReplayed> {
    let value = match value.get("$date") {
        Some(date) => date.clone(),
        None => value,
    };
    serde_json::from_value(value).map_err(|_| NotReplayed(format!("{name} of another type")))
}

/// HTTP-13, HTTP-14: names to snake case, at this level only.
fn converted(map: &Map<String, Value>) -> Result<Map<String, Value>, NotReplayed> {
    let mut out = Map::new();
    for (name, value) in map {
        if name.starts_with('$') {
            return Err(NotReplayed(format!("an argument with {name}")));
        }
        out.insert(snake(name), value.clone());
    }
    Ok(out)
}

fn snake(name: &str) -> String {
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
