//! 住民記録の取込: preview, apply, undo.
pub mod view;

#[cfg(test)]
pub mod example;
