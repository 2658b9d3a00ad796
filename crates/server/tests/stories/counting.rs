//! The numbers above the list are those of the lines themselves, however they are counted; on both databases.

use std::collections::BTreeSet;

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use server::{
    platform::{Actor, Door, Problem, store::tables::PRESSES},
    today::{
        lines::{self, Filter, LineState},
        tally::{self, Question},
    },
};

use crate::support::{
    city::{Hall, Line, file, halls, today},
    lived::lived,
};

/// Two years of children, every seventh of them protected.
fn children(hall: &Hall) {
    let births: Vec<(String, String)> =
        (0..60).map(|n| (format!("{}", 100 + n), today().plus(-(n * 13)).to_string())).collect();
    let line = |(n, (number, birth)): (usize, &'_ (String, String))| -> (String, String, &'static str) {
        (number.clone(), birth.clone(), if n % 7 == 0 { "1" } else { "" })
    };
    let told: Vec<(String, String, &str)> = births.iter().enumerate().map(line).collect();
    let lines: Vec<Line<'_>> = told
        .iter()
        .map(|(number, birth, protected)| Line {
            number,
            household: number,
            name: "試験 子",
            birth,
            relation: "子",
            protected,
            ..Line::default()
        })
        .collect();
    hall.import(&file(&lines));
}

/// What stands on the list and fits, as (state, lines, persons).
fn listed(
    door: &mut Door<'_>,
    question: &Question,
    owner: Option<i64>,
) -> Result<Vec<(LineState, i64, usize)>, Problem> {
    let text = |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty());
    let filter = Filter {
        owner,
        district: text(&question.district),
        service: text(&question.service),
        states: LineState::ALL.to_vec(),
        tier: question.tier,
        ..Filter::default()
    };
    let all = lines::list(door, &filter, 100_000, 0)?;
    let of = |state: LineState| {
        let found: Vec<_> = all.iter().filter(|line| line.state() == state).collect();
        let persons: BTreeSet<i64> = found.iter().map(|line| line.file).collect();
        let persons = if state == LineState::Planned { 0 } else { persons.len() };
        (state, i64::try_from(found.len()).unwrap(), persons)
    };
    // 移行前 is on no list; what is left of it is asked for elsewhere.
    let states = LineState::ALL.into_iter().filter(|state| *state != LineState::Before);
    Ok(states.map(of).filter(|(_, lines, _)| *lines > 0).collect())
}

#[test]
fn every_number_is_that_of_its_lines() {
    for hall in halls() {
        lived(&hall);
        children(&hall);
        let (mut compared, mut planned, mut late) = (0, 0, 0);
        for staff in [1, 2] {
            let actor = Actor { staff, ..hall.actor.clone() };
            for tier in 1..=3 {
                for district in ["", "東", "西", "-"] {
                    for service in ["", "checkup_18m", "mr1", "next_contact"] {
                        let question = Question { district: district.into(), service: service.into(), tier };
                        hall.doors
                            .read(&actor, |door| -> Result<(), Problem> {
                                let tallies = tally::of(door, question.clone())?;
                                for own in [true, false] {
                                    let wanted = listed(door, &question, own.then_some(staff))?;
                                    let (counts, services) = tallies.found(door, own)?;
                                    let counted: BTreeSet<_> = counts
                                        .iter()
                                        .filter_map(|c| Some((LineState::from_code(&c.state)?, c.lines, c.persons)))
                                        .filter(|(state, ..)| *state != LineState::Before)
                                        .map(|(state, lines, persons)| {
                                            (state, lines, usize::try_from(persons).unwrap())
                                        })
                                        .collect();
                                    let name = hall.name;
                                    assert_eq!(
                                        counted,
                                        wanted.iter().copied().collect(),
                                        "{name}: staff {staff}, own {own}, {question:?}"
                                    );
                                    let lines: i64 = wanted.iter().map(|(_, lines, _)| lines).sum();
                                    assert!(lines == 0 || service.is_empty() || services.contains(service));
                                    compared += 1;
                                    planned += wanted.iter().filter(|w| w.0 == LineState::Planned).count();
                                    late += wanted.iter().filter(|w| w.0 == LineState::Overdue).count();
                                }
                                Ok(())
                            })
                            .unwrap();
                    }
                }
            }
        }
        assert!(compared == 192 && planned > 20 && late > 10, "{}: {planned} planned, {late} late", hall.name);
    }
}

/// The indexes are made for these two questions; a text that differs by a word would walk everything again.
#[test]
fn what_presses_and_what_is_planned_is_found_in_an_index() {
    #[derive(QueryableByName)]
    struct Step {
        #[diesel(sql_type = Text)]
        detail: String,
    }
    let hall = &halls()[0];
    let plan = |only: &str| -> String {
        let text = format!(
            "explain query plan select d.home, d.service, count(*) from duty d where d.keeper = 1 and d.tier in (1) \
             and d.settled_how is null and {only} group by d.home, d.service"
        );
        let steps: Vec<Step> =
            hall.doors.read(&hall.actor, |door| -> Result<_, Problem> { Ok(sql_query(text).load(door.db)?) }).unwrap();
        steps.into_iter().map(|s| s.detail).collect::<Vec<_>>().join("; ")
    };
    let presses = plan(&format!("{PRESSES} <= 20000"));
    assert!(presses.contains("COVERING INDEX duty_open (keeper=? AND tier=? AND <expr><?)"), "{presses}");
    let planned = plan(&format!("coalesce({PRESSES}, 1) > 20000"));
    assert!(planned.contains("COVERING INDEX duty_planned (keeper=? AND tier=?)"), "{planned}");
    assert!(!planned.contains("TEMP B-TREE"), "{planned}");
}
