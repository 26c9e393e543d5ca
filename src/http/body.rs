//! Bodies of requests, and the fields of submitted forms.

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request},
    http::header,
};
use http_body_util::BodyExt;
use serde::de::{
    DeserializeOwned,
    value::{Error as FieldError, MapDeserializer},
};

use super::{error::Error, state::Shared};

/// The most bytes that are read of a body that is too large. They are thrown away: a browser that is still sending
/// would not see the answer.
const DISCARD: usize = 16 * 1024 * 1024;

/// A submitted form, read as a struct whose fields are texts with defaults. Other fields are ignored.
pub(super) struct Form<T>(pub T);

impl<T: DeserializeOwned> Form<T> {
    /// # Errors
    /// [`Error::BadRequest`] if a field was sent twice: either value may be the right one.
    fn parse(body: &[u8]) -> Result<Self, Error> {
        // Bytes that are not UTF-8 become U+FFFD, which no field accepts.
        let fields = MapDeserializer::<_, FieldError>::new(form_urlencoded::parse(body));
        T::deserialize(fields).map(Self).map_err(|_| Error::BadRequest("a field was sent twice"))
    }
}

impl<T: DeserializeOwned> FromRequest<Shared> for Form<T> {
    type Rejection = Error;

    async fn from_request(request: Request, web: &Shared) -> Result<Self, Error> {
        let is_form = is_form(&request);
        let body = read(request.into_body(), web.config().server.body_limit).await?;
        if is_form { Self::parse(&body) } else { Err(Error::MediaType) }
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

    #[derive(Default, serde::Deserialize)]
    #[serde(default)]
    struct Three {
        a: String,
        c: String,
        d: String,
        none: String,
    }

    #[test]
    fn a_field_is_there_once_or_not_at_all() {
        let Form(fields) = Form::<Three>::parse(b"a=1&b=2&b=3&c=%FF%00+x&=&&d").unwrap();
        assert_eq!([fields.a, fields.none, fields.d], ["1", "", ""]);
        assert_eq!(fields.c, "\u{FFFD}\0 x");
        assert!(matches!(Form::<Three>::parse(b"a=1&a=1"), Err(Error::BadRequest("a field was sent twice"))));
    }

    #[tokio::test]
    async fn a_body_is_read_up_to_the_limit() {
        assert_eq!(read(Body::from(vec![b'x'; LIMIT]), LIMIT).await.unwrap().len(), LIMIT);
        assert!(matches!(read(Body::from(vec![b'x'; LIMIT + 1]), LIMIT).await, Err(Error::TooLarge)));
        assert!(matches!(read(Body::from(vec![b'x'; DISCARD + 1]), LIMIT).await, Err(Error::TooLarge)));
    }
}
