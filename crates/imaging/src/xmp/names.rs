//! Properties that are kept, under exiftool's names.

/// Namespaces by what they are about; their addresses are in [`Space::of`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Space {
    DublinCore,
    Xmp,
    Photoshop,
    Exif,
    ExifEx,
    Tiff,
    Aux,
    Lightroom,
    Iptc,
    Rights,
    DigiKam,
    Camera,
}

impl Space {
    pub(super) fn of(address: &[u8]) -> Option<Self> {
        Some(match address {
            b"http://purl.org/dc/elements/1.1/" => Self::DublinCore,
            b"http://ns.adobe.com/xap/1.0/" => Self::Xmp,
            b"http://ns.adobe.com/photoshop/1.0/" => Self::Photoshop,
            b"http://ns.adobe.com/exif/1.0/" => Self::Exif,
            b"http://cipa.jp/exif/1.0/" => Self::ExifEx,
            b"http://ns.adobe.com/tiff/1.0/" => Self::Tiff,
            b"http://ns.adobe.com/exif/1.0/aux/" => Self::Aux,
            b"http://ns.adobe.com/lightroom/1.0/" => Self::Lightroom,
            b"http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/" => Self::Iptc,
            b"http://ns.adobe.com/xap/1.0/rights/" => Self::Rights,
            b"http://www.digikam.org/ns/1.0/" => Self::DigiKam,
            b"http://ns.google.com/photos/1.0/camera/" => Self::Camera,
            _ => return None,
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    List,
    Number,
    Time,
    Degrees,
}

#[derive(Debug)]
pub(super) struct Name {
    pub(super) space: Space,
    pub(super) local: &'static str,
    pub(super) exiftool: &'static str,
    pub(super) kind: Kind,
}

const fn name(space: Space, local: &'static str, exiftool: &'static str, kind: Kind) -> Name {
    Name {
        space,
        local,
        exiftool,
        kind,
    }
}

pub(super) const NAMES: [Name; 53] = [
    name(Space::DublinCore, "title", "Title", Kind::Text),
    name(Space::DublinCore, "description", "Description", Kind::Text),
    name(Space::DublinCore, "subject", "Subject", Kind::List),
    name(Space::DublinCore, "creator", "Creator", Kind::List),
    name(Space::DublinCore, "rights", "Rights", Kind::Text),
    name(Space::Xmp, "Rating", "Rating", Kind::Number),
    name(Space::Xmp, "Label", "Label", Kind::Text),
    name(Space::Xmp, "CreatorTool", "CreatorTool", Kind::Text),
    name(Space::Xmp, "CreateDate", "CreateDate", Kind::Time),
    name(Space::Xmp, "ModifyDate", "ModifyDate", Kind::Time),
    name(Space::Xmp, "MetadataDate", "MetadataDate", Kind::Time),
    name(Space::Photoshop, "DateCreated", "DateCreated", Kind::Time),
    name(Space::Photoshop, "Headline", "Headline", Kind::Text),
    name(Space::Photoshop, "Instructions", "Instructions", Kind::Text),
    name(Space::Photoshop, "City", "City", Kind::Text),
    name(Space::Photoshop, "State", "State", Kind::Text),
    name(Space::Photoshop, "Country", "Country", Kind::Text),
    name(Space::Photoshop, "Credit", "Credit", Kind::Text),
    name(Space::Photoshop, "Source", "Source", Kind::Text),
    name(Space::Photoshop, "AuthorsPosition", "AuthorsPosition", Kind::Text),
    name(Space::Photoshop, "CaptionWriter", "CaptionWriter", Kind::Text),
    name(Space::Iptc, "Location", "Location", Kind::Text),
    name(Space::Iptc, "CountryCode", "CountryCode", Kind::Text),
    name(Space::Rights, "UsageTerms", "UsageTerms", Kind::Text),
    name(Space::Rights, "WebStatement", "WebStatement", Kind::Text),
    name(Space::Tiff, "Make", "Make", Kind::Text),
    name(Space::Tiff, "Model", "Model", Kind::Text),
    name(Space::Tiff, "Artist", "Artist", Kind::Text),
    name(Space::Exif, "DateTimeOriginal", "DateTimeOriginal", Kind::Time),
    name(Space::Exif, "DateTimeDigitized", "DateTimeDigitized", Kind::Time),
    name(Space::Exif, "ExposureTime", "ExposureTime", Kind::Number),
    name(Space::Exif, "FNumber", "FNumber", Kind::Number),
    name(Space::Exif, "ISOSpeedRatings", "ISO", Kind::Number),
    name(Space::Exif, "FocalLength", "FocalLength", Kind::Number),
    name(
        Space::Exif,
        "ExposureBiasValue",
        "ExposureCompensation",
        Kind::Number,
    ),
    name(Space::Exif, "GPSLatitude", "GPSLatitude", Kind::Degrees),
    name(Space::Exif, "GPSLongitude", "GPSLongitude", Kind::Degrees),
    name(Space::Exif, "GPSAltitude", "GPSAltitude", Kind::Number),
    name(Space::Exif, "GPSAltitudeRef", "GPSAltitudeRef", Kind::Number),
    name(Space::Exif, "GPSTimeStamp", "GPSDateTime", Kind::Time),
    name(
        Space::ExifEx,
        "PhotographicSensitivity",
        "PhotographicSensitivity",
        Kind::Number,
    ),
    name(Space::ExifEx, "LensModel", "LensModel", Kind::Text),
    name(Space::ExifEx, "LensMake", "LensMake", Kind::Text),
    name(Space::Aux, "Lens", "Lens", Kind::Text),
    name(Space::Aux, "SerialNumber", "SerialNumber", Kind::Text),
    name(
        Space::Lightroom,
        "hierarchicalSubject",
        "HierarchicalSubject",
        Kind::List,
    ),
    name(Space::DigiKam, "TagsList", "TagsList", Kind::List),
    name(Space::Camera, "MotionPhoto", "MotionPhoto", Kind::Number),
    name(
        Space::Camera,
        "MotionPhotoVersion",
        "MotionPhotoVersion",
        Kind::Number,
    ),
    name(
        Space::Camera,
        "MotionPhotoPresentationTimestampUs",
        "MotionPhotoPresentationTimestampUs",
        Kind::Number,
    ),
    name(Space::Camera, "MicroVideo", "MicroVideo", Kind::Number),
    name(
        Space::Camera,
        "MicroVideoVersion",
        "MicroVideoVersion",
        Kind::Number,
    ),
    name(
        Space::Camera,
        "MicroVideoOffset",
        "MicroVideoOffset",
        Kind::Number,
    ),
];
