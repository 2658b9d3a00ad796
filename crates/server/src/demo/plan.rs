//! The plan of a demo: people by number, and dated steps that will become commands in the order in which they were
//! recorded. Nothing here touches the database.

use casework::{
    Body,
    birth::Child,
    body::{Contact, Pregnancy, Reached, Resident, Service},
};
use rules::{Day, Span};

use super::{calendar, city::City, ledger::LedgerRow};

/// A person of the plan, before they have a file.
pub type Who = usize;

/// Stands in `about` for the next contact promised by the marked step: `next_contact@mark`.
pub const PROMISED: &str = "next_contact@";

#[derive(Debug)]
pub enum Deed {
    Open {
        who: Who,
        day: Span,
        resident: Box<Resident>,
        protected: bool,
    },
    Record {
        who: Who,
        pregnancy: Option<i32>,
        day: Span,
        source: &'static str,
        body: Box<Body>,
    },
    Relate {
        who: Who,
        to: Who,
        role: &'static str,
        day: Day,
        until: Option<Day>,
    },
    Notify {
        who: Who,
        day: Day,
        pregnancy: Box<Pregnancy>,
    },
    Birth {
        mother: Who,
        pregnancy: i32,
        day: Day,
        weeks: u8,
        place: String,
        home_from: Option<Day>,
        children: Vec<(Who, Child)>,
    },
    /// In the centre's own file.
    Office {
        day: Day,
        body: Box<Body>,
    },
    /// Replaces what the marked step recorded.
    Correct {
        who: Who,
        mark: &'static str,
        day: Span,
        body: Box<Body>,
    },
    /// Takes back what the marked step recorded.
    Withdraw {
        who: Who,
        mark: &'static str,
        reason: &'static str,
    },
}

#[derive(Debug)]
pub struct Step {
    /// The day on which it was recorded.
    pub on: Day,
    /// Login of who recorded it; empty for the program itself.
    pub by: &'static str,
    pub deed: Deed,
    /// Lets a later step name what this one recorded.
    pub mark: Option<&'static str>,
}

/// A household with children or a pregnancy.
#[derive(Clone, Debug)]
pub struct Family {
    pub mother: Who,
    pub father: Option<Who>,
    pub district: usize,
    /// Children with their day of birth, oldest first.
    pub children: Vec<(Who, Day)>,
    /// Number of pregnancies notified so far.
    pub pregnancies: i32,
    /// Moved out: nothing ordinary happens any more from this day.
    pub left: Option<Day>,
    /// Lives as the dice fall; the others as their story tells.
    pub ordinary: bool,
}

#[derive(Debug)]
pub struct Plan {
    pub as_of: Day,
    /// What the dice of this place start from.
    pub seed: i32,
    /// First day of the opening: the register and what the old systems knew are taken over.
    pub opening: Day,
    /// 稼働基準日, a 1 April.
    pub operating: Day,
    pub city: City,
    pub births_a_year: i32,
    /// The latest register view of everybody.
    pub people: Vec<Resident>,
    pub families: Vec<Family>,
    pub steps: Vec<Step>,
    /// What comes in as files of the old ledger.
    pub ledger: Vec<LedgerRow>,
}

impl Plan {
    /// A place without people.
    pub fn empty(city: City, as_of: Day, seed: i32, births_a_year: i32) -> Plan {
        // Half a year of work at least lies between the beginning and the as-of day.
        let operating = calendar::fiscal_start(as_of.plus(-180));
        let opening = calendar::workday_until(operating.plus(-16));
        Plan {
            as_of,
            seed,
            opening,
            operating,
            city,
            births_a_year,
            people: Vec::new(),
            families: Vec::new(),
            steps: Vec::new(),
            ledger: Vec::new(),
        }
    }

    pub fn person(&mut self, resident: Resident) -> Who {
        self.people.push(resident);
        self.people.len() - 1
    }

    /// Who looks after a district on a day, by login.
    pub fn nurse(&self, district: usize, day: Day) -> &'static str {
        self.city.nurse(district, day >= self.operating)
    }

    /// The demo opens on the morning of the as-of day: what would be recorded then or later has not happened yet.
    pub fn step(&mut self, on: Day, by: &'static str, deed: Deed) -> Option<&mut Step> {
        if on >= self.as_of {
            return None;
        }
        self.steps.push(Step { on, by, deed, mark: None });
        self.steps.last_mut()
    }

    pub fn mark(&mut self, mark: &'static str) {
        if let Some(step) = self.steps.last_mut() {
            step.mark = Some(mark);
        }
    }

    /// The register brings a person: `cause` is `present`, `birth`, `moved_in` …
    pub fn open(&mut self, who: Who, on: Day, day: Day, cause: &str) {
        let resident = Resident { cause: cause.into(), ..self.people[who].clone() };
        self.step(on, "", Deed::Open { who, day: Span::on(day), resident: Box::new(resident), protected: false });
    }

    pub fn record(&mut self, who: Who, on: Day, by: &'static str, day: Day, source: &'static str, body: Body) {
        self.step(on, by, Deed::Record { who, pregnancy: None, day: Span::on(day), source, body: Box::new(body) });
    }

    /// The same, of one pregnancy.
    pub fn record_of(&mut self, of: (Who, i32), on: Day, by: &'static str, day: Day, source: &'static str, body: Body) {
        let deed = Deed::Record { who: of.0, pregnancy: Some(of.1), day: Span::on(day), source, body: Box::new(body) };
        self.step(on, by, deed);
    }
}

/// A service and its result, without a note.
pub fn service(code: &str, result: &str) -> Service {
    Service { code: code.into(), result: result.into(), ..Service::default() }
}

pub fn injection(code: &str, product: &str) -> Service {
    Service { product: (!product.is_empty()).then(|| product.into()), ..service(code, "done") }
}

/// An attempt or a talk: means, with whom, how it ended.
pub fn contact(means: &str, with: &str, result: Reached, note: &str) -> Contact {
    Contact {
        means: means.into(),
        time: None,
        with: with.into(),
        result,
        seen: None,
        next: None,
        about: None,
        service: None,
        note: note.into(),
    }
}
