//! Makes a case that shows a difference smaller, one piece at a time.

use serde_json::Value;

/// How many smaller cases are tried.
const ATTEMPTS: usize = 400;

/// The smallest case found for which `differs` still holds.
pub(super) fn shrink(case: Value, mut differs: impl FnMut(&Value) -> bool) -> Value {
    let mut smallest = case;
    let mut left = ATTEMPTS;
    loop {
        let mut improved = false;
        let mut place = 0;
        // The number of places changes with each step; the walk goes on behind what was kept.
        while let Some(candidate) = without(&smallest, place) {
            if left == 0 {
                return smallest;
            }
            left -= 1;
            if differs(&candidate) {
                smallest = candidate;
                improved = true;
            } else {
                place += 1;
            }
        }
        if !improved {
            return smallest;
        }
    }
}

/// The case without its piece of that number, counted from the outside in; nothing behind the last.
fn without(case: &Value, number: usize) -> Option<Value> {
    let mut level = vec![Vec::new()];
    let mut seen = 0;
    while !level.is_empty() {
        let mut next = Vec::new();
        for path in level {
            let Some(here) = at(case, &path) else {
                continue;
            };
            let pieces: Vec<Step> = match here {
                Value::Object(map) => map.keys().cloned().map(Step::Member).collect(),
                Value::Array(list) => (0..list.len()).map(Step::Item).collect(),
                _ => Vec::new(),
            };
            for piece in pieces {
                let mut path = path.clone();
                path.push(piece);
                if !is_needed(&path) {
                    if seen == number {
                        return Some(remove(case, &path));
                    }
                    seen += 1;
                }
                next.push(path);
            }
        }
        level = next;
    }
    None
}

/// What a call cannot be written without: its arguments, its request, the parts of a token.
fn is_needed(path: &[Step]) -> bool {
    let of = |names: &[&str]| matches!(path.last(), Some(Step::Member(name)) if names.contains(&name.as_str()));
    let is_form = matches!(path.last(), Some(Step::Member(name)) if name.starts_with('$'));
    let is_answer = matches!(path.first(), Some(Step::Member(name)) if name == "answers");
    path.len() <= 2
        || is_form
        || is_answer
        || of(&[
            "header",
            "payload",
            "key",
            "method",
            "url",
            "headers",
            "publishableKey",
            "secretKey",
        ])
}

#[derive(Clone, Debug)]
enum Step {
    Member(String),
    Item(usize),
}

fn at<'v>(value: &'v Value, path: &[Step]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, step| match step {
        Step::Member(name) => value.get(name),
        Step::Item(index) => value.get(index),
    })
}

fn remove(case: &Value, path: &[Step]) -> Value {
    let mut case = case.clone();
    if let Some((last, parents)) = path.split_last() {
        let parent = parents
            .iter()
            .try_fold(&mut case, |value, step| match step {
                Step::Member(name) => value.get_mut(name),
                Step::Item(index) => value.get_mut(index),
            });
        match (parent, last) {
            (Some(Value::Object(map)), Step::Member(name)) => {
                map.remove(name);
            }
            (Some(Value::Array(list)), Step::Item(index)) if *index < list.len() => {
                list.remove(*index);
            }
            _ => {}
        }
    }
    case
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_does_not_matter_goes() {
        let case = json!({"in": {"a": [1, 2, {"x": 3, "y": 4}], "b": {"c": "d"}}, "now": 1});
        let differs = |case: &Value| case.to_string().contains("\"x\":3");
        let smallest = json!({"in": {"a": [{"x": 3}], "b": {}}, "now": 1});
        assert_eq!(shrink(case, differs), smallest);
    }

    #[test]
    fn what_matters_stays() {
        let case = json!({"a": [1, 2]});
        assert_eq!(shrink(case.clone(), |_| false), case);
    }
}
