//! The person's page and its forms, in the words of those who use them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "stories/settlings/mod.rs"]
mod settlings;
mod support;

mod stories {
    mod absences;
    mod access;
    mod across;
    mod administration;
    mod certify;
    mod changing;
    mod compartment;
    mod counting;
    pub mod desk;
    mod family;
    mod founding;
    mod matching;
    mod mending;
    mod noise;
    mod offices;
    mod opening;
    mod postings;
    mod pregnancy;
    mod refusing;
    mod privacy {
        mod counter;
        mod disclosing;
        mod emergencies;
        mod home;
        mod locking;
        mod protecting;
        mod readings;
        mod unheard;
    }
    mod rulebook;
    mod supervision;
}
