//! 妊娠届, the short form: what the rules need to start the pregnancy's duties.

use crate::contacts::view::Subject;
use crate::platform::web::form::{Choice, Form};
use crate::platform::web::view::Frame;

/// Page: GET /persons/{id}/pregnancies/new, POST form.action.
///
/// Fields: `notified_day`, `due_day`, `weeks`, `days` (week and day on the day of the notification; may stand instead of
/// `due_day`), `birth_order`, `fetuses`, `facility`, `away` (yes / no / undecided), `away_from`, `away_until`,
/// `away_place`, `vouchers`, `interview`, `next_day`, `next_act`, `note`.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "pregnancies/form.html")]
pub struct PregnancyPage {
    pub frame: Frame,
    pub subject: Subject,
    pub form: Form,
    /// 1人（単胎）/ 双子 / 三つ子以上 / まだ分からない
    pub fetuses: Vec<Choice>,
    /// 予定なし / 予定あり / まだ分からない
    pub away: Vec<Choice>,
    /// 面談した / 後日 / 希望しない
    pub interviews: Vec<Choice>,
    /// Away places are masked for protected mothers: then neither asked nor shown.
    pub away_place_asked: bool,
    /// 次にすること: 電話・訪問・面談; with `next_day`.
    pub next_acts: Vec<Choice>,
}
