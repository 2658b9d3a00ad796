//! The walk through the acts of many subjects.

use alloc::{vec, vec::Vec};
use core::ops::Range;

use super::{Columns, NONE, Plan, Subjects, Table, columns::Mark, table::HOT};
use crate::Day;

/// Statuses as stored in a column; [`super::answer`] reads them.
pub(super) const COMPLETE: i16 = 0;
pub(super) const EXPIRED: i16 = 1;
pub(super) const WAITS: i16 = 2;
pub(super) const NOT_YET: i16 = 3;
pub(super) const OVERDUE: i16 = 4;
pub(super) const RECOMMENDED: i16 = 5;
pub(super) const DUE: i16 = 6;

/// A row that no anchor has: the subject is left.
const NO_ROW: u32 = u32::MAX;

impl Plan {
    /// Answers for the subjects at these places, as of a day: acts after it are not counted. Several ranges may be
    /// evaluated at once. Subjects whose anchor is not in the table are left.
    pub fn evaluate(&self, table: &Table, subjects: &Subjects, places: Range<usize>, as_of: Day) -> Columns {
        let places = places.start.min(subjects.len())..places.end.min(subjects.len());
        match self.width {
            16 => self.walk::<16>(table, subjects, places, as_of),
            32 => self.walk::<32>(table, subjects, places, as_of),
            _ => self.walk::<64>(table, subjects, places, as_of),
        }
    }

    fn walk<const W: usize>(&self, table: &Table, subjects: &Subjects, places: Range<usize>, as_of: Day) -> Columns {
        let count = places.len();
        let mut out = Columns {
            first: places.start,
            width: W,
            rows: Vec::with_capacity(count),
            from: vec![0; count * W],
            done: vec![0; count * W],
            status: vec![0; count * W],
            left: Vec::new(),
        };
        let wires = Wires::<W>::of(self);
        let (hot, _) = table.hot.as_chunks::<W>();
        let far: &[u32] = &subjects.far;
        let mut start = places.start.checked_sub(1).and_then(|p| subjects.ends.get(p)).map_or(0, |end| *end as usize);
        let anchors = subjects.anchors.get(places.clone()).unwrap_or_default();
        let ends = subjects.ends.get(places.clone()).unwrap_or_default();
        let cells = out.from.as_chunks_mut().0.iter_mut().zip(out.done.as_chunks_mut().0);
        let cells = cells.zip(out.status.as_chunks_mut().0);
        for (((anchor, end), ((from, done), status)), place) in anchors.iter().zip(ends).zip(cells).zip(places) {
            let marks = subjects.marks.get(start..*end as usize).unwrap_or_default();
            start = *end as usize;
            let row = table.row(*anchor);
            let windows = row.and_then(|r| hot.get(r * HOT..)?.first_chunk::<HOT>());
            let (Some(row), Some(windows)) = (row, windows) else {
                out.rows.push(NO_ROW);
                out.left.push((place as u32, u64::MAX));
                continue;
            };
            out.rows.push(row as u32);
            let mut left = table.left.get(row).copied().unwrap_or(u64::MAX);
            if !far.is_empty() && far.binary_search(&(place as u32)).is_ok() {
                left = u64::MAX;
            }
            if left != 0 {
                out.left.push((place as u32, left));
            }
            let today = (i64::from(as_of.0) - i64::from(anchor.0)).clamp(-32_500, 32_500) as i16;
            Walk { from, done, status, windows, wires: &wires, masks: &self.masks, today }.through(marks, !left);
        }
        out
    }
}

/// How the lanes hang together.
struct Wires<const W: usize> {
    /// Lanes that wait for none.
    free: u64,
    /// Lanes whose acts count also outside the window.
    whenever: u64,
    /// −1 where a lane waits for another.
    waits: [i16; W],
    /// The lane that opens when this one is done; the last lane, which no rule has, if there is none.
    next: [u8; W],
    /// Further lanes that open then, as bits.
    more: [u64; W],
    /// The bit of each lane; none of the last.
    bits: [u64; W],
    /// Days after the lane before.
    days: [i16; W],
    /// −1 where the end of the standard period moves with the first day.
    moves: [i16; W],
    /// Whether a lane may be done on the day of the one before.
    same_day: bool,
}

impl<const W: usize> Wires<W> {
    fn of(plan: &Plan) -> Wires<W> {
        let mut wires = Wires {
            free: 0,
            whenever: 0,
            waits: [0; W],
            next: [(W - 1) as u8; W],
            more: [0; W],
            bits: [0; W],
            days: [0; W],
            moves: [0; W],
            same_day: false,
        };
        for (i, lane) in plan.lanes.iter().enumerate() {
            if lane.window().is_some_and(|(once, _)| !once.only_within) {
                wires.whenever |= 1 << i;
            }
            let Some((prior, days)) = lane.after else {
                wires.free |= 1 << i;
                continue;
            };
            wires.same_day |= days == 0;
            let (at, prior) = (i & (W - 1), prior & (W - 1));
            wires.waits[at] = -1;
            wires.bits[at] = 1 << i;
            if wires.next[prior] as usize == W - 1 {
                wires.next[prior] = at as u8;
            } else {
                wires.more[prior] |= 1 << i;
            }
            wires.days[at] = days;
            wires.moves[at] = if lane.moves { -1 } else { 0 };
        }
        wires
    }

    /// −1 for lanes that still wait, given those whose turn has come.
    fn waiting(&self, turned: u64) -> [i16; W] {
        let mut waits = self.waits;
        for (i, wait) in waits.iter_mut().enumerate() {
            *wait &= (turned >> i & 1) as i16 - 1;
        }
        waits
    }
}

/// One subject.
struct Walk<'w, const W: usize> {
    from: &'w mut [i16; W],
    done: &'w mut [i16; W],
    status: &'w mut [u8; W],
    windows: &'w [[i16; W]; HOT],
    wires: &'w Wires<W>,
    masks: &'w [u64],
    today: i16,
}

impl<const W: usize> Walk<'_, W> {
    /// Goes through the acts in order of day: the first one inside a window settles its lane and opens those after it.
    fn through(self, marks: &[Mark], answered: u64) {
        let Walk { from, done, status, windows, wires, masks, today } = self;
        let [first, last, _, _] = windows;
        *from = *first;
        *done = [NONE; W];
        let mut open = wires.free & answered;
        let mut turned = open;
        let mut at = 0;
        while let Some(mark) = marks.get(at) {
            at += 1;
            if mark.day > today {
                break;
            }
            let mut hit = open & masks.get(usize::from(mark.code)).copied().unwrap_or_default();
            while hit != 0 {
                let lane = hit.trailing_zeros() as usize & (W - 1);
                let bit = hit & hit.wrapping_neg();
                hit ^= bit;
                let inside = (from[lane] <= mark.day) & (mark.day <= last[lane]);
                if !inside && wires.whenever & bit == 0 {
                    continue;
                }
                done[lane] = mark.day;
                // A lane opens one other or none. None is a lane too, the last one, so that nothing branches on it.
                let next = usize::from(wires.next[lane]) & (W - 1);
                let mut opens = wires.bits[next] & answered;
                from[next] = from[next].max(mark.day + wires.days[next]);
                let mut more = wires.more[lane] & answered;
                opens |= more;
                while more != 0 {
                    let next = more.trailing_zeros() as usize & (W - 1);
                    more &= more - 1;
                    from[next] = from[next].max(mark.day + wires.days[next]);
                }
                open = (open ^ bit) | opens;
                turned |= opens;
                if wires.same_day && opens != 0 {
                    // What opened today may have been done today: look at the day's acts again.
                    at = marks.partition_point(|m| m.day < mark.day);
                    hit = 0;
                }
            }
        }
        statuses(today, from, done, windows, &wires.moves, &wires.waiting(turned), status);
    }
}

/// Compares the days of all lanes with today, in the order of [`crate::status`]. A function by itself and without
/// branches, so that several lanes are compared at once.
#[inline(never)]
fn statuses<const W: usize>(
    today: i16,
    from: &[i16; W],
    done: &[i16; W],
    [first, last, late, begins]: &[[i16; W]; HOT],
    moves: &[i16; W],
    waits: &[i16; W],
    out: &mut [u8; W],
) {
    for i in 0..W {
        let late = late[i].saturating_add(from[i].wrapping_sub(first[i]) & moves[i]);
        let open = if today >= begins[i] { RECOMMENDED } else { DUE };
        let open = if today > late { OVERDUE } else { open };
        let status = if today < from[i] { NOT_YET } else { open };
        let status = if waits[i] != 0 { WAITS } else { status };
        let status = if (today > last[i]) | (from[i] > last[i]) { EXPIRED } else { status };
        out[i] = if done[i] != NONE { COMPLETE } else { status } as u8;
    }
}
