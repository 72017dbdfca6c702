use std::io;
use std::process::ExitStatus;

use photure_imaging::ImagingError;

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// What the decoder says of the file.
    #[error(transparent)]
    Refused(#[from] ImagingError),
    /// What the file did to a worker that had none before it.
    #[error("the file's decoder failed")]
    Failed(#[source] Failure),
    /// Not the file's fault: ours, or the machine's.
    #[error("no decoder can be started")]
    NoWorker(#[source] io::Error),
}

/// How a worker failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("the worker died ({0})")]
    Died(ExitStatus),
    #[error("the worker did not answer within its time")]
    TookTooLong,
    /// Which rule its answer broke.
    #[error("the worker answered nonsense: {0}")]
    Nonsense(String),
}
