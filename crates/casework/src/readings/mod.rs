//! Looking at records: in an emergency, and looked at afterwards.

pub mod emergency;
pub mod inspection;
