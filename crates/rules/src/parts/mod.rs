//! What any shape may carry besides its windows: distances to other acts, later windows for some, records of related
//! persons, products, cautions, and letters that wait for an answer.

pub(crate) mod details;
pub(crate) mod extension;
pub(crate) mod invitation;
pub(crate) mod kin;
pub(crate) mod spacing;
