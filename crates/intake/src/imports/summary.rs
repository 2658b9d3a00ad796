//! Counts of an import in words, for screen and terminal.

/// One count with its word and what belongs beside it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    pub label: &'static str,
    pub number: u64,
    pub note: String,
}

pub fn line(label: &'static str, number: u64, note: String) -> Line {
    Line { label, number, note }
}

/// `20,000`
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_grouped() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
