//! `GET /settlings/new`: one group before its decision. Who, how many, in which state, and what deciding does.

use casework::Permission;
use rules::{Day, Rulebook};

use super::count::{self, Count};
use super::group::{By, Group, Mode, Part};
use super::index::number;
use super::lines;
use super::view::{Line, NewPage};
use crate::closures::form::REASONS;
use crate::intake::imports::{pages::shown, view};
use crate::platform::door::Looked;
use crate::platform::web::form::Choice;
use crate::platform::web::view::Tab;
use crate::platform::web::{Ask, Reply, ask::field_errors, words::about, words::name};
use crate::platform::{Problem, Refusal, rulebook};
use crate::subject::choices;
use crate::today::{lines::LineRow, words};

/// How 持ち越し finds each person's day.
pub const SPREADS: &[(&str, &str)] = &[("birthday", "一人ずつ、次の誕生日（1年に分かれます）"), ("day", "全員同じ日")];

/// Lines that one decision by name holds, and lines that are drawn.
pub const LISTED: i64 = 500;

/// The page.
///
/// # Errors
/// If the database fails.
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let group = Group::read(|name| ask.query(name));
    let part = Part::from_code(ask.query("part")).unwrap_or_default();
    Reply::page(&draw(ask, &group, part, &[])?)
}

/// The page with what is wrong in its form. What had been taken out by name stays out.
///
/// # Errors
/// If the database fails.
pub fn draw(ask: &mut Ask, group: &Group, part: Part, refusals: &[Refusal]) -> Result<NewPage, Problem> {
    let book = ask.book()?;
    let frame = ask.frame("一括整理", "/settlings")?;
    let may = may(ask, group)?;
    let (total, rows) = ask.read(|door| {
        let total = count::of(door, group)?;
        let rows = lines::first(door, group, Some(part), LISTED)?;
        let files: Vec<i64> = rows.iter().map(|row| row.file).collect();
        door.log_reading(Looked::List, "settling", &files);
        Ok((total, rows))
    })?;
    if rows.is_empty() && !group.service.is_empty() && rulebook::title(&book, &group.service) == group.service {
        // No rule and no act has such a name.
        return Err(Problem::NotFound);
    }
    let today = ask.today();
    let of_part = total.of(part);
    let mut page = NewPage {
        frame,
        room: group.mode.word().to_owned(),
        title: title(group, &book, today),
        back_url: group.address(By::Service),
        counts: counts(&total),
        parts: Part::ALL.into_iter().map(|p| tab(group, p, part, &total)).collect(),
        about: about_part(group, part, of_part),
        by_name: part == Part::Named,
        shown: shown(rows.len() as u64, of_part.unsigned_abs()),
        ..NewPage::default()
    };
    let chosen: Option<Vec<&str>> = (!refusals.is_empty()).then(|| ask.form_all("line").collect());
    page.lines = rows.iter().map(|row| line(&book, row, chosen.as_deref(), today)).collect();
    if !may {
        page.note = String::from("初期整理は、統括支援員かセンター長・係長が決めます。");
    } else if !rows.is_empty() {
        let mut form = ask.draw_form("/settlings", &group.address(By::Service))?;
        form.errors = field_errors(
            refusals,
            &[
                ("reason", "理由"),
                ("how", "種類"),
                ("line", "終える対応"),
                ("spread", "次の対応の日"),
                ("next_on", "日付"),
            ],
        );
        page.form = Some(form);
        page.hows =
            if group.mode == Mode::Month && part != Part::Carried { choices(REASONS) } else { Vec::<Choice>::new() };
        page.spreads = if part == Part::Carried { choices(SPREADS) } else { Vec::new() };
        page.fields = fields(group, part, of_part);
        page.label = match part {
            Part::Closed => format!("この{}件を終える", number(of_part)),
            Part::Carried => format!("この{}件を持ち越す", number(of_part)),
            Part::Named => String::from("印のある対応を終える"),
        };
    }
    Ok(page)
}

/// 初期整理 is for a named person of the head of the office.
///
/// # Errors
/// If nobody is signed in.
pub fn may(ask: &Ask, group: &Group) -> Result<bool, Problem> {
    let role = ask.actor()?.role;
    Ok(group.mode == Mode::Month || role.may(Permission::SettleStart))
}

pub fn title(group: &Group, book: &Rulebook, today: Day) -> String {
    let told = group.told(book, today);
    if told.is_empty() { String::from("この部屋の全部") } else { told }
}

fn counts(total: &Count) -> Vec<view::Count> {
    let count =
        |label: &str, n: i64, note: &str| view::Count { label: label.into(), number: number(n), note: note.into() };
    vec![
        count("この集まりの対応", total.lines, ""),
        count("人数", total.persons, ""),
        count(Part::Closed.word(), total.closed(), ""),
        count(Part::Carried.word(), total.carried, ""),
        count(Part::Named.word(), total.named, "持ち越せるものもふくみます"),
    ]
}

fn tab(group: &Group, part: Part, current: Part, total: &Count) -> Tab {
    Tab {
        label: format!("{} {}件", part.word(), number(total.of(part))),
        url: group.decide_at(part),
        current: part == current,
    }
}

fn about_part(group: &Group, part: Part, lines: i64) -> Vec<String> {
    let mut about = Vec::new();
    match part {
        Part::Closed => {
            about.push(String::from(
                "月次一括の事業（第2層）で、法の期間が終わった対応です。集まりの全部を、一つの判断で終えます。",
            ));
            if group.mode == Mode::Start {
                about.push(String::from(
                    "期限から1年以上たった妊娠の対応（8か月面談・受診確認・出生の確認など）と、個別判断の事業（第1層）のうち、\
                     稼働基準日よりずっと前（設定の日数、はじめは180日）に法の期間が終わったものも、ここに入ります。\
                     要支援の人と秘匿の人は入りません。名前を見て決めます。",
                ));
            }
        }
        Part::Carried => {
            about.push(String::from(
                "月次一括の事業（第2層）で、期限は過ぎたが、法ではまだできる対応です。終わりにせず、一人ずつに次の対応の日を付けます。",
            ));
            about.push(String::from(
                "その日までは予定として扱い、過ぎると月次一括に出ます。法の期間が先に終わる人は、その最後の日になります。",
            ));
        }
        Part::Named => {
            about.push(String::from(
                "個別判断の事業（第1層）か、法の期間がまだ開いている対応です。残す人は印を外してください。外した人の対応は、そのまま残ります。",
            ));
            if lines > LISTED {
                about.push(format!(
                    "一度に決めるのは、名前を出した{LISTED}件までです。決めると、次の{LISTED}件が出ます。"
                ));
            }
        }
    }
    if part == Part::Carried {
        about.push(String::from(
            "一人ずつのケース記録に「持ち越し」として、次の対応の日と理由とあなたの名前で残ります。",
        ));
    } else if group.mode == Mode::Start {
        about.push(String::from("種類は「移行前」として、一人ずつのケース記録に、理由とあなたの名前で残ります。"));
    } else {
        about.push(String::from("一人ずつのケース記録に、種類と理由とあなたの名前で残ります。"));
    }
    about.push(String::from(match part {
        Part::Carried => "決める間に実施が記録された対応は、そのまま残ります。",
        _ => "終えた対応は一覧から外れます。決める間に実施が記録された対応は、そのまま残ります。",
    }));
    about.push(String::from("この判断は、あとから一度にまるごと取り消せます。一人だけ戻すこともできます。"));
    about
}

fn fields(group: &Group, part: Part, seen: i64) -> Vec<(String, String)> {
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut fields =
        vec![field("mode", group.mode.code()), field("part", part.code()), field("seen", &seen.to_string())];
    fields.extend(By::ALL.into_iter().map(|by| field(by.code(), group.get(by))));
    fields
}

fn line(book: &Rulebook, row: &LineRow, chosen: Option<&[&str]>, today: Day) -> Line {
    let value = format!("{}:{}", row.file, row.key);
    let open = row.window_to.is_some_and(|to| to >= today.0);
    Line {
        checked: chosen.is_none_or(|chosen| chosen.contains(&value.as_str())),
        value,
        name: name(&row.name, &row.kana),
        url: format!("/persons/{}", row.file),
        about: about(row.birth.map(Day), row.edd.map(Day), today),
        protected: row.protected == 1,
        service: rulebook::open_title(book, &row.service),
        window: words::window(row, today),
        state: words::state(row.state()),
        mark: if open { String::from("期間はまだ開いています") } else { String::new() },
    }
}
