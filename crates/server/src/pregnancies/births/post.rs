//! Birth, recorded in the mother's file: the pregnancy ends, every child gets a file, and all know each other.

use casework::{
    Act, Person,
    birth::{Birth, Child},
};
use rules::{Day, Span, wareki};

use super::view::{BirthPage, ChildFields};
use crate::subject::{Opened, choices, preset};
use crate::{
    persons::{
        index::searchable,
        sheet::{self, keep, put},
    },
    platform::{
        Problem, Refusal, people,
        record::{self, Submitted},
        typed,
        web::{Ask, Reply, form::Choice, words},
    },
};

/// Children one form takes.
const MOST: usize = 4;
/// A birth lies at most this long before the expected day.
const EARLY_DAYS: i32 = 140;

const SEXES: &[(&str, &str)] = &[("F", "女"), ("M", "男"), ("unknown", "まだ分からない")];
const SOURCES: &[(&str, &str)] =
    &[("birth_slip", "出生連絡票"), ("residents", "住民記録"), ("own", "電話・面接で聞いた")];

/// The pregnancy a birth closes: the open one, or (sent twice) the one it closed.
struct Pregnancy {
    no: i32,
    edd: Day,
    open: bool,
    about: String,
    fetuses: usize,
}

fn pregnancy(opened: &Opened) -> Option<Pregnancy> {
    let story = opened.story();
    let person = Person::read(&story);
    let found = person.episodes.iter().rev().find(|e| e.is_open()).or(person.episodes.last())?;
    let notice = found.notice;
    let fetuses = if notice.fetuses == 1 { String::from("単胎") } else { format!("{}胎", notice.fetuses) };
    let order = notice.birth_order.map(|n| format!("・第{n}子")).unwrap_or_default();
    Some(Pregnancy {
        no: found.no,
        edd: notice.edd,
        open: found.is_open(),
        about: format!("予定日 {}・{fetuses}{order}", wareki::short(notice.edd)),
        fetuses: usize::from(notice.fetuses).clamp(1, MOST),
    })
}

/// How many children the form shows: as many as were drawn, one more if asked, else as many as are expected.
fn rows(ask: &Ask, expected: usize) -> usize {
    let drawn: usize = ask.form("children").parse().unwrap_or(expected);
    let more = usize::from(!ask.form("add_child").is_empty());
    (drawn + more).clamp(1, MOST)
}

fn draw(ask: &mut Ask, why: Option<Submitted>) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    let opened = ask.read(|door| Opened::of(door, file))?;
    let of = pregnancy(&opened).filter(|p| p.open).ok_or_else(|| {
        Refusal::new("妊娠届が記録されていないか、すでに出産として記録されています。妊娠届を先に記録してください。")
    })?;
    let candidates = ask.read(|door| Ok(people::unclaimed_children(door, file, of.edd.plus(-EARLY_DAYS))?))?;
    let mut form = ask.draw_form(&format!("/persons/{file}/births/new"), &format!("/persons/{file}"))?;
    let shown = rows(ask, of.fetuses);
    let children: Vec<ChildFields> = (1..=shown).map(ChildFields::numbered).collect();
    let status = put_labelled(&mut form, why, &children, &opened);
    preset(&mut form, "source", "birth_slip");
    sheet::echo(&mut form, ["birth_day", "home_day"].into_iter(), ask);
    let mut known: Vec<Choice> = candidates
        .iter()
        .map(|c| {
            let birth = c.birth().map(|b| format!("（{}生）", wareki::short(b))).unwrap_or_default();
            Choice::new(&c.file.to_string(), &format!("{}{birth}", words::name(&c.name, "").text))
        })
        .collect();
    if !known.is_empty() {
        known.insert(0, Choice::new("", "新しく登録する"));
    }
    let page = BirthPage {
        frame: ask.frame("出生を記録", "")?,
        subject: opened.subject(ask.today()),
        form,
        pregnancy: of.about,
        more_children: shown < MOST,
        children,
        sexes: choices(SEXES),
        sources: choices(SOURCES),
        known,
        wishes: choices(&[("1", "希望する")]),
    };
    Ok(Reply::page(&page)?.status(status))
}

fn put_labelled(
    form: &mut crate::platform::web::form::Form,
    why: Option<Submitted>,
    children: &[ChildFields],
    opened: &Opened,
) -> axum::http::StatusCode {
    let mut labels: Vec<(&str, &str)> = vec![
        ("birth_day", "生まれた日"),
        ("weeks", "在胎週数"),
        ("home_day", "家に帰る日"),
        ("source", "何で分かったか"),
    ];
    for child in children {
        labels.extend([
            (child.sex.as_str(), "性別"),
            (child.weight.as_str(), "出生体重"),
            (child.file.as_str(), "住民記録にすでにある子"),
        ]);
    }
    let why = match why {
        Some(Submitted::Refused(wrong)) => Some(Submitted::Refused(wrong.into_iter().map(in_form).collect())),
        other => other,
    };
    put(form, why, &labels, Some(opened))
}

/// The words of casework for this form's fields.
fn in_form(refusal: Refusal) -> Refusal {
    let field = refusal.field.map(|field| if field == "day" { "birth_day" } else { field });
    Refusal { field, ..refusal }
}

/// GET /persons/{id}/births/new
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    draw(ask, None)
}

/// POST /persons/{id}/births/new; with the button `add_child` the form is only drawn again with one more child.
pub fn record(ask: &mut Ask) -> Result<Reply, Problem> {
    if !ask.form("add_child").is_empty() {
        return draw(ask, None);
    }
    let mother = ask.id("id")?;
    let opened = ask.read(|door| Opened::of(door, mother))?;
    let Some(of) = pregnancy(&opened) else { return draw(ask, None) };
    let birth = match read(ask, mother, &of) {
        Ok(birth) => birth,
        Err(wrong) => return draw(ask, Some(Submitted::Refused(wrong))),
    };
    let offered = ask.read(|door| Ok(people::unclaimed_children(door, mother, of.edd.plus(-EARLY_DAYS))?))?;
    let picked: Vec<i64> = birth.children.iter().filter_map(|c| c.file).collect();
    let unknown = of.open && picked.iter().any(|id| !offered.iter().any(|c| c.file == *id));
    let twice = picked.iter().enumerate().any(|(n, id)| picked[n + 1..].contains(id));
    if unknown || twice {
        let wrong =
            Refusal::at("child_1_file", "住民記録にすでにある子を選びなおしてください（同じ子は1回だけ選べます）。");
        return draw(ask, Some(Submitted::Refused(vec![wrong])));
    }
    let count = birth.children.len();
    match record::submit(ask, Act::Birth(birth))? {
        Submitted::Applied(_) => {
            let there = ask.return_to(&format!("/persons/{mother}"));
            let told = format!("出生（{count}人）を記録しました。妊娠中の対応は終わり、お子さんの対応が始まりました。");
            Ok(Reply::see_told(&there, record::told(told, None, &there)))
        }
        other => draw(ask, Some(other)),
    }
}

fn read(ask: &Ask, mother: i64, of: &Pregnancy) -> Result<Birth, Vec<Refusal>> {
    let mut wrong = Vec::new();
    let exact = |span: Span| match span.is_exact() {
        true => Ok(span.lo),
        false => Err(Refusal::at("birth_day", "生まれた日は、日まで入力してください。")),
    };
    let day = keep(&mut wrong, typed::span(ask, "birth_day").and_then(exact));
    let weeks: Option<u8> = keep(&mut wrong, sheet::number(ask, "weeks", "39")).flatten();
    if weeks.is_some_and(|w| !(20..=44).contains(&w)) {
        wrong.push(Refusal::at("weeks", "在胎週数は20から44までで入力してください。"));
    }
    let home_from = keep(&mut wrong, typed::day(ask, "home_day")).flatten();
    if let (Some(day), Some(home)) = (day, home_from)
        && home < day
    {
        wrong.push(Refusal::at("home_day", "家に帰る日が、生まれた日より前になっています。"));
    }
    let source = ask.form("source");
    if !SOURCES.iter().any(|(code, _)| *code == source) {
        wrong.push(Refusal::at("source", "何で分かったかを選んでください。"));
    }
    let children = (1..=rows(ask, of.fetuses)).filter_map(|n| keep(&mut wrong, child(ask, n))).collect();
    match day {
        Some(day) if wrong.is_empty() => Ok(Birth {
            mother,
            episode: of.no,
            day,
            weeks,
            place: ask.form("place").trim().to_owned(),
            source: source.to_owned(),
            home_from,
            children,
        }),
        _ => Err(wrong),
    }
}

/// The names of one row's fields that a refusal may name.
const SEX: [&str; MOST] = ["child_1_sex", "child_2_sex", "child_3_sex", "child_4_sex"];
const WEIGHT: [&str; MOST] = ["child_1_weight", "child_2_weight", "child_3_weight", "child_4_weight"];

fn child(ask: &Ask, n: usize) -> Result<Child, Refusal> {
    let fields = ChildFields::numbered(n);
    let text = |name: &str| ask.form(name).trim().to_owned();
    let at = n.clamp(1, MOST) - 1;
    let weight: Option<i32> = sheet::number(ask, WEIGHT[at], "2980")?;
    if weight.is_some_and(|g| !(200..=7000).contains(&g)) {
        return Err(Refusal::at(WEIGHT[at], "出生体重はグラムで入力してください（例 2980）。"));
    }
    let file: Option<i64> = text(&fields.file).parse().ok();
    let sex = match text(&fields.sex).as_str() {
        "F" => "F",
        "M" => "M",
        "unknown" => "",
        _ if file.is_some() => "",
        _ => return Err(Refusal::at(SEX[at], "性別を選んでください。")),
    };
    let names = [text(&fields.family_name), text(&fields.given_name)];
    let full: Vec<&str> = names.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    // A family name alone is no name yet: the child is shown as not named.
    let named = !names[1].is_empty();
    Ok(Child {
        file,
        name: if named { full.join(" ") } else { String::new() },
        kana: searchable(&text(&fields.kana)),
        sex: sex.to_owned(),
        weight,
        wish_newborn_visit: ask.form(&fields.wish) == "1",
    })
}
