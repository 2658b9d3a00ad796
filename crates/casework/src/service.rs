//! 健診・接種・面談などの結果 (service).

use rules::{Day, Span};

use crate::{
    act::{Known, Refusal},
    body::Service,
    contact,
};

pub(crate) fn check(service: &Service, day: Span, of: &Known<'_>, today: Day) -> Result<(), Refusal> {
    if service.code.is_empty() {
        return Err(Refusal::at("code", "健診・事業を選んでください。"));
    }
    if let Some(next) = &service.next {
        contact::check_next(next, day, today)?;
    }
    if let Some((birth, _)) = of.person.birth
        && day.hi < birth.lo
    {
        return Err(Refusal::at("day", "生まれる前の日付です。日付を確かめてください。"));
    }
    contact::alive(day, of)
}
