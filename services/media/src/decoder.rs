use std::fs::File;
use std::io;
use std::sync::Arc;

use photure_decoding::{DecodeError, Pool, Settings};
use photure_imaging::{Encoded, ImagingError, Limits, Picture, Recoding};
use tokio::sync::Semaphore;

use crate::error::{MediaError, MediaResult};
use crate::{MediaConfig, memory};

/// Memory is set aside for this much per picture that is decoded at the same time, in bytes: what `Limits` allows one at most.
const PER_PICTURE: u64 = 512 << 20;

/// Decodes pictures in worker processes, as many at once as the machine can bear. Those that wait hold no memory.
#[derive(Clone, Debug)]
pub(crate) struct Decoder {
    turns: Arc<Semaphore>,
    workers: Pool,
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
        let mut settings = Settings::new(limits);
        settings.sandbox = config.decode_sandbox;
        settings.deadline = config.decode_deadline;
        if let Some(program) = &config.decode_program {
            settings.program.clone_from(program);
        }
        Self {
            turns: Arc::new(Semaphore::new(concurrency)),
            workers: Pool::new(settings),
        }
    }

    /// Whether a worker can be had.
    pub(crate) async fn check(&self) -> MediaResult<()> {
        let workers = self.workers.clone();
        let checked = tokio::task::spawn_blocking(move || workers.check());
        checked.await.map_err(MediaError::Task)?.map_err(failed)
    }

    /// Once begun it goes on to its end or its deadline, whether anyone still waits for it or not.
    pub(crate) async fn decode(
        &self,
        open: impl FnOnce() -> io::Result<File> + Send + 'static,
    ) -> MediaResult<Picture> {
        self.in_turn(move |workers| workers.decode(open().map_err(ImagingError::Io)?))
            .await
    }

    /// Another variant of a preview.
    pub(crate) async fn recode(&self, preview: File, recoding: Recoding) -> MediaResult<Encoded> {
        self.in_turn(move |workers| workers.recode(preview, recoding))
            .await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Pool) -> Result<T, DecodeError> + Send + 'static,
    ) -> MediaResult<T> {
        let turn = Arc::clone(&self.turns)
            .acquire_owned()
            .await
            .map_err(|_| MediaError::Stopping)?;
        let workers = self.workers.clone();
        let decoding = tokio::task::spawn_blocking(move || {
            let outcome = work(&workers);
            drop(turn);
            outcome
        });
        decoding.await.map_err(MediaError::Task)?.map_err(failed)
    }
}

fn failed(error: DecodeError) -> MediaError {
    match error {
        DecodeError::Refused(refusal) => MediaError::Picture(refusal),
        DecodeError::Failed(failure) => MediaError::DecoderFailed(failure),
        DecodeError::NoWorker(error) => MediaError::NoDecoder(error),
    }
}
