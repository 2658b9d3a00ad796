//! What leaves without being a page, and every page a person can come to: a posting with protected families among its letters is
//! confirmed in the browser, then every link of the program is followed with the browser's own session, file or page, and each
//! answer is searched. A route that answers data is searched here or this fails.

use std::collections::{BTreeMap, BTreeSet};

use server::routes::{Method, ROUTES, Route};

use super::{HEAD, NURSES, click, find, find_text, go, sign_in, type_into, visitor};
use crate::support::{
    browser::Browser,
    demo,
    leaks::{self, LEAKS},
    planted::ADDRESS,
    site::{Answer, Visitor},
};

/// Addresses of one route that are opened; the marked families' always are, and files.
const EACH: usize = 3;
/// Data that is asked for with POST: the draft of what was typed, and dates reckoned from what is sent.
const SENT: [&str; 2] = ["/session/drafts", "/api/forecast"];

/// The row of the table that answers an address.
fn route_of(path: &str) -> Option<&'static Route> {
    let parts: Vec<&str> = path.split('?').next().unwrap_or_default().split('/').collect();
    let fits = |route: &&Route| {
        let own: Vec<&str> = route.path.split('/').collect();
        own.len() == parts.len() && own.iter().zip(&parts).all(|(own, part)| own.starts_with('{') || own == part)
    };
    let all = ROUTES.iter().filter(|r| r.method == Method::Get).filter(fits);
    // What is written out is meant before what may be anything.
    all.min_by_key(|route| route.path.matches('{').count())
}

fn links<'p>(at: &'p str, page: &'p str) -> impl Iterator<Item = String> + 'p {
    let folder = &at[..=at.rfind('/').unwrap_or_default()];
    ["href=\"", "src=\""]
        .into_iter()
        .flat_map(|name| page.split(name).skip(1))
        .filter_map(|rest| rest.split(['"', '#']).next())
        .map(|link| link.replace("&amp;", "&").replace("&#38;", "&"))
        .filter(|link| !link.is_empty() && !link.contains(':') && !link.starts_with("/assets"))
        .map(move |link| if link.starts_with('/') { link } else { format!("{folder}{link}") })
}

/// What was opened, by the path of its route.
#[derive(Default)]
struct Walk {
    opened: BTreeMap<&'static str, usize>,
    told: Vec<String>,
}

impl Walk {
    fn search(&mut self, actor: &str, path: &str, answer: &Answer) {
        assert!(answer.status < 500, "{actor} {path}: {}", answer.status);
        self.told.extend(leaks::found(actor, path, &format!("{path}{:?}{}", answer.headers, answer.body)));
    }

    /// Every link from every page, from the pages without a number and those of the marked families on.
    fn follow(&mut self, actor: &str, visitor: &mut Visitor) {
        let family = &LEAKS.family;
        let own = [family.mother, family.child, family.woman, family.infant].map(|id| format!("/persons/{id}"));
        let whole =
            ROUTES.iter().filter(|r| r.method == Method::Get && !r.path.contains('{')).map(|r| r.path.to_owned());
        let mut waiting: Vec<String> = whole.chain(own.clone()).collect();
        let mut known: BTreeSet<String> = waiting.iter().cloned().collect();
        let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
        while let Some(path) = waiting.pop() {
            let Some(route) = route_of(&path) else { continue };
            let theirs = own.iter().any(|own| path == *own || path.starts_with(&format!("{own}/")));
            let theirs = theirs && !path.contains('?');
            let count = counted.entry(route.path).or_default();
            *count += 1;
            if *count > EACH && !theirs && !route.gives_data {
                continue;
            }
            let answer = visitor.get(&path);
            self.search(actor, &path, &answer);
            if answer.status == 200 {
                *self.opened.entry(route.path).or_default() += 1;
            }
            let on = Some(answer.location().split('#').next().unwrap_or_default().to_owned()).filter(|l| !l.is_empty());
            let more = links(&path, &answer.body).chain(on).filter(|link| known.insert(link.clone()));
            waiting.extend(more);
        }
    }
}

/// The month's letters about ロタウイルス, confirmed as a person does; whoever asks for a decision gets an envelope.
async fn posted(browser: &Browser) -> String {
    go(browser, "/postings/new?mode=month&service=rota").await;
    find_text(browser, "main", "東明").await;
    browser.print("posting-draft").await;
    browser
        .eval::<()>(
            "for (const one of document.querySelectorAll('.judge')) {
                 one.querySelector('[value=send]').checked = true;
                 one.querySelector('[name^=why]').value = '電話で本人に確かめた';
             }",
        )
        .await;
    type_into(browser, "#f-title", "ロタ 案内はがき").await;
    click(browser, "label:has([name=kind])").await;
    click(browser, "#what-t ~ .send button, form.stack .send button[type=submit]").await;
    find(browser, "#prints-t").await;
    browser.driver.current_url().await.unwrap().path().to_owned()
}

#[tokio::test]
async fn no_file_and_no_page_that_can_be_reached_tells_where_a_protected_family_is() {
    let browser = visitor().await;
    sign_in(&browser, "kuroda", HEAD).await;
    let posting = posted(&browser).await;
    for path in ["", "/labels?per=12", "/labels?per=24", "/list"] {
        go(&browser, &format!("{posting}{path}")).await;
        find(&browser, "h1").await;
        browser.print(&format!("posting{}", path.replace(['/', '?', '='], "-"))).await;
    }
    let mut walk = Walk::default();
    let mut head = browser.session().await;
    for file in ["csv", "csv?as=cp932"] {
        let path = format!("{posting}/{file}");
        let csv = head.get(&path);
        assert!(csv.status == 200 && csv.header("content-type").starts_with("text/csv"), "{path}: {}", csv.body);
        assert!(csv.header("content-disposition").starts_with("attachment") && csv.body.lines().count() > 1);
        assert!(csv.body.contains("番号,郵便番号,住所,宛名,敬称") && !csv.body.contains("東明"), "{}", csv.body);
        walk.search("kuroda", &path, &csv);
    }
    walk.follow("kuroda", &mut head);
    sent(&mut walk, &mut head);
    for (login, password) in [
        ("sato", NURSES),
        ("okada", "minato-2026-josanshi"),
        ("nagata", "minato-2026-kanrisha"),
        ("fujii", "minato-2026-kencho"),
    ] {
        let mut visitor = Visitor::at(demo::started());
        assert_eq!(visitor.sign_in(login, password).status, 303, "{login}");
        walk.follow(login, &mut visitor);
    }
    assert_eq!(walk.told, [""; 0]);
    let searched = |path: &str| walk.opened.contains_key(path) || SENT.contains(&path);
    let data: Vec<&str> = ROUTES.iter().filter(|r| r.gives_data).map(|r| r.path).collect();
    let missed: Vec<&&str> = data.iter().filter(|path| !searched(path)).collect();
    assert!(missed.is_empty() && data.len() > SENT.len(), "answer data and no link leads there: {missed:?}");
    let pages: usize = walk.opened.values().sum();
    println!("{pages} answers of {} routes searched", walk.opened.len());
    assert!(walk.opened.len() > 70 && pages > 300, "{pages} answers of {} routes", walk.opened.len());
    assert_eq!(
        leaks::found("kuroda", "/postings/1/csv", &format!("1,,{ADDRESS},架空,様")).len(),
        1,
        "a file is searched"
    );
}

/// What answers data to a form that is sent.
fn sent(walk: &mut Walk, head: &mut Visitor) {
    let mother = LEAKS.family.mother;
    head.get(&format!("/persons/{mother}/notes/new"));
    let path = format!("/persons/{mother}/notes/new");
    let kept = head.post(SENT[0], &[("keep_path", &path), ("note", "電話があった")]);
    assert!(kept.status == 200 && kept.body.parse::<i64>().is_ok(), "{}", kept.body);
    walk.search("kuroda", SENT[0], &kept);
    let draft = head.get(&format!("/session/drafts/{}", kept.body));
    walk.search("kuroda", "/session/drafts", &draft);
    let csrf = head.csrf.clone();
    let headers = [("content-type", "application/x-ndjson"), ("x-csrf-token", csrf.as_str())];
    let lines = head.send("POST", SENT[1], &headers, "{\"id\":\"1\",\"birth\":\"2026-05-10\"}\n");
    assert_eq!((lines.status, lines.body.lines().count()), (200, 1), "{}", lines.body);
    walk.search("kuroda", SENT[1], &lines);
}
