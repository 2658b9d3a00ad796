//! Labels find a free slot or are left to the table: the more important first.

/// A rectangle of the drawing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Rect {
    pub x: i32,
    pub y: i32,
    pub w: i32,
    pub h: i32,
}

impl Rect {
    pub fn meets(&self, other: &Rect) -> bool {
        self.x < other.x + other.w
            && other.x < self.x + self.w
            && self.y < other.y + other.h
            && other.y < self.y + self.h
    }

    pub fn middle(&self) -> i32 {
        self.x + self.w / 2
    }
}

/// Height of a line of text, and what stays free on both sides.
pub const LINE: i32 = 16;
const AIR: i32 = 3;

/// How wide a text is about: 1 em for full width, 0.55 em for half width, at 13 px. Variation selectors take no room.
pub fn width(text: &str) -> i32 {
    let tenths: i32 = text
        .chars()
        .map(|c| match c {
            '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' => 0,
            c if c.is_ascii() || ('\u{FF61}'..='\u{FF9F}').contains(&c) => 72,
            _ => 130,
        })
        .sum();
    (tenths + 9) / 10
}

/// Room for a text around a place, kept between two edges.
pub fn around(text: &str, middle: i32, y: i32, edges: (i32, i32)) -> Rect {
    let w = width(text) + 2 * AIR;
    let x = (middle - w / 2).min(edges.1 - w).max(edges.0);
    Rect { x, y, w, h: LINE }
}

/// The first of some places that meets nothing taken.
pub fn free(places: &[Rect], taken: &[Rect]) -> Option<Rect> {
    places.iter().find(|place| !taken.iter().any(|t| t.meets(place))).copied()
}
