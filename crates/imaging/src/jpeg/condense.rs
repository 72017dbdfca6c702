//! A JPEG file reduced to what decoding needs, so that memory does not depend on what else the file holds.

use std::io::{Read, Seek};

use super::frame::{Frame, MAX_TABLE_BYTES};
use crate::input::Input;
use crate::raster::MAX_ICC_BYTES;
use crate::{ImagingError, Limits, iptc};

const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;

/// A picture of its own: tables, scans and the segments that decide its colours, without comments, application data,
/// thumbnails, fill bytes, and what follows its end.
#[derive(Debug)]
pub(super) struct Condensed {
    pub(super) bytes: Vec<u8>,
    pub(super) frame: Frame,
    /// Written by Adobe's software: then CMYK is stored inverted.
    pub(super) adobe: bool,
    /// The TIFF structure of the first EXIF segment.
    pub(super) exif: Option<Vec<u8>>,
    pub(super) xmp: Option<Vec<u8>>,
    pub(super) iptc: Option<Vec<u8>>,
    pub(super) icc: Option<Vec<u8>>,
}

/// What begins an XMP packet.
const XMP: &[u8; 29] = b"http://ns.adobe.com/xap/1.0/\0";

/// What begins Photoshop's resources, of which IPTC is one.
const PHOTOSHOP: &[u8; 14] = b"Photoshop 3.0\0";

pub(super) fn condense<S: Read + Seek>(
    input: &mut Input<'_, S>,
    limits: &Limits,
) -> Result<Condensed, ImagingError> {
    let [0xFF, SOI] = input.array()? else {
        return Err(ImagingError::UnsupportedType);
    };
    let mut walk = Walk {
        limits,
        bytes: vec![0xFF, SOI],
        frame: None,
        table_bytes: 0,
        coded_bytes: 0,
        scans: 0,
        adobe: false,
        exif: None,
        xmp: None,
        iptc: None,
        icc: IccChunks::default(),
    };
    let mut marker = next_marker(input)?;
    while marker != EOI {
        marker = walk.segment(marker, input)?;
    }
    walk.bytes.extend([0xFF, EOI]);
    let frame = walk.frame.filter(|_| walk.scans > 0);
    Ok(Condensed {
        bytes: walk.bytes,
        frame: frame.ok_or_else(|| ImagingError::corrupt("it holds no picture"))?,
        adobe: walk.adobe,
        exif: walk.exif,
        xmp: walk.xmp,
        iptc: walk.iptc,
        icc: walk.icc.joined(),
    })
}

struct Walk<'l> {
    limits: &'l Limits,
    bytes: Vec<u8>,
    frame: Option<Frame>,
    table_bytes: u64,
    coded_bytes: u64,
    scans: u32,
    adobe: bool,
    exif: Option<Vec<u8>>,
    xmp: Option<Vec<u8>>,
    iptc: Option<Vec<u8>>,
    icc: IccChunks,
}

impl Walk<'_> {
    /// Reads or skips one segment and returns the marker after it.
    fn segment<S: Read + Seek>(&mut self, marker: u8, input: &mut Input<'_, S>) -> Result<u8, ImagingError> {
        if matches!(marker, 0x01 | 0xD0..=0xD7) {
            return next_marker(input); // stands alone
        }
        if marker == SOI {
            return Err(ImagingError::corrupt("a second picture begins inside the first"));
        }
        let length = usize::from(u16::from_be_bytes(input.array()?));
        let length = length
            .checked_sub(2)
            .ok_or_else(|| ImagingError::corrupt("a segment has no length"))?;
        match marker {
            // DHT, DAC, DQT, DRI
            0xC4 | 0xCC | 0xDB | 0xDD => {
                self.table_bytes += length as u64 + 4;
                if self.table_bytes > MAX_TABLE_BYTES {
                    return Err(ImagingError::TooCostly("it holds too many tables".into()));
                }
                let table = input.take(length)?;
                self.keep(marker, &table);
            }
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                let segment = input.take(length)?;
                if self.frame.is_some() {
                    return Err(ImagingError::corrupt("it has two frame headers"));
                }
                self.frame = Some(Frame::parse(marker, &segment, self.limits)?);
                self.keep(marker, &segment);
            }
            SOS => {
                let header = input.take(length)?;
                self.begin_scan(&header)?;
                self.keep(marker, &header);
                return self.coded_data(input);
            }
            // JFIF, which decides the colour space; without the thumbnail that may follow.
            0xE0 if length >= 14 => {
                let mut header = input.take(14)?;
                input.skip(length as u64 - 14)?;
                if header.starts_with(b"JFIF\0") && self.frame.is_none() && !self.has_jfif() {
                    header[12..].fill(0);
                    self.keep(marker, &header);
                }
            }
            0xE1 if length > 6 => self.facts(length, input)?,
            0xED if self.iptc.is_none() && length > PHOTOSHOP.len() => {
                let name: [u8; 14] = input.array()?;
                let left = length - name.len();
                if &name == PHOTOSHOP {
                    self.iptc = iptc::resource(&input.take(left)?);
                } else {
                    input.skip(left as u64)?;
                }
            }
            0xE2 if length > 14 => {
                let [name @ .., number, count] = input.array::<14>()?;
                match &name {
                    b"ICC_PROFILE\0" => self.icc.read(number, count, length - 14, input)?,
                    _ => input.skip(length as u64 - 14)?,
                }
            }
            // Adobe, which decides between RGB and YCbCr, CMYK and YCCK.
            0xEE if (12..64).contains(&length) => {
                let segment = input.take(length)?;
                if segment.starts_with(b"Adobe") && !self.adobe {
                    self.adobe = true;
                    self.keep(marker, &segment);
                }
            }
            _ => input.skip(length as u64)?,
        }
        next_marker(input)
    }

    /// EXIF or XMP, of which the first is kept.
    fn facts<S: Read + Seek>(&mut self, length: usize, input: &mut Input<'_, S>) -> Result<(), ImagingError> {
        let name = input.array::<6>()?;
        let left = length - name.len();
        match &name {
            b"Exif\0\0" | b"Exif\0\xFF" if self.exif.is_none() => self.exif = Some(input.take(left)?),
            b"http:/" if self.xmp.is_none() && left > XMP.len() - name.len() => {
                let rest: [u8; XMP.len() - 6] = input.array()?;
                let left = left - rest.len();
                if rest == XMP[6..] {
                    self.xmp = Some(input.take(left)?);
                } else {
                    input.skip(left as u64)?;
                }
            }
            _ => input.skip(left as u64)?,
        }
        Ok(())
    }

    fn keep(&mut self, marker: u8, segment: &[u8]) {
        self.bytes.extend([0xFF, marker]);
        self.bytes.extend((segment.len() as u16 + 2).to_be_bytes());
        self.bytes.extend(segment);
    }

    fn has_jfif(&self) -> bool {
        self.bytes.get(2..4) == Some(&[0xFF, 0xE0])
    }

    fn begin_scan(&mut self, header: &[u8]) -> Result<(), ImagingError> {
        let frame = self
            .frame
            .as_ref()
            .ok_or_else(|| ImagingError::corrupt("a scan has no frame header"))?;
        self.scans += 1;
        if self.scans > self.limits.max_scans {
            let most = self.limits.max_scans;
            return Err(ImagingError::TooCostly(format!(
                "it is coded in more than {most} passes"
            )));
        }
        let interleaved = header.first().map(|count| usize::from(*count)) == Some(frame.components.len());
        let keeps_all = frame.is_progressive() || !interleaved;
        if keeps_all && frame.coefficient_bytes() > self.limits.max_decoder_bytes {
            let megabytes = frame.coefficient_bytes() >> 20;
            return Err(ImagingError::TooCostly(format!(
                "decoding it would take {megabytes} MiB"
            )));
        }
        Ok(())
    }

    /// Keeps entropy-coded data up to the marker after it, which it returns. Restart markers belong to the data, fill
    /// bytes do not.
    fn coded_data<S: Read + Seek>(&mut self, input: &mut Input<'_, S>) -> Result<u8, ImagingError> {
        let most = self.frame.as_ref().map_or(0, Frame::max_coded_bytes);
        let mut after_ff = false;
        loop {
            let data = input.buffered()?;
            let Some(&first) = data.first() else {
                return Err(ImagingError::Truncated);
            };
            let (kept, read) = if after_ff {
                after_ff = first == 0xFF;
                match first {
                    0x00 | 0xD0..=0xD7 => {
                        self.bytes.extend([0xFF, first]);
                        (2, 1)
                    }
                    0xFF => (
                        0,
                        data.iter().position(|byte| *byte != 0xFF).unwrap_or(data.len()),
                    ),
                    marker => {
                        input.consume(1);
                        return Ok(marker);
                    }
                }
            } else {
                let plain = memchr::memchr(0xFF, data);
                after_ff = plain.is_some();
                let kept = plain.unwrap_or(data.len());
                self.bytes.extend(&data[..kept]);
                (kept, kept + usize::from(after_ff))
            };
            input.consume(read);
            self.coded_bytes += kept as u64;
            if self.coded_bytes > most {
                return Err(ImagingError::TooCostly(
                    "it holds more data than its pixels can need".into(),
                ));
            }
        }
    }
}

/// Skips to the next marker, over fill bytes and over what stands there against the rules, as every decoder does.
fn next_marker<S: Read + Seek>(input: &mut Input<'_, S>) -> Result<u8, ImagingError> {
    let mut after_ff = false;
    loop {
        let data = input.buffered()?;
        let Some(&first) = data.first() else {
            return Err(ImagingError::Truncated);
        };
        let read = match (after_ff, first) {
            (true, 0xFF) => data.iter().position(|byte| *byte != 0xFF).unwrap_or(data.len()),
            (true, 0x00) => {
                after_ff = false;
                1
            }
            (true, marker) => {
                input.consume(1);
                return Ok(marker);
            }
            (false, _) => {
                let found = memchr::memchr(0xFF, data);
                after_ff = found.is_some();
                found.map_or(data.len(), |at| at + 1)
            }
        };
        input.consume(read);
    }
}

/// A colour profile, cut into segments that name their place.
#[derive(Debug, Default)]
struct IccChunks {
    chunks: std::collections::BTreeMap<u8, Vec<u8>>,
    count: u8,
    bytes: u64,
}

impl IccChunks {
    fn read<S: Read + Seek>(
        &mut self,
        number: u8,
        count: u8,
        length: usize,
        input: &mut Input<'_, S>,
    ) -> Result<(), ImagingError> {
        let first_of_its_number = !self.chunks.contains_key(&number);
        if !first_of_its_number || self.bytes + length as u64 > MAX_ICC_BYTES {
            return input.skip(length as u64);
        }
        self.bytes += length as u64;
        self.count = count;
        self.chunks.insert(number, input.take(length)?);
        Ok(())
    }

    fn joined(self) -> Option<Vec<u8>> {
        let complete = self.count > 0 && self.chunks.keys().copied().eq(1..=self.count);
        complete.then(|| self.chunks.into_values().flatten().collect())
    }
}
