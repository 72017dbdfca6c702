use std::fs::File;
use std::io::{self, Seek};
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use photure_imaging::{Encoded, ImagingError, Picture, Recoding};
use rustix::fs::OFlags;

use crate::error::{DecodeError, Failure};
use crate::keeper::Keeper;
use crate::process::Process;
use crate::settings::{Sandbox, Settings};
use crate::wire::Ready;

/// Workers that decode. All of them end with the last clone.
#[derive(Clone, Debug)]
pub struct Pool(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    settings: Arc<Settings>,
    keeper: OnceLock<Keeper>,
    warned: AtomicBool,
}

impl Pool {
    /// Starts nothing yet.
    pub fn new(settings: Settings) -> Self {
        Self(Arc::new(Inner {
            settings: Arc::new(settings),
            keeper: OnceLock::new(),
            warned: AtomicBool::new(false),
        }))
    }

    /// Starts a worker, so that one that cannot be had is found before the first photo. Blocks.
    ///
    /// # Errors
    /// [`DecodeError::NoWorker`].
    pub fn check(&self) -> Result<(), DecodeError> {
        let process = self.start()?;
        self.keeper()?.put_back(process);
        Ok(())
    }

    /// As `photure_imaging::process`, in a worker. Blocks, so call it on a thread that may, and on no more of them than the machine
    /// can decode photos at once.
    ///
    /// # Errors
    /// Only [`DecodeError::NoWorker`] and a [`ImagingError::Io`] that it refused are not the file's fault.
    pub fn decode(&self, file: File) -> Result<Picture, DecodeError> {
        self.run(file, |process, file| process.decode(file, &self.0.settings))
    }

    /// As `photure_imaging::recode`, in a worker. Blocks, and is one of the photos decoded at once.
    ///
    /// # Errors
    /// As of [`Self::decode`].
    pub fn recode(&self, preview: File, recoding: Recoding) -> Result<Encoded, DecodeError> {
        self.run(preview, |process, file| {
            process.recode(file, recoding, &self.0.settings)
        })
    }

    fn run<T>(
        &self,
        file: File,
        work: impl Fn(&mut Process, &File) -> Result<Result<T, ImagingError>, Failure>,
    ) -> Result<T, DecodeError> {
        let file = only_to_be_read(file).map_err(ImagingError::Io)?;
        if let Some(process) = self.keeper()?.take_idle() {
            match self.try_in(process, &file, &work) {
                Ok(result) => return known(result, file),
                Err(failure) => {
                    tracing::warn!(%failure, "a decoder failed that was not new; the photo is tried in a new one");
                }
            }
        }
        let process = self.start()?;
        match self.try_in(process, &file, &work) {
            Ok(result) => known(result, file),
            Err(failure) => Err(blamed(failure)),
        }
    }

    /// The worker is kept where nothing speaks against it.
    fn try_in<T>(
        &self,
        mut process: Process,
        file: &File,
        work: impl Fn(&mut Process, &File) -> Result<Result<T, ImagingError>, Failure>,
    ) -> Result<Result<T, ImagingError>, Failure> {
        let settings = &self.0.settings;
        let result = work(&mut process, file)?;
        if is_harmless(&result)
            && process.is_fit(settings)
            && let Some(keeper) = self.0.keeper.get()
        {
            keeper.put_back(process);
        }
        Ok(result)
    }

    fn start(&self) -> Result<Process, DecodeError> {
        let settings = &self.0.settings;
        let mut process = self.keeper()?.new_process().map_err(DecodeError::NoWorker)?;
        let ready = process.begin(settings).map_err(DecodeError::NoWorker)?;
        self.judge(&ready)?;
        Ok(process)
    }

    fn judge(&self, ready: &Ready) -> Result<(), DecodeError> {
        let Ready { missing, reach } = ready;
        match self.0.settings.sandbox {
            Sandbox::Required if !reach.is_nothing() => Err(DecodeError::NoWorker(io::Error::other(
                format!("a decoder could still do what it must not ({reach:?}; {missing:?})"),
            ))),
            Sandbox::Preferred if !reach.is_nothing() || !missing.is_empty() => {
                if !self.0.warned.swap(true, Ordering::Relaxed) {
                    tracing::warn!(?missing, ?reach, "decoders are confined less than they could be");
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn keeper(&self) -> Result<&Keeper, DecodeError> {
        if let Some(keeper) = self.0.keeper.get() {
            return Ok(keeper);
        }
        let keeper = Keeper::start(Arc::clone(&self.0.settings)).map_err(DecodeError::NoWorker)?;
        Ok(self.0.keeper.get_or_init(|| keeper))
    }
}

/// A decoder that met what it did not expect may be in another state than before.
fn is_harmless<T>(result: &Result<T, ImagingError>) -> bool {
    matches!(
        result,
        Ok(_)
            | Err(ImagingError::Empty
                | ImagingError::UnsupportedType
                | ImagingError::NoPreview
                | ImagingError::TooManyPixels { .. })
    )
}

fn blamed(failure: Failure) -> DecodeError {
    tracing::warn!(%failure, "a photo was too much for its decoder");
    DecodeError::Failed(failure)
}

/// That the disk is at fault is not taken from a worker, since a photo is tried again for that: the file is read here.
fn known<T>(result: Result<T, ImagingError>, mut file: File) -> Result<T, DecodeError> {
    match result {
        Err(ImagingError::Io(error)) => {
            let readable = file.rewind().and_then(|()| io::copy(&mut file, &mut io::sink()));
            Err(match readable {
                Ok(_) => DecodeError::Failed(Failure::Nonsense(format!("the file cannot be read ({error})"))),
                Err(error) => ImagingError::Io(error).into(),
            })
        }
        result => Ok(result?),
    }
}

/// The same file, where it may be written by this descriptor, by one that it may not.
fn only_to_be_read(file: File) -> io::Result<File> {
    if rustix::fs::fcntl_getfl(&file)?.intersection(OFlags::RWMODE) == OFlags::RDONLY {
        return Ok(file);
    }
    File::open(format!("/proc/self/fd/{}", file.as_raw_fd()))
}
