//! What a worker sends, which is as hostile as the file that it read, for fuzzing alone: nothing here is part of the crate's
//! interface.

use photure_imaging::fuzz::{Target, target};
use photure_imaging::{Limits, Picture};

use crate::answer::checked;
use crate::wire::{Frame, Outcome, Ready};

pub const TARGETS: [Target; 2] = [
    Target {
        longest: 1 << 12,
        ..target("frame", &["frame"], |bytes| {
            let Ok(frame) = Frame::read(&mut &*bytes) else {
                return;
            };
            let mut written = Vec::new();
            let again = frame.write(|part| {
                written.extend_from_slice(part);
                Ok(())
            });
            assert!(
                again.is_ok() && bytes.starts_with(&written),
                "read otherwise than it is written"
            );
            let _ = frame.parse::<Ready>();
        })
    },
    target("answer", &["answer"], |bytes| {
        let frame = Frame {
            document: bytes.to_vec(),
            blobs: Default::default(),
        };
        let Ok(outcome) = frame.parse::<Outcome>() else {
            return;
        };
        let (thumb, preview) = match &outcome.result {
            Ok(_) => (b"RIFF\0\0\0\0WEBP".to_vec(), b"\xFF\xD8\xFF\xFF\xD9".to_vec()),
            Err(_) => Default::default(),
        };
        if let Ok(Ok(picture)) = checked(outcome.result, thumb, preview, &Limits::default()) {
            let document = Frame::of(&picture).and_then(|frame| frame.parse::<Picture>());
            assert!(document.is_ok(), "what was let through cannot be handed on");
            assert!(picture.taken.is_none_or(|taken| taken.local().contains('T')));
        }
    }),
];
