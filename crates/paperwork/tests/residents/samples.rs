//! The sample file that the README and the journey use.
