//! That a picture is the same, whoever decodes it. What it costs, `examples/cost.rs` measures.

use std::fs::File;

use photure_imaging::{Limits, process};

use crate::support::Workers;

#[test]
fn a_worker_makes_of_a_photo_what_the_library_makes_of_it() {
    let workers = Workers::new(|_| ());
    let made = workers.file("made.png", &crate::support::png(1800, 900));
    #[allow(
        clippy::disallowed_methods,
        reason = "where the samples lie is no configuration"
    )]
    let samples = std::env::var_os("PHOTURE_SAMPLES").map(std::path::PathBuf::from);
    let folders = ["camera", "metadata", "orientation", "hostile"];
    let photos = samples
        .iter()
        .flat_map(|samples| folders.map(|folder| samples.join(folder)))
        .flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let photos = photos
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file());
    for path in photos.chain([made]) {
        let here = process(&mut File::open(&path).unwrap(), &Limits::default());
        let there = workers.pool.decode(File::open(&path).unwrap());
        match (here, there) {
            (Ok(here), Ok(there)) => assert_eq!(here, there, "{path:?}"),
            (Err(here), Err(there)) => assert_eq!(here.to_string(), there.to_string(), "{path:?}"),
            (here, there) => panic!("{path:?}: {here:?} here, {there:?} there"),
        }
    }
}
