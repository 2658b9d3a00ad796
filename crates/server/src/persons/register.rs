//! What the register will say later, recorded by hand: 転出, 死亡; and release from the register by name and with a reason.

use casework::{Act, Body};
use rules::Span;

use super::{
    sheet::{self, Sheet, field, hinted, keep, recording},
    view::SheetKind,
};
use crate::contacts::postings::stop;
use crate::platform::{
    Problem, Refusal,
    record::Submitted,
    typed,
    web::{Ask, Reply},
};
use crate::subject::Opened;

/// The short forms of this module: one row each.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    MovedOut,
    Died,
    Release,
    Note,
}

impl What {
    fn sheet(self, file: i64) -> Sheet {
        let day = |label: &str| field("day", label, "必須", SheetKind::Day);
        match self {
            What::MovedOut => Sheet::of(
                file,
                "moved-out",
                "転出を記録",
                "記録する",
                vec![day("転出の日"), field("destination", "転出先の市区町村", "任意", SheetKind::Text)],
            )
            .about("転出だけでは何も終わりません。台帳から終結するかどうかの判断が、一覧に出ます。"),
            What::Died => Sheet::of(file, "died", "死亡を記録", "記録する", vec![day("亡くなった日")])
                .about("案内や通知は、記録したときから止まります。経過の記録はそのまま残ります。"),
            What::Release => Sheet::of(
                file,
                "release",
                "台帳からの終結",
                "終結する",
                vec![hinted("reason", "理由", "必須", "例 転出先の市に情報提供し、受理を確認した", SheetKind::Words)],
            )
            .about(
                "この方の開いている対応は、すべて終結になります。だれが、なぜ終結したかは記録に残り、取り消せます。",
            ),
            What::Note => Sheet::of(
                file,
                "notes/new",
                "メモを書く",
                "記録する",
                vec![field("day", "いつのことか", "", SheetKind::Day), field("note", "内容", "必須", SheetKind::Words)],
            )
            .preset("day", "きょう"),
        }
    }

    fn told(self) -> &'static str {
        match self {
            What::MovedOut => "転出を記録しました。台帳から終結するかどうかの判断が一覧に出ます。",
            What::Died => "死亡を記録しました。",
            What::Release => "台帳から終結しました。",
            What::Note => "メモを記録しました。",
        }
    }

    fn read(self, ask: &Ask, file: i64) -> Result<Act, Vec<Refusal>> {
        let mut wrong = Vec::new();
        let day = match self {
            What::Release => Some(Span::on(ask.today())),
            What::Note if ask.form("day").trim().is_empty() => Some(Span::on(ask.today())),
            _ => keep(&mut wrong, typed::span(ask, "day")),
        };
        let text = |name: &str| ask.form(name).trim().to_owned();
        let body = match self {
            What::MovedOut => Body::MovedOut { destination: text("destination") },
            What::Died => Body::Died,
            What::Release => Body::Released { reason: text("reason") },
            What::Note => Body::Note { text: text("note") },
        };
        if self == What::Note && text("note").is_empty() {
            wrong.push(Refusal::at("note", "内容を入力してください。"));
        }
        match day {
            Some(day) if wrong.is_empty() => Ok(recording(file, None, day, body)),
            _ => Err(wrong),
        }
    }
}

fn draw(ask: &mut Ask, what: What, why: Option<Submitted>) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    let opened = ask.read(|door| Opened::of(door, file))?;
    sheet::draw(ask, Some(&opened), what.sheet(file), why)
}

fn post(ask: &mut Ask, what: What) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    let act = match what.read(ask, file) {
        Ok(act) => act,
        Err(wrong) => return draw(ask, what, Some(Submitted::Refused(wrong))),
    };
    let mut told = String::from(what.told());
    if what == What::Died {
        told.push_str(&stop::in_the_post(ask, file)?);
    }
    match sheet::submit(ask, file, act, &told, true)? {
        Ok(reply) => Ok(reply),
        Err(why) => draw(ask, what, Some(why)),
    }
}

/// GET /persons/{id}/moved-out
pub fn moved_out(ask: &mut Ask) -> Result<Reply, Problem> {
    draw(ask, What::MovedOut, None)
}

/// POST /persons/{id}/moved-out
pub fn record_moved_out(ask: &mut Ask) -> Result<Reply, Problem> {
    post(ask, What::MovedOut)
}

/// GET /persons/{id}/died
pub fn died(ask: &mut Ask) -> Result<Reply, Problem> {
    draw(ask, What::Died, None)
}

/// POST /persons/{id}/died
pub fn record_died(ask: &mut Ask) -> Result<Reply, Problem> {
    post(ask, What::Died)
}

/// GET /persons/{id}/release
pub fn release(ask: &mut Ask) -> Result<Reply, Problem> {
    draw(ask, What::Release, None)
}

/// POST /persons/{id}/release
pub fn record_release(ask: &mut Ask) -> Result<Reply, Problem> {
    post(ask, What::Release)
}

/// GET /persons/{id}/notes/new
pub fn note(ask: &mut Ask) -> Result<Reply, Problem> {
    draw(ask, What::Note, None)
}

/// POST /persons/{id}/notes/new
pub fn record_note(ask: &mut Ask) -> Result<Reply, Problem> {
    post(ask, What::Note)
}
