use std::cell::RefCell;
use std::io::{self, Read, Seek};

use libheif_rs::{Reader, ReaderGrowStatus};

use crate::ImagingError;
use crate::input::Input;

/// What went wrong with the source while C was reading, which only hears that something did.
#[derive(Debug, Default)]
pub(super) struct Trouble(RefCell<Option<ImagingError>>);

impl Trouble {
    /// The source's trouble, if there was one; else `error`.
    pub(super) fn or(&self, error: ImagingError) -> ImagingError {
        self.0.take().unwrap_or(error)
    }
}

/// Gives libheif what it asks for, and no more than there is. It is called from C, so it must not panic.
pub(super) struct Source<'r, 'i, S> {
    input: &'r mut Input<'i, S>,
    trouble: &'r Trouble,
}

impl<'r, 'i, S: Read + Seek> Source<'r, 'i, S> {
    pub(super) fn new(input: &'r mut Input<'i, S>, trouble: &'r Trouble) -> Self {
        Self { input, trouble }
    }

    fn told<T>(&self, result: io::Result<T>) -> io::Result<T> {
        result.inspect_err(|error| {
            let error = io::Error::from(error.kind());
            *self.trouble.0.borrow_mut() = Some(error.into());
        })
    }
}

impl<S: Read + Seek> Reader for Source<'_, '_, S> {
    fn position(&mut self) -> u64 {
        self.input.position()
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let result = self.input.read(buffer);
        self.told(result)
    }

    fn read_exact(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        let result = Read::read_exact(self.input, buffer);
        self.told(result)
    }

    fn seek(&mut self, position: u64) -> io::Result<u64> {
        let result = Seek::seek(self.input, io::SeekFrom::Start(position));
        self.told(result)
    }

    fn wait_for_file_size(&mut self, wanted: u64) -> ReaderGrowStatus {
        if wanted > self.input.length() {
            ReaderGrowStatus::SizeBeyondEof
        } else {
            ReaderGrowStatus::SizeReached
        }
    }
}
