use exif::Tag;
use photure_domain::photo::Position;

use super::fields::Fields;

/// Degrees, minutes and seconds with their hemispheres; one without the other is no position.
pub(super) fn position(fields: &Fields) -> Option<Position> {
    let lat = degrees(fields, Tag::GPSLatitude)? * sign(fields, Tag::GPSLatitudeRef, "N", "S")?;
    let lon = degrees(fields, Tag::GPSLongitude)? * sign(fields, Tag::GPSLongitudeRef, "E", "W")?;
    let below_sea = fields.number(Tag::GPSAltitudeRef) == Some(1);
    let altitude = fields
        .decimal(Tag::GPSAltitude)
        .map(|metres| if below_sea { -metres } else { metres });
    Position::new(lat, lon, altitude)
}

/// Always positive.
pub(super) fn degrees(fields: &Fields, tag: Tag) -> Option<f64> {
    let [degrees, minutes, seconds] = fields.three(tag)?;
    Some(degrees + minutes / 60.0 + seconds / 3600.0)
}

fn sign(fields: &Fields, tag: Tag, plus: &str, minus: &str) -> Option<f64> {
    let reference = fields.text(tag)?.to_ascii_uppercase();
    if reference.starts_with(plus) {
        Some(1.0)
    } else if reference.starts_with(minus) {
        Some(-1.0)
    } else {
        None
    }
}
