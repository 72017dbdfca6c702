use std::fs::File;
use std::io;
use std::sync::Arc;

use photure_imaging::{ImagingError, Limits, Picture};
use tokio::sync::Semaphore;

use crate::error::{MediaError, MediaResult};
use crate::{MediaConfig, memory};

/// Memory is set aside for this much per picture that is decoded at the same time, in bytes: what `Limits` allows one at most.
const PER_PICTURE: u64 = 512 << 20;

/// Decodes pictures, as many at once as the machine can bear. Those that wait hold no memory.
#[derive(Clone, Debug)]
pub(crate) struct Decoder {
    turns: Arc<Semaphore>,
    concurrency: usize,
    limits: Limits,
}

impl Decoder {
    pub(crate) fn new(config: &MediaConfig) -> Self {
        let memory = memory::available();
        let room = usize::try_from(memory / PER_PICTURE).unwrap_or(usize::MAX).max(1);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let concurrency = config.decode_concurrency.unwrap_or_else(|| cores.min(room));
        let limits = Limits {
            max_pixels: config.max_pixels,
            max_decoder_bytes: Limits::default().max_decoder_bytes.min(memory / 2),
            ..Limits::default()
        };
        Self {
            turns: Arc::new(Semaphore::new(concurrency)),
            concurrency,
            limits,
        }
    }

    /// Once begun it goes on to its end, whether anyone still waits for it or not: a thread cannot be stopped.
    pub(crate) async fn decode(
        &self,
        open: impl FnOnce() -> io::Result<File> + Send + 'static,
    ) -> MediaResult<Picture> {
        let turn = Arc::clone(&self.turns)
            .acquire_owned()
            .await
            .map_err(|_| MediaError::Stopping)?;
        let this = self.clone();
        let decoding = tokio::task::spawn_blocking(move || {
            let outcome = open()
                .map_err(ImagingError::Io)
                .and_then(|mut file| photure_imaging::process(&mut file, &this.limits));
            drop(turn);
            if this.turns.available_permits() == this.concurrency {
                photure_common::memory::give_back();
            }
            outcome
        });
        decoding
            .await
            .map_err(MediaError::Task)?
            .map_err(MediaError::Picture)
    }
}
