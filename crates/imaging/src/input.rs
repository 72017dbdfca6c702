use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

use crate::ImagingError;

/// What [`crate::sniff`] wants to see.
const HEAD: u64 = 12;

/// A source that knows its length, so that what is skipped is never read, and an end that comes too early is seen.
pub(crate) struct Input<'a, S> {
    reader: BufReader<&'a mut S>,
    position: u64,
    length: u64,
}

impl<'a, S: Read + Seek> Input<'a, S> {
    pub(crate) fn open(source: &'a mut S) -> Result<Self, ImagingError> {
        let length = source.seek(SeekFrom::End(0))?;
        if length == 0 {
            return Err(ImagingError::Empty);
        }
        source.rewind()?;
        Ok(Self {
            reader: BufReader::with_capacity(64 << 10, source),
            position: 0,
            length,
        })
    }

    /// The first bytes, as many as [`crate::sniff`] wants, without moving on.
    pub(crate) fn head(&mut self) -> Result<Vec<u8>, ImagingError> {
        let mut head = Vec::new();
        let read = self.reader.by_ref().take(HEAD).read_to_end(&mut head)?;
        self.reader.seek_relative(-(read as i64))?;
        Ok(head)
    }

    pub(crate) fn remaining(&self) -> u64 {
        self.length.saturating_sub(self.position)
    }

    /// Up to 64 KiB from here; empty only at the end.
    pub(crate) fn buffered(&mut self) -> Result<&[u8], ImagingError> {
        Ok(self.reader.fill_buf()?)
    }

    pub(crate) fn consume(&mut self, bytes: usize) {
        self.reader.consume(bytes);
        self.position += bytes as u64;
    }

    pub(crate) fn skip(&mut self, bytes: u64) -> Result<(), ImagingError> {
        if bytes > self.remaining() {
            return Err(ImagingError::Truncated);
        }
        self.reader
            .seek_relative(i64::try_from(bytes).map_err(|_| ImagingError::Truncated)?)?;
        self.position += bytes;
        Ok(())
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], ImagingError> {
        let mut bytes = [0; N];
        self.reader.read_exact(&mut bytes)?;
        self.position += N as u64;
        Ok(bytes)
    }

    /// What comes next, without moving on.
    pub(crate) fn peek<const N: usize>(&mut self) -> Result<[u8; N], ImagingError> {
        let bytes = self.array()?;
        self.reader.seek_relative(-(N as i64))?;
        self.position -= N as u64;
        Ok(bytes)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, ImagingError> {
        self.array().map(|[byte]| byte)
    }

    /// The caller has made sure that `bytes` is sane.
    pub(crate) fn take(&mut self, bytes: usize) -> Result<Vec<u8>, ImagingError> {
        if bytes as u64 > self.remaining() {
            return Err(ImagingError::Truncated);
        }
        let mut taken = vec![0; bytes];
        self.reader.read_exact(&mut taken)?;
        self.position += bytes as u64;
        Ok(taken)
    }
}
