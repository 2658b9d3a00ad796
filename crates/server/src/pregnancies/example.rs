//! A fictional 妊娠届.
#![allow(clippy::unwrap_used)]

use super::view::PregnancyPage;
use crate::contacts::example::subject;
use crate::example::{choices, form, frame, pairs};
use askama::Template;

pub fn pages() -> Vec<(&'static str, String)> {
    let mut form = form(
        "/persons/2/pregnancies",
        &[("notified_day", "きょう"), ("due_day", "R9.6.20"), ("birth_order", "2"), ("fetuses", "1")],
    );
    form.echoes =
        pairs(&[("notified_day", "令和8年11月24日（火）"), ("due_day", "令和9年6月20日（日）・きょうは妊娠10週2日")]);
    let page = PregnancyPage {
        frame: frame("妊娠届を記録"),
        subject: subject(),
        form,
        fetuses: choices(&[("1", "1人"), ("2", "双子"), ("3", "三つ子以上"), ("0", "まだ分からない")]),
        away: choices(&[("no", "予定なし"), ("yes", "予定あり"), ("undecided", "まだ分からない")]),
        interviews: choices(&[("done", "面談した"), ("later", "後日"), ("declined", "希望しない")]),
        away_place_asked: true,
        next_acts: choices(&[("call", "電話"), ("interview", "面談")]),
    };
    vec![("pregnancy", page.render().unwrap())]
}
