//! GET and POST /persons/{id}/events/{event}/mark: passages of a record that was written before are marked for 開示請求.
//!
//! A correction like any other, except that it may not change a word: what was written stays what was written.

use casework::{Act, Body, marks::same_words};
use rules::Span;

use super::{fields, post::found};
use crate::{
    persons::{
        sheet::{self, Sheet, hinted},
        view::SheetKind,
    },
    platform::{
        Problem, Refusal,
        mask::words::restored,
        record::Submitted,
        web::{Ask, Reply},
    },
};

const WHOLE: &str = "見せないところを〔第三者：…〕〔不開示：…〕で囲みます。記録の全体に付けるときは、はじめに〔第三者〕か〔不開示〕とだけ書きます。";

/// Whether a record has words of a person in which marks can stand.
pub fn markable(body: &Body) -> bool {
    fields::correctable(body) && fields::prose(&mut body.clone()).is_some()
}

/// Whom one spoke with, where that is part of the record.
fn with(body: &mut Body) -> Option<&mut String> {
    match body {
        Body::Contact(c) | Body::Visit(c) => Some(&mut c.with),
        _ => None,
    }
}

/// Both texts of a record, taken out of it.
fn taken(body: &Body) -> (Body, [String; 2]) {
    let mut rest = body.clone();
    let prose = fields::prose(&mut rest).map(std::mem::take).unwrap_or_default();
    let with = with(&mut rest).map(std::mem::take).unwrap_or_default();
    (rest, [prose, with])
}

/// Whether one version of a record differs from another in nothing but marks.
pub fn only_marked((day, body): (Span, &Body), (later_day, later): (Span, &Body)) -> bool {
    let ((rest, texts), (later_rest, later_texts)) = (taken(body), taken(later));
    day == later_day
        && rest == later_rest
        && texts != later_texts
        && texts.iter().zip(&later_texts).all(|(a, b)| same_words(a, b))
}

fn draw(ask: &mut Ask, why: Option<Submitted>) -> Result<Reply, Problem> {
    let found = found(ask)?;
    if !markable(&found.shown) {
        return Err(Problem::NotFound);
    }
    let (file, event) = (found.opened.file, ask.id("event")?);
    let (_, [prose, with]) = taken(&found.shown);
    let mut fields = vec![hinted("note", "内容", "", WHOLE, SheetKind::Words)];
    if !with.is_empty() {
        fields.push(sheet::field("spoke_with", "相手", "", SheetKind::Text));
    }
    let sheet = Sheet::of(file, &format!("events/{event}/mark"), "開示のしるし", "しるしを付ける", fields)
        .about("書かれた文は変わりません。付けたしるしは、開示用の写しで黒く塗られます。")
        .preset("note", prose)
        .preset("spoke_with", with);
    let sheet = Sheet { original: found.original, back: ask.return_to(&format!("/persons/{file}#e-{event}")), ..sheet };
    sheet::draw(ask, Some(&found.opened), sheet, why)
}

/// GET
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    draw(ask, None)
}

/// POST
pub fn post(ask: &mut Ask) -> Result<Reply, Problem> {
    let found = found(ask)?;
    if !markable(&found.shown) {
        return Err(Problem::NotFound);
    }
    let (file, event) = (found.opened.file, ask.id("event")?);
    let (_, [prose, spoke_with]) = taken(&found.shown);
    let typed = |name: &str| ask.form(name).replace("\r\n", "\n").trim().to_owned();
    let mut wrong = Vec::new();
    let mut body = found.stored.clone();
    let mut put = |field: &'static str, shown: &str, place: Option<&mut String>| {
        let Some(place) = place.filter(|_| field == "note" || !shown.is_empty()) else { return };
        let typed = typed(field);
        if !same_words(&typed, shown) {
            wrong.push(Refusal::at(
                field,
                "文が変わっています。ここではしるしだけを付けます。文を直すときは「訂正」を使ってください。",
            ));
        }
        *place = restored(&typed, shown, place);
    };
    put("note", &prose, fields::prose(&mut body));
    put("spoke_with", &spoke_with, with(&mut body));
    if wrong.is_empty() && body == found.stored {
        wrong.push(Refusal::at("note", "しるしが変わっていません。囲むところを選んでください。"));
    }
    if !wrong.is_empty() {
        return draw(ask, Some(Submitted::Refused(wrong)));
    }
    let act = Act::Correct { file, event, day: found.day, body };
    match sheet::submit(ask, file, act, "開示のしるしを付けました。", false)? {
        Ok(reply) => Ok(reply),
        // Of a closure or a release the text is its reason: here it stands in the one field there is.
        Err(Submitted::Refused(mut wrong)) => {
            wrong.iter_mut().filter(|w| w.field == Some("reason")).for_each(|w| w.field = Some("note"));
            draw(ask, Some(Submitted::Refused(wrong)))
        }
        Err(why) => draw(ask, Some(why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_told_from_a_correction() {
        let note = |text: &str| Body::Note { text: text.into() };
        let day = Span::on(rules::Day(1));
        let only = |a: &str, b: &str| only_marked((day, &note(a)), (day, &note(b)));
        assert!(only("祖母の話", "〔第三者：祖母の話〕"));
        assert!(!only("祖母の話", "〔第三者：叔母の話〕"));
        assert!(!only("祖母の話", "祖母の話"), "nothing happened");
        assert!(!only_marked((day, &note("話")), (Span::on(rules::Day(2)), &note("〔第三者：話〕"))));
    }
}
