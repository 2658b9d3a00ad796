//! What the forms about staff do.

use casework::{
    Body,
    staff::{Account, Posted, Staff},
};
use diesel::{
    RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};
use rules::Day;

use super::acts::{Acts, Done, within};
use super::forms;
use super::page::concerns;
use super::read::{self, Member, Post};
use super::view::IssuedPage;
use crate::persons::sheet::{self, Sheet, keep};
use crate::platform::web::view::{Notice, NoticeTone, Undo};
use crate::platform::web::{Ask, Reply};
use crate::platform::{
    Problem, Refusal,
    db::{CountRow, IdRow},
    record::Submitted,
    session::{attempts, password},
    store::write::NotApplied,
    typed,
};
use crate::rulebook::changes::desk::OfficeFile;

/// The form about one member, as its module draws it.
type Drawn = fn(&mut Ask) -> Result<Sheet, Problem>;

fn text(ask: &Ask, name: &str) -> String {
    ask.form(name).trim().to_owned()
}

fn member(ask: &Ask) -> Result<Member, Problem> {
    let id = ask.id("id")?;
    ask.read(|door| read::one(door, id))
}

fn draw(ask: &mut Ask, sheet: Drawn, why: Option<Submitted>) -> Result<Reply, Problem> {
    let sheet = sheet(ask)?;
    sheet::draw(ask, None, sheet, why)
}

fn again(ask: &mut Ask, sheet: Drawn, why: Vec<Refusal>) -> Result<Reply, Problem> {
    draw(ask, sheet, Some(Submitted::Refused(why)))
}

/// Back to the member's page, with what was done and perhaps its undo.
fn told(id: i64, said: String, event: Option<i64>) -> Reply {
    let back = format!("/staff/{id}");
    let undo = event.map(|event| Undo {
        url: format!("/staff/{id}/events/{event}/withdraw"),
        command_id: format!("undo-{event}"),
        return_to: back.clone(),
        what: String::new(),
    });
    Reply::see_told(&back, Notice { tone: NoticeTone::Done, text: said, link: None, undo })
}

/// What is typed about a post.
fn posting(ask: &Ask, staff: i64, wrong: &mut Vec<Refusal>) -> Result<(i64, Day, Posted), Problem> {
    let own = ask.actor()?.keeper;
    let office = if ask.form("office").is_empty() { own } else { ask.form("office").parse().unwrap_or(0) };
    if !ask.actor()?.keepers.contains(&office) {
        return Err(Problem::NotFound);
    }
    let role = ask.form("role").to_owned();
    if role.is_empty() {
        wrong.push(Refusal::at("role", "役割を選んでください。"));
    }
    let from = keep(wrong, typed::span(ask, "from"));
    let until = keep(wrong, typed::day(ask, "until")).flatten();
    Ok((office, from.map_or(ask.today(), |span| span.lo), Posted { staff, role, until }))
}

fn new_sheet(ask: &mut Ask) -> Result<Sheet, Problem> {
    Ok(forms::new(&ask.read(|door| Ok(read::offices(door)?))?))
}

/// GET /staff/new
pub fn new(ask: &mut Ask) -> Result<Reply, Problem> {
    draw(ask, new_sheet, None)
}

/// POST /staff/new: account, first post and a password for one time, together.
pub fn create(ask: &mut Ask) -> Result<Reply, Problem> {
    let account = Account { login: text(ask, "login"), name: text(ask, "name"), kana: text(ask, "kana") };
    let mut wrong = Vec::new();
    let (office, from, posted) = posting(ask, 0, &mut wrong)?;
    if !wrong.is_empty() {
        return again(ask, new_sheet, wrong);
    }
    let (today, secret) = (ask.today(), password::one_time()?);
    let hash = password::hash(&secret)?;
    let login = account.login.clone();
    let done = within(ask, |acts| {
        if count(acts, "select count(*) as n from staff where login = $1", &login)? > 0 {
            return Err(Refusal::at("login", format!("職員番号「{login}」は、もう使われています。")).into());
        }
        acts.put(office, today, Body::Staff(Staff::Account(account)))?;
        let id = id_of(acts, &login)?;
        acts.put(office, from, Body::Staff(Staff::Posted(Posted { staff: id, ..posted })))?;
        set_password(acts, id, &login, &hash)?;
        Ok(id)
    })?;
    match done {
        Ok(Done::Now(id)) => issued(ask, "職員を加えました", id, secret),
        Ok(Done::Before) => {
            let database = ask.doors().database();
            let text = "select id from staff where login = $1";
            let row: IdRow =
                database.read(|db| Ok::<_, Problem>(sql_query(text).bind::<Text, _>(&login).get_result(db)?))?;
            issued(ask, "職員を加えました", row.id, String::new())
        }
        Err(why) => draw(ask, new_sheet, Some(why)),
    }
}

fn count(acts: &mut Acts<'_, '_>, sql: &str, login: &str) -> Result<i64, NotApplied> {
    Ok(sql_query(sql).bind::<Text, _>(login).get_result::<CountRow>(acts.door.db)?.n)
}

fn id_of(acts: &mut Acts<'_, '_>, login: &str) -> Result<i64, NotApplied> {
    let row: IdRow =
        sql_query("select id from staff where login = $1").bind::<Text, _>(login).get_result(acts.door.db)?;
    Ok(row.id)
}

/// A password that must be changed; whatever was open under the former one ends.
fn set_password(acts: &mut Acts<'_, '_>, id: i64, login: &str, hash: &str) -> Result<(), NotApplied> {
    sql_query("update staff set password = $1, must_change = 1 where id = $2")
        .bind::<Text, _>(hash)
        .bind::<BigInt, _>(id)
        .execute(acts.door.db)?;
    sql_query("delete from session where staff = $1").bind::<BigInt, _>(id).execute(acts.door.db)?;
    attempts::forgive(acts.door.db, login)?;
    Ok(())
}

fn issued(ask: &mut Ask, title: &str, id: i64, password: String) -> Result<Reply, Problem> {
    let account = ask.read(|door| read::one(door, id))?.account;
    Reply::page(&IssuedPage {
        frame: ask.frame(title, "/staff")?,
        title: title.to_owned(),
        name: account.name,
        login: account.login,
        password,
        back: format!("/staff/{id}"),
    })
}

fn post_sheet(ask: &mut Ask) -> Result<Sheet, Problem> {
    let member = member(ask)?;
    Ok(forms::post(&member, &ask.read(|door| Ok(read::offices(door)?))?))
}

/// GET /staff/{id}/posts/new
pub fn new_post(ask: &mut Ask) -> Result<Reply, Problem> {
    draw(ask, post_sheet, None)
}

/// POST /staff/{id}/posts/new
pub fn add_post(ask: &mut Ask) -> Result<Reply, Problem> {
    let member = member(ask)?;
    let id = member.account.id;
    let mut wrong = Vec::new();
    let (office, from, posted) = posting(ask, id, &mut wrong)?;
    if member.is_closed(ask.today()) {
        wrong.push(Refusal::new("利用を終えたアカウントには、役割を加えられません。"));
    }
    let (last, until) = (posted.until.unwrap_or(Day(i32::MAX)), |p: &Post| Day(p.until_day.unwrap_or(i32::MAX)));
    let same = |p: &&Post| p.keeper == office && p.role == posted.role && p.from_day <= last.0 && until(p) >= from;
    if let Some(held) = member.posts.iter().find(same) {
        let held = format!("{}（{}）は、もう持っています。", held.role_word(), held.period());
        wrong.push(Refusal::at("role", held));
    }
    if id == ask.actor()?.staff && !alone(ask, id)? {
        wrong.push(Refusal::new("自分の役割は、ほかの管理者に加えてもらってください。"));
    }
    if !wrong.is_empty() {
        return again(ask, post_sheet, wrong);
    }
    let done = within(ask, |acts| acts.put(office, from, Body::Staff(Staff::Posted(posted))))?;
    match done {
        Ok(Done::Now(event)) => Ok(told(id, String::from("役割を加えました。"), Some(event))),
        Ok(Done::Before) => Ok(told(id, String::from("役割を加えました。"), None)),
        Err(why) => draw(ask, post_sheet, Some(why)),
    }
}

/// Whether no other 管理者 works here who could do it: in the smallest offices one person is everything.
fn alone(ask: &Ask, id: i64) -> Result<bool, Problem> {
    let today = ask.today();
    let members = ask.read(|door| Ok(read::all(door)?))?;
    let admin = |m: &Member| m.posts.iter().any(|p| p.role == "admin" && p.runs_on(today));
    Ok(!members.iter().any(|m| m.account.id != id && !m.is_closed(today) && admin(m)))
}

/// The post the address names, with its member.
fn held(ask: &Ask) -> Result<(Member, Post), Problem> {
    let (member, post) = (member(ask)?, ask.id("post")?);
    let found = member.posts.iter().find(|p| p.id == post).cloned().ok_or(Problem::NotFound)?;
    Ok((member, found))
}

fn end_sheet(ask: &mut Ask) -> Result<Sheet, Problem> {
    let (member, post) = held(ask)?;
    Ok(forms::end(&member, &post))
}

/// GET /staff/{id}/posts/{post}/end
pub fn end(ask: &mut Ask) -> Result<Reply, Problem> {
    draw(ask, end_sheet, None)
}

/// POST /staff/{id}/posts/{post}/end
pub fn set_end(ask: &mut Ask) -> Result<Reply, Problem> {
    let (member, post) = held(ask)?;
    let until = match typed::day(ask, "until") {
        Ok(until) => until,
        Err(why) => return again(ask, end_sheet, vec![why]),
    };
    if until.map(|d| d.0) == post.until_day {
        return again(ask, end_sheet, vec![Refusal::at("until", "いまと同じです。")]);
    }
    let from = Day(post.from_day);
    let posted = |until| Body::Staff(Staff::Posted(Posted { staff: post.staff, role: post.role.clone(), until }));
    let done = within(ask, |acts| {
        let event = match post.event {
            Some(event) => event,
            // It was there before posts were recorded: first it is recorded as it stands.
            None => acts.put(post.keeper, from, posted(post.until_day.map(Day)))?,
        };
        acts.correct(post.keeper, event, from, posted(until))
    })?;
    match done {
        Ok(_) => Ok(told(member.account.id, String::from("役割の終わりの日を変えました。"), None)),
        Err(why) => draw(ask, end_sheet, Some(why)),
    }
}

fn name_sheet(ask: &mut Ask) -> Result<Sheet, Problem> {
    Ok(forms::name(&member(ask)?))
}

/// GET /staff/{id}/name
pub fn name(ask: &mut Ask) -> Result<Reply, Problem> {
    draw(ask, name_sheet, None)
}

/// POST /staff/{id}/name
pub fn set_name(ask: &mut Ask) -> Result<Reply, Problem> {
    let member = member(ask)?;
    let account = &member.account;
    let body = |name: &str, kana: &str| {
        Body::Staff(Staff::Account(Account { login: account.login.clone(), name: name.into(), kana: kana.into() }))
    };
    let (name, kana, today) = (text(ask, "name"), text(ask, "kana"), ask.today());
    if name == account.name && kana == account.kana {
        return again(ask, name_sheet, vec![Refusal::at("name", "いまと同じです。")]);
    }
    let own = ask.actor()?.keeper;
    let done = within(ask, |acts| {
        let (office, event) = match account.event {
            Some(event) => (keeper_of(acts, event)?, event),
            None => (own, acts.put(own, today, body(&account.name, &account.kana))?),
        };
        acts.correct(office, event, today, body(&name, &kana))
    })?;
    match done {
        Ok(_) => Ok(told(account.id, String::from("氏名を直しました。"), None)),
        Err(why) => draw(ask, name_sheet, Some(why)),
    }
}

fn keeper_of(acts: &mut Acts<'_, '_>, event: i64) -> Result<i64, NotApplied> {
    let text = "select keeper as id from event where id = $1";
    let row: IdRow = sql_query(text).bind::<BigInt, _>(event).get_result(acts.door.db)?;
    Ok(row.id)
}

fn password_sheet(ask: &mut Ask) -> Result<Sheet, Problem> {
    let member = member(ask)?;
    if member.account.id == ask.actor()?.staff || member.is_closed(ask.today()) {
        return Err(Problem::NotFound);
    }
    Ok(forms::password(&member))
}

/// GET /staff/{id}/password
pub fn password_page(ask: &mut Ask) -> Result<Reply, Problem> {
    draw(ask, password_sheet, None)
}

/// POST /staff/{id}/password
pub fn issue(ask: &mut Ask) -> Result<Reply, Problem> {
    password_sheet(ask)?;
    let (account, today, own) = (member(ask)?.account, ask.today(), ask.actor()?.keeper);
    let secret = password::one_time()?;
    let hash = password::hash(&secret)?;
    let done = within(ask, |acts| {
        acts.put(own, today, Body::Staff(Staff::PasswordIssued { staff: account.id }))?;
        set_password(acts, account.id, &account.login, &hash)
    })?;
    match done {
        Ok(Done::Now(())) => issued(ask, "仮パスワードを発行しました", account.id, secret),
        Ok(Done::Before) => issued(ask, "仮パスワードを発行しました", account.id, String::new()),
        Err(why) => draw(ask, password_sheet, Some(why)),
    }
}

fn close_sheet(ask: &mut Ask) -> Result<Sheet, Problem> {
    let member = member(ask)?;
    if member.account.id == ask.actor()?.staff || member.account.closed_on.is_some() {
        return Err(Problem::NotFound);
    }
    Ok(forms::close(&member))
}

/// GET /staff/{id}/close
pub fn close_page(ask: &mut Ask) -> Result<Reply, Problem> {
    draw(ask, close_sheet, None)
}

/// POST /staff/{id}/close
pub fn close(ask: &mut Ask) -> Result<Reply, Problem> {
    close_sheet(ask)?;
    let (member, own) = (member(ask)?, ask.actor()?.keeper);
    let id = member.account.id;
    let day = match typed::span(ask, "day") {
        Ok(span) => span.lo,
        Err(why) => return again(ask, close_sheet, vec![why]),
    };
    // In the file of every office where a post of theirs would go on; one before posts were recorded is recorded first.
    let running: Vec<Post> = member.posts.iter().filter(|p| p.lasts_until(day)).cloned().collect();
    let mut offices: Vec<i64> = running.iter().map(|post| post.keeper).collect();
    offices.sort_unstable();
    offices.dedup();
    if offices.is_empty() {
        offices.push(own);
    }
    let done = within(ask, |acts| {
        for post in running.iter().filter(|post| post.event.is_none()) {
            let until = post.until_day.map(Day);
            let posted = Posted { staff: post.staff, role: post.role.clone(), until };
            acts.put(post.keeper, Day(post.from_day), Body::Staff(Staff::Posted(posted)))?;
        }
        let mut event = 0;
        for office in &offices {
            event = acts.put(*office, day, Body::Staff(Staff::Closed { staff: id }))?;
        }
        Ok(event)
    })?;
    match done {
        Ok(done) => {
            let event = match done {
                Done::Now(event) if offices.len() == 1 => Some(event),
                _ => None,
            };
            Ok(told(id, String::from("利用の終わりを決めました。"), event))
        }
        Err(why) => draw(ask, close_sheet, Some(why)),
    }
}

/// POST /staff/{id}/events/{event}/withdraw: the undo of what was just recorded about a post or an end.
pub fn take_back(ask: &mut Ask) -> Result<Reply, Problem> {
    let (member, event) = (member(ask)?, ask.id("event")?);
    let office = ask.read(|door| {
        for keeper in door.keepers().to_vec() {
            let Some(office) = OfficeFile::of(door.db, keeper)? else { continue };
            let story = office.story();
            let of = story.log.iter().find(|(e, _)| e.id == event && e.corrects.is_none());
            if let Some((event, _)) = of
                && let Some(Body::Staff(said @ (Staff::Posted(_) | Staff::Closed { .. }))) = &event.body
                && concerns(said, &member)
            {
                return Ok(keeper);
            }
        }
        Err(Problem::NotFound)
    })?;
    match within(ask, |acts| acts.withdraw(office, event))? {
        Ok(_) => Ok(told(member.account.id, String::from("取り消しました。"), None)),
        Err(Submitted::Refused(why)) => Err(Problem::Refused(why)),
        Err(_) => Err(Problem::NotFound),
    }
}
