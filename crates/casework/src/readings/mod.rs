//! Looking at records: in an emergency, and looked at afterwards; what is kept from view, and what is given out.

pub mod disclosure;
pub mod emergency;
pub mod inspection;
pub mod marks;
pub mod protection;
