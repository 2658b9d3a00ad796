//! People in front of their screens: each asks for a page over a connection of their own and reads all of it.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::Arc,
    thread,
    time::Duration,
};

use tokio::{net::TcpListener, runtime::Runtime};

use crate::{
    platform::{Clock, Fault, web},
    routes::ROUTES,
};

/// The pages, served on this machine.
pub struct Served {
    address: SocketAddr,
    /// Serves for as long as it is held.
    _runtime: Runtime,
}

impl Served {
    pub fn start(app: Arc<web::App>) -> Result<Served, Fault> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(Fault::at("the runtime cannot start"))?;
        let service = web::router(app, ROUTES).into_make_service_with_connect_info::<SocketAddr>();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).map_err(Fault::at("cannot listen"))?;
        let address = listener.local_addr().map_err(Fault::at("the address of the listener"))?;
        runtime.spawn(async move { axum::serve(listener, service).await });
        Ok(Served { address, _runtime: runtime })
    }

    /// Everybody asks so many times; how long each answer took, in microseconds. The first of everybody is not told: it
    /// warms the connection.
    pub fn ask(&self, path: &str, cookies: &[String], every: Duration, runs: usize) -> Result<Vec<i64>, Fault> {
        let asked: Result<Vec<Vec<i64>>, Fault> = thread::scope(|scope| {
            let people: Vec<_> = cookies
                .iter()
                .enumerate()
                .map(|(n, cookie)| {
                    // They do not all look up in the same moment.
                    let part = u32::try_from(n).unwrap_or(0);
                    let late = every * part / u32::try_from(cookies.len()).unwrap_or(1).max(1);
                    scope.spawn(move || {
                        thread::sleep(late);
                        self.one(path, cookie, every, runs)
                    })
                })
                .collect();
            people.into_iter().map(|p| p.join().unwrap_or_else(|_| Err(Fault::new("a reader failed")))).collect()
        });
        Ok(asked?.concat())
    }

    fn one(&self, path: &str, cookie: &str, every: Duration, runs: usize) -> Result<Vec<i64>, Fault> {
        let clock = Clock::system();
        let stream = TcpStream::connect(self.address).map_err(Fault::at("cannot connect"))?;
        stream.set_nodelay(true).map_err(Fault::at("cannot connect"))?;
        let mut reader = BufReader::new(stream);
        let mut took = Vec::with_capacity(runs);
        for run in 0..=runs {
            let begun = clock.wall();
            page(&mut reader, path, cookie).map_err(Fault::at("a page was not answered"))?;
            let micros = clock.wall() - begun;
            if run > 0 {
                took.push(micros);
            }
            thread::sleep(every.saturating_sub(Duration::from_micros(u64::try_from(micros).unwrap_or(0))));
        }
        Ok(took)
    }
}

/// One page, read to its last byte.
fn page(reader: &mut BufReader<TcpStream>, path: &str, cookie: &str) -> std::io::Result<()> {
    let name = web::Cookie::SESSION;
    write!(reader.get_mut(), "GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {name}={cookie}\r\n\r\n")?;
    let mut line = String::new();
    reader.read_line(&mut line)?;
    if !line.starts_with("HTTP/1.1 200") {
        return Err(std::io::Error::other(line));
    }
    let mut length = 0;
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        if let Some((_, value)) = line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("content-length")) {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    std::io::copy(&mut reader.take(length), &mut std::io::sink())?;
    Ok(())
}
