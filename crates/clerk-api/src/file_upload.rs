//! Files that are uploaded as form data (RFC 7578).

use bytes::Bytes;

/// A file to upload.
#[derive(Debug, Clone)]
pub struct FileUpload {
    bytes: Bytes,
    file_name: String,
    content_type: String,
}

impl FileUpload {
    /// A file by its content, name and media type, such as `image/png`.
    pub fn new(
        bytes: impl Into<Bytes>,
        file_name: impl Into<String>,
        content_type: impl Into<String>,
    ) -> Self {
        Self {
            bytes: bytes.into(),
            file_name: file_name.into(),
            content_type: content_type.into(),
        }
    }

    /// The content type and body of a form with this file in part `file`.
    #[allow(dead_code, reason = "not every group of the API has uploads")]
    pub(crate) fn form(&self, texts: &[(&str, Option<&str>)]) -> (String, Bytes) {
        let mut boundary = String::from("clerk-form-boundary");
        while contains(&self.bytes, boundary.as_bytes())
            || texts
                .iter()
                .any(|(_, text)| text.is_some_and(|text| text.contains(&boundary)))
        {
            boundary.push('x');
        }
        let mut body = Vec::with_capacity(self.bytes.len() + 512);
        for (name, text) in texts {
            if let Some(text) = text {
                let head = format!(
                    "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n",
                    quoted(name)
                );
                body.extend_from_slice(head.as_bytes());
                body.extend_from_slice(text.as_bytes());
                body.extend_from_slice(b"\r\n");
            }
        }
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
            quoted(&self.file_name),
            self.content_type.replace(['\r', '\n'], " ")
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(&self.bytes);
        body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        (
            format!("multipart/form-data; boundary={boundary}"),
            Bytes::from(body),
        )
    }
}

/// Quotes and line ends as browsers write them, so that a name cannot end its part.
fn quoted(text: &str) -> String {
    text.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    // covers: HTTP-16
    #[test]
    fn a_file_cannot_leave_its_part() {
        let file = FileUpload::new(
            "--clerk-form-boundary--",
            "a\"\r\nX: y",
            "image/png\r\nX: y",
        );
        let (content_type, body) =
            file.form(&[("uploader_user_id", Some("user_1")), ("other", None)]);
        assert_eq!(
            content_type,
            "multipart/form-data; boundary=clerk-form-boundaryx"
        );
        let text = String::from_utf8(body.to_vec()).unwrap();
        assert_eq!(
            text,
            "--clerk-form-boundaryx\r\nContent-Disposition: form-data; name=\"uploader_user_id\"\r\n\r\nuser_1\r\n\
             --clerk-form-boundaryx\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a%22%0D%0AX: y\"\r\n\
             Content-Type: image/png  X: y\r\n\r\n--clerk-form-boundary--\r\n--clerk-form-boundaryx--\r\n"
        );
    }
}
