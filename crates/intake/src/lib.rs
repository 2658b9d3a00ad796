//! What comes in from elsewhere (取込): the register, past records, and how far each source has arrived.

pub mod arrivals;
pub mod events;
pub mod imports;
pub mod matching;
pub mod residents;
