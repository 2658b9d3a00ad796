//! The own password; `staff.must_change` leads here before anything else.

use axum::http::StatusCode;
use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, RunQueryDsl, sql_query};

use super::sign_in::done;
use super::view::PasswordPage;
use crate::platform::session::{attempts, password};
use crate::platform::web::ask::field_errors;
use crate::platform::web::{Ask, Reply};
use crate::platform::{Db, Fault, Problem, Refusal};

const LABELS: &[(&str, &str)] =
    &[("current", "いまのパスワード"), ("new", "新しいパスワード"), ("again", "新しいパスワード（もう一度）")];

/// `GET /session/password`
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    Reply::page(&draw(ask)?)
}

/// `POST /session/password`: every other session of this person ends.
pub fn change(ask: &mut Ask) -> Result<Reply, Problem> {
    let staff = ask.actor()?.staff;
    let database = ask.doors().database();
    let account = database.read(|db| own(db, staff))?;
    let wall = ask.clock().wall();
    // Somebody at an unlocked screen may not guess on either.
    if let Err(wait) = database.write(|db| attempts::take(db, &account.login, &ask.sent.origin, wall))? {
        let message = format!("続けて失敗したため、いまは受け付けていません。あと約{}分お待ちください。", wait.0);
        return refuse(ask, &[Refusal::new(message)], StatusCode::TOO_MANY_REQUESTS);
    }
    if !password::verify(ask.form("current"), Some(&account.password))? {
        return refuse(
            ask,
            &[Refusal::at("current", "いまのパスワードが違います。")],
            StatusCode::UNPROCESSABLE_ENTITY,
        );
    }
    let (new, again) = (ask.form("new").to_owned(), ask.form("again").to_owned());
    let refusal = password::acceptable(&new, &again, &account.login)
        .err()
        .or_else(|| (new == ask.form("current")).then(|| Refusal::at("new", "いまと違うパスワードにしてください。")));
    let origin = ask.sent.origin.clone();
    if let Some(refusal) = refusal {
        database.write(|db| attempts::succeeded(db, &account.login, &origin))?;
        return refuse(ask, &[refusal], StatusCode::UNPROCESSABLE_ENTITY);
    }
    let hash = password::hash(&new)?;
    let key = ask.session.as_ref().map(|s| s.key.clone()).unwrap_or_default();
    database.write(|db| {
        attempts::succeeded(db, &account.login, &origin)?;
        sql_query("update staff set password = $1, must_change = 0 where id = $2")
            .bind::<Text, _>(hash)
            .bind::<BigInt, _>(staff)
            .execute(db)?;
        sql_query("delete from session where staff = $1 and token <> $2")
            .bind::<BigInt, _>(staff)
            .bind::<Text, _>(key)
            .execute(db)?;
        Ok::<_, Fault>(())
    })?;
    Ok(Reply::see_told("/", done("パスワードを変更しました。ほかの端末のサインインは終了しました。")))
}

#[derive(QueryableByName)]
pub(super) struct Own {
    #[diesel(sql_type = Text)]
    pub login: String,
    #[diesel(sql_type = Text)]
    pub password: String,
}

pub(super) fn own(db: &mut Db, staff: i64) -> Result<Own, Fault> {
    Ok(sql_query("select login, password from staff where id = $1").bind::<BigInt, _>(staff).get_result(db)?)
}

fn refuse(ask: &mut Ask, refusals: &[Refusal], status: StatusCode) -> Result<Reply, Problem> {
    let mut page = draw(ask)?;
    page.form.errors = field_errors(refusals, LABELS);
    Ok(Reply::page(&page)?.status(status))
}

fn draw(ask: &mut Ask) -> Result<PasswordPage, Problem> {
    let staff = ask.actor()?.staff;
    let login = ask.doors().database().read(|db| own(db, staff))?.login;
    let must = ask.session.as_ref().is_some_and(|s| s.must_change);
    let mut form = ask.draw_form("/session/password", if must { "" } else { "/" })?;
    form.values.clear();
    let rule = if must {
        "はじめに、自分だけのパスワードに変えてください。12文字以上。言葉をいくつかつなげると覚えやすくなります。"
    } else {
        "12文字以上。言葉をいくつかつなげると覚えやすくなります。"
    };
    Ok(PasswordPage { frame: ask.frame("パスワードの変更", "")?, form, login, rule: rule.to_owned() })
}
