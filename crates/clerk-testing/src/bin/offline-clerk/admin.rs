//! `user` and `org`: what one needs while developing, through the Backend API.

use serde_json::{Value, json};

use crate::Failure;
use crate::api::{client, delete, get, post, segment, text};
use crate::args::Args;

pub(crate) async fn user(args: &Args) -> Result<(), Failure> {
    args.allow(&["password", "live"])?;
    let client = client(args)?;
    match args.name(0, "create, list or delete")? {
        "create" => {
            let mut body = json!({"email_address": [args.name(1, "the e-mail address")?]});
            match args.option("password") {
                Some(password) => body["password"] = password.into(),
                None => body["skip_password_requirement"] = true.into(),
            }
            let user = post(&client, "create_user", "/users", &body).await?;
            println!("{}", text(&user, "id")?);
        }
        "list" => {
            let users = get(&client, "list_users", "/users", &[("limit", "500")]).await?;
            for user in users.as_array().into_iter().flatten() {
                let address = user
                    .pointer("/email_addresses/0/email_address")
                    .and_then(Value::as_str)
                    .unwrap_or("-");
                println!("{}  {address}", text(user, "id")?);
            }
        }
        "delete" => {
            let id = segment(args.name(1, "the user's id")?)?;
            delete(&client, "delete_user", &format!("/users/{id}")).await?;
        }
        other => return Err(format!("user {other} is not known; see offline-clerk help").into()),
    }
    Ok(())
}

pub(crate) async fn org(args: &Args) -> Result<(), Failure> {
    args.allow(&["created-by", "live"])?;
    let client = client(args)?;
    match args.name(0, "create, list or add")? {
        "create" => {
            let mut body = json!({"name": args.name(1, "the name")?});
            if let Some(user) = args.option("created-by") {
                body["created_by"] = user.into();
            }
            let org = post(&client, "create_organization", "/organizations", &body).await?;
            println!("{}", text(&org, "id")?);
        }
        "list" => {
            let orgs = get(
                &client,
                "list_organizations",
                "/organizations",
                &[("limit", "500")],
            )
            .await?;
            for org in orgs
                .get("data")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                println!("{}  {}", text(org, "id")?, text(org, "name")?);
            }
        }
        "add" => {
            let org = segment(args.name(1, "the organization's id")?)?;
            let body = json!({"user_id": args.name(2, "the user's id")?, "role": args.name(3, "the role")?});
            post(
                &client,
                "create_membership",
                &format!("/organizations/{org}/memberships"),
                &body,
            )
            .await?;
        }
        other => return Err(format!("org {other} is not known; see offline-clerk help").into()),
    }
    Ok(())
}
