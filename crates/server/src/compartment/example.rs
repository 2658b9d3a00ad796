//! The compartment's page with fictional content.
#![allow(clippy::unwrap_used)]

use askama::Template;

use super::{
    page::KINDS,
    view::{CompartmentPage, Kept},
};
use crate::contacts::view::Subject;
use crate::example::{choices, form, frame, refused};
use crate::platform::web::view::Name;

pub fn pages() -> Vec<(&'static str, String)> {
    let kept = |event, text: &str, open| Kept {
        event,
        day: "R8.11.24〜".into(),
        text: text.into(),
        who: "田村 亮".into(),
        open,
    };
    let page = CompartmentPage {
        frame: frame("要対協・通告"),
        subject: Subject { name: Name { text: "架空 一郎".into(), ruby: String::new() }, ..Subject::default() },
        form: form("/persons/3/compartment", &[]),
        periods: vec![kept(5, "要支援児童（調整機関の決定）", true)],
        reports: vec![kept(6, "だれから：匿名／夜に大きな声がした", false)],
        hidden: vec![kept(7, "続柄を1件隠しています", false)],
        kinds: choices(KINDS),
        links: choices(&[("", "選んでください"), ("9", "母 架空 美穂")]),
    };
    let wrong = [("kind", "種別", "種別を選んでください。"), ("day", "決定の日", "日付を入れてください。")];
    let again = CompartmentPage { form: refused(form("/persons/3/compartment", &[]), &wrong), ..page.clone() };
    vec![("compartment", page.render().unwrap()), ("compartment-refused", again.render().unwrap())]
}
