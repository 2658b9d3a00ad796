//! Turns the route table into a running web service: the one way from a request to a handler and back.
//!
//! Gate first, then the body, then the CSRF token, then the handler. Handlers are plain functions on blocking threads.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRequestParts, Query, RawPathParams};
use axum::http::request::Parts;
use axum::http::{Request, Response, StatusCode};
use axum::middleware::map_response;
use axum::routing::{MethodFilter, get, on};
use casework::Permission;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;

use super::ask::{Ask, Sent};
use super::body::{self, Takes, Unreadable};
use super::gate::{self, Gate};
use super::headers;
use super::problem::ProblemPage;
use super::reply::{Cookie, Reply, percent};
use super::route::{Method, Route};
use super::view::Frame;
use super::{App, assets};
use crate::session::drafts;
use crate::{Fault, Problem, secret};

/// An address that is in no route: answered like one that may not be seen.
static NOWHERE: Route = Route::new(Method::Get, "", Permission::Public, |_| Err(Problem::NotFound));

/// The service of a route table.
pub fn router(app: Arc<App>, routes: &'static [Route]) -> Router {
    let mut router = Router::new().route("/assets/{*path}", get(assets::serve));
    for route in routes {
        let app = Arc::clone(&app);
        let filter = match route.method {
            Method::Get => MethodFilter::GET,
            Method::Post => MethodFilter::POST,
        };
        router = router.route(route.path, on(filter, move |request| answer(Arc::clone(&app), route, request)));
    }
    let (nowhere, refused, tls) = (Arc::clone(&app), Arc::clone(&app), app.settings.tls);
    router
        .fallback(move |request| answer(Arc::clone(&nowhere), &NOWHERE, request))
        .layer(CsrfLayer::new().with_rejection_response(move |_| foreign(&refused)))
        // The limits are in `body`, which knows what a route takes.
        .layer(DefaultBodyLimit::disable())
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::new())
        .layer(map_response(move |response: Response<Body>| async move { headers::harden(response, tls) }))
}

async fn answer(app: Arc<App>, route: &'static Route, request: Request<Body>) -> Response<Body> {
    let began = app.doors.clock().wall();
    let (mut parts, body) = request.into_parts();
    let response = match served(&app, route, &mut parts, body).await {
        Ok(response) => response,
        Err(fault) => failed(&app, route, &fault, Frame::default()),
    };
    let ms = (app.doors.clock().wall() - began) / 1_000;
    // The pattern, not the address: no ids, no query, nobody.
    tracing::info!(method = %parts.method, route = route.path, status = response.status().as_u16(), ms, "answered");
    response
}

async fn served(app: &Arc<App>, route: &'static Route, parts: &mut Parts, body: Body) -> Result<Response<Body>, Fault> {
    let cookie = headers::cookie(&parts.headers, Cookie::SESSION);
    let gate = {
        let app = Arc::clone(app);
        blocking(move || gate::ask(&app, route, &cookie)).await??
    };
    let Some(mut sent) = head(app, parts).await else {
        return respond(app, route, Ask::new(Arc::clone(app), Sent::default(), None), Problem::NotFound);
    };
    let post = route.method == Method::Post;
    let session = match gate {
        Gate::Open(session) => session.map(|s| *s),
        Gate::SignIn(Some(ended)) if post => {
            // The form is read only to be kept; files are not.
            let read = body::read(parts, body, &app.settings.data, Takes::default(), &mut sent).await;
            let app = Arc::clone(app);
            return blocking(move || kept(&app, ended, read.is_ok().then_some(sent), "/session")).await?;
        }
        Gate::SignIn(_) => {
            return sign_in(app, if post { "" } else { parts.uri.path_and_query().map_or("", |p| p.as_str()) });
        }
        Gate::Locked(session) if post => {
            let read = body::read(parts, body, &app.settings.data, Takes::default(), &mut sent).await;
            let app = Arc::clone(app);
            let held = (session.actor.staff, session.csrf.clone());
            return blocking(move || kept(&app, held, read.is_ok().then_some(sent), "/session/lock")).await?;
        }
        Gate::Locked(_) => {
            return away(app, "/session/lock", parts.uri.path_and_query().map_or("", |p| p.as_str()));
        }
        Gate::AtCounter(session) => {
            let ask = Ask::new(Arc::clone(app), sent, Some(*session));
            let app = Arc::clone(app);
            return blocking(move || at_counter(&app, ask)).await?;
        }
        Gate::Password => return Reply::see("/session/password").into_response(app.settings.tls),
        Gate::NotFound(session) => {
            let ask = Ask::new(Arc::clone(app), sent, Some(*session));
            let app = Arc::clone(app);
            return blocking(move || respond(&app, route, ask, Problem::NotFound)).await?;
        }
    };
    let takes = Takes { files: route.takes_files, lines: route.takes_lines };
    if post && let Err(problem) = body::read(parts, body, &app.settings.data, takes, &mut sent).await {
        return unreadable(app, problem);
    }
    let header_token = parts.headers.get("x-csrf-token").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let ask = Ask::new(Arc::clone(app), sent, session);
    let app = Arc::clone(app);
    blocking(move || handled(&app, route, ask, &header_token)).await?
}

/// Runs on a thread that may wait for the database. A panic there is a fault of this one request.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Fault::new("a handler panicked; the place is in the log above"))
}

/// What the first lines of a request say; `None` if the address is not text.
async fn head(app: &App, parts: &mut Parts) -> Option<Sent> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let params = RawPathParams::from_request_parts(parts, &()).await.ok();
    let params = match params {
        Some(params) => params.iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect(),
        // The fallback has no parameters at all.
        None if parts.extensions.get::<axum::extract::NestedPath>().is_none() => Vec::new(),
        None => return None,
    };
    let Query(query) = Query::try_from_uri(&parts.uri).ok()?;
    Some(Sent {
        params,
        query,
        path: parts.uri.path().to_owned(),
        origin: headers::origin(&parts.headers, peer, app.settings.trust_proxy),
        guest: headers::cookie(&parts.headers, Cookie::GUEST),
        came_from: headers::referer(&parts.headers),
        ..Sent::default()
    })
}

fn handled(app: &App, route: &Route, mut ask: Ask, header_token: &str) -> Result<Response<Body>, Fault> {
    if route.method == Method::Post && !token_fits(&ask, header_token) {
        if ask.session.is_none() {
            // A sign-in form that lay open for long: a fresh one costs nothing.
            return sign_in(app, "");
        }
        let message = "この画面は、サインインしなおす前に開いたものです。安全のため、まだ保存していません。";
        let page = ProblemPage::unreadable(ask.frame("受け付けられませんでした", "")?, message);
        return page_with(app, &page, StatusCode::FORBIDDEN);
    }
    match (route.handler)(&mut ask) {
        Ok(reply) if !reply.is_page() && !route.gives_data => {
            respond(app, route, ask, Fault::new("a route answers data and the table does not say so").into())
        }
        Ok(reply) => ask.finish(reply)?.into_response(app.settings.tls),
        Err(problem) => respond(app, route, ask, problem),
    }
}

/// The session's token for whoever is signed in; on the sign-in form the token of the guest's cookie.
fn token_fits(ask: &Ask, header_token: &str) -> bool {
    let sent = if header_token.is_empty() { ask.form("csrf") } else { header_token };
    let own = ask.session.as_ref().map_or(ask.sent.guest.as_str(), |s| s.csrf.as_str());
    secret::same(own, sent)
}

/// The page of a problem that a handler did not draw itself.
fn respond(app: &App, route: &Route, mut ask: Ask, problem: Problem) -> Result<Response<Body>, Fault> {
    let frame = ask.frame("", "")?;
    let (page, status) = match problem {
        Problem::NotFound => (ProblemPage::not_found(frame), StatusCode::NOT_FOUND),
        Problem::Conflict(_) => (ProblemPage::conflict(frame), StatusCode::CONFLICT),
        Problem::Refused(refusals) => {
            let message = refusals.iter().map(|r| r.message.as_str()).collect::<Vec<_>>().join(" ");
            (ProblemPage::unreadable(frame, &message), StatusCode::UNPROCESSABLE_ENTITY)
        }
        Problem::Fault(fault) => return Ok(failed(app, route, &fault, frame)),
    };
    let reply = Reply::page(&page).map_err(only_fault)?.status(status);
    ask.finish(reply)?.into_response(app.settings.tls)
}

fn page_with(app: &App, page: &ProblemPage, status: StatusCode) -> Result<Response<Body>, Fault> {
    Reply::page(page).map_err(only_fault)?.status(status).into_response(app.settings.tls)
}

fn only_fault(problem: Problem) -> Fault {
    match problem {
        Problem::Fault(fault) => fault,
        _ => Fault::new("a page cannot be drawn"),
    }
}

/// 500: the operator reads the fault under the number the user is shown.
fn failed(app: &App, route: &Route, fault: &Fault, frame: Frame) -> Response<Body> {
    let reference: String = secret::token().unwrap_or_default().chars().take(6).collect();
    tracing::error!(reference, route = route.path, %fault, "failed");
    let frame = Frame { asset_stamp: app.asset_stamp.clone(), ..frame };
    page_with(app, &ProblemPage::failed(frame, &reference), StatusCode::INTERNAL_SERVER_ERROR).unwrap_or_else(|_| {
        let mut response = Response::new(Body::from("500"));
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}

/// 窓口モード, and the page shows what a visitor must not see: how to leave the mode.
fn at_counter(app: &App, mut ask: Ask) -> Result<Response<Body>, Fault> {
    let page = ProblemPage::at_counter(ask.frame("", "")?);
    page_with(app, &page, StatusCode::FORBIDDEN)
}

/// On to signing in, and back to `next` afterwards.
fn sign_in(app: &App, next: &str) -> Result<Response<Body>, Fault> {
    away(app, "/session", next)
}

/// Away to a page that comes first, and back to `next` afterwards.
fn away(app: &App, to: &str, next: &str) -> Result<Response<Body>, Fault> {
    let path = match next {
        "" | "/" => String::from(to),
        next => format!("{to}?next={}", percent(next, false)),
    };
    Reply::see(&path).into_response(app.settings.tls)
}

/// The session ended or its screen was locked while somebody was typing: what they sent waits for them. Only a form drawn
/// for that very session is kept, so that nobody else can put words into their mouth.
fn kept(app: &App, held: (i64, String), sent: Option<Sent>, to: &str) -> Result<Response<Body>, Fault> {
    let (staff, csrf) = held;
    let Some(sent) = sent else { return away(app, to, "") };
    let token = sent.form.iter().find(|(name, _)| name == "csrf").map_or("", |(_, token)| token.as_str());
    if !secret::same(&csrf, token) || sent.path.starts_with("/session") {
        return away(app, to, "");
    }
    let wall = app.doors.clock().wall();
    let id = app.doors.database().write(|db| drafts::keep(db, staff, &sent.path, &sent.form, wall))?;
    Reply::see(&format!("{to}?draft={id}")).into_response(app.settings.tls)
}

fn unreadable(app: &App, problem: Unreadable) -> Result<Response<Body>, Fault> {
    let frame = Frame { asset_stamp: app.asset_stamp.clone(), ..Frame::default() };
    let (message, status) = match problem {
        Unreadable::TooLarge(message) => (message, StatusCode::PAYLOAD_TOO_LARGE),
        Unreadable::Broken => ("送られた内容を読み取れませんでした。", StatusCode::BAD_REQUEST),
        Unreadable::Fault(fault) => return Err(fault),
    };
    page_with(app, &ProblemPage::unreadable(frame, message), status)
}

/// A form sent from another site.
fn foreign(app: &App) -> Response<Body> {
    let frame = Frame { asset_stamp: app.asset_stamp.clone(), ..Frame::default() };
    let page = ProblemPage::unreadable(frame, "ほかのサイトから送られた操作のため、受け付けませんでした。");
    page_with(app, &page, StatusCode::FORBIDDEN).unwrap_or_default()
}
