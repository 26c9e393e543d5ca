//! Reading a submitted form.

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request},
    http::header,
};
use http_body_util::BodyExt;

use super::{error::Error, web::Shared};

/// So much of a body that is too large is read and thrown away: a browser that is still sending would not
/// see the answer.
const DISCARD: usize = 16 * 1024 * 1024;

/// The fields of a form in the order in which they were sent.
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    fn parse(body: &[u8]) -> Self {
        // Bytes that are not UTF-8 become U+FFFD, which no field accepts.
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// The field's value; empty when it was not sent.
    ///
    /// # Errors
    /// When it was sent twice: which one is meant cannot be told.
    pub(super) fn one(&self, name: &str) -> Result<&str, Error> {
        let mut values = self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let value = values.next().unwrap_or_default();
        if values.next().is_some() { Err(Error::BadRequest("a field was sent twice")) } else { Ok(value) }
    }
}

impl FromRequest<Shared> for Fields {
    type Rejection = Error;

    async fn from_request(request: Request, web: &Shared) -> Result<Self, Error> {
        let is_form = is_form(&request);
        let body = read(request.into_body(), web.settings.body_limit).await?;
        if is_form { Ok(Self::parse(&body)) } else { Err(Error::MediaType) }
    }
}

fn is_form(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// The body, unless it is larger than `limit`.
pub(super) async fn read(mut body: Body, limit: usize) -> Result<Bytes, Error> {
    let (mut kept, mut seen) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Error::BadRequest("the body ended early or was not well framed"))?;
        let Ok(data) = frame.into_data() else { continue };
        seen += data.len();
        if seen > DISCARD {
            break;
        }
        if seen <= limit {
            kept.extend_from_slice(&data);
        }
    }
    if seen > limit { Err(Error::TooLarge) } else { Ok(kept.into()) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const LIMIT: usize = 4096;

    #[test]
    fn a_field_is_there_once_or_not_at_all() {
        let fields = Fields::parse(b"a=1&b=2&b=3&c=%FF%00+x&=&&d");
        assert_eq!(fields.one("a").unwrap(), "1");
        assert_eq!(fields.one("none").unwrap(), "");
        assert_eq!(fields.one("d").unwrap(), "");
        assert_eq!(fields.one("c").unwrap(), "\u{FFFD}\0 x");
        assert!(matches!(fields.one("b"), Err(Error::BadRequest(_))));
    }

    #[tokio::test]
    async fn a_body_is_read_up_to_the_limit() {
        assert_eq!(read(Body::from(vec![b'x'; LIMIT]), LIMIT).await.unwrap().len(), LIMIT);
        assert!(matches!(read(Body::from(vec![b'x'; LIMIT + 1]), LIMIT).await, Err(Error::TooLarge)));
        assert!(matches!(read(Body::from(vec![b'x'; DISCARD + 1]), LIMIT).await, Err(Error::TooLarge)));
    }
}
