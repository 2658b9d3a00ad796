//! What the page reads: the files of everybody who belongs, each opened by right and noted, folded, and compared with today.

use std::collections::BTreeMap;

use casework::{Duty, Person, Relative, Story, View, derive, fold};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{Integer, Text},
};
use rules::{Day, Rulebook};

use super::members::{self, Member};
use crate::{
    platform::{
        Door, Fault, Problem,
        door::Looked,
        people::{self, PersonRow},
        store::{
            kin::{self, Relations},
            ties,
        },
    },
    subject::Opened,
    today::lines::{self, Filter, LineRow, LineState},
};

/// How many persons of one family are opened at once; the others are named, and that is said.
pub const MOST: usize = 12;
/// A whole childhood: the rules are asked this far ahead.
const AHEAD: i32 = 21 * 366;

/// The people of a family before their stories are folded.
pub struct Family {
    pub members: Vec<Member>,
    pub rows: BTreeMap<i64, PersonRow>,
    /// Those whose files are open here, the person first.
    pub opened: Vec<Opened>,
    pub relations: Relations,
    /// Named, but not opened: too many.
    pub left_out: usize,
}

/// Opens the family of a person whose own file is open already. One row of the reading log for each file.
///
/// # Errors
/// If the database fails.
pub fn family(door: &mut Door<'_>, book: &Rulebook, centre: Opened, purpose: &str) -> Result<Family, Problem> {
    let (today, file) = (door.today(), centre.file);
    let mut ties = ties::ties(door, &[file])?;
    let near = members::near(file, &ties, today);
    ties.extend(ties::ties(door, &near)?);
    let mut members = members::family(file, &ties, today);
    let files: Vec<i64> = members.iter().map(|m| m.file).collect();
    let rows = people::many(door, &files)?;
    // Through a child nobody is led to somebody whose whereabouts are protected.
    members.retain(|m| rows.get(&m.file).is_some_and(|row| !(m.through_child && row.protected == 1)));
    members.sort_by_key(|m| (m.past, m.file != file));
    door.log_reading(Looked::Person, purpose, &[file]);
    let mut opened = vec![centre];
    let mut left_out = 0;
    for member in members.iter().filter(|m| m.file != file && !m.past) {
        if opened.len() >= MOST {
            left_out += 1;
            continue;
        }
        let file = Opened::of(door, member.file)?;
        if file.file != member.file {
            continue;
        }
        opened.push(file);
        door.log_reading(Looked::Person, "family", &[member.file]);
    }
    let kept = kin::kept(door.db, &opened.iter().map(|o| o.file).collect::<Vec<_>>())?;
    let relations = kin::of(door.db, &kept, book)?.for_actor(door.actor);
    Ok(Family { members, rows, opened, relations, left_out })
}

/// One person of the family as the page reads them.
pub struct One<'f> {
    pub member: &'f Member,
    pub row: &'f PersonRow,
    pub opened: &'f Opened,
    pub story: Story<'f>,
    pub person: Person<'f>,
    pub relatives: Vec<Relative<'f>>,
    /// What the rules ask for until the person is grown up; what opens later is not on any list yet.
    pub duties: Vec<Duty>,
    /// What is open today, as the list says it.
    pub lines: Vec<LineRow>,
    /// Somebody's mother or father here.
    pub is_parent: bool,
}

impl One<'_> {
    /// 「母」「子」
    pub fn role(&self) -> &'static str {
        members::word(&self.member.role, &self.row.sex, self.is_parent)
    }

    pub fn name(&self) -> String {
        crate::platform::web::words::name(&self.row.name, "").text
    }

    /// Born, and not yet eighteen: somebody with a way to go.
    pub fn is_child(&self, today: Day) -> bool {
        let birth = self.person.birth.map(|(b, _)| b.hi);
        !self.is_parent && birth.is_some_and(|b| b <= today && rules::counting::legal_age(b, today) < 18)
    }
}

/// Folds everybody and asks what is open, in the order the page shows them: adults, then children by age.
///
/// # Errors
/// If the database fails.
pub fn everybody<'f>(door: &mut Door<'_>, family: &'f Family, book: &Rulebook) -> Result<Vec<One<'f>>, Fault> {
    let today = door.today();
    let parents: bool = family.members.iter().any(|m| m.role == "child" && !m.past);
    let mut all = Vec::new();
    for opened in &family.opened {
        let found = family.members.iter().find(|m| m.file == opened.file);
        let (Some(member), Some(row)) = (found, family.rows.get(&opened.file)) else { continue };
        let view = View { withdrawn: &opened.events.withdrawn, ..View::default() };
        let story = fold(&opened.events.events, view);
        let person = Person::read(&story);
        let relatives = family.relations.of(opened.file, View::default());
        let duties = derive(&story, &person, &relatives, book, today.plus(AHEAD)).duties;
        let filter = Filter { states: LineState::ALL.to_vec(), tier: 3, file: Some(opened.file), ..Filter::default() };
        let mut lines = lines::list(door, &filter, 500, 0)?;
        lines.retain(|line| duties.iter().any(|d| d.key == line.key));
        let is_parent = match member.role.as_str() {
            "self" => parents,
            role => role.starts_with("child_") || matches!(role, "mother" | "father" | "parent"),
        };
        all.push(One { member, row, opened, story, person, relatives, duties, lines, is_parent });
    }
    all.sort_by_key(|one| {
        let birth = one.person.birth.map(|(b, _)| b.hi);
        let child = one.is_child(today);
        (child, if child { 0 } else { u8::from(one.row.sex != "F") }, birth)
    });
    Ok(all)
}

/// What the drawing and the ribbons compare with, beside the files.
pub struct Against<'b> {
    pub book: &'b Rulebook,
    pub today: Day,
    /// 稼働基準日.
    pub since: Option<Day>,
    /// How far each source's evidence reaches.
    pub arrived: BTreeMap<String, Day>,
}

/// # Errors
/// If the database fails.
pub fn against<'b>(door: &mut Door<'_>, book: &'b Rulebook) -> Result<Against<'b>, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        source: String,
        #[diesel(sql_type = Integer)]
        through: i32,
    }
    let sql =
        format!("select source, min(through) as through from arrival where keeper in {} group by source", door.scope());
    let rows: Vec<Row> = sql_query(sql).load(door.db)?;
    let since = lines::setting(door, "operating_since")?.and_then(|v| Day::parse_iso(&v));
    let arrived = rows.into_iter().map(|r| (r.source, Day(r.through))).collect();
    Ok(Against { book, today: door.today(), since, arrived })
}
