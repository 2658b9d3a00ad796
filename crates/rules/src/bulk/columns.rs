//! What goes into a bulk evaluation and what comes out of it: columns, nothing allocated per subject.

use alloc::vec::Vec;

use super::{Code, distance};
use crate::Day;

/// Subjects of one plan: anchor day and acts of each.
#[derive(Clone, Debug, Default)]
pub struct Subjects {
    pub(super) anchors: Vec<Day>,
    /// End of each subject's acts in `marks`.
    pub(super) ends: Vec<u32>,
    pub(super) marks: Vec<Mark>,
    /// Subjects with an act too far from the anchor, in order.
    pub(super) far: Vec<u32>,
}

/// An act: days from the anchor, and what it was.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Mark {
    pub day: i16,
    pub code: u16,
}

impl Subjects {
    pub fn with_capacity(subjects: usize, acts: usize) -> Subjects {
        Subjects {
            anchors: Vec::with_capacity(subjects),
            ends: Vec::with_capacity(subjects),
            marks: Vec::with_capacity(acts),
            far: Vec::new(),
        }
    }

    /// Adds a subject with the acts that settle something ([`super::Plan::code_of`]), in any order; returns its place.
    pub fn push(&mut self, anchor: Day, acts: impl IntoIterator<Item = (Day, Code)>) -> usize {
        let place = self.anchors.len();
        let start = self.marks.len();
        for (day, Code(code)) in acts {
            match distance(day, anchor) {
                Some(day) => self.marks.push(Mark { day, code }),
                None if self.far.last().is_none_or(|last| *last as usize != place) => {
                    self.far.push(u32::try_from(place).unwrap_or(u32::MAX));
                }
                None => {}
            }
        }
        if let Some(new) = self.marks.get_mut(start..)
            && !new.is_sorted()
        {
            new.sort_unstable();
        }
        self.anchors.push(anchor);
        self.ends.push(u32::try_from(self.marks.len()).unwrap_or(u32::MAX));
        place
    }

    pub fn len(&self) -> usize {
        self.anchors.len()
    }

    pub fn is_empty(&self) -> bool {
        self.anchors.is_empty()
    }

    /// One for each subject, in order of their places.
    pub fn anchors(&self) -> &[Day] {
        &self.anchors
    }
}

/// The answers of a range of subjects: for each subject a row with one cell per lane (and padding up to the plan's width).
#[derive(Clone, Debug, Default)]
pub struct Columns {
    /// The place of the first subject.
    pub(super) first: usize,
    pub(super) width: usize,
    /// The row of windows that each subject reads.
    pub(super) rows: Vec<u32>,
    /// First day, as the rule before it left it.
    pub(super) from: Vec<i16>,
    /// Day done, or [`super::NONE`].
    pub(super) done: Vec<i16>,
    /// [`super::run`]'s numbers.
    pub(super) status: Vec<u8>,
    /// Lanes left to ordinary evaluation, as bits: only subjects that have some, in order.
    pub(super) left: Vec<(u32, u64)>,
}

impl Columns {
    /// How many subjects were answered.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}
