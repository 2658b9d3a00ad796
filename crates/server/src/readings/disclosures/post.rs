//! POST …/decide and …/extend: the decision (第82条), and the one extension of the time to answer (第83条第2項).

use axum::http::StatusCode;
use casework::{
    Body,
    disclosure::{Answered, Extended, Outcome},
};
use rules::Span;

use super::page::{draw, extended, put_errors, with_case};
use crate::{
    persons::sheet::{keep, recording},
    platform::{
        Problem, Refusal,
        record::{self, Submitted},
        typed,
        web::{Ask, Reply},
    },
};

const LABELS: &[(&str, &str)] =
    &[("outcome", "決定"), ("reason", "理由"), ("day", "決定の日"), ("extend_reason", "延長の理由")];

/// POST …/decide
pub fn decide(ask: &mut Ask) -> Result<Reply, Problem> {
    let mut wrong = Vec::new();
    let outcome = Outcome::from_code(ask.form("outcome"));
    if outcome.is_none() {
        wrong.push(Refusal::at("outcome", "決定を選んでください。"));
    }
    let blacked = with_case(ask, |_, _, _, copy, _| Ok(copy.blacked()))?;
    if outcome == Some(Outcome::Whole) && blacked > 0 {
        wrong.push(Refusal::at(
            "outcome",
            format!("写しに黒く塗るところが{blacked}か所あります。「一部開示」を選ぶか、しるしを外してください。"),
        ));
    }
    let day = keep(&mut wrong, typed::span(ask, "day"));
    let (Some(outcome), Some(day), true) = (outcome, day, wrong.is_empty()) else {
        return refused(ask, Submitted::Refused(wrong), true);
    };
    let reason = ask.form("reason").trim().to_owned();
    let body = Body::DisclosureAnswered(Answered { of: ask.id("event")?, outcome, reason });
    submit(ask, day, body, &format!("「{}」の決定を記録しました。", outcome.names().1), true)
}

/// POST …/extend
pub fn extend(ask: &mut Ask) -> Result<Reply, Problem> {
    let (of, due) = (ask.id("event")?, with_case(ask, |_, _, case, _, _| Ok(extended(case)))?);
    let reason = ask.form("extend_reason").trim().to_owned();
    let day = Span::on(ask.today());
    let body = Body::DisclosureExtended(Extended { of, due, reason });
    submit(ask, day, body, "期限の延長を記録しました。請求した人に書面で知らせてください。", false)
}

fn submit(ask: &mut Ask, day: Span, body: Body, told: &str, decides: bool) -> Result<Reply, Problem> {
    let (file, of) = (ask.id("id")?, ask.id("event")?);
    match record::submit(ask, recording(file, None, day, body))? {
        Submitted::Applied(applied) => {
            let back = format!("/persons/{file}/disclosures/{of}");
            let undo = applied.events.first().map(|event| (file, *event));
            Ok(Reply::see_told(&back, record::told(told, undo, &back)))
        }
        why => refused(ask, why, decides),
    }
}

fn refused(ask: &mut Ask, why: Submitted, decides: bool) -> Result<Reply, Problem> {
    let status = match why {
        Submitted::Conflict(_) => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    draw(ask, status, |page| {
        let form = if decides { page.decide.as_mut() } else { page.extend.as_mut() };
        match why {
            Submitted::Refused(wrong) => {
                // Decided meanwhile, there is no form left to say it in: the page shows the decision.
                put_errors(form, &wrong, LABELS);
            }
            Submitted::Conflict(conflict) => form.into_iter().for_each(|form| form.conflict = Some(conflict.clone())),
            Submitted::Applied(_) => {}
        }
    })
}
