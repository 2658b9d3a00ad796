//! The calendar axis: a day and its place. The only function from days to pixels is [`Scale::x`].

use rules::{Day, counting, wareki};

/// Fiscal years side by side between two places.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Scale {
    pub from: Day,
    /// The first day after.
    pub end: Day,
    pub left: i32,
    pub right: i32,
}

/// A fiscal year.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stripe {
    pub x: i32,
    pub w: i32,
    pub label: String,
    pub tinted: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tick {
    pub x: i32,
    pub label: String,
}

impl Scale {
    /// `count` fiscal years from that of `first`. `None`: outside the calendar.
    pub fn years(first: i32, count: i32, left: i32, right: i32) -> Option<Scale> {
        let april = |year| counting::in_fiscal_year(year, 4, 1);
        Some(Scale { from: april(first)?, end: april(first + count.max(1))?, left, right })
    }

    /// Where the morning of a day is. Days outside lie at the edges.
    pub fn x(&self, day: Day) -> i32 {
        let days = i64::from(self.end.since(self.from).max(1));
        let at = i64::from(day.since(self.from)).clamp(0, days);
        let width = i64::from(self.right - self.left);
        self.left + i32::try_from((at * width + days / 2) / days).unwrap_or(0)
    }

    pub fn covers(&self, day: Day) -> bool {
        self.from <= day && day < self.end
    }

    /// The visible part of a stretch (both ends counted).
    pub fn clip(&self, from: Day, until: Day) -> Option<(i32, i32)> {
        let seen = from <= until && from < self.end && until >= self.from;
        seen.then(|| (self.x(from), self.x(until.plus(1))))
    }

    pub fn stripes(&self) -> Vec<Stripe> {
        let mut stripes = Vec::new();
        let mut year = counting::fiscal_year(self.from);
        while let (Some(from), Some(next)) =
            (counting::in_fiscal_year(year, 4, 1), counting::in_fiscal_year(year + 1, 4, 1))
        {
            if from >= self.end {
                break;
            }
            let x = self.x(from);
            stripes.push(Stripe { x, w: self.x(next) - x, label: wareki::fiscal_year(from), tinted: year % 2 == 1 });
            year += 1;
        }
        stripes
    }

    /// Every quarter where a year is narrow, every month where it is wide.
    pub fn ticks(&self) -> Vec<Tick> {
        let years = self.end.since(self.from) / 365;
        let every = if years <= 2 { 1 } else { 3 };
        let mut ticks = Vec::new();
        let mut day = self.from;
        while day < self.end {
            ticks.push(Tick { x: self.x(day), label: format!("{}月", day.ymd().1) });
            day = counting::months_later(day, every);
        }
        ticks
    }
}
