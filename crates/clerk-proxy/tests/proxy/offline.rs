//! The offline Clerk as Frontend API.

use clerk_proxy::FrontendProxy;
use clerk_testing::server::OfflineClerk;

use crate::support::{get, request, run, whole};

// covers: PXY-7, PXY-13, PXY-15, PXY-17
#[test]
fn browsers_reach_the_offline_clerk_through_the_application() {
    run(async {
        let offline = OfflineClerk::start().await;
        let proxy = FrontendProxy::builder()
            .publishable_key(offline.publishable_key().as_str())
            .secret_key(offline.secret_key())
            .fapi_url(offline.frontend_url())
            .build()
            .unwrap();

        let (status, headers, body) =
            whole(proxy.handle(get("/__clerk/v1/environment")).await).await;
        assert_eq!(status, 200);
        assert!(
            headers["content-type"]
                .to_str()
                .unwrap()
                .starts_with("application/json")
        );
        let environment: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert!(environment["auth_config"].is_object(), "{environment}");

        // A browser of a development instance asks for its identity first, and then for its client.
        let (status, _, body) = whole(
            proxy
                .handle(request("POST", "/__clerk/v1/dev_browser"))
                .await,
        )
        .await;
        assert_eq!(status, 200);
        let browser: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let id = browser["id"]
            .as_str()
            .or(browser["token"].as_str())
            .unwrap();
        let target = format!("/__clerk/v1/client?__clerk_db_jwt={id}");
        assert_eq!(whole(proxy.handle(get(&target)).await).await.0, 200);

        // A handshake sends the browser back to the application, not the proxy.
        let target = format!(
            "/__clerk/v1/client/handshake?redirect_url=http%3A%2F%2Flocalhost%3A3000%2Fpage&__clerk_db_jwt={id}"
        );
        let (status, headers, body) = whole(proxy.handle(get(&target)).await).await;
        assert_eq!(status, 307, "{body:?}");
        let location = headers["location"].to_str().unwrap();
        assert!(
            location.starts_with("http://localhost:3000/page?"),
            "{location}"
        );

        assert_eq!(
            whole(proxy.handle(get("/__clerk/v1/nonsense")).await)
                .await
                .0,
            404
        );
    });
}
