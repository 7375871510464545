//! Changing the path, query and fragment of a URL.

use super::percent::{self, Set};
use super::{Url, form, parse};

impl Url {
    /// Replaces the path. A `?` or `#` in it is encoded, a missing first slash added.
    pub fn set_path(&mut self, path: &str) {
        let path = parse::without_breaks(path);
        let path = path.strip_prefix(['/', '\\']).unwrap_or(&path);
        let tail = self.query_start.or(self.fragment_start);
        let tail_start = tail.unwrap_or(self.text.len());
        let tail = self.text.split_off(tail_start);
        self.text.truncate(self.path_start);
        self.push_path(path);
        let new_start = self.text.len();
        let moved = |start: usize| start - tail_start + new_start;
        self.query_start = self.query_start.map(moved);
        self.fragment_start = self.fragment_start.map(moved);
        self.text.push_str(&tail);
    }

    /// Replaces the query, given without its `?`; characters that a query cannot hold are encoded, the rest is kept.
    pub fn set_query(&mut self, query: Option<&str>) {
        let fragment = self.take_fragment();
        self.cut_query();
        if let Some(query) = query {
            self.query_start = Some(self.text.len());
            self.text.push('?');
            percent::push_encoded(&mut self.text, &parse::without_breaks(query), Set::Query);
        }
        self.restore_fragment(fragment);
    }

    /// Removes the fragment.
    pub fn clear_fragment(&mut self) {
        self.cut_fragment();
    }

    /// Gives the first parameter of that name a value and removes the others; appends it if there was none.
    ///
    /// As in browsers, the whole query is written anew, in the form encoding.
    pub fn set_query_param(&mut self, name: &str, value: &str) {
        let mut done = false;
        self.rewrite_query(|query, key, old| {
            if key != name {
                form::push_pair(query, key, old);
            } else if !done {
                form::push_pair(query, name, value);
                done = true;
            }
        });
        if !done {
            self.append_query_param(name, value);
        }
    }

    /// Adds a parameter after the others.
    ///
    /// As in browsers, the whole query is written anew, in the form encoding.
    pub fn append_query_param(&mut self, name: &str, value: &str) {
        let mut query = self.form_query(form::push_pair);
        form::push_pair(&mut query, name, value);
        self.replace_query(&query);
    }

    /// Removes every parameter with one of these names.
    ///
    /// As in browsers, the whole query is written anew, in the form encoding, also if nothing was removed; a query
    /// with nothing left goes away with its `?`.
    pub fn remove_query_params(&mut self, names: &[&str]) {
        self.rewrite_query(|query, key, value| {
            if !names.contains(&key) {
                form::push_pair(query, key, value);
            }
        });
    }

    fn rewrite_query(&mut self, each: impl FnMut(&mut String, &str, &str)) {
        let query = self.form_query(each);
        self.replace_query(&query);
    }

    fn form_query(&self, mut each: impl FnMut(&mut String, &str, &str)) -> String {
        let mut query = String::with_capacity(self.query().map_or(0, str::len));
        for (name, value) in self.query_pairs() {
            each(&mut query, &name, &value);
        }
        query
    }

    /// Form encoding leaves nothing to encode.
    fn replace_query(&mut self, query: &str) {
        self.set_query((!query.is_empty()).then_some(query));
    }

    fn take_fragment(&mut self) -> Option<String> {
        let start = self.fragment_start.take()?;
        Some(self.text.split_off(start))
    }

    fn restore_fragment(&mut self, fragment: Option<String>) {
        if let Some(fragment) = fragment {
            self.fragment_start = Some(self.text.len());
            self.text.push_str(&fragment);
        }
    }
}
