//! Going on with another of one's own posts.

use super::sign_in::done;
use crate::platform::Problem;
use crate::platform::web::{Ask, Reply};

/// `POST /session/role`: field `role` is the id of a post held today; anything else is not theirs. Goes on at `return_to`,
/// else at the beginning: the page one came from may not be the other role's.
pub fn switch(ask: &mut Ask) -> Result<Reply, Problem> {
    let wanted: i64 = ask.form("role").parse().map_err(|_| Problem::NotFound)?;
    let session = ask.session.as_ref().ok_or(Problem::NotFound)?;
    let post = session.posts.iter().find(|post| post.id == wanted).ok_or(Problem::NotFound)?;
    let text = format!("役割を「{}」に切り替えました。", post.role.label());
    if !ask.doors().database().write(|db| session.switch(db, wanted))? {
        return Err(Problem::NotFound);
    }
    let place = if ask.form("return_to").is_empty() { String::from("/") } else { ask.return_to("/") };
    Ok(Reply::see_told(&place, done(&text)))
}
