//! The way in: where signing in leads, and the sign of life for whoever watches the server.

use diesel::{RunQueryDsl, sql_query};

use crate::platform::db::CountRow;
use crate::platform::web::problem::ProblemPage;
use crate::platform::web::{Ask, Reply};
use crate::platform::{Fault, Problem};
use crate::routes::MENU;

/// `GET /`: the first entry of the menu that the role may open.
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let role = ask.actor()?.role;
    if let Some(first) = MENU.iter().find(|item| role.may(item.permission)) {
        return Ok(Reply::see(first.url));
    }
    let frame = ask.frame("はじめに", "/")?;
    Reply::page(&ProblemPage {
        title: String::from("はじめに"),
        message: format!("サインインしています（{}）。この役割で使える画面は、まだありません。", role.label()),
        advice: vec![String::from("ほかの役割をお持ちのときは、右上で切り替えてください。")],
        frame,
        ..ProblemPage::default()
    })
}

/// `GET /healthz`: the program answers and reaches its database.
pub fn health(ask: &mut Ask) -> Result<Reply, Problem> {
    ask.doors().database().read(|db| {
        sql_query("select cast(1 as bigint) as n").get_result::<CountRow>(db)?;
        Ok::<_, Fault>(())
    })?;
    Ok(Reply::text("ok\n"))
}
