//! Pages shown when something is refused.
