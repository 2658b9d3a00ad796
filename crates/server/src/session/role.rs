//! Going on with another of one's own posts.

use super::sign_in::done;
use crate::platform::Problem;
use crate::platform::web::{Ask, Reply};

/// `POST /session/role`: field `role` is the id of a post held today; anything else is not theirs.
pub fn switch(ask: &mut Ask) -> Result<Reply, Problem> {
    let wanted: i64 = ask.form("role").parse().map_err(|_| Problem::NotFound)?;
    let session = ask.session.as_ref().ok_or(Problem::NotFound)?;
    let post = session.posts.iter().find(|post| post.id == wanted).ok_or(Problem::NotFound)?;
    let text = format!("役割を「{}」に切り替えました。", post.role.label());
    if !ask.doors().database().write(|db| session.switch(db, wanted))? {
        return Err(Problem::NotFound);
    }
    Ok(Reply::see_told("/", done(&text)))
}
