use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use indicatif::{HumanBytes, MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use serde_json::json;

/// Tells a person or a program how it goes.
#[derive(Clone, Debug)]
pub(super) struct Report(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    json: bool,
    dry_run: bool,
    bars: MultiProgress,
    all: ProgressBar,
    tally: Mutex<Tally>,
}

#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Tally {
    /// Files that were looked at.
    files: u64,
    uploaded: u64,
    uploaded_bytes: u64,
    /// The server had them.
    already_there: u64,
    /// The same bytes under another name of this run.
    repeated: u64,
    /// Whose bytes are none of a picture.
    no_pictures: u64,
    failed: Vec<Failure>,
}

#[derive(Clone, Debug, Serialize)]
struct Failure {
    path: PathBuf,
    reason: String,
}

/// A file on its way.
#[derive(Clone, Debug)]
pub(super) struct Sending {
    bar: ProgressBar,
}

impl Report {
    pub(super) fn new(json: bool, dry_run: bool) -> Self {
        let shown = !json && std::io::stderr().is_terminal();
        let target = if shown {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bars = MultiProgress::with_draw_target(target);
        let all = bars.add(ProgressBar::new(0));
        all.set_style(style(
            "{bar:30} {bytes}/{total_bytes} {binary_bytes_per_sec} {eta} left · {msg}",
        ));
        Self(Arc::new(Inner {
            json,
            dry_run,
            bars,
            all,
            tally: Mutex::default(),
        }))
    }

    pub(super) fn looked_at(&self) {
        self.tally(|tally| tally.files += 1);
    }

    pub(super) fn no_picture(&self, path: &Path) {
        self.tally(|tally| tally.no_pictures += 1);
        self.event(&json!({"event": "no_picture", "path": path}), || None);
    }

    pub(super) fn already_there(&self, path: &Path) {
        self.tally(|tally| tally.already_there += 1);
        self.event(&json!({"event": "already_there", "path": path}), || None);
    }

    pub(super) fn repeated(&self, path: &Path) {
        self.tally(|tally| tally.repeated += 1);
        self.event(&json!({"event": "repeated", "path": path}), || None);
    }

    pub(super) fn would_send(&self, path: &Path, bytes: u64) {
        self.tally(|tally| {
            tally.uploaded += 1;
            tally.uploaded_bytes += bytes;
        });
        let words = || Some(format!("would send {} ({})", path.display(), HumanBytes(bytes)));
        self.event(
            &json!({"event": "would_upload", "path": path, "bytes": bytes}),
            words,
        );
    }

    pub(super) fn expect(&self, bytes: u64) {
        self.0.all.inc_length(bytes);
    }

    pub(super) fn sending(&self, path: &Path, bytes: u64) -> Sending {
        let bar = self.0.bars.add(ProgressBar::new(bytes));
        bar.set_style(style("  {bar:20} {percent:>3} % {msg}"));
        bar.set_message(
            path.file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
        );
        Sending { bar }
    }

    pub(super) fn uploaded(&self, sending: &Sending, path: &Path, bytes: u64) {
        sending.bar.finish_and_clear();
        self.0.all.inc(bytes);
        self.tally(|tally| {
            tally.uploaded += 1;
            tally.uploaded_bytes += bytes;
        });
        self.event(
            &json!({"event": "uploaded", "path": path, "bytes": bytes}),
            || None,
        );
    }

    pub(super) fn failed(&self, sending: Option<&Sending>, path: &Path, reason: &str) {
        if let Some(sending) = sending {
            sending.bar.finish_and_clear();
        }
        self.tally(|tally| {
            tally.failed.push(Failure {
                path: path.to_owned(),
                reason: reason.to_owned(),
            });
        });
        let words = || Some(format!("{}: {reason}", path.display()));
        self.event(&json!({"event": "failed", "path": path, "reason": reason}), words);
    }

    pub(super) fn say(&self, text: &str) {
        self.event(&json!({"event": "note", "text": text}), || Some(text.to_owned()));
    }

    pub(super) fn has_failures(&self) -> bool {
        !self.now().failed.is_empty()
    }

    /// The last words.
    #[allow(clippy::print_stdout, reason = "what was asked for on the command line")]
    pub(super) fn finish(&self, interrupted: bool) {
        self.0.all.finish_and_clear();
        let tally = self.now();
        if self.0.json {
            let mut summary =
                json!({"event": "summary", "interrupted": interrupted, "dry_run": self.0.dry_run});
            if let (Some(summary), Ok(serde_json::Value::Object(tally))) =
                (summary.as_object_mut(), serde_json::to_value(&tally))
            {
                summary.extend(tally);
            }
            println!("{summary}");
            return;
        }
        println!("{}", in_words(&tally, self.0.dry_run));
        if !tally.failed.is_empty() {
            println!("Not sent:");
            for failure in &tally.failed {
                println!("  {}: {}", failure.path.display(), failure.reason);
            }
        }
        if interrupted {
            println!("Interrupted. The same command goes on where this one stood.");
        }
    }

    fn now(&self) -> Tally {
        self.0
            .tally
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn tally(&self, count: impl FnOnce(&mut Tally)) {
        let mut tally = self.0.tally.lock().unwrap_or_else(PoisonError::into_inner);
        count(&mut tally);
        self.0.all.set_message(format!(
            "{} sent, {} there already, {} failed",
            tally.uploaded,
            tally.already_there,
            tally.failed.len()
        ));
    }

    #[allow(clippy::print_stdout, reason = "what was asked for on the command line")]
    fn event(&self, event: &serde_json::Value, words: impl FnOnce() -> Option<String>) {
        if self.0.json {
            println!("{event}");
        } else if let Some(words) = words() {
            // Above the bars, not across them.
            self.0.bars.suspend(|| println!("{words}"));
        }
    }
}

impl Sending {
    pub(super) fn at(&self, bytes: u64) {
        self.bar.set_position(bytes);
    }
}

fn in_words(tally: &Tally, dry_run: bool) -> String {
    let sent = if dry_run { "would be sent" } else { "sent" };
    let mut parts = vec![
        format!("{} {sent} ({})", tally.uploaded, HumanBytes(tally.uploaded_bytes)),
        format!("{} there already", tally.already_there),
    ];
    for (count, what) in [
        (tally.repeated, "there twice on this side"),
        (tally.no_pictures, "no pictures"),
        (tally.failed.len() as u64, "failed"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    format!("{} files: {}.", tally.files, parts.join(", "))
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("━╸ ")
}
