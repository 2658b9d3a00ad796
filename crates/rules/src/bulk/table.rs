//! The windows of every lane, once for each distinct anchor day.

use alloc::{vec, vec::Vec};

use super::{NONE, OPEN, Plan, distance, plan::Lane};
use crate::{DateFact, Day, Facts, Phase, Span, once};

/// Columns of a row that every subject reads: first day, last day, end of the standard period or working deadline
/// (whichever comes first), beginning of the standard period.
pub(super) const HOT: usize = 4;
/// Columns that only an [`super::Answer`] reads: end of the standard period, working deadline, day of escalation.
pub(super) const COLD: usize = 3;

/// Rows of windows as distances from the anchor.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// The day of the first entry of `rows`.
    first: i32,
    /// The row of each day from `first` on.
    rows: Vec<u32>,
    pub(super) anchors: Vec<Day>,
    /// For each row the lanes that are left to ordinary evaluation, as bits.
    pub(super) left: Vec<u64>,
    pub(super) hot: Vec<i16>,
    pub(super) cold: Vec<i16>,
}

/// A day without a row.
const NO_ROW: u32 = u32::MAX;

impl Table {
    /// The row of an anchor day.
    pub(super) fn row(&self, anchor: Day) -> Option<usize> {
        let at = usize::try_from(i64::from(anchor.0) - i64::from(self.first)).ok()?;
        self.rows.get(at).filter(|row| **row != NO_ROW).map(|row| *row as usize)
    }
}

impl Plan {
    /// Computes the windows for these anchor days. The table answers for no other anchor.
    pub fn tabulate(&self, anchors: &[Day]) -> Table {
        let (Some(first), Some(last)) = (anchors.iter().min(), anchors.iter().max()) else {
            return Table::default();
        };
        let span = usize::try_from(i64::from(last.0) - i64::from(first.0)).map_or(0, |days| days + 1);
        let mut table = Table { first: first.0, rows: vec![NO_ROW; span], ..Table::default() };
        for anchor in anchors {
            let at = usize::try_from(i64::from(anchor.0) - i64::from(first.0)).unwrap_or_default();
            if let Some(row) = table.rows.get_mut(at)
                && *row == NO_ROW
            {
                *row = u32::try_from(table.anchors.len()).unwrap_or(NO_ROW);
                table.anchors.push(*anchor);
            }
        }
        self.fill(&mut table);
        table
    }

    fn fill(&self, table: &mut Table) {
        let dates = vec![DateFact { name: &self.anchor, day: Span::on(Day(0)), event: 0 }];
        let mut facts = Facts { subject: &self.subject, dates, ..Facts::default() };
        let days = table.anchors.len();
        let mut fixed: Vec<Option<Row>> = vec![None; self.lanes.len()];
        table.hot = vec![OPEN; days * HOT * self.width];
        table.cold = vec![OPEN; days * COLD * self.width];
        table.left = Vec::with_capacity(days);
        let rows = table.hot.chunks_exact_mut(HOT * self.width).zip(table.cold.chunks_exact_mut(COLD * self.width));
        for (anchor, (hot, cold)) in table.anchors.iter().zip(rows) {
            for date in &mut facts.dates {
                date.day = Span::on(*anchor);
            }
            let mut left = 0;
            for (i, (lane, fixed)) in self.lanes.iter().zip(&mut fixed).enumerate() {
                let prior_left = lane.after.is_some_and(|(prior, _)| left & (1 << prior) != 0);
                let known = fixed.filter(|w| lane.rule.valid_from <= anchor.plus(i32::from(w.hot[0])));
                match known.or_else(|| window(lane, &facts, *anchor)).filter(|_| !prior_left) {
                    Some(w) => {
                        *fixed = lane.fixed.then_some(w);
                        put(hot, self.width, i, w.hot);
                        put(cold, self.width, i, w.cold);
                    }
                    None => {
                        left |= 1 << i;
                        put(hot, self.width, i, [OPEN, NONE, OPEN, OPEN]);
                    }
                }
            }
            table.left.push(left);
        }
    }
}

/// One entry in each column of a row.
fn put<const C: usize>(row: &mut [i16], width: usize, lane: usize, values: [i16; C]) {
    for (column, value) in row.chunks_exact_mut(width).zip(values) {
        if let Some(cell) = column.get_mut(lane) {
            *cell = value;
        }
    }
}

#[derive(Clone, Copy)]
struct Row {
    hot: [i16; HOT],
    cold: [i16; COLD],
}

/// The window of a lane, as ordinary evaluation computes it. `None` if the rule began too late for this anchor, so that
/// its window would be cut, if a day is too far away, or if the standard period has no beginning as written but would have
/// one once its end has moved.
fn window(lane: &Lane, facts: &Facts<'_>, anchor: Day) -> Option<Row> {
    let (once, window) = lane.window()?;
    let phase: Phase = once::phase(&lane.rule, once, window, facts, None, false)?;
    let from = phase.legal_from.filter(|from| lane.rule.valid_from <= *from)?;
    if lane.moves && window.standard_from.is_some() && phase.standard_from.is_none() {
        return None;
    }
    let near = |day: Option<Day>| day.map_or(Some(OPEN), |d| distance(d, anchor));
    let (standard_to, target) = (near(phase.standard_to)?, near(phase.target)?);
    // In the standard period from its beginning; from the outset if only its end is named.
    let begins = match (phase.standard_from, phase.standard_to) {
        (Some(begins), _) => distance(begins, anchor)?,
        (None, Some(_)) => NONE,
        (None, None) => OPEN,
    };
    Some(Row {
        hot: [distance(from, anchor)?, near(phase.legal_to)?, standard_to.min(target), begins],
        cold: [standard_to, target, near(phase.escalates_on)?],
    })
}
