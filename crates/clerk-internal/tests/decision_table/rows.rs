//! The rows: what a request brings, and what it comes to.

use clerk_core::Domain;
use clerk_internal::path::OrganizationSync;
use clerk_testing::mint::{M2mTokenBuilder, SessionTokenBuilder, TemplateTokenBuilder, TestOrg};
use clerk_tokens::TokenType;

use super::ask::{APP, Ask, NOW, SATELLITE, SIGN_IN, development, live};
use super::rows_of_answers;

const ISSUER: &str = "https://clerk.example.com";

pub(crate) struct Group {
    pub(crate) title: &'static str,
    pub(crate) rows: Vec<Row>,
}

pub(crate) struct Row {
    pub(crate) situation: &'static str,
    pub(crate) requirements: &'static str,
    pub(crate) ask: Ask,
    pub(crate) status: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) sent_to: &'static str,
}

pub(crate) fn all() -> Vec<Group> {
    vec![
        header(),
        rows_of_answers::machines(),
        cookies(),
        rows_of_answers::expired(),
        satellites(),
        development_browsers(),
        rows_of_answers::handshake_returns(),
        rows_of_answers::outages(),
    ]
}

pub(crate) fn row(situation: &'static str, requirements: &'static str, ask: Ask) -> Row {
    Row {
        situation,
        requirements,
        ask,
        status: "",
        reason: "",
        sent_to: "",
    }
}

impl Row {
    pub(crate) fn signed_in(self) -> Self {
        Self {
            status: "signed-in",
            ..self
        }
    }

    pub(crate) fn signed_out(self, reason: &'static str) -> Self {
        Self {
            status: "signed-out",
            reason,
            ..self
        }
    }

    pub(crate) fn handshake(self, reason: &'static str) -> Self {
        Self {
            status: "handshake",
            reason,
            sent_to: "the Frontend API",
            ..self
        }
    }

    pub(crate) fn unavailable(self, reason: &'static str) -> Self {
        Self {
            status: "unavailable",
            reason,
            ..self
        }
    }

    pub(crate) fn sent_to(self, sent_to: &'static str) -> Self {
        Self { sent_to, ..self }
    }
}

/// A session token as the live instance makes them.
pub(crate) fn session() -> SessionTokenBuilder {
    SessionTokenBuilder::new("user_1")
        .issuer(ISSUER)
        .authorized_party(APP)
        .issued_at_ms(NOW)
}

pub(crate) fn expired() -> String {
    session().issued_at_ms(NOW - 600_000).mint()
}

/// A good token with another's signature.
pub(crate) fn forged() -> String {
    let (good, other) = (session().mint(), session().session_id("sess_2").mint());
    let (signed, _) = good.rsplit_once('.').unwrap();
    let (_, signature) = other.rsplit_once('.').unwrap();
    format!("{signed}.{signature}")
}

fn template() -> String {
    TemplateTokenBuilder::new("user_1")
        .claim("iss", ISSUER)
        .issued_at_ms(NOW)
        .mint()
}

fn m2m() -> String {
    M2mTokenBuilder::new("mch_1")
        .claim("iss", ISSUER)
        .issued_at_ms(NOW)
        .mint()
}

const NO_REFRESH: &str = "session-token-expired-refresh-non-eligible-no-refresh-cookie";

fn header() -> Group {
    let future = |claim| {
        session()
            .claim("nbf", NOW / 1000 - 60)
            .claim(claim, NOW / 1000 + 60)
    };
    let bad_cookie = live().session(&forged());
    let good_cookie = live().session(&session().mint());
    Group {
        title: "A session token in the header",
        rows: vec![
            row(
                "a good token",
                "REQ-12, REQ-21, ACC-2",
                live().bearer(&session().mint()),
            )
            .signed_in(),
            row(
                "a good token, and bad cookies",
                "REQ-23",
                bad_cookie.bearer(&session().mint()),
            )
            .signed_in(),
            row(
                "a bad token, and good cookies",
                "REQ-15",
                good_cookie.bearer(&forged()),
            )
            .signed_out("token-invalid-signature"),
            row(
                "no token at all",
                "REQ-22, ERR-4, ACC-7",
                live().bearer("abc"),
            )
            .signed_out("token-invalid"),
            row(
                "a token made for another origin than the authorized parties",
                "JWT-16, ERR-4",
                live().bearer(&session().authorized_party("https://evil.example").mint()),
            )
            .signed_out("token-invalid-authorized-parties"),
            row(
                "a token of another issuer than those enforced",
                "JWT-17",
                live()
                    .options(|options| options.issuer(["https://clerk.other.example"]))
                    .bearer(&session().mint()),
            )
            .signed_out("token-invalid-issuer"),
            row("a machine's JWT", "REQ-20, ACC-5", live().bearer(&m2m()))
                .signed_out("token-type-mismatch"),
            row(
                "a token of a JWT template",
                "REQ-20, ACC-6, CAT-11",
                live().bearer(&template()),
            )
            .signed_out("token-type-mismatch"),
            row("an opaque machine token", "ACC-4", live().bearer("ak_1"))
                .signed_out("token-invalid"),
            row(
                "an expired token",
                "ERR-3, ERR-5, REF-4",
                live().bearer(&expired()),
            )
            .handshake(NO_REFRESH),
            row(
                "an expired token, from a script",
                "REQ-50",
                live().script().bearer(&expired()),
            )
            .signed_out(NO_REFRESH),
            row(
                "a token that is not valid yet",
                "ERR-3",
                live().bearer(&future("nbf").mint()),
            )
            .handshake("session-token-nbf"),
            row(
                "a token issued in the future",
                "ERR-3",
                live().bearer(&future("iat").mint()),
            )
            .handshake("session-token-iat-in-the-future"),
        ],
    }
}

fn cookies() -> Group {
    let good = || live().session(&session().mint());
    let organizations = OrganizationSync::new(["/orgs/:slug"], Vec::<String>::new()).unwrap();
    let organizations = std::sync::Arc::new(organizations);
    let in_organization = |redirects: &str| {
        let org = TestOrg::new("org_1").slug("acme");
        let token = session().org(org).mint();
        let sync = std::sync::Arc::clone(&organizations);
        live()
            .options(|options| options.organization_sync(sync))
            .to("/orgs/other")
            .cookies(&format!(
                "__session={token}; __client_uat=1773990000{redirects}"
            ))
    };
    let uat = || live().cookies("__client_uat=1773990000");
    Group {
        title: "Cookies",
        rows: vec![
            row("none", "REQ-39, ACC-1", live()).signed_out("session-token-and-uat-missing"),
            row(
                "the client is signed in, and there is no session cookie",
                "REQ-41",
                uat(),
            )
            .handshake("client-uat-but-no-session-token"),
            row("the same, from a script", "REQ-50, HS-1", uat().script())
                .signed_out("client-uat-but-no-session-token"),
            row("the same, in a form that is sent", "HS-1", uat().post())
                .signed_out("client-uat-but-no-session-token"),
            row(
                "the same, after three redirects in a row",
                "HS-12",
                live().cookies("__client_uat=1773990000; __clerk_redirect_count=3"),
            )
            .signed_out("client-uat-but-no-session-token"),
            row(
                "a session cookie, and the client is signed out",
                "REQ-40",
                live().cookies(&format!("__session={}; __client_uat=0", session().mint())),
            )
            .handshake("session-token-but-no-client-uat"),
            row("a good session cookie", "REQ-49", good()).signed_in(),
            row(
                "a session cookie that is no token",
                "REQ-42",
                live().session("abc"),
            )
            .signed_out("token-invalid"),
            row(
                "a machine's JWT as session cookie",
                "REQ-43",
                live().session(&m2m()),
            )
            .signed_out("token-type-mismatch"),
            row(
                "a token of a JWT template as session cookie",
                "REQ-43",
                live().session(&template()),
            )
            .signed_out("token-type-mismatch"),
            row(
                "a session cookie that is older than the client's last change",
                "REQ-44",
                live().cookies(&format!(
                    "__session={}; __client_uat=1774000001",
                    session().mint()
                )),
            )
            .handshake("session-token-iat-before-client-uat"),
            row(
                "a forged session cookie",
                "REQ-45, ERR-4",
                live().session(&forged()),
            )
            .signed_out("token-invalid-signature"),
            row(
                "a good session cookie, and the page is opened from another site",
                "REQ-47",
                good().header("referer", "https://satellite.example/"),
            )
            .handshake("primary-domain-cross-origin-sync"),
            row(
                "a good session cookie, and the page is opened from the accounts portal",
                "CTX-16",
                good().header("referer", "https://accounts.example.com/"),
            )
            .signed_in(),
            row(
                "a good session cookie, and the page is another organization's",
                "REQ-48, ORG-6",
                in_organization(""),
            )
            .handshake("active-organization-mismatch"),
            row(
                "the same, after three redirects in a row",
                "ORG-7",
                in_organization("; __clerk_redirect_count=3"),
            )
            .signed_in(),
        ],
    }
}

fn satellites() -> Group {
    let satellite = |ask: Ask| {
        ask.options(|options| {
            options
                .is_satellite(true)
                .domain(Domain::parse("app.example.com").unwrap())
                .sign_in_url(SIGN_IN.to_owned())
        })
    };
    let automatic = |ask| satellite(ask).options(|options| options.satellite_auto_sync(true));
    let token = session().issuer("https://clerk.app.example.com").mint();
    Group {
        title: "Satellite applications",
        rows: vec![
            row("the first visit", "REQ-32", satellite(live()))
                .signed_out("session-token-and-uat-missing"),
            row(
                "the first visit, and the session is asked for at once",
                "REQ-33",
                automatic(live()),
            )
            .handshake("satellite-needs-syncing"),
            row(
                "the page says that the session has to be asked for",
                "REQ-33",
                satellite(live().to("/page?__clerk_synced=false")),
            )
            .handshake("satellite-needs-syncing"),
            row(
                "the page says that it has been asked for, and nobody is signed in",
                "REQ-31",
                automatic(live().to("/page?__clerk_synced=true")),
            )
            .signed_out("session-token-and-uat-missing"),
            row(
                "a good session cookie",
                "REQ-34",
                automatic(live().session(&token)),
            )
            .signed_in(),
            row(
                "in development: the first visit, and the session is asked for at once",
                "REQ-35",
                automatic(development()),
            )
            .handshake("satellite-needs-syncing")
            .sent_to("the sign-in page"),
        ],
    }
}

fn development_browsers() -> Group {
    let asked = format!("/page?__clerk_redirect_url={SATELLITE}");
    let foreign = "/page?__clerk_redirect_url=https://evil.example/";
    let known = |ask: Ask| ask.cookies("__clerk_db_jwt=dvb_1");
    Group {
        title: "Browsers in development",
        rows: vec![
            row("the browser has no token yet", "REQ-38", development())
                .handshake("dev-browser-missing"),
            row(
                "the browser brings its token in the URL",
                "REQ-37",
                development().to("/page?__clerk_db_jwt=dvb_1"),
            )
            .handshake("dev-browser-sync"),
            row(
                "the browser has its token, and nobody is signed in",
                "REQ-39",
                known(development()),
            )
            .signed_out("session-token-and-uat-missing"),
            row(
                "a satellite on this machine asks",
                "REQ-36",
                known(development().to(&asked)),
            )
            .handshake("primary-responds-to-syncing")
            .sent_to("the satellite"),
            row(
                "a site asks that is no known satellite",
                "REQ-36",
                known(development().to(foreign)),
            )
            .signed_out("session-token-and-uat-missing"),
            row(
                "a satellite asks a live instance's application",
                "REQ-36",
                live().to(&asked),
            )
            .signed_out("session-token-and-uat-missing"),
        ],
    }
}

/// Tokens of each kind that a machine can present.
pub(crate) fn accepting_machines() -> Ask {
    live().accepts([TokenType::ApiKey, TokenType::M2m, TokenType::OAuth])
}
