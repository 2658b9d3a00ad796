//! Lines of bounded length, with a place to put lines back.

use std::collections::VecDeque;
use std::io::{BufRead, ErrorKind, Result};

/// Longest line that is read. The widest residents' row seen is below 3,000 bytes.
pub const MAX_LINE_BYTES: usize = 64 * 1024;

/// How a line ended. A lone CR is a line end too (old exports from host machines).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    Lf,
    CrLf,
    Cr,
    /// The file ends here without a line end.
    None,
}

impl Ending {
    pub fn bytes(self) -> &'static [u8] {
        match self {
            Ending::Lf => b"\n",
            Ending::CrLf => b"\r\n",
            Ending::Cr => b"\r",
            Ending::None => b"",
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Counted from 1.
    pub number: u64,
    pub bytes: Vec<u8>,
    pub ending: Ending,
    /// The line was longer than [`MAX_LINE_BYTES`]; `bytes` holds its beginning, the rest was passed over.
    pub overlong: bool,
}

// Not generic, so that it is optimised with this crate wherever `Lines` is used.
fn line_end(buffer: &[u8]) -> Option<usize> {
    buffer.iter().position(|b| matches!(b, b'\n' | b'\r'))
}

/// The lines of a source.
pub struct Lines<R> {
    source: R,
    number: u64,
    held: VecDeque<Line>,
}

impl<R: BufRead> Lines<R> {
    pub fn new(source: R) -> Lines<R> {
        Lines { source, number: 0, held: VecDeque::new() }
    }

    /// Puts lines back so that they are given out again, first of `lines` first.
    pub fn put_back(&mut self, lines: Vec<Line>) {
        for line in lines.into_iter().rev() {
            self.held.push_front(line);
        }
    }

    /// The next line; `None` at the end of the source.
    pub fn next_line(&mut self) -> Result<Option<Line>> {
        if let Some(line) = self.held.pop_front() {
            return Ok(Some(line));
        }
        let mut line = Line { number: self.number + 1, bytes: Vec::new(), ending: Ending::None, overlong: false };
        let mut started = false;
        loop {
            let buffer = match self.source.fill_buf() {
                Ok(buffer) => buffer,
                Err(e) if e.kind() == ErrorKind::Interrupted => continue,
                Err(e) => return Err(e),
            };
            if buffer.is_empty() {
                break;
            }
            started = true;
            let end = line_end(buffer);
            let part = &buffer[..end.unwrap_or(buffer.len())];
            let room = MAX_LINE_BYTES - line.bytes.len();
            line.bytes.extend_from_slice(&part[..part.len().min(room)]);
            line.overlong |= part.len() > room;
            let Some(end) = end else {
                let all = buffer.len();
                self.source.consume(all);
                continue;
            };
            line.ending = if buffer[end] == b'\n' { Ending::Lf } else { Ending::Cr };
            self.source.consume(end + 1);
            if line.ending == Ending::Cr && self.next_byte_is_lf()? {
                self.source.consume(1);
                line.ending = Ending::CrLf;
            }
            break;
        }
        if !started {
            return Ok(None);
        }
        self.number += 1;
        Ok(Some(line))
    }

    fn next_byte_is_lf(&mut self) -> Result<bool> {
        loop {
            match self.source.fill_buf() {
                Ok(buffer) => return Ok(buffer.first() == Some(&b'\n')),
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::BufReader;

    use super::*;

    fn all(bytes: &[u8], capacity: usize) -> Vec<(u64, String, Ending)> {
        let mut lines = Lines::new(BufReader::with_capacity(capacity, bytes));
        let mut out = Vec::new();
        while let Some(line) = lines.next_line().unwrap() {
            out.push((line.number, String::from_utf8(line.bytes).unwrap(), line.ending));
        }
        out
    }

    #[test]
    fn every_kind_of_line_end_across_every_buffer_edge() {
        for capacity in 1..12 {
            assert_eq!(
                all(b"a\r\nbc\n\rd\r\n\r\ne", capacity),
                [
                    (1, "a".into(), Ending::CrLf),
                    (2, "bc".into(), Ending::Lf),
                    (3, String::new(), Ending::Cr),
                    (4, "d".into(), Ending::CrLf),
                    (5, String::new(), Ending::CrLf),
                    (6, "e".into(), Ending::None),
                ],
                "capacity {capacity}"
            );
        }
    }

    #[test]
    fn a_giant_line_is_cut_and_the_next_one_is_whole() {
        let mut bytes = vec![b'x'; MAX_LINE_BYTES * 3];
        bytes.extend_from_slice(b"\nnext\n");
        let mut lines = Lines::new(BufReader::new(&bytes[..]));
        let giant = lines.next_line().unwrap().unwrap();
        assert!(giant.overlong && giant.bytes.len() == MAX_LINE_BYTES);
        let next = lines.next_line().unwrap().unwrap();
        assert_eq!((next.number, next.bytes.as_slice(), next.overlong), (2, &b"next"[..], false));
        let exact = vec![b'x'; MAX_LINE_BYTES];
        assert!(!Lines::new(BufReader::new(&exact[..])).next_line().unwrap().unwrap().overlong);
    }
}
