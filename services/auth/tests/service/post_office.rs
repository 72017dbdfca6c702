//! A mail server for one test: it speaks SMTP over TCP, keeps what it is given, and refuses what it is told to.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) to: String,
    /// Headers and text, as they came.
    raw: String,
}

impl Received {
    /// Lines as they were before quoted-printable.
    pub(crate) fn text(&self) -> String {
        let unfolded = self.raw.replace("=\r\n", "");
        unfolded.replace("=3D", "=").replace("\r\n", "\n")
    }

    /// What follows `#` in its link to that page.
    pub(crate) fn token(&self, page: &str) -> String {
        let text = self.text();
        let (_, rest) = text
            .split_once(&format!("https://photos.example.org/{page}#"))
            .unwrap_or_else(|| panic!("no link to {page} in {text}"));
        rest.split_whitespace().next().unwrap().to_owned()
    }
}

#[derive(Clone, Debug)]
pub(crate) struct PostOffice {
    pub(crate) url: String,
    letters: watch::Receiver<Vec<Received>>,
    /// What it answers to the next that hand something in, instead of taking it.
    refusals: Arc<Mutex<VecDeque<&'static str>>>,
}

impl PostOffice {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}?tls=none", listener.local_addr().unwrap());
        let (sender, letters) = watch::channel(Vec::new());
        let refusals: Arc<Mutex<VecDeque<&'static str>>> = Arc::default();
        let office = Self {
            url,
            letters,
            refusals: refusals.clone(),
        };
        let sender = Arc::new(sender);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, sender.clone(), refusals.clone()));
            }
        });
        office
    }

    pub(crate) fn refuse(&self, answer: &'static str) {
        self.refusals.lock().unwrap().push_back(answer);
    }

    pub(crate) fn refusals_left(&self) -> usize {
        self.refusals.lock().unwrap().len()
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.letters.borrow().clone()
    }

    /// The letter that makes it `count`.
    pub(crate) async fn letter(&self, count: usize) -> Received {
        let mut letters = self.letters.clone();
        let enough = letters.wait_for(|letters| letters.len() >= count);
        let enough = tokio::time::timeout(Duration::from_secs(20), enough).await;
        let enough =
            enough.unwrap_or_else(|_| panic!("there are not {count} letters: {:?}", self.received()));
        enough.unwrap()[count - 1].clone()
    }
}

async fn serve(
    stream: TcpStream,
    letters: Arc<watch::Sender<Vec<Received>>>,
    refusals: Arc<Mutex<VecDeque<&'static str>>>,
) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut to = String::new();
    write.write_all(b"220 post office\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let command = line.to_ascii_uppercase();
        if command.starts_with("RCPT TO:") {
            to = line[8..].trim_matches(['<', '>']).to_owned();
        }
        let answer = match command.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" if !line.ends_with(" photos.example.org") => "550 who is that",
            "EHLO" => "250-post office\r\n250 8BITMIME",
            "MAIL" => {
                let refusal = refusals.lock().unwrap().pop_front();
                refusal.unwrap_or("250 go on")
            }
            "DATA" => {
                write.write_all(b"354 say it\r\n").await?;
                let mut raw = String::new();
                while let Some(line) = lines.next_line().await? {
                    if line == "." {
                        break;
                    }
                    raw.push_str(line.strip_prefix('.').unwrap_or(&line));
                    raw.push_str("\r\n");
                }
                let to = to.clone();
                letters.send_modify(|letters| letters.push(Received { to, raw }));
                "250 taken"
            }
            "QUIT" => "221 bye",
            _ => "250 fine",
        };
        write.write_all(answer.as_bytes()).await?;
        write.write_all(b"\r\n").await?;
    }
    Ok(())
}
