use std::fmt::Write;

use qrcodegen::{QrCode, QrCodeEcc};

use crate::error::AuthError;

/// Modules of white around it, without which no camera finds it.
const QUIET: i32 = 4;

/// `text` as a QR code: an SVG without script or style, black on white whatever the theme.
pub(crate) fn svg(text: &str) -> Result<String, AuthError> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium)
        .map_err(|error| AuthError::Internal("no QR code could be drawn", error.into()))?;
    let mut path = String::new();
    for (y, x) in (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (y, x))) {
        if code.get_module(x, y) {
            let _ = write!(path, "M{},{}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    let size = code.size() + 2 * QUIET;
    Ok(format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges"><path fill="#fff" d="M0,0h{size}v{size}h-{size}z"/><path d="{path}"/></svg>"##
    ))
}
