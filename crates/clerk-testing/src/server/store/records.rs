//! Resources without behaviour: kept as they look on the wire.

use serde_json::{Value, json};

use super::{Json, Store};
use crate::server::failure::{Failure, Outcome};

impl Store {
    pub(crate) fn records(&self, collection: &str) -> &[Json] {
        self.records.get(collection).map_or(&[], Vec::as_slice)
    }

    /// Adds a record; identifier, object name and times are filled in.
    pub(crate) fn add_record(
        &mut self,
        collection: &str,
        object: &str,
        prefix: &str,
        mut members: Json,
        now: i64,
    ) -> Json {
        members.insert("id".to_owned(), self.ids.next(prefix).into());
        members.insert("object".to_owned(), object.into());
        members.insert("created_at".to_owned(), now.into());
        members.insert("updated_at".to_owned(), now.into());
        self.records
            .entry(collection.to_owned())
            .or_default()
            .push(members.clone());
        members
    }

    pub(crate) fn record_mut(&mut self, collection: &str, id: &str) -> Outcome<&mut Json> {
        self.records
            .get_mut(collection)
            .and_then(|records| records.iter_mut().find(|record| is(record, id)))
            .ok_or_else(|| Failure::not_found(collection))
    }

    pub(crate) fn remove_record(&mut self, collection: &str, id: &str) -> Outcome<Json> {
        let records = self.records.entry(collection.to_owned()).or_default();
        let index = records
            .iter()
            .position(|record| is(record, id))
            .ok_or_else(|| Failure::not_found(collection))?;
        Ok(records.remove(index))
    }
}

fn is(record: &Json, id: &str) -> bool {
    record.get("id").and_then(Value::as_str) == Some(id)
}

/// What a deletion answers.
pub(crate) fn deleted(object: &str, id: &str) -> Value {
    json!({"object": object, "id": id, "deleted": true})
}
