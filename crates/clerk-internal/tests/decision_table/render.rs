//! The table as Markdown. The requirements of a row stand in the rows alone: public documentation cites none.

use std::fmt::Write;

use super::rows::Group;

pub(crate) fn page(groups: &[Group]) -> String {
    let mut page = String::from(
        "<!-- Made by `cargo xtask decisions` from the rows of a test; not edited by hand. -->\n\
         # What is decided when\n\n\
         Each row is a request that the engine was asked about. Unless a row says otherwise, the request is a browser's \
         navigation to a page of a live instance's application, session tokens are accepted, and keys are at hand. Where a \
         row has a destination, the answer is a redirect with status 307.\n",
    );
    for group in groups {
        writeln!(page, "\n## {}\n", group.title).unwrap();
        page += "| Request | State | Reason | Sent to |\n| --- | --- | --- | --- |\n";
        for row in &group.rows {
            let reason = match row.reason {
                "" => String::new(),
                reason => format!("`{reason}`"),
            };
            writeln!(
                page,
                "| {} | {} | {reason} | {} |",
                row.situation, row.status, row.sent_to
            )
            .unwrap();
        }
    }
    page
}
