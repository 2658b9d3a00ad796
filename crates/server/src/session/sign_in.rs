//! Signing in and out.

use axum::http::StatusCode;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl, sql_query};

use super::view::SignInPage;
use crate::platform::session::{attempts, drafts, live, password, posts};
use crate::platform::web::ask::{field_errors, is_local};
use crate::platform::web::view::{Notice, NoticeTone};
use crate::platform::web::{Ask, Cookie, Reply};
use crate::platform::{Fault, Problem, Refusal};

/// The same for an unknown login, a wrong password and a closed account: nothing tells which.
const WRONG: &str = "職員番号またはパスワードが違います。";

/// `GET /session?next=…&draft=…`
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    if ask.session.is_some() {
        return Ok(Reply::see(&next(ask)));
    }
    Reply::page(&draw(ask)?)
}

/// `POST /session`
pub fn submit(ask: &mut Ask) -> Result<Reply, Problem> {
    let (login, typed) = (ask.form("login").trim().to_owned(), ask.form("password").to_owned());
    let mut missing = Vec::new();
    if login.is_empty() {
        missing.push(Refusal::at("login", "職員番号を入れてください。"));
    }
    if typed.is_empty() {
        missing.push(Refusal::at("password", "パスワードを入れてください。"));
    }
    if !missing.is_empty() {
        return refuse(ask, &missing, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let wall = ask.clock().wall();
    let database = ask.doors().database();
    if let Err(wait) = database.write(|db| attempts::take(db, &login, &ask.sent.origin, wall))? {
        let message = format!(
            "続けて失敗したため、いまは受け付けていません。あと約{}分お待ちください。パスワードが分からないときは、\
             管理者に再設定を頼んでください。",
            wait.0
        );
        return refuse(ask, &[Refusal::new(message)], StatusCode::TOO_MANY_REQUESTS);
    }
    let today = ask.today();
    let account = database.read(|db| find(db, &login))?.filter(|a| !live::is_closed(a.closed_on, today));
    let fits =
        typed.len() <= password::LONGEST && password::verify(&typed, account.as_ref().map(|a| a.password.as_str()))?;
    let Some(account) = account.filter(|_| fits) else {
        return refuse(ask, &[Refusal::new(WRONG)], StatusCode::UNPROCESSABLE_ENTITY);
    };
    let posts = database.read(|db| posts::held_on(db, account.id, today))?;
    let Some(post) = posts.first() else {
        let message = "きょう有効な役割がありません。管理者に連絡してください。";
        return refuse(ask, &[Refusal::new(message)], StatusCode::UNPROCESSABLE_ENTITY);
    };
    let clock = ask.clock();
    let cookie = database.write(|db| {
        attempts::succeeded(db, &login, &ask.sent.origin)?;
        if let Some(before) = &ask.session {
            before.end(db)?;
        }
        live::start(db, account.id, post.id, &clock)
    })?;
    let on = if account.must_change != 0 { String::from("/session/password") } else { after(ask, account.id)? };
    Ok(Reply::see(&on).cookie(Cookie::session(&cookie)))
}

/// `POST /session/end`
pub fn end(ask: &mut Ask) -> Result<Reply, Problem> {
    if let Some(session) = &ask.session {
        ask.doors().database().write(|db| session.end(db))?;
    }
    Ok(Reply::see("/session").cookie(Cookie::signed_out()))
}

/// The notice after an act of one's own account.
pub(super) fn done(text: &str) -> Notice {
    Notice { tone: NoticeTone::Done, text: text.to_owned(), ..Notice::default() }
}

#[derive(QueryableByName)]
struct Account {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    password: String,
    #[diesel(sql_type = Integer)]
    must_change: i32,
    #[diesel(sql_type = Nullable<Integer>)]
    closed_on: Option<i32>,
}

fn find(db: &mut crate::platform::Db, login: &str) -> Result<Option<Account>, Fault> {
    Ok(sql_query("select id, password, must_change, closed_on from staff where login = $1")
        .bind::<Text, _>(login)
        .get_result(db)
        .optional()?)
}

fn next(ask: &Ask) -> String {
    let asked = ask.query("next");
    if is_local(asked) { asked.to_owned() } else { ask.return_to("/") }
}

/// The draft the form named, if it is this person's own; else the page they were on their way to.
fn after(ask: &Ask, staff: i64) -> Result<String, Fault> {
    let wall = ask.clock().wall();
    if let Ok(id) = ask.form("draft").parse::<i64>()
        && ask.doors().database().read(|db| drafts::find(db, staff, id, wall))?.is_some()
    {
        return Ok(format!("/session/drafts/{id}"));
    }
    Ok(next(ask))
}

fn refuse(ask: &mut Ask, refusals: &[Refusal], status: StatusCode) -> Result<Reply, Problem> {
    let mut page = draw(ask)?;
    page.form.errors = field_errors(refusals, &[("login", "職員番号"), ("password", "パスワード")]);
    Ok(Reply::page(&page)?.status(status))
}

fn draw(ask: &mut Ask) -> Result<SignInPage, Problem> {
    let next = next(ask);
    let mut form = ask.draw_form("/session", &next)?;
    form.return_to = next;
    // A password is never sent back.
    form.values.retain(|(name, _)| name == "login");
    let draft = if ask.query("draft").is_empty() { ask.form("draft") } else { ask.query("draft") };
    let draft: Option<i64> = draft.parse().ok();
    Ok(SignInPage {
        frame: ask.frame("サインイン", "")?,
        form,
        expired: draft.is_some(),
        kept_title: draft.map(|_| String::from("記録")).unwrap_or_default(),
        kept: draft.map(|id| (String::from("draft"), id.to_string())).into_iter().collect(),
        samples: ask.app.settings.samples.clone(),
    })
}
