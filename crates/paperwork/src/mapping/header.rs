//! The header line of one file against the mapping.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

use super::{Field, Layout};
use crate::error::{FileError, HeaderProblem};

/// A field of some kind of file, with the word people know it by.
pub trait Named: Copy + Ord {
    fn label(self) -> &'static str;

    /// Whether a cell tells where somebody is. Of a broken row nobody knows whether the person is protected, so no message
    /// repeats such a cell: line and column lead to it in the file.
    fn tells_a_place(self) -> bool {
        false
    }
}

/// Where each field stands in one file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Columns<F = Field> {
    places: BTreeMap<F, usize>,
    /// All headers as read.
    pub read: Vec<String>,
}

impl<F: Named> Columns<F> {
    /// Whether some cell of a row tells where somebody is.
    pub fn tell_a_place(&self) -> bool {
        self.places.keys().any(|field| field.tells_a_place())
    }

    /// Finds the fields. A required field without a column and a field with two columns refuse the file: reading the
    /// wrong one of two would be worse.
    pub fn find(line: u64, read: Vec<String>, layout: &Layout<F>) -> Result<Columns<F>, FileError> {
        let owner = owners(layout);
        let mut claims: BTreeMap<F, Vec<usize>> = BTreeMap::new();
        for (place, header) in read.iter().enumerate() {
            if let Some(field) = owner.get(&header_key(header)) {
                claims.entry(*field).or_default().push(place);
            }
        }
        let accepted = |field: &F| layout.headers.get(field).cloned().unwrap_or_default();
        let missing: Vec<_> = layout
            .required
            .iter()
            .filter(|field| !claims.contains_key(field))
            .map(|field| (field.label().to_owned(), accepted(field)))
            .collect();
        let doubled: Vec<_> = claims
            .iter()
            .filter(|(_, places)| places.len() > 1)
            .map(|(field, places)| (field.label().to_owned(), places.iter().map(|p| read[*p].clone()).collect()))
            .collect();
        if !missing.is_empty() || !doubled.is_empty() {
            let read = if claims.is_empty() { Vec::new() } else { read };
            return Err(FileError::Headers(Box::new(HeaderProblem { line, missing, doubled, read })));
        }
        let places = claims.into_iter().filter_map(|(field, places)| Some((field, *places.first()?))).collect();
        Ok(Columns { places, read })
    }

    /// How many of these headers the mapping knows; decides between comma and tab.
    pub fn known(read: &[String], layout: &Layout<F>) -> usize {
        let owner = owners(layout);
        read.iter().filter(|header| owner.contains_key(&header_key(header))).count()
    }

    pub fn place(&self, field: F) -> Option<usize> {
        self.places.get(&field).copied()
    }

    /// The header of a field as this file writes it.
    pub fn header(&self, field: F) -> &str {
        self.place(field).and_then(|p| self.read.get(p)).map_or(field.label(), String::as_str)
    }

    /// Headers no field was found for: not read, and said in the preview.
    pub fn unread(&self) -> Vec<String> {
        let taken: Vec<usize> = self.places.values().copied().collect();
        let left = self.read.iter().enumerate().filter(|(place, h)| !taken.contains(place) && !h.trim().is_empty());
        left.map(|(_, header)| header.clone()).collect()
    }
}

fn owners<F: Named>(layout: &Layout<F>) -> BTreeMap<String, F> {
    layout.headers.iter().flat_map(|(field, all)| all.iter().map(|h| (header_key(h), *field))).collect()
}

/// Headers are compared without regard to width, spaces, underscores and letter case.
pub(crate) fn header_key(header: &str) -> String {
    header
        .nfkc()
        .filter(|c| !c.is_whitespace() && !matches!(c, '_' | '\u{feff}'))
        .flat_map(char::to_uppercase)
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::mapping::Mapping;

    fn find(headers: &str) -> Result<Columns, FileError> {
        Columns::find(1, headers.split(',').map(str::to_owned).collect(), &Mapping::shipped().unwrap().layout)
    }

    const WHOLE: &str = "宛名番号,世帯番号,氏名,氏名ふりがな,生年月日,性別,住所,支援措置";

    #[test]
    fn fields_are_found_by_any_of_their_headers() {
        let columns = find(&format!("備考,{}", WHOLE.replace("氏名ふりがな", "氏　名カナ"))).unwrap();
        assert_eq!(columns.place(Field::Number), Some(1));
        assert_eq!(columns.header(Field::Kana), "氏　名カナ");
        assert_eq!(columns.place(Field::Phone), None);
        assert_eq!(columns.unread(), ["備考"]);
    }

    #[test]
    fn a_header_line_that_does_not_fit_says_everything_at_once() {
        let message = find(&format!("{},現住所", WHOLE.replace("支援措置", "備考"))).unwrap_err().to_string();
        assert_eq!(
            message,
            "見出し行（1行目）が対応表と合いません。\n\
             足りない見出し：支援措置（次のどれか：支援措置、支援措置区分、支援措置フラグ、支援措置対象者、支援措置対象者区分、\
             DV等支援措置、DV支援措置区分、支援対象者区分、秘匿区分、秘匿フラグ）\n\
             重なっている見出し：住所（住所、現住所）。どの列を読むか決められません。\n\
             読み取った見出し（9列）：宛名番号、世帯番号、氏名、氏名ふりがな、生年月日、性別、住所、備考、現住所"
        );
    }

    #[test]
    fn the_row_of_a_file_without_a_header_is_not_repeated() {
        let message = find("0001,11,試験 花,しけん,1994-05-06,女,みなと市一丁目1,").unwrap_err().to_string();
        assert!(
            message.contains("見出し行のあるファイル") && !message.contains("試験") && !message.contains("みなと市")
        );
    }

    #[test]
    fn two_unread_columns_of_one_name_do_no_harm() {
        assert_eq!(find(&format!("{WHOLE},備考,備考,,")).unwrap().unread(), ["備考", "備考"]);
        assert!(find(&format!("{WHOLE},氏名")).is_err());
    }
}
