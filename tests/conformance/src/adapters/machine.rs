//! Recognising machine tokens.

use clerk_tokens::{
    AcceptsToken, TokenType, is_machine_token, is_machine_token_by_prefix, is_token_type_accepted,
};
use serde_json::Value;

use super::jwt::token;
use crate::outcome::Outcome;
use crate::vector::{Context, Vector};

pub(super) fn is_machine(_: &Context, vector: &Vector) -> Outcome {
    match token(vector) {
        Ok(token) => Outcome::Ok(is_machine_token(token).into()),
        Err(outcome) => outcome,
    }
}

pub(super) fn is_machine_by_prefix(_: &Context, vector: &Vector) -> Outcome {
    match token(vector) {
        Ok(token) => Outcome::Ok(is_machine_token_by_prefix(token).into()),
        Err(outcome) => outcome,
    }
}

pub(super) fn is_accepted(_: &Context, vector: &Vector) -> Outcome {
    let token_type = vector
        .text("/token_type")
        .and_then(|name| name.parse::<TokenType>().ok());
    let accepts = match vector.input_at("/accepts").unwrap_or(&Value::Null) {
        Value::String(name) if name == "any" => AcceptsToken::Any,
        Value::String(name) => match name.parse::<TokenType>() {
            Ok(one) => AcceptsToken::One(one),
            Err(error) => return Outcome::NotExpressible(error.to_string()),
        },
        // A list of types cannot hold `any`, nor anything else that is no type.
        Value::Array(list) => {
            let types = list.iter().filter_map(Value::as_str);
            AcceptsToken::AnyOf(types.filter_map(|name| name.parse().ok()).collect())
        }
        _ => return Outcome::NotExpressible("accepts is neither text nor list".to_owned()),
    };
    Outcome::Ok(is_token_type_accepted(token_type, &accepts).into())
}
