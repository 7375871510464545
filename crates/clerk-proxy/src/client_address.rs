//! Who asks: the address that Clerk counts and limits by.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use http::{HeaderMap, HeaderName};

use crate::IpNetwork;

/// The address of the other end of the connection, as a request extension.
///
/// A server or an adapter puts it there; see also
/// [`FrontendProxyBuilder::peer_address`](crate::FrontendProxyBuilder::peer_address).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerAddress(pub IpAddr);

impl From<SocketAddr> for PeerAddress {
    fn from(address: SocketAddr) -> Self {
        Self(address.ip())
    }
}

/// Where the address of the client comes from. Clerk limits rates by it, so whoever can make it up can evade the
/// limits or use up those of others.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum ClientAddress {
    /// The other end of the connection; headers are not believed. For applications that clients reach directly.
    #[default]
    Peer,
    /// Proxies of yours are in between: where the other end is one of these, `X-Forwarded-For` is read from its end,
    /// past these, to the first address that is not one of them.
    BehindProxies(Arc<[IpNetwork]>),
    /// A header that holds one address, which your edge sets in every request and clients cannot reach around.
    Header(HeaderName),
    /// `CF-Connecting-IP`, else `X-Real-IP`, else the first entry of `X-Forwarded-For`, whoever set them: what Clerk's
    /// JavaScript SDK does. Only safe where something in front removes these headers from what clients send.
    Reported,
}

impl ClientAddress {
    /// Proxies with these addresses are in between.
    pub fn behind_proxies<N: Into<IpNetwork>>(proxies: impl IntoIterator<Item = N>) -> Self {
        Self::BehindProxies(proxies.into_iter().map(Into::into).collect())
    }

    /// The client's address; `None` if nothing that is believed says it.
    pub(crate) fn of(&self, headers: &HeaderMap, peer: Option<IpAddr>) -> Option<IpAddr> {
        let peer = peer.map(|peer| peer.to_canonical());
        match self {
            Self::Peer => peer,
            Self::Header(name) => single(headers, name),
            Self::Reported => single(headers, &CF_CONNECTING_IP)
                .or_else(|| single(headers, &X_REAL_IP))
                .or_else(|| parse(forwarded_for(headers).next()?)),
            Self::BehindProxies(proxies) => {
                let is_ours = |address: IpAddr| proxies.iter().any(|own| own.contains(address));
                let mut nearest = peer?;
                let mut hops: Vec<&str> = forwarded_for(headers).collect();
                while is_ours(nearest) {
                    match hops.pop().map(parse) {
                        Some(Some(next)) => nearest = next,
                        // A proxy of ours wrote no address: it vouches for nobody but itself.
                        Some(None) | None => break,
                    }
                }
                Some(nearest)
            }
        }
    }
}

pub(crate) const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
pub(crate) const X_REAL_IP: HeaderName = HeaderName::from_static("x-real-ip");
pub(crate) const CF_CONNECTING_IP: HeaderName = HeaderName::from_static("cf-connecting-ip");

fn single(headers: &HeaderMap, name: &HeaderName) -> Option<IpAddr> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    // Two values: one of them is not from where it should be.
    if values.next().is_some() {
        return None;
    }
    parse(value.to_str().ok()?)
}

fn forwarded_for(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let values = headers.get_all(X_FORWARDED_FOR).iter();
    values.flat_map(|value| value.to_str().unwrap_or("?").split(','))
}

/// An address, also with a port as some proxies write it.
fn parse(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let address = text.parse().ok();
    let address = address.or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()));
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    Some(address.or_else(bracketed)?.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(policy: &ClientAddress, headers: &[(&str, &str)], peer: &str) -> String {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        }
        match policy.of(&map, peer.parse().ok()) {
            Some(address) => address.to_string(),
            None => "none".to_owned(),
        }
    }

    // covers: PXY-11
    #[test]
    fn headers_are_not_believed_unless_said() {
        let spoofed = [
            ("cf-connecting-ip", "198.51.100.1"),
            ("x-real-ip", "198.51.100.2"),
            ("x-forwarded-for", "198.51.100.3"),
        ];
        assert_eq!(
            address(&ClientAddress::default(), &spoofed, "203.0.113.9"),
            "203.0.113.9"
        );
        assert_eq!(
            address(&ClientAddress::Peer, &[], "::ffff:203.0.113.9"),
            "203.0.113.9"
        );
        assert_eq!(address(&ClientAddress::Peer, &spoofed, ""), "none");
    }

    // covers: PXY-11
    #[test]
    fn own_proxies_are_passed_from_the_end() {
        let network = |text: &str| text.parse::<IpNetwork>().unwrap();
        let policy = ClientAddress::behind_proxies([network("10.0.0.0/8"), network("192.0.2.1")]);
        for (forwarded, peer, expected) in [
            (&["203.0.113.9"][..], "10.0.0.1", "203.0.113.9"),
            // The client's own claim stands before what our proxy added.
            (&["1.1.1.1, 203.0.113.9"], "10.0.0.1", "203.0.113.9"),
            (
                &["1.1.1.1, 203.0.113.9, 192.0.2.1"],
                "10.0.0.1",
                "203.0.113.9",
            ),
            (&["1.1.1.1", "203.0.113.9:4711"], "10.0.0.1", "203.0.113.9"),
            (&["[2001:db8::1]:443"], "10.0.0.1", "2001:db8::1"),
            (&["[2001:db8::1]"], "10.0.0.1", "2001:db8::1"),
            // Not our proxy: its header is a claim.
            (&["1.1.1.1"], "203.0.113.9", "203.0.113.9"),
            (&["1.1.1.1, unknown"], "10.0.0.1", "10.0.0.1"),
            (&["10.0.0.7"], "10.0.0.1", "10.0.0.7"),
            (&[], "10.0.0.1", "10.0.0.1"),
            (&["1.1.1.1"], "", "none"),
        ] {
            let headers: Vec<_> = forwarded
                .iter()
                .map(|value| ("x-forwarded-for", *value))
                .collect();
            assert_eq!(
                address(&policy, &headers, peer),
                expected,
                "{forwarded:?} {peer}"
            );
        }
    }

    // covers: PXY-11
    #[test]
    fn a_header_of_the_edge() {
        let policy = ClientAddress::Header(HeaderName::from_static("true-client-ip"));
        assert_eq!(
            address(&policy, &[("true-client-ip", "203.0.113.9")], "10.0.0.1"),
            "203.0.113.9"
        );
        let twice = [
            ("true-client-ip", "203.0.113.9"),
            ("true-client-ip", "1.1.1.1"),
        ];
        assert_eq!(address(&policy, &twice, "10.0.0.1"), "none");
        assert_eq!(
            address(&policy, &[("x-real-ip", "1.1.1.1")], "10.0.0.1"),
            "none"
        );
    }

    // covers: PXY-11
    #[test]
    fn the_order_of_the_javascript_sdk_where_asked_for() {
        let all = [
            ("cf-connecting-ip", "203.0.113.1"),
            ("x-real-ip", "203.0.113.2"),
            ("x-forwarded-for", "203.0.113.3, 203.0.113.4"),
        ];
        for (from, expected) in [
            (0, "203.0.113.1"),
            (1, "203.0.113.2"),
            (2, "203.0.113.3"),
            (3, "none"),
        ] {
            assert_eq!(
                address(&ClientAddress::Reported, &all[from..], "10.0.0.1"),
                expected
            );
        }
    }
}
