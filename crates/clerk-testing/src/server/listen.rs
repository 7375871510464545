//! The two listeners: from bytes to handlers and back.

use std::convert::Infallible;
use std::net::{Ipv6Addr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::call::Call;
use super::failure::Failure;
use super::faults::{Fault, LoggedRequest};
use super::http::{Params, Reply, Request};
use super::world::World;
use super::{bapi, control, fapi, npm};

/// Which of the two interfaces a listener serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Api {
    Backend,
    Frontend,
}

impl Api {
    fn name(self) -> &'static str {
        match self {
            Self::Backend => "backend",
            Self::Frontend => "frontend",
        }
    }
}

/// The largest request body, in bytes.
const LARGEST_BODY: usize = 4 << 20;

/// Accepts connections until it is dropped; they end with it.
pub(crate) async fn serve(listener: TcpListener, api: Api, world: Arc<World>) -> Infallible {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file handles: wait for some to close.
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            continue;
        };
        let world = Arc::clone(&world);
        connections.spawn(async move {
            let service = service_fn(move |request| answer(request, api, Arc::clone(&world)));
            // A connection that breaks is the peer's business.
            let _ = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

/// Ends the connection without an answer.
#[derive(Debug)]
struct ConnectionReset;

impl std::fmt::Display for ConnectionReset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("connection reset on demand")
    }
}

impl std::error::Error for ConnectionReset {}

async fn answer(
    request: hyper::Request<Incoming>,
    api: Api,
    world: Arc<World>,
) -> Result<hyper::Response<Full<Bytes>>, ConnectionReset> {
    let (parts, body) = request.into_parts();
    let mut request = Request {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: Params::parse(parts.uri.query().unwrap_or_default()),
        headers: parts.headers,
        body: Bytes::new(),
    };
    let reply = match Limited::new(body, LARGEST_BODY).collect().await {
        _ if !is_own_host(&request.headers, &world) => fail(
            &world,
            &Failure::new(421, "host_invalid", "this host name is not served here"),
        ),
        Err(_) => fail(
            &world,
            &Failure::new(
                413,
                "request_body_too_large",
                "the body is too large or broken",
            ),
        ),
        Ok(body) => {
            request.body = body.to_bytes();
            dispatch(&request, api, &world).await?
        }
    };
    let mut response = hyper::Response::new(Full::new(reply.body));
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    // By this clock, whatever the system's says.
    if let Some(date) = http_date(world.clock.now_ms()) {
        response.headers_mut().insert(http::header::DATE, date);
    }
    Ok(response)
}

/// A time in milliseconds since the Unix epoch, as headers write it.
fn http_date(now_ms: i64) -> Option<HeaderValue> {
    let since = std::time::Duration::from_millis(u64::try_from(now_ms).ok()?);
    let date = std::time::UNIX_EPOCH.checked_add(since)?;
    // Years of five digits have no such form.
    (since.as_secs() < 253_402_300_800)
        .then(|| HeaderValue::from_str(&httpdate::fmt_http_date(date)).ok())
        .flatten()
}

async fn dispatch(
    request: &Request,
    api: Api,
    world: &Arc<World>,
) -> Result<Reply, ConnectionReset> {
    if api == Api::Backend && control::is_control(request) {
        let reply = control::answer(request, world);
        world.flush();
        return Ok(reply);
    }
    let fault = world.state().faults.take(&request.path);
    let reply = match fault {
        Some(Fault::Reset) => {
            log(world, api, request, 0);
            return Err(ConnectionReset);
        }
        Some(Fault::Status(status)) => {
            let mut failure =
                Failure::new(status, "injected_failure", "this failure was asked for");
            failure.retry_after_seconds = (status == 429).then_some(1);
            fail(world, &failure)
        }
        Some(Fault::MalformedBody) => {
            let mut reply = Reply::json(&serde_json::Value::Null);
            reply.body = Bytes::from_static(b"{\"data\": [");
            reply
        }
        Some(Fault::Latency(latency)) => {
            tokio::time::sleep(latency).await;
            handle(request, api, world)
        }
        None => handle(request, api, world),
    };
    let reply = if api == Api::Frontend {
        with_cors(request, reply)
    } else {
        reply
    };
    log(world, api, request, reply.status.as_u16());
    world.flush();
    Ok(reply)
}

fn handle(request: &Request, api: Api, world: &Arc<World>) -> Reply {
    if api == Api::Frontend && request.method == Method::OPTIONS {
        return Reply::empty(204);
    }
    if api == Api::Frontend && request.path.starts_with("/npm/") {
        return npm::file(request, world).unwrap_or_else(|failure| fail(world, &failure));
    }
    let outcome = {
        let mut state = world.state();
        let mut call = Call {
            world,
            state: &mut state,
            request,
            now: world.clock.now_ms(),
        };
        match api {
            Api::Backend => bapi::route(&mut call),
            Api::Frontend => fapi::route(&mut call),
        }
    };
    outcome.unwrap_or_else(|failure| fail(world, &failure))
}

fn fail(world: &World, failure: &Failure) -> Reply {
    let trace_id = world.state().store.ids.next("");
    let mut reply = Reply::with_status(failure.status, &failure.body(&trace_id));
    if let Some(seconds) = failure.retry_after_seconds {
        reply.add("retry-after", &seconds.to_string());
    }
    reply
}

fn log(world: &World, api: Api, request: &Request, status: u16) {
    world.state().log.push(LoggedRequest {
        api: api.name(),
        method: request.method.to_string(),
        path: request.path.clone(),
        status,
    });
}

/// Pages of any origin may call the Frontend API with their cookies: it knows no accounts worth stealing.
fn with_cors(request: &Request, mut reply: Reply) -> Reply {
    let Some(origin) = request
        .headers
        .get("origin")
        .and_then(|origin| origin.to_str().ok())
    else {
        return reply;
    };
    reply.add("access-control-allow-origin", origin);
    reply.add("access-control-allow-credentials", "true");
    reply.add(
        "access-control-expose-headers",
        "Clerk-Db-Jwt, Authorization",
    );
    reply.add("vary", "Origin");
    if request.method == Method::OPTIONS {
        reply.add(
            "access-control-allow-methods",
            "GET, POST, PUT, PATCH, DELETE, OPTIONS",
        );
        let wanted = request
            .header("access-control-request-headers")
            .unwrap_or("content-type, authorization");
        reply.add("access-control-allow-headers", wanted);
    }
    reply
}

/// Requests that name another host come from a page that made a foreign name point here (DNS rebinding).
fn is_own_host(headers: &HeaderMap<HeaderValue>, world: &World) -> bool {
    let Some(host) = headers.get("host").and_then(|host| host.to_str().ok()) else {
        return false;
    };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    is_loopback_name(name) || name.trim_matches(['[', ']']) == world.settings.address.to_string()
}

/// Whether a host name means this machine.
pub(crate) fn is_loopback_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || name
            .parse::<std::net::Ipv4Addr>()
            .is_ok_and(|address| address.is_loopback())
        || name
            .trim_matches(['[', ']'])
            .parse::<Ipv6Addr>()
            .is_ok_and(|address| address.is_loopback())
}

/// Opens a listener.
pub(crate) async fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(address).await
}
