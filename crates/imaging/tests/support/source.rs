use std::io::{Read, Result, Seek, SeekFrom};

/// `head`, then `pattern` over and over, then `tail`: a file of any size that takes no room.
#[derive(Debug)]
pub struct Padded {
    pub head: Vec<u8>,
    pub pattern: Vec<u8>,
    pub times: u64,
    pub tail: Vec<u8>,
    position: u64,
}

impl Padded {
    /// Repeats `pattern` until the whole has about `size` bytes.
    pub fn to(size: u64, head: &[u8], pattern: &[u8], tail: &[u8]) -> Self {
        let times = size / pattern.len() as u64;
        Self {
            head: head.to_vec(),
            pattern: pattern.to_vec(),
            times,
            tail: tail.to_vec(),
            position: 0,
        }
    }

    pub fn length(&self) -> u64 {
        self.head.len() as u64 + self.pattern.len() as u64 * self.times + self.tail.len() as u64
    }
}

impl Read for Padded {
    fn read(&mut self, mut buffer: &mut [u8]) -> Result<usize> {
        let (head, pattern) = (self.head.len() as u64, self.pattern.len() as u64);
        let padding_ends = head + pattern * self.times;
        let mut read = 0;
        while !buffer.is_empty() && self.position < self.length() {
            let from = if self.position < head {
                &self.head[self.position as usize..]
            } else if self.position < padding_ends {
                &self.pattern[((self.position - head) % pattern) as usize..]
            } else {
                &self.tail[(self.position - padding_ends) as usize..]
            };
            let bytes = from.len().min(buffer.len());
            buffer[..bytes].copy_from_slice(&from[..bytes]);
            buffer = &mut buffer[bytes..];
            self.position += bytes as u64;
            read += bytes;
        }
        Ok(read)
    }
}

impl Seek for Padded {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let length = self.length();
        let target = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = target.ok_or(std::io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}
