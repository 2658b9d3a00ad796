//! What a person does with the built program and its demo city, in a real browser: the way the README promises.
//!
//! Each journey works as another nurse, so that none takes a line from another's list.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod files;
mod pictures;
mod protected;
#[path = "../support/mod.rs"]
mod support;

use std::{path::Path, time::Duration};

use support::{
    browser::{Browser, pdf_text},
    demo,
};
use thirtyfour::{By, Key, TypingData, WebElement, error::WebDriverError, prelude::ElementQueryable};

const NURSES: &str = "minato-2026-hokenshi";
const HEAD: &str = "minato-2026-tokatsu";
const FIRST_LINE: &str = "#work [data-line]";

async fn visitor() -> Browser {
    at_1280(Browser::start().await).await
}

async fn at_1280(browser: Browser) -> Browser {
    browser.driver.set_window_rect(0, 0, 1280, 900).await.unwrap();
    go(&browser, "/").await;
    browser
}

async fn go(browser: &Browser, path: &str) {
    browser.open(&format!("{}{path}", demo::address())).await;
    browser.assert_silent().await;
}

/// How long something may take to appear on a busy machine, and how often one looks.
const PATIENCE: Duration = Duration::from_secs(60);
const GLANCE: Duration = Duration::from_millis(200);

/// The first element of its kind, as soon as it can be seen. One that a new page takes away while it is looked at is not
/// seen, and the next one is waited for.
async fn find(browser: &Browser, css: &str) -> WebElement {
    let query = browser.driver.query(By::Css(css)).wait(PATIENCE, GLANCE).ignore_errors(true);
    let found = query.and_displayed().first().await;
    let found = found.unwrap_or_else(|e| panic!("{css} is not shown: {e}"));
    browser.assert_silent().await;
    found
}

async fn find_text(browser: &Browser, css: &str, text: &'static str) -> WebElement {
    let holds = move |e: WebElement| async move { Ok(e.text().await.unwrap_or_default().contains(text)) };
    let query = browser.driver.query(By::Css(css)).wait(PATIENCE, GLANCE).ignore_errors(true);
    let found = query.with_filter(holds).first().await;
    let found = found.unwrap_or_else(|e| panic!("{css} does not say 「{text}」: {e}"));
    browser.assert_silent().await;
    found
}

async fn gone(browser: &Browser, css: &str) {
    assert!(
        browser.driver.query(By::Css(css)).wait(PATIENCE, GLANCE).not_exists().await.unwrap(),
        "{css} is still there"
    );
}

/// Whether it was done, or a new page took the element away in between.
fn done<T>(css: &str, answer: Result<T, WebDriverError>) -> Option<T> {
    match answer {
        Ok(done) => Some(done),
        Err(e) if e.to_string().contains("stale element") => None,
        Err(e) => panic!("{css}: {e}"),
    }
}

/// Clicks it. A page that asks for itself (a progress) may take the element away in between: then the new one is clicked.
async fn click(browser: &Browser, css: &str) {
    for _ in 0..5 {
        if done(css, find(browser, css).await.click().await).is_some() {
            return;
        }
    }
    panic!("{css} is taken away again and again");
}

/// Types into it, in the same way.
async fn type_into(browser: &Browser, css: &str, text: &str) {
    for _ in 0..5 {
        if done(css, find(browser, css).await.send_keys(text).await).is_some() {
            return;
        }
    }
    panic!("{css} is taken away again and again");
}

/// What it says, in the same way.
async fn says(browser: &Browser, css: &str) -> String {
    for _ in 0..5 {
        if let Some(text) = done(css, find(browser, css).await.text().await) {
            return text;
        }
    }
    panic!("{css} is taken away again and again");
}

async fn sign_in(browser: &Browser, login: &str, password: &str) {
    type_into(browser, "#f-login", login).await;
    type_into(browser, "#f-password", password).await;
    click(browser, "form.card button[type=submit]").await;
    gone(browser, "#f-password").await;
    login.clone_into(&mut browser.actor.lock().unwrap());
}

/// One key where the focus is, once the page listens.
async fn press(browser: &Browser, key: impl Into<TypingData>) {
    find(browser, "html.js").await;
    browser.keys(key).await;
}

/// Tab until the focus is where a person wants it.
async fn tab_to(browser: &Browser, css: &str) {
    for _ in 0..60 {
        if browser.eval(&format!("return document.activeElement.matches({css:?})")).await {
            return;
        }
        browser.keys(Key::Tab).await;
    }
    panic!("the tab key does not lead to {css}");
}

/// The family name in the first line of the list, as it is also printed.
async fn first_name(browser: &Browser) -> String {
    let name: String = browser.eval("return document.querySelector('.grp__n a ruby').firstChild.data").await;
    name.split('\u{3000}').next().unwrap_or_default().to_owned()
}

async fn id_of(element: &WebElement) -> String {
    format!("#{}", element.id().await.unwrap().expect("an id"))
}

#[tokio::test]
async fn a_nurse_records_a_call_and_takes_it_back_by_keyboard_alone() {
    let browser = visitor().await;
    tab_to(&browser, "#f-login").await;
    browser.keys("sato").await;
    tab_to(&browser, "#f-password").await;
    browser.keys(NURSES).await;
    browser.keys(Key::Enter).await;
    find_text(&browser, "h1", "今日の対応").await;

    press(&browser, "j").await;
    let line = id_of(&find(&browser, &format!("{FIRST_LINE}:focus")).await).await;
    press(&browser, "c").await;
    find(&browser, &format!("{line} .rec [name=result]:focus")).await;
    browser.keys(" ").await;
    let chosen = "return document.querySelector('.rec [name=result]:checked')?.closest('label').innerText";
    assert_eq!(browser.eval::<Option<String>>(chosen).await.as_deref(), Some("つながった"));
    let keys = browser.driver.action_chain().key_down(Key::Control).key_down(Key::Enter);
    keys.key_up(Key::Enter).key_up(Key::Control).perform().await.unwrap();
    find_text(&browser, "#notice", "記録しました").await;
    gone(&browser, &line).await;
    browser.shot("today-recorded").await;

    press(&browser, "u").await;
    find(&browser, &line).await;
    browser.shot("today-undone").await;
}

#[tokio::test]
async fn a_call_is_recorded_and_taken_back_without_scripts() {
    let browser = at_1280(Browser::without_scripts().await).await;
    sign_in(&browser, "tanabe", NURSES).await;
    find_text(&browser, "h1", "今日の対応").await;
    gone(&browser, "html.js").await;
    let line = id_of(&find(&browser, FIRST_LINE).await).await;
    click(&browser, &format!("{line} [data-key=c]")).await;
    click(&browser, &format!("{line} .rec label:has([value=reached])")).await;
    click(&browser, &format!("{line} .rec button[type=submit]")).await;
    find_text(&browser, "#notice", "記録しました").await;
    gone(&browser, &line).await;
    click(&browser, "#notice .undo button").await;
    find(&browser, &line).await;
}

#[tokio::test]
async fn a_phone_rings_and_its_number_finds_the_family() {
    let browser = visitor().await;
    sign_in(&browser, "ogawa", NURSES).await;
    find_text(&browser, "h1", "今日の対応").await;
    press(&browser, "/").await;
    browser.keys("０００－５５５０－０００９").await;
    browser.keys(Key::Enter).await;
    find_text(&browser, ".table td", "母の電話番号").await;
    find_text(&browser, ".found .sub", "2人").await;
    let address: String = browser.eval("return location.href").await;
    assert!(address.ends_with("/persons"), "{address}");
    browser.assert_accessible().await;
}

#[tokio::test]
async fn a_person_is_found_without_scripts() {
    let browser = at_1280(Browser::without_scripts().await).await;
    sign_in(&browser, "ogawa", NURSES).await;
    type_into(&browser, "#seek", "ﾏﾂｳﾗ ｼｵﾘ").await;
    click(&browser, ".seek button").await;
    find_text(&browser, ".table th a", "松浦").await;
}

#[tokio::test]
async fn an_impossible_day_is_named_and_nothing_typed_is_lost() {
    let browser = visitor().await;
    sign_in(&browser, "hirata", NURSES).await;
    let line = id_of(&find(&browser, FIRST_LINE).await).await;
    click(&browser, &format!("{line} [data-key=c]")).await;
    click(&browser, ".rec label:has([value=absent])").await;
    type_into(&browser, "#f-next_day", "31日").await;
    type_into(&browser, "#f-note", "呼出のみ").await;
    click(&browser, ".rec button[type=submit]").await;

    find_text(&browser, "#e-next_day", "「31日」は日付として読めません").await;
    let sent = "return performance.getEntriesByType('resource').filter(e => e.name.endsWith('/contacts')).at(-1).responseStatus";
    assert_eq!(browser.eval::<u16>(sent).await, 422);
    let kept = "const of = name => document.querySelector(`.rec [name=${name}]`).value;
        return [document.querySelector('.rec [name=result]:checked').value, of('next_day'), of('note')]";
    assert_eq!(browser.eval::<[String; 3]>(kept).await, ["absent", "31日", "呼出のみ"]);
    assert!(browser.eval::<bool>("return document.activeElement.matches('.rec .banner--failed')").await);
    browser.assert_accessible().await;
    browser.shot("today-refused").await;
}

#[tokio::test]
async fn a_person_opens_from_the_list_and_says_why() {
    let browser = visitor().await;
    sign_in(&browser, "hirata", NURSES).await;
    find(&browser, FIRST_LINE).await;
    let name = first_name(&browser).await;
    press(&browser, "j").await;
    find(&browser, &format!("{FIRST_LINE}:focus")).await;
    press(&browser, Key::Enter).await;
    assert!(says(&browser, "h1.idbar__n").await.contains(&name));
    find(&browser, ".log .log__e").await;
    click(&browser, "details.why summary").await;
    find_text(&browser, "details.why[open] dt", "きまり").await;
    assert!(!says(&browser, "details.why[open] dd").await.is_empty());
    browser.shot("person").await;
    assert!(browser.loaded_from_elsewhere().await.is_empty());
    browser.assert_accessible().await;
    assert!(pdf_text(&browser.print("person").await).contains(&name), "the printed page names the person");
}

#[tokio::test]
async fn the_address_of_a_protected_person_is_nowhere_in_the_page() {
    let browser = visitor().await;
    sign_in(&browser, "ogawa", NURSES).await;
    find_text(&browser, ".grp .chip--lock", "住所は表示しません").await;
    no_address_in(&browser.eval::<String>("return document.querySelector('.grp:has(.chip--lock)').outerHTML").await);
    browser.follow(".grp:has(.chip--lock) .grp__n a").await;
    find_text(&browser, ".idbar .chip--lock", "住所は表示しません").await;
    no_address_in(&browser.driver.source().await.unwrap());
    browser.shot("person-protected").await;
    browser.assert_accessible().await;
    let printed = pdf_text(&browser.print("person-protected").await);
    assert!(printed.contains("住所は表示しません"));
    no_address_in(&printed);
}

/// No town of the demo city, and no way an address is written.
fn no_address_in(text: &str) {
    let city = include_str!("../../../../demo/city.toml");
    let towns = city.lines().filter(|l| l.starts_with("towns")).flat_map(|l| l.split('"').skip(1).step_by(2));
    for word in towns.chain(["丁目", "番地", "郵便番号"]) {
        assert!(!text.contains(word), "「{word}」 is part of an address");
    }
}

#[tokio::test]
async fn every_page_is_accessible_and_loads_nothing_from_elsewhere() {
    let browser = visitor().await;
    look(&browser, "sign-in").await;
    sign_in(&browser, "kuroda", HEAD).await;
    find(&browser, FIRST_LINE).await;
    look(&browser, "today").await;
    let name = first_name(&browser).await;
    assert!(pdf_text(&browser.print("today").await).contains(&name), "the printed list names {name}");

    let person: String = browser.eval("return document.querySelector('[data-open-url]').dataset.openUrl").await;
    let person = person.split('?').next().unwrap_or_default().to_owned();
    for key in ["c", "v"] {
        click(&browser, &format!("{FIRST_LINE} [data-key={key}]")).await;
        find(&browser, ".rec").await;
        look(&browser, &format!("today-panel-{key}")).await;
        go(&browser, "/today").await;
    }
    let of_person = ["contacts/new", "visits/new", "checkups/new", "closures/new", "pregnancies/new", "births/new"];
    for form in of_person
        .into_iter()
        .chain(["caution", "protection", "moved-out", "died", "release", "notes/new"])
        .chain(["readings", "readings/letter", "disclosures"])
    {
        go(&browser, &format!("{person}/{form}")).await;
        find(&browser, "h1").await;
        look(&browser, &form.replace('/', "-")).await;
    }
    let rules = ["/rulebook", "/rulebook/pcv", "/rulebook/health", "/rulebook/changes"];
    let sources = ["/events", "/arrivals", "/certify", "/readings", "/readings/month?month=2026-11", "/emergencies"];
    for path in rules.into_iter().chain(sources).chain(["/persons", "/persons/new", "/residents", "/session/password"])
    {
        go(&browser, path).await;
        find(&browser, "h1").await;
        look(&browser, &path.trim_matches('/').replace(['/', '?'], "-")).await;
    }
    browser.eval::<()>("document.querySelector('main .field label').remove()").await;
    assert!(browser.violations().await.iter().any(|v| v.id == "label"), "axe-core must see a field without a label");
}

#[tokio::test]
async fn what_is_marked_while_writing_is_black_on_the_paper_that_is_given_out() {
    let browser = visitor().await;
    sign_in(&browser, "kuroda", HEAD).await;
    find(&browser, FIRST_LINE).await;
    let person: String = browser.eval("return document.querySelector('[data-open-url]').dataset.openUrl").await;
    let person = person.split('?').next().unwrap_or_default().to_owned();
    go(&browser, &format!("{person}/notes/new")).await;
    type_into(&browser, "#f-note", "元気な様子。祖母の話では夜に泣く。").await;
    // What is chosen is put into brackets by one press.
    browser.eval::<()>("document.querySelector('#f-note').setSelectionRange(6, 16)").await;
    click(&browser, "[data-mark=第三者]").await;
    let written: String = browser.eval("return document.querySelector('#f-note').value").await;
    assert_eq!(written, "元気な様子。〔第三者：祖母の話では夜に泣く〕。");
    look(&browser, "note-marking").await;
    click(&browser, "form.card button[type=submit]").await;
    find_text(&browser, ".log .mk", "祖母の話では夜に泣く").await;
    look(&browser, "person-marked").await;

    go(&browser, &format!("{person}/disclosures")).await;
    click(&browser, "label:has([value=own])").await;
    click(&browser, "form.card button[type=submit]").await;
    find_text(&browser, "h1", "開示請求の点検").await;
    find_text(&browser, ".dis .mk--out", "祖母の話では夜に泣く").await;
    look(&browser, "disclosure-check").await;
    browser.follow("a[href$='/copy']").await;
    find_text(&browser, "h1", "保有個人情報の写し").await;
    look(&browser, "disclosure-copy").await;
    let printed = pdf_text(&browser.print("disclosure-copy").await);
    assert!(printed.contains("元気な様子") && printed.contains("■■■■■■"), "{printed}");
    assert!(!printed.contains("祖母") && !printed.contains("取扱注意"), "{printed}");
}

#[tokio::test]
async fn work_is_handed_over_for_april_and_whoever_takes_it_reads_it() {
    let browser = visitor().await;
    sign_in(&browser, "kuroda", HEAD).await;
    for path in
        ["", "?by=district", "?by=service", "/rehearsal", "/table", "/absences", "/escalations?week=1", "/escalations"]
    {
        go(&browser, &format!("/supervision{path}")).await;
        find(&browser, "h1").await;
        look(&browser, &format!("supervision{}", path.replace(['/', '?', '='], "-"))).await;
    }
    assert!(pdf_text(&browser.print("escalations").await).contains("会議で決めたこと"));
    // 上田's charge to 岡田, from the coming April: nobody's list of today changes.
    go(&browser, "/supervision/handovers/new").await;
    choose(&browser, "#f-from", "上田").await;
    choose(&browser, "#f-to", "岡田").await;
    click(&browser, "form[method=get].card button[type=submit]").await;
    find_text(&browser, "#plan-t", "4月1日").await;
    look(&browser, "handover-plan").await;
    click(&browser, "form.card[method=post] button[type=submit]").await;
    find_text(&browser, "h1", "引継書").await;
    look(&browser, "handover-sheet").await;
    let printed = pdf_text(&browser.print("handover-sheet").await);
    assert!(printed.contains("取扱注意") && printed.contains("読みました"), "{printed}");
    no_address_in(&printed);
    let sheet = browser.driver.current_url().await.unwrap();

    let midwife = visitor().await;
    sign_in(&midwife, "okada", "minato-2026-josanshi").await;
    find(&midwife, ".r--ask a").await;
    midwife.follow(".r--ask a").await;
    find_text(&midwife, "h1", "引継書").await;
    look(&midwife, "handover-receiver").await;
    click(&midwife, "article form button").await;
    find_text(&midwife, "#notice", "この方の引継ぎ").await;
    click(&midwife, ".card form.hand__r button").await;
    find_text(&midwife, "#notice", "引継書を").await;

    go(&browser, "/supervision").await;
    find_text(&browser, "[aria-labelledby=handovers-t] .chip--done", "読みました").await;
    browser.open(sheet.as_str()).await;
    type_into(&browser, "#f-reason", "ためした").await;
    click(&browser, "form[action$='/withdraw'] button").await;
    find_text(&browser, ".banner--told", "取り消し").await;
}

/// The choice of a list that says this.
async fn choose(browser: &Browser, css: &str, text: &str) {
    let script = format!(
        "const list = document.querySelector({css:?});
         list.value = [...list.options].find(o => o.text.includes({text:?})).value;"
    );
    browser.eval::<()>(&script).await;
}

/// Pictures the open page, and finds nothing wrong with it.
async fn look(browser: &Browser, shot: &str) {
    browser.shot(shot).await;
    browser.assert_accessible().await;
    let strangers = browser.loaded_from_elsewhere().await;
    assert!(strangers.is_empty(), "{shot} loads {strangers:?}");
}

#[tokio::test]
async fn a_file_with_three_broken_rows_is_checked_brought_in_and_taken_back() {
    let browser = visitor().await;
    sign_in(&browser, "kuroda", HEAD).await;
    go(&browser, "/residents").await;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/residents-sample-cp932.csv");
    let file = file.canonicalize().unwrap();
    type_into(&browser, "#f-file", file.to_str().unwrap()).await;
    click(&browser, "form.card button[type=submit]").await;

    find_text(&browser, "h1", "取込の確認").await;
    let rows = "return [...document.querySelectorAll('[aria-labelledby=errors-t] tbody th')].map(e => e.innerText)";
    assert_eq!(browser.eval::<Vec<String>>(rows).await, ["7", "10", "12"]);
    look(&browser, "residents-preview").await;
    click(&browser, "form[action$='/apply'] button").await;
    find_text(&browser, "h1", "取込の結果").await;
    look(&browser, "residents-result").await;
    let result = browser.driver.current_url().await.unwrap();

    assert!(knows(&browser, "0000004101").await, "the new mother can be found");
    browser.open(result.as_str()).await;
    type_into(&browser, "#f-reason", "ファイルを取り違えた").await;
    click(&browser, "form[action$='/withdraw'] button").await;
    find_text(&browser, ".banner--told", "取り消").await;
    look(&browser, "residents-undone").await;
    assert!(!knows(&browser, "0000004101").await, "the new mother is no longer there");
}

/// Whether 名簿 finds somebody with this 宛名番号; the number leads to their family as well.
async fn knows(browser: &Browser, number: &str) -> bool {
    go(browser, "/persons").await;
    let field = find(browser, "#f-term").await;
    field.send_keys(number).await.unwrap();
    field.send_keys(Key::Enter).await.unwrap();
    find(browser, &format!("#f-term[value='{number}']")).await;
    let rows = "return [...document.querySelectorAll('[aria-labelledby=index-t] tbody tr')].map(row => row.innerText)";
    let rows: Vec<String> = browser.eval(rows).await;
    rows.iter().filter(|row| row.contains(number)).count() == 1
}
