use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use crate::ImagingError;

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
        let read = self
            .reader
            .by_ref()
            .take(crate::SNIFF_BYTES as u64)
            .read_to_end(&mut head)?;
        self.reader.seek_relative(-(read as i64))?;
        Ok(head)
    }

    /// Bytes from the beginning to the end, wherever it stands.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// Goes to `position`, which may lie before where it stands.
    pub(crate) fn go_to(&mut self, position: u64) -> Result<(), ImagingError> {
        if position > self.length {
            return Err(ImagingError::Truncated);
        }
        let way = i128::from(position) - i128::from(self.position);
        let way = i64::try_from(way).map_err(|_| ImagingError::Truncated)?;
        self.reader.seek_relative(way)?; // keeps the buffer where it can
        self.position = position;
        Ok(())
    }

    /// `length` bytes from `position` on. The caller has made sure that `length` is sane.
    pub(crate) fn take_at(&mut self, position: u64, length: usize) -> Result<Vec<u8>, ImagingError> {
        self.go_to(position)?;
        self.take(length)
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

/// For decoders that read and seek by themselves.
impl<S: Read + Seek> Read for Input<'_, S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.position += read as u64;
        Ok(read)
    }
}

impl<S: Read + Seek> Seek for Input<'_, S> {
    /// Beyond the end there is nothing, and nobody may go there.
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        let target = target.ok_or(io::ErrorKind::InvalidInput)?;
        self.go_to(target)
            .map_err(|_| io::Error::from(io::ErrorKind::UnexpectedEof))?;
        Ok(self.position)
    }
}

/// A part of a source, as if it were a file of its own: a preview embedded in a raw photo.
#[derive(Debug)]
pub(crate) struct Window<'i, S> {
    source: &'i mut S,
    start: u64,
    length: u64,
    position: u64,
}

impl<'i, S: Read + Seek> Window<'i, S> {
    pub(crate) fn new(source: &'i mut S, start: u64, length: u64) -> Self {
        Self {
            source,
            start,
            length,
            position: 0,
        }
    }
}

impl<S: Read + Seek> Read for Window<'_, S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.length - self.position).unwrap_or(usize::MAX);
        let wanted = buffer.len().min(left);
        self.source.seek(SeekFrom::Start(self.start + self.position))?;
        let read = self.source.read(&mut buffer[..wanted])?;
        self.position += read as u64;
        Ok(read)
    }
}

impl<S: Read + Seek> Seek for Window<'_, S> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = target
            .filter(|target| *target <= self.length)
            .ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}
