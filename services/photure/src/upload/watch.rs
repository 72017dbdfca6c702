use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

use notify::{EventKind, RecursiveMode, Watcher};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::files;
use super::transfer::Transfer;

/// A file that nobody has written to for this long is complete.
const QUIET_FOR: Duration = Duration::from_secs(2);

/// Tells of changes below `paths` from now on.
pub(super) fn changes(
    paths: &[PathBuf],
) -> notify::Result<(impl Watcher + use<>, mpsc::UnboundedReceiver<PathBuf>)> {
    let (tell, told) = mpsc::unbounded_channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let Ok(event) = event else { return };
        if matches!(event.kind, EventKind::Create(_) | EventKind::Modify(_)) {
            for path in event.paths {
                let _ = tell.send(path); // whoever listened is gone
            }
        }
    })?;
    for path in paths {
        watcher.watch(path, RecursiveMode::Recursive)?;
    }
    Ok((watcher, told))
}

/// Sends what changes, when it has come to rest, until somebody presses Ctrl-C.
pub(super) async fn watch(transfer: &Transfer, mut changes: mpsc::UnboundedReceiver<PathBuf>) {
    let mut restless: HashMap<PathBuf, Instant> = HashMap::new();
    let mut ticks = tokio::time::interval(QUIET_FOR / 4);
    loop {
        tokio::select! {
            path = changes.recv() => match path {
                Some(path) => {
                    restless.insert(path, Instant::now());
                }
                None => return,
            },
            _ = ticks.tick() => {
                let at_rest: Vec<_> = restless
                    .extract_if(|_, since| since.elapsed() >= QUIET_FOR)
                    .map(|(path, _)| path)
                    .collect();
                if !at_rest.is_empty() {
                    // A folder that was moved here comes as one.
                    let found = at_rest.into_iter().filter(|path| path.exists());
                    let found: Vec<_> = found.flat_map(|path| files::below(&path).collect::<Vec<_>>()).collect();
                    transfer.send_all(futures::stream::iter(found)).await;
                }
            }
            () = transfer.interrupted.cancelled() => return,
        }
    }
}
