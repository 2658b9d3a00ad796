//! What belongs to the office itself: its staff, its settings, since when it is what it is. No person is in it.

pub mod offices;
pub mod settings;
pub mod staff;
