//! Publishable keys and URLs.

use clerk_core::PublishableKey;
use clerk_core::url::Url;

/// A key that is read names a host that a redirect can go to, and reads the same again.
pub(super) fn publishable_key(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Ok(key) = PublishableKey::parse(&text) else {
        assert!(!PublishableKey::is_valid(&text));
        return;
    };
    assert_eq!(PublishableKey::parse(key.as_str()).as_ref(), Ok(&key));
    let host = key.frontend_api().as_str();
    assert!(
        host.contains('.') && !host.contains(['/', '\\', '@', '?', '#', '$', ' ']),
        "{host}"
    );
    let url = Url::parse(&format!("https://{host}/v1"));
    assert!(
        url.is_ok_and(|url| url
            .authority()
            .eq_ignore_ascii_case(host.trim_end_matches(":443"))),
        "{host}"
    );
    assert_eq!(key.cookie_names().suffix().as_str().len(), 8);
}

/// A URL that is read is in its normal form and survives edits of its query.
pub(super) fn url(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Ok(mut url) = Url::parse(&text) else {
        return;
    };
    assert_eq!(
        Url::parse(url.as_str()).as_ref(),
        Ok(&url),
        "the normal form is stable"
    );
    assert!(url.as_str().is_ascii() && url.path().starts_with('/'));
    assert!(url.as_str().starts_with(url.origin_str()));
    assert_eq!(
        Url::parse(url.origin_str())
            .map(|url| url.authority().to_owned())
            .as_deref(),
        Ok(url.authority())
    );
    for reference in ["/a/b?c#d", "../x", "?q", ""] {
        if let Ok(joined) = url.join(reference) {
            assert!(
                joined.same_origin(&url),
                "{reference} stays on {}",
                url.origin_str()
            );
        }
    }
    let before: Vec<_> = url
        .query_pairs()
        .filter(|(name, _)| name != "redirect_url")
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    let authority = url.authority().to_owned();
    url.set_query_param("redirect_url", &text);
    assert_eq!(url.query_param("redirect_url").as_deref(), Some(&*text));
    url.remove_query_params(&["redirect_url"]);
    let after: Vec<_> = url
        .query_pairs()
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    assert_eq!(before, after, "foreign parameters stay as they were");
    assert_eq!(url.authority(), authority);
}
