//! Reads Rust only as far as to tell code, comments and string literals apart.

/// A Rust file taken apart.
pub struct Source {
    /// The code, line by line, without comments and with every string literal emptied.
    pub code: Vec<String>,
    /// Line of its beginning and content of every string literal, escapes as written.
    pub literals: Vec<(usize, String)>,
}

impl Source {
    pub fn read(text: &str) -> Source {
        let chars: Vec<char> = text.chars().collect();
        let mut source = Source { code: vec![String::new()], literals: Vec::new() };
        let mut at = 0;
        while at < chars.len() {
            let rest = &chars[at..];
            at += if rest.starts_with(&['/', '/']) {
                rest.iter().position(|c| *c == '\n').unwrap_or(rest.len())
            } else if rest.starts_with(&['/', '*']) {
                source.skip_lines(&rest[..block_comment(rest)])
            } else if let Some((open, hashes)) = raw_string(&chars, at) {
                let close: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
                let length = rest[open..].windows(close.len()).position(|w| w == close).unwrap_or(rest.len() - open);
                source.literal(&rest[open..open + length]);
                open + length + close.len()
            } else if rest[0] == '"' {
                let length = quoted(&rest[1..], '"');
                source.literal(&rest[1..1 + length]);
                length + 2
            } else if rest[0] == '\'' && (rest.get(1) == Some(&'\\') || rest.get(2) == Some(&'\'')) {
                quoted(&rest[1..], '\'') + 2
            } else {
                source.code_char(rest[0]);
                1
            };
        }
        source
    }

    fn code_char(&mut self, c: char) {
        match (c, self.code.last_mut()) {
            ('\n', _) | (_, None) => self.code.push(String::new()),
            (_, Some(line)) => line.push(c),
        }
    }

    fn skip_lines(&mut self, skipped: &[char]) -> usize {
        let lines = skipped.iter().filter(|c| **c == '\n').count();
        self.code.extend((0..lines).map(|_| String::new()));
        skipped.len()
    }

    fn literal(&mut self, content: &[char]) {
        self.literals.push((self.code.len(), content.iter().collect()));
        self.code_char('"');
        self.skip_lines(content);
        self.code_char('"');
    }
}

/// Characters up to the closing mark, which may be escaped.
fn quoted(chars: &[char], mark: char) -> usize {
    let mut at = 0;
    while at < chars.len() && chars[at] != mark {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    at.min(chars.len())
}

/// Length of a block comment, which in Rust may hold others.
fn block_comment(chars: &[char]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < chars.len() {
        let step = match chars.get(at..at + 2) {
            Some(['/', '*']) => 1,
            Some(['*', '/']) => -1,
            _ => 0,
        };
        depth += step;
        at += if step == 0 { 1 } else { 2 };
        if depth == 0 {
            break;
        }
    }
    at
}

/// If a raw string begins here: where its content begins, and how many `#` close it.
fn raw_string(chars: &[char], at: usize) -> Option<(usize, usize)> {
    let inside_a_word = at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_');
    let r = usize::from(matches!(chars[at], 'b' | 'c'));
    if inside_a_word || chars.get(at + r) != Some(&'r') {
        return None;
    }
    let hashes = chars[at + r + 1..].iter().take_while(|c| **c == '#').count();
    let open = r + 1 + hashes;
    (chars.get(at + open) == Some(&'"')).then_some((open + 1, hashes))
}

#[test]
fn code_comments_and_strings_are_told_apart() {
    let text = concat!(
        "//! \"no\" $9\n",
        "let a = \"one \\\" $1\"; // \"no\"\n",
        "/* \"no\" /* inner */\n still */ let c = '\"'; let d: &'static str = r#\"two \"x\" \n$2\"#;\n",
        "let e = br\"three\"; let for_ = '\\'';\n",
    );
    let source = Source::read(text);
    let literals: Vec<(usize, &str)> = source.literals.iter().map(|(line, s)| (*line, s.as_str())).collect();
    assert_eq!(literals, [(2, "one \\\" $1"), (4, "two \"x\" \n$2"), (6, "three")]);
    assert_eq!(source.code[0], "");
    assert_eq!(source.code[1], "let a = \"\"; ");
    assert_eq!(source.code[3], " let c = ; let d: &'static str = \"");
    assert_eq!(source.code[4], "\";");
    assert_eq!(source.code[5], "let e = \"\"; let for_ = ;");
}
