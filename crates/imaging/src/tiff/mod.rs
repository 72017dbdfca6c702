//! TIFF: the structure that carries pictures, EXIF, and most cameras' raw data.

mod block;
mod decode;
mod directory;

pub(crate) use block::{Block, fields};
pub(crate) use decode::read;
pub(crate) use directory::{At, Directory, Order, Walk};

pub(crate) mod tag {
    pub(crate) const NEW_SUBFILE_TYPE: u16 = 0x00FE;
    pub(crate) const WIDTH: u16 = 0x0100;
    pub(crate) const HEIGHT: u16 = 0x0101;
    pub(crate) const COMPRESSION: u16 = 0x0103;
    pub(crate) const PHOTOMETRIC: u16 = 0x0106;
    pub(crate) const MAKE: u16 = 0x010F;
    pub(crate) const STRIP_OFFSETS: u16 = 0x0111;
    pub(crate) const STRIP_BYTE_COUNTS: u16 = 0x0117;
    pub(crate) const SUB_DIRECTORIES: u16 = 0x014A;
    pub(crate) const JPEG_OFFSET: u16 = 0x0201;
    pub(crate) const JPEG_LENGTH: u16 = 0x0202;
    pub(crate) const XMP: u16 = 0x02BC;
    pub(crate) const IPTC: u16 = 0x83BB;
    pub(crate) const EXIF: u16 = 0x8769;
    pub(crate) const ICC: u16 = 0x8773;
    pub(crate) const GPS: u16 = 0x8825;
    pub(crate) const MAKER_NOTE: u16 = 0x927C;
    pub(crate) const EXIF_WIDTH: u16 = 0xA002;
    pub(crate) const EXIF_HEIGHT: u16 = 0xA003;
    pub(crate) const DNG_VERSION: u16 = 0xC612;
}
