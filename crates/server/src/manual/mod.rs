//! 手引き: the users' manual (`docs/manual/ja`), in the program for whoever is signed in.

pub mod page;
pub mod text;
pub mod view;

#[cfg(test)]
pub mod example;
#[cfg(test)]
mod tests;
