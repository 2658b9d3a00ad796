//! A running server on a fresh database with a small fictional staff, and a browser without a screen.

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::PathBuf,
    sync::{
        Arc, LazyLock, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use casework::Role;
use diesel::{RunQueryDsl, connection::SimpleConnection, sql_query};
use rules::Day;
use server::platform::session::password;
use server::platform::{
    Clock, Database, Db, Doors, Fault, audit,
    db::{CountRow, Target},
    rulebook::{self, Books},
    web::{App, Settings, router},
};
use server::routes::{MENU, ROUTES, Route};

use super::{log, pg, sqlite};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    Sqlite,
    Postgres,
}

pub const BOTH: [Engine; 2] = [Engine::Sqlite, Engine::Postgres];

pub const PASSWORD: &str = "hazakura no namiki";
/// The prefecture, a city, its centre (where everybody works), and another city.
pub const PREFECTURE: i64 = 1;
pub const CENTRE: i64 = 3;
pub const OTHER_CITY: i64 = 4;
/// Holds 保健師 (post 101) and センター長 (post 102); post 103 as 管理者 ended yesterday.
pub const TWO_POSTS: &str = "two_posts";
pub const MUST_CHANGE: &str = "must_change";
pub const CLOSED: &str = "closed";
pub const WITHOUT_POST: &str = "without_post";

pub fn today() -> Day {
    Day::from_ymd(2026, 11, 24).expect("a day")
}

pub struct Site {
    pub database: Database,
    pub doors: Doors,
    pub books: Books,
    pub address: SocketAddr,
    _runtime: tokio::runtime::Runtime,
    /// Where the log of the process stood when it began.
    logged: usize,
    /// Somebody signed in, so the log tells of requests.
    visited: AtomicBool,
}

/// Every story ends with a search of the log: nobody on file is in it.
impl Drop for Site {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let log = log::since(self.logged);
            let visited = self.visited.load(Ordering::Relaxed);
            assert!(!visited || log.contains("answered"), "the requests are logged");
            assert_eq!(log::told(&log, &log::personal(&self.database)), None, "the log tells of somebody");
        }
    }
}

/// A migrated database as the program sees it: on PostgreSQL the program owns nothing.
pub fn database(engine: Engine) -> Database {
    let clock = Clock::pinned(today());
    match engine {
        Engine::Sqlite => {
            let database = Database::open(sqlite::fresh().to_str().expect("a path")).expect("opens");
            database.migrate(&clock).expect("migrates");
            sealed(database)
        }
        Engine::Postgres => {
            let (owner, app) = pg::fresh();
            Database::open(&owner).expect("opens").migrate(&clock).expect("migrates");
            let database = Database::open(&app).expect("opens");
            assert!(database.migrate(&clock).expect("needs no right").is_empty());
            sealed(database)
        }
    }
}

/// The same database as the one who owns it sees it: everything, whatever the row rights.
pub fn owner(database: &Database) -> Database {
    let owner = match database.target() {
        Target::Sqlite(_) => return database.clone(),
        Target::Postgres(url) => Database::open(&pg::owner(url)).expect("opens"),
    };
    match database.key() {
        Some(key) => owner.sealed_with(key.clone()),
        None => owner,
    }
}

/// With an audit key of its own, as every installation has.
pub fn sealed(database: Database) -> Database {
    let folder = sqlite::fresh();
    let folder = folder.parent().expect("a folder");
    KEYS.lock().expect("whole").push((format!("{:?}", database.target()), folder.to_path_buf()));
    audit::open::open(&database, &audit::open::Files::within(folder)).expect("a key").0
}

static KEYS: Mutex<Vec<(String, PathBuf)>> = Mutex::new(Vec::new());

/// The folder of the audit key of a database made here, for verbs of the real command.
pub fn keys_of(database: &Database) -> PathBuf {
    let target = format!("{:?}", database.target());
    let keys = KEYS.lock().expect("whole");
    keys.iter().find(|(of, _)| *of == target).expect("a database made here").1.clone()
}

impl Site {
    pub fn start(engine: Engine) -> Site {
        Site::with_routes(engine, ROUTES)
    }

    pub fn with_routes(engine: Engine, routes: &'static [Route]) -> Site {
        Site::by_rules(engine, routes, "")
    }

    /// By the rules of a town (団体コード), or the nation's for an empty code.
    pub fn by_rules(engine: Engine, routes: &'static [Route], town: &str) -> Site {
        let books = Books::one(rulebook::for_municipality(town).expect("a rulebook"));
        Site::by_books(engine, routes, |_| books)
    }

    /// By the books of the database itself, as the program serves it: every town has its own and may change it.
    pub fn by_own_books(engine: Engine) -> Site {
        Site::by_books(engine, ROUTES, |database| {
            let books = Books::open(database).expect("the books");
            let now = Clock::pinned(today()).now();
            rulebook::bring_up(database, &books, today(), now).expect("brings up");
            books
        })
    }

    fn by_books(engine: Engine, routes: &'static [Route], books: impl FnOnce(&Database) -> Books) -> Site {
        let database = database(engine);
        people(&database);
        let books = books(&database);
        Site::serve(database, books, routes)
    }

    /// A database that holds its own people.
    pub fn of(database: Database, books: Books) -> Site {
        Site::serve(database, books, ROUTES)
    }

    fn serve(database: Database, books: Books, routes: &'static [Route]) -> Site {
        let logged = log::begin();
        let doors = Doors::new(database.clone(), Clock::pinned(today()));
        let mut settings = Settings::new(sqlite::fresh().with_file_name("data"));
        settings.trust_proxy = true;
        let app = App::new(doors.clone(), books.clone(), settings, MENU).expect("an app");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("runs");
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
        let address = listener.local_addr().expect("an address");
        let service = router(Arc::new(app), routes).into_make_service_with_connect_info::<SocketAddr>();
        runtime.spawn(async move { axum::serve(listener, service).await });
        Site { database, doors, books, address, _runtime: runtime, logged, visited: AtomicBool::new(false) }
    }

    pub fn visitor(&self) -> Visitor {
        Visitor::at(self.address)
    }

    /// Somebody signed in.
    pub fn as_login(&self, login: &str) -> Visitor {
        let mut visitor = self.visitor();
        let answer = visitor.sign_in(login, PASSWORD);
        assert_eq!(answer.status, 303, "{login} must be able to sign in: {}", answer.body);
        self.visited.store(true, Ordering::Relaxed);
        visitor
    }

    pub fn as_role(&self, role: Role) -> Visitor {
        self.as_login(role.code())
    }

    pub fn sql(&self, sql: &str) {
        let done: Result<(), Fault> = self.database.write_all(|db| Ok(db.batch_execute(sql)?));
        done.unwrap_or_else(|e| panic!("{sql}: {e}"));
    }

    /// `select count(*) as n …`
    pub fn count(&self, sql: &str) -> i64 {
        let n: Result<i64, Fault> = self.database.read_all(|db| Ok(sql_query(sql).get_result::<CountRow>(db)?.n));
        n.unwrap_or_else(|e| panic!("{sql}: {e}"))
    }
}

/// The small staff of a site, in the offices it works in.
pub fn people(database: &Database) {
    static HASH: LazyLock<String> = LazyLock::new(|| password::hash(PASSWORD).expect("a hash"));
    let mut sql = String::from(
        "insert into office (id, parent, kind, code, name) values
         (1, null, 'prefecture', '990000', '架空県'), (2, 1, 'municipality', '990001', '架空市'),
         (3, 2, 'centre', '', 'こども家庭センター'), (4, 1, 'municipality', '990002', '隣の市');",
    );
    let mut person = |id: i64, login: &str, must_change: i32, closed: &str| {
        let hash = HASH.as_str();
        sql.push_str(&format!(
            "insert into staff (id, login, name, kana, password, must_change, closed_on)
             values ({id}, '{login}', '職員 {id}', 'しょくいん', '{hash}', {must_change}, {closed});"
        ));
    };
    let day = today().0;
    for (n, role) in (1..).zip(Role::ALL) {
        person(n, role.code(), 0, "null");
    }
    person(100, TWO_POSTS, 0, "null");
    person(110, MUST_CHANGE, 1, "null");
    person(120, CLOSED, 0, &day.to_string());
    person(130, WITHOUT_POST, 0, "null");
    let mut post = |id: i64, staff: i64, keeper: i64, role: Role, until: &str| {
        sql.push_str(&format!(
            "insert into post (id, staff, keeper, role, from_day, until_day)
             values ({id}, {staff}, {keeper}, '{}', 0, {until});",
            role.code()
        ));
    };
    for (n, role) in (1..).zip(Role::ALL) {
        post(n, n, if role == Role::Prefecture { PREFECTURE } else { CENTRE }, role, "null");
    }
    post(101, 100, CENTRE, Role::Phn, "null");
    post(102, 100, CENTRE, Role::Head, &day.to_string());
    post(103, 100, CENTRE, Role::Admin, &(day - 1).to_string());
    post(110, 110, CENTRE, Role::Phn, "null");
    post(120, 120, CENTRE, Role::Phn, "null");
    post(130, 130, CENTRE, Role::Phn, &(day - 1).to_string());
    // PostgreSQL does not notice numbers that were given by hand.
    let taken = "select nextval(pg_get_serial_sequence('staff', 'id')), nextval(pg_get_serial_sequence('post', 'id')) \
                 from generate_series(1, 200);";
    let done: Result<(), Fault> = database.write_all(|db| {
        db.batch_execute(&sql)?;
        if matches!(db, Db::Pg(_)) {
            db.batch_execute(taken)?;
        }
        Ok(())
    });
    done.expect("the staff");
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    pub fn location(&self) -> &str {
        self.header("location")
    }
}

/// Keeps cookies and the last token, as a browser does. Speaks HTTP/1.1, one request a connection.
pub struct Visitor {
    address: SocketAddr,
    pub cookies: BTreeMap<String, String>,
    pub csrf: String,
    /// Where the proxy says the request comes from.
    pub from: String,
}

impl Visitor {
    /// Of a program that runs elsewhere.
    pub fn at(address: SocketAddr) -> Visitor {
        Visitor { address, cookies: BTreeMap::new(), csrf: String::new(), from: String::from("192.0.2.1") }
    }

    pub fn sign_in(&mut self, login: &str, password: &str) -> Answer {
        self.get("/session");
        let answer = self.post("/session", &[("login", login), ("password", password)]);
        if answer.status == 303 {
            // The password page is open to everybody signed in and carries the session's token.
            self.get("/session/password");
        }
        answer
    }

    pub fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, &[], "")
    }

    /// A form with the token of the last page.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf.clone();
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend(fields);
        self.post_as_is(path, &all)
    }

    pub fn post_as_is(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let answer =
            self.send("POST", path, &[("content-type", "application/x-www-form-urlencoded")], &encoded(fields));
        // What was typed comes back in its form only: in no address, and on no page of an error.
        for (name, typed) in fields.iter().filter(|(_, typed)| !typed.is_ascii() && typed.chars().count() > 1) {
            let percented = server::platform::web::reply::percent(typed, false);
            assert!(!answer.location().contains(&percented), "{path}: {name} is in the address {}", answer.location());
            let error = answer.status >= 400 && answer.status != 409 && answer.status != 422;
            assert!(!error || !answer.body.contains(typed), "{path}: {} repeats {name}", answer.status);
        }
        answer
    }

    pub fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.try_send(method, path, headers, body).unwrap_or_else(|| panic!("{method} {path}: no answer"))
    }

    /// `None`: the program ended before its whole answer was there.
    pub fn try_send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Option<Answer> {
        let mut request = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n", self.address);
        request.push_str(&format!("x-forwarded-for: {}\r\n", self.from));
        if !self.cookies.is_empty() {
            let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request.push_str(&format!("cookie: {}\r\n", pairs.join("; ")));
        }
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
        let mut stream = TcpStream::connect(self.address).ok()?;
        stream.write_all(request.as_bytes()).ok()?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).ok()?;
        let answer = read(&bytes)?;
        for (_, cookie) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (name, rest) = cookie.split_once('=').expect("a cookie");
            let value = rest.split(';').next().unwrap_or_default();
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        if let Some(found) = answer.body.split("name=\"csrf\" value=\"").nth(1) {
            self.csrf = found.split('"').next().unwrap_or_default().to_owned();
        }
        Some(answer)
    }

    /// The same browser, of a program that was started again.
    pub fn moved_to(&mut self, address: SocketAddr) {
        self.address = address;
    }
}

/// `None`: half an answer.
fn read(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]);
    let mut lines = head.lines();
    let status = lines.next().and_then(|l| l.split(' ').nth(1)).and_then(|s| s.parse().ok()).expect("a status");
    let pair = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    let headers: Vec<(String, String)> = lines.filter_map(pair).collect();
    let body = &bytes[end + 4..];
    let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, n)| n.parse().ok());
    if length.is_some_and(|length: usize| length > body.len()) {
        return None;
    }
    // A CSV may be シフトJIS: read as its receiver reads it, or nobody in it would ever be found.
    let text = String::from_utf8(body.to_vec()).ok().or_else(|| paperwork::decode::decode_cp932(body));
    let body = text.unwrap_or_else(|| String::from_utf8_lossy(body).into_owned());
    Some(Answer { status, headers, body })
}

pub fn encoded(fields: &[(&str, &str)]) -> String {
    let percent = |text: &str| server::platform::web::reply::percent(text, false);
    fields.iter().map(|(name, value)| format!("{}={}", percent(name), percent(value))).collect::<Vec<_>>().join("&")
}
