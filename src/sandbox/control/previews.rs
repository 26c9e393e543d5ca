//! Pages that show what mails look like before any is sent, if the code that started the sandbox has provided some.

use std::sync::{Arc, PoisonError};

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::{Html, IntoResponse as _, Response};

use super::pages::{self, MAIL_POLICY};
use crate::sandbox::options::Preview;
use crate::sandbox::world::World;

#[derive(Template)]
#[template(path = "sandbox/previews.html")]
struct List {
    mails: Vec<Mail>,
}

/// One mail in all its languages.
struct Mail {
    title: String,
    languages: Vec<Entry>,
}

struct Entry {
    number: usize,
    language: String,
    subject: String,
}

#[derive(Template)]
#[template(path = "sandbox/preview.html")]
struct Page<'a> {
    number: usize,
    preview: &'a Preview,
    /// The same mail in all its languages.
    others: &'a [Entry],
}

/// Returns whether there are previews to show.
pub(super) fn has_some(world: &World) -> bool {
    !world.previews.read().unwrap_or_else(PoisonError::into_inner).is_empty()
}

/// `GET /sandbox/previews`
pub(super) async fn list(State(world): State<Arc<World>>) -> Response {
    let previews = world.previews.read().unwrap_or_else(PoisonError::into_inner);
    if previews.is_empty() { gone() } else { pages::html(&List { mails: by_title(&previews) }) }
}

/// `GET /sandbox/previews/{number}`
pub(super) async fn preview(State(world): State<Arc<World>>, Path(number): Path<usize>) -> Response {
    let previews = world.previews.read().unwrap_or_else(PoisonError::into_inner);
    let Some(preview) = previews.get(number) else { return gone() };
    let mails = by_title(&previews);
    let others = mails.iter().find(|mail| mail.title == preview.title);
    let others = others.map_or(&[][..], |mail| mail.languages.as_slice());
    pages::html(&Page { number, preview, others })
}

/// `GET /sandbox/previews/{number}/html`: for the frame on the preview's page.
pub(super) async fn html(State(world): State<Arc<World>>, Path(number): Path<usize>) -> Response {
    let previews = world.previews.read().unwrap_or_else(PoisonError::into_inner);
    match previews.get(number) {
        Some(preview) => {
            ([(CONTENT_SECURITY_POLICY, MAIL_POLICY)], Html(preview.html.clone())).into_response()
        }
        None => gone(),
    }
}

/// The previews in the order in which they came, each title once.
fn by_title(previews: &[Preview]) -> Vec<Mail> {
    let mut mails: Vec<Mail> = Vec::new();
    for (number, preview) in previews.iter().enumerate() {
        let entry = Entry { number, language: preview.language.clone(), subject: preview.subject.clone() };
        match mails.iter_mut().find(|mail| mail.title == preview.title) {
            Some(mail) => mail.languages.push(entry),
            None => mails.push(Mail { title: preview.title.clone(), languages: vec![entry] }),
        }
    }
    mails
}

fn gone() -> Response {
    (StatusCode::NOT_FOUND, "There is no such preview here.").into_response()
}
