//! When news reaches the centre: each source comes in monthly batches, some of them months behind.

use casework::Body;
use rules::Day;

use super::calendar::{month_end, month_start, months, workday_from};

/// How far each source lags behind its usual delay at one place, in months.
pub type Behind = std::collections::BTreeMap<String, i32>;

/// A source with its delay: month m arrives in month m + `months`, on or after day `day`.
pub struct Source {
    pub name: &'static str,
    pub months: i32,
    pub day: i32,
    /// What the office takes for its usual lag.
    pub lag_days: i32,
}

pub const VACCINATION: Source = Source { name: "vaccination", months: 2, day: 10, lag_days: 45 };
pub const PRENATAL: Source = Source { name: "prenatal_voucher", months: 2, day: 16, lag_days: 80 };
pub const POSTPARTUM: Source = Source { name: "postpartum_voucher", months: 3, day: 5, lag_days: 60 };
/// 集団健診 is held by the centre itself; results are entered within the week.
pub const CHECKUP: Source = Source { name: "checkup", months: 0, day: 0, lag_days: 7 };
pub const RESIDENTS: Source = Source { name: "residents", months: 0, day: 0, lag_days: 14 };

impl Source {
    /// The working day on which news of something done on `day` is recorded.
    pub fn arrives(&self, day: Day) -> Day {
        if self.months == 0 {
            return workday_from(day.plus(1));
        }
        workday_from(months(month_start(day), self.months).plus(self.day - 1))
    }
}

/// Every arrival from the opening to the as-of day: (day recorded, how far it reaches). What is `behind` came late of late;
/// what is `without` never came.
pub fn arrivals(opening: Day, as_of: Day, behind: &Behind, without: &[String]) -> Vec<(Day, Body)> {
    let mut found = Vec::new();
    for source in [VACCINATION, PRENATAL, POSTPARTUM] {
        if without.iter().any(|name| name == source.name) {
            continue;
        }
        let source = Source { months: source.months + behind.get(source.name).copied().unwrap_or(0), ..source };
        // What the old systems had when the register was taken over, then month by month.
        let mut month = months(month_start(opening), -source.months - 1);
        while source.arrives(month) <= as_of {
            found.push((source.arrives(month).max(opening), arrived(&source, month_end(month, 0))));
            month = months(month, 1);
        }
    }
    for source in [CHECKUP, RESIDENTS] {
        let mut month = month_start(opening);
        while month <= as_of {
            // Daily in truth; one record a month, and the last working day before the as-of day.
            let through = month_end(month, 0).min(as_of.plus(-1));
            found.push((workday_from(through.plus(1)).min(as_of).max(opening), arrived(&source, through)));
            month = months(month, 1);
        }
    }
    found.sort_by_key(|(day, _)| *day);
    found
}

fn arrived(source: &Source, through: Day) -> Body {
    Body::SourceArrived { source: source.name.into(), through, usual_lag_days: source.lag_days }
}
