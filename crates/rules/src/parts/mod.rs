//! What any shape may carry besides its windows: distances to other acts, later windows for some, records of related
//! persons, products and cautions.

pub(crate) mod details;
pub(crate) mod extension;
pub(crate) mod kin;
pub(crate) mod spacing;
