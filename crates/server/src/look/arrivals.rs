//! Fictional arrivals: one in time, one late, one never.
#![allow(clippy::unwrap_used)]

use crate::example::frame;
use crate::platform::web::view::Link;
use askama::Template;
use intake::arrivals::view::{ArrivalsPage, Source};

pub fn pages() -> Vec<(&'static str, String)> {
    let source = |title: &str, through: &str, state: &str, late| Source {
        title: title.into(),
        through: through.into(),
        lag: "およそ45日".into(),
        expected: "R8.9.30まで".into(),
        state: state.into(),
        late,
        never: through == "—",
        batch: late.then(|| Link { label: "R8.11.5 9:10 sesshu_08.csv".into(), url: "/events/8".into() }),
        waiting: if late { "2行".into() } else { String::new() },
    };
    let page = ArrivalsPage {
        frame: frame("取り込みの状況"),
        sources: vec![
            source("住民記録", "R8.11.23まで", "届いている", false),
            source("予防接種予診票", "R8.8.31まで", "30日遅れている", true),
            source("産婦健診受診票", "—", "まだ届いていない", false),
        ],
        said: "いま1種類が遅れています。".into(),
        may_import: true,
    };
    vec![("arrivals", page.render().unwrap())]
}
