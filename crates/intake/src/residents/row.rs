//! One staged row: what the register said about one person, as it is kept between preview and applying.

use casework::body::Resident;
use paperwork::mapping::{Columns, Field};
use paperwork::residents::{Change, ResidentRow, Sex, Standing};
use rules::Span;
use serde::{Deserialize, Serialize};

/// 異動事由, as far as it makes a difference here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// How things stand; nothing happened.
    Present,
    Born,
    MovedIn,
    MovedOut,
    MoveOutCancelled,
    /// 転居, 世帯変更, 職権修正.
    Changed,
    Died,
    /// 職権記載.
    Entered,
    /// 職権消除: no longer on the register, and nobody said where to. The centre has to ask.
    Removed,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Row {
    pub resident: Resident,
    pub step: Step,
    /// 異動日.
    pub on: Option<Span>,
    /// 転出先.
    pub place: String,
    /// 支援措置; `None` where the file does not say.
    pub protected: Option<bool>,
    /// 除票.
    pub gone: bool,
}

impl Row {
    pub fn new(row: &ResidentRow) -> Row {
        let step = match row.change {
            Change::Present => Step::Present,
            Change::Birth => Step::Born,
            Change::MoveIn => Step::MovedIn,
            Change::MoveOut => Step::MovedOut,
            Change::MoveOutCancelled => Step::MoveOutCancelled,
            Change::Death => Step::Died,
            Change::OfficeEntry => Step::Entered,
            Change::OfficeRemoval => Step::Removed,
            Change::MoveWithin | Change::OfficeCorrection | Change::HouseholdChange => Step::Changed,
        };
        let cause = match step {
            Step::Born => "birth",
            Step::MovedIn => "moved_in",
            Step::Entered => "ex_officio",
            _ => "present",
        };
        let also = [&row.former_name, &row.alias, &row.romaji].into_iter().flatten();
        let text = |cell: &Option<String>| cell.clone().unwrap_or_default();
        let resident = Resident {
            number: row.number.clone(),
            household: text(&row.household),
            name: row.name.clone(),
            kana: text(&row.kana_hiragana),
            also: also.filter(|name| **name != row.name).cloned().collect(),
            sex: match row.sex {
                Sex::Female => "F".into(),
                Sex::Male => "M".into(),
                Sex::Unknown => String::new(),
            },
            birth: Some(row.birth),
            relation: text(&row.relation),
            postcode: text(&row.postcode),
            address: [&row.address, &row.building].into_iter().flatten().cloned().collect::<Vec<_>>().join("　"),
            district: text(&row.district),
            phone: text(&row.phone),
            nationality: text(&row.nationality),
            outside_register: row.standing == Standing::Outside,
            cause: cause.into(),
            from_place: text(&row.moved_from),
        };
        Row {
            resident,
            step,
            on: row.changed_on,
            place: text(&row.moved_to),
            protected: row.protected,
            gone: row.standing == Standing::Removed,
        }
    }
}

/// Which columns the file has. Where it has none, it says nothing, and what is on file stays.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Says {
    pub household: bool,
    pub kana: bool,
    pub also: bool,
    pub relation: bool,
    pub postcode: bool,
    pub address: bool,
    pub district: bool,
    pub nationality: bool,
}

impl Says {
    pub fn of(columns: &Columns) -> Says {
        let has = |field| columns.place(field).is_some();
        Says {
            household: has(Field::Household),
            kana: has(Field::Kana),
            also: has(Field::FormerName) || has(Field::Alias) || has(Field::Romaji),
            relation: has(Field::Relation),
            postcode: has(Field::Postcode),
            address: has(Field::Address),
            district: has(Field::District),
            nationality: has(Field::Nationality),
        }
    }

    /// What is on file, with everything the row says laid over it. An empty telephone number never removes a known one:
    /// registers hardly keep any.
    pub fn lay_over(self, known: &Resident, row: &Resident) -> Resident {
        let pick = |says: bool, new: &String, old: &String| if says { new.clone() } else { old.clone() };
        Resident {
            household: pick(self.household, &row.household, &known.household),
            kana: pick(self.kana, &row.kana, &known.kana),
            also: if self.also { row.also.clone() } else { known.also.clone() },
            relation: pick(self.relation, &row.relation, &known.relation),
            postcode: pick(self.postcode, &row.postcode, &known.postcode),
            address: pick(self.address, &row.address, &known.address),
            district: pick(self.district, &row.district, &known.district),
            phone: pick(!row.phone.is_empty(), &row.phone, &known.phone),
            nationality: pick(self.nationality, &row.nationality, &known.nationality),
            ..row.clone()
        }
    }
}

/// Whether two views of the register say the same of the person, whatever brought them.
pub fn same(a: &Resident, b: &Resident) -> bool {
    let bare = |r: &Resident| Resident { cause: String::new(), from_place: String::new(), ..r.clone() };
    bare(a) == bare(b)
}
