//! `GET /supervision/handovers/new`: what is to move, and what that would do, before anybody decides.

use casework::office::handover::Move;
use rules::{Day, wareki};

use super::super::{
    charges::{self, PROGRAMMES, said},
    desk::Desk,
    view::{MoveRow, NewHandoverPage, PlanRow, PlanView},
};
use super::{
    Moved,
    moves::{Wanted, too_early},
    plan,
};
use crate::platform::web::form::{Choice, FieldError, Form};
use crate::platform::web::{Ask, Reply, ask::field_errors};
use crate::platform::{Door, Problem, Refusal};

/// The page.
///
/// # Errors
/// If the database fails.
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let wanted = Wanted::read(ask, false);
    Reply::page(&draw(ask, wanted, &[])?)
}

/// The page with what is asked for; with `refusals`, why it was not decided.
///
/// # Errors
/// If the database fails.
pub fn draw(ask: &mut Ask, mut wanted: Wanted, refusals: &[Refusal]) -> Result<NewHandoverPage, Problem> {
    let frame = ask.frame("担当替え", "/supervision")?;
    let mut decide = ask.draw_form("/supervision/handovers", "/supervision")?;
    decide.errors = field_errors(refusals, &[("reason", "理由・申し送り")]);
    let today = ask.today();
    let day = wanted.day_or_usual(today);
    let mut page = ask.read(|door| {
        let desk = Desk::of(door)?;
        let moves = wanted.moves(&desk, day);
        let mut page = asked(&desk, &wanted, day);
        page.districts = districts(door, &desk)?;
        page.ask.errors = early(&desk, day);
        if wanted.begun() && wanted.wrong.is_empty() {
            if moves.is_empty() {
                wanted.wrong.push(String::from("動く担当がありません。「だれに」を選んでください。"));
            } else {
                page.plan = Some(planned(door, &desk, &wanted, &moves, day)?);
            }
        }
        page.wrong.clone_from(&wanted.wrong);
        Ok(page)
    })?;
    page.frame = frame;
    match &mut page.plan {
        Some(plan) => plan.form = decide,
        // Without a plan there is no form for them to stand in.
        None => page.wrong.extend(refusals.iter().map(|r| r.message.clone())),
    }
    page.wrong.dedup();
    Ok(page)
}

/// Said beside いつから.
pub fn early(desk: &Desk, day: Day) -> Vec<FieldError> {
    let refused: Vec<Refusal> = too_early(desk, day).into_iter().collect();
    field_errors(&refused, &[("from_day", "いつから")])
}

fn asked(desk: &Desk, wanted: &Wanted, day: Day) -> NewHandoverPage {
    let choice = |id: i64| Choice::new(&id.to_string(), &desk.name(id));
    let mut givers: Vec<i64> =
        desk.table.rows.iter().filter(|r| r.until.is_none_or(|u| u >= day)).map(|r| r.staff).collect();
    givers.sort_unstable();
    givers.dedup();
    let workers: Vec<Choice> = desk.able(day).map(|w| choice(w.id)).collect();
    let mut values = vec![
        (String::from("from"), wanted.from.to_string()),
        (String::from("to"), wanted.to.to_string()),
        (String::from("from_day"), wareki::short(day)),
    ];
    if let Some(extra) = &wanted.extra {
        values.push((String::from("extra_to"), extra.to.to_string()));
        values.push((String::from("extra_district"), extra.district.clone()));
        values.push((String::from("extra_programme"), extra.programme.clone()));
        values.push((String::from("extra_category"), extra.category.clone()));
    }
    let none = |label: &str| Choice::new("0", label);
    let any = |label: &str| Choice::new("", label);
    NewHandoverPage {
        ask: Form {
            action: String::from("/supervision/handovers/new"),
            echoes: vec![(String::from("from_day"), wareki::long(day))],
            values,
            ..Form::default()
        },
        rows: rows(desk, wanted, day, &workers),
        givers: [none("選ばない（空いている担当）")].into_iter().chain(givers.into_iter().map(choice)).collect(),
        workers: [none("選ばない")].into_iter().chain(workers).collect(),
        programmes: [any("すべての事業")]
            .into_iter()
            .chain(PROGRAMMES.iter().map(|(code, word)| Choice::new(code, word)))
            .collect(),
        categories: vec![any("すべての区分"), Choice::new("needs_support", charges::category_word("needs_support"))],
        ..NewHandoverPage::default()
    }
}

/// The rows of whoever gives, each with a choice of its own.
fn rows(desk: &Desk, wanted: &Wanted, day: Day, workers: &[Choice]) -> Vec<MoveRow> {
    let held = desk.table.rows.iter().filter(|r| r.staff == wanted.from && r.until.is_none_or(|until| until >= day));
    held.map(|row| {
        let to = wanted.to_of(row.event).to_string();
        let stay = Choice::new("0", "動かさない");
        let choices = [stay].into_iter().chain(workers.iter().filter(|w| w.value != row.staff.to_string()).cloned());
        MoveRow {
            field: format!("to-{}", row.event),
            label: said(&row.district, &row.programme, &row.category),
            who: desk.name(row.staff),
            until: row.until.map(|until| format!("{}まで", wareki::short(until))).unwrap_or_default(),
            choices: choices.map(|c| (c.clone(), c.value == to)).collect(),
        }
    })
    .collect()
}

/// 地区 of the table and of the people on file.
fn districts(door: &mut Door<'_>, desk: &Desk) -> Result<Vec<Choice>, Problem> {
    use diesel::{
        QueryableByName, RunQueryDsl, sql_query,
        sql_types::{BigInt, Text},
    };
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        district: String,
    }
    let rows: Vec<Row> = sql_query(
        "select district from person where keeper = $1 and district <> '' and protected = 0 union \
         select district from assignment where keeper = $1 and district <> '' order by district",
    )
    .bind::<BigInt, _>(desk.keeper)
    .load(door.db)?;
    let every = Choice::new("", "すべての地区");
    Ok([every].into_iter().chain(rows.into_iter().map(|r| Choice::new(&r.district, &r.district))).collect())
}

/// What deciding would do.
///
/// # Errors
/// If the database fails.
pub fn planned(
    door: &mut Door<'_>,
    desk: &Desk,
    wanted: &Wanted,
    moves: &[Moved],
    day: Day,
) -> Result<PlanView, Problem> {
    let changes: Vec<Move> = moves.iter().map(|m| m.change.clone()).collect();
    let plan = plan::plan(door, desk, &changes, day)?;
    let name = |id: Option<i64>| id.map_or_else(|| String::from("だれもいません"), |id| desk.name(id));
    let rows = plan.iter().map(|((from, to), part)| {
        let here = moves.iter().filter(|m| Some(m.change.to) == *to && (m.from == *from || m.from.is_none()));
        let charges: Vec<String> =
            here.map(|m| said(&m.change.district, &m.change.programme, &m.change.category)).collect();
        PlanRow {
            from: name(*from),
            to: name(*to),
            charges: charges.join("、"),
            persons: count(part.persons.len()),
            named: count(part.named.len()),
            pressing: part.pressing,
            lines: part.lines,
        }
    });
    let mut rows: Vec<PlanRow> = rows.collect();
    rows.sort_by_key(|row| -row.persons);
    let named: usize = plan.values().map(|part| part.named.len()).sum();
    let mut fields = vec![
        (String::from("from"), wanted.from.to_string()),
        (String::from("to"), wanted.to.to_string()),
        (String::from("from_day"), day.to_string()),
    ];
    fields.extend(wanted.fields.iter().cloned());
    fields.extend(wanted.rows.iter().map(|(row, to)| (format!("to-{row}"), to.to_string())));
    if let Some(extra) = &wanted.extra {
        fields.push((String::from("extra_to"), extra.to.to_string()));
        for (name, value) in
            [("district", &extra.district), ("programme", &extra.programme), ("category", &extra.category)]
        {
            fields.push((format!("extra_{name}"), value.clone()));
        }
    }
    Ok(PlanView {
        title: format!("{}から、こう替わります", wareki::long(day)),
        said: told(moves, desk, named, day),
        rows,
        form: Form::default(),
        fields,
    })
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn told(moves: &[Moved], desk: &Desk, named: usize, day: Day) -> Vec<String> {
    let mut said = vec![format!(
        "担当の表の{}行が替わります。一人ひとりの記録や対応の期限は変わりません。{}から、一覧の「自分の担当」が新しい担当に替わります。",
        moves.len(),
        wareki::month_day(day)
    )];
    let by = super::decide::read_by(day, desk.today);
    said.push(format!("受け取る人の「今日の対応」に、引継書を{}までに読むよう出ます。", wareki::date(by)));
    if named > 0 {
        said.push(format!(
            "要支援以上の方（{named}人まで）は、一人ずつ「読みました」を付けるまで、受け取る人の対応として残ります。"
        ));
    }
    said.push(String::from("この担当替えは、あとからまるごと取り消せます。"));
    said
}
