//! The browser libraries, from a folder given at the start.

use std::path::{Component, Path, PathBuf};

use http::Method;

use super::failure::{Failure, Outcome};
use super::http::{Reply, Request, percent_decode};
use super::world::World;

/// A file of `/npm/@scope/package@version/path`.
pub(crate) fn file(request: &Request, world: &World) -> Outcome<Reply> {
    let missing = |why: &str| Failure::new(404, "resource_not_found", why);
    if request.method != Method::GET && request.method != Method::HEAD {
        return Err(Failure::new(
            405,
            "method_not_allowed",
            "files can only be read",
        ));
    }
    let folder = world
        .settings
        .npm_folder
        .as_deref()
        .ok_or_else(|| missing("no folder with browser libraries was given"))?;
    let path =
        locate(folder, &request.path).ok_or_else(|| missing("the path is no file of a package"))?;
    let bytes = std::fs::read(&path)
        .map_err(|_| missing("the package or its file is not in the folder"))?;
    let mut reply = Reply::empty(200);
    let kind = match path.extension().and_then(|extension| extension.to_str()) {
        Some("js" | "mjs" | "cjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        _ => "application/octet-stream",
    };
    reply.add("content-type", kind);
    reply.body = bytes.into();
    Ok(reply)
}

/// The file a request path means: versions are dropped, and nothing leads out of the folder.
fn locate(folder: &Path, request_path: &str) -> Option<PathBuf> {
    let mut path = folder.to_owned();
    for segment in request_path.strip_prefix("/npm/")?.split('/') {
        let segment = percent_decode(segment);
        let name = match segment.rfind('@') {
            Some(at) if at > 0 => segment.get(..at)?,
            _ => segment.as_str(),
        };
        let mut components = Path::new(name).components();
        if !matches!(
            (components.next(), components.next()),
            (Some(Component::Normal(_)), None)
        ) || name.contains('\\')
        {
            return None;
        }
        path.push(name);
    }
    Some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_in_the_folder() {
        let folder = Path::new("/x");
        for (path, expected) in [
            (
                "/npm/@clerk/clerk-js@6/dist/clerk.browser.js",
                Some("/x/@clerk/clerk-js/dist/clerk.browser.js"),
            ),
            (
                "/npm/@clerk/clerk-js/dist/a.js",
                Some("/x/@clerk/clerk-js/dist/a.js"),
            ),
            ("/npm/../secret", None),
            ("/npm/%2e%2e/secret", None),
            ("/npm/a%2F..%2F..%2Fsecret", None),
            ("/npm/..%5Csecret", None),
            ("/npm//etc/passwd", None),
            ("/npm/", None),
        ] {
            assert_eq!(locate(folder, path), expected.map(PathBuf::from), "{path}");
        }
    }
}
