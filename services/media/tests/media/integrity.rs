//! Care for what is stored: what is missing, damaged or nobody's is found and said, and an outage is never told as a loss.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use photure_blob::{BlobKey, RecordKey};
use photure_common::SystemIds;
use photure_domain::media_address::Variant;
use photure_domain::sidecar::Sidecar;
use photure_domain::{ClaimId, Sha256, UserId};
use photure_media::integrity::{CareError, Catalogue, Finding, Keeper, Kind, Mending, OrphanClaims, Tally};
use photure_testkit::user;

use crate::support::gallery::sidecar;
use crate::support::pictures::{sha256, small};
use crate::support::{Form, World};

const DAY: Duration = Duration::from_secs(86_400);

/// What gallery knows, asked without the wire.
struct Known<'a>(&'a World);

impl std::fmt::Debug for Known<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Known")
    }
}

#[async_trait]
impl Catalogue for Known<'_> {
    async fn page(&self, after: Option<(Sha256, UserId)>, limit: u32) -> Result<Vec<Sidecar>, CareError> {
        let mut photos: Vec<_> = self.0.gallery.photos().into_iter().map(sidecar).collect();
        photos.sort_by_key(|photo| (photo.facts.sha256, photo.owner_id));
        photos.retain(|photo| after.is_none_or(|after| (photo.facts.sha256, photo.owner_id) > after));
        photos.truncate(limit as usize);
        Ok(photos)
    }
}

#[async_trait]
impl OrphanClaims for Known<'_> {
    async fn claim(&self, hash: Sha256, claim: ClaimId) -> Result<Option<Duration>, CareError> {
        let mut catalogue = self.0.gallery.catalogue();
        let known = catalogue.photos.iter().any(|photo| photo.facts.sha256 == hash);
        if !known {
            catalogue.claims.insert(hash, claim);
        }
        Ok((!known).then_some(Duration::from_secs(120)))
    }

    async fn confirm(&self, hash: Sha256, _: ClaimId) -> Result<(), CareError> {
        self.0.gallery.catalogue().claims.remove(&hash);
        Ok(())
    }
}

/// Ten photos of the first person, one of which the second has too.
async fn library(world: &World) -> Vec<Sha256> {
    let media = world.start().await;
    let mut hashes = Vec::new();
    for n in 0..10 {
        let picture = small(n);
        media
            .upload(Form::file(&picture))
            .await
            .assert_photo(201, sha256(&picture));
        hashes.push(sha256(&picture));
    }
    let other = media.with_token(world.auth.person(user(2)));
    other
        .upload(Form::file(&small(0)))
        .await
        .assert_photo(201, hashes[0]);
    media.stop().await;
    hashes
}

fn path(world: &World, key: &str) -> PathBuf {
    world.folder.path().join("files").join(key)
}

fn original(world: &World, sha256: Sha256) -> PathBuf {
    path(world, &BlobKey::original(sha256).path())
}

/// A file of another week.
fn age(path: &PathBuf) {
    let old = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let file = std::fs::File::options().read(true).open(path).unwrap();
    file.set_modified(old).unwrap();
}

async fn check(world: &World, mending: bool, repairs: bool) -> Result<(Tally, Vec<Finding>), CareError> {
    let blobs = photure_media::open_storage(&world.config).await.unwrap();
    let scratch = world.folder.path().to_owned();
    let keeper = Keeper::new(&world.config, blobs, scratch, world.clock.clone());
    let known = Known(world);
    let mut findings = Vec::new();
    let tally = keeper
        .check(&known, Mending { sidecars: mending }, async |place, finding| {
            if repairs {
                keeper.repair(&known, &known, &SystemIds, place, finding).await?;
            }
            findings.push(finding.clone());
            Ok(())
        })
        .await?;
    Ok((tally, findings))
}

fn found(findings: &[Finding]) -> BTreeMap<(Kind, Sha256), bool> {
    findings
        .iter()
        .map(|finding| ((finding.kind, finding.sha256), finding.mended))
        .collect()
}

#[tokio::test]
async fn a_whole_storage_is_whole_and_every_byte_of_it_was_read() {
    let world = World::new();
    library(&world).await;
    let (tally, findings) = check(&world, false, false).await.unwrap();
    let bytes: usize = (0..10).map(|n| small(n).len()).sum();
    assert_eq!(
        (tally.originals, tally.bytes, tally.left()),
        (10, bytes as u64, 0)
    );
    assert_eq!(findings, []);
}

#[tokio::test]
async fn what_is_wrong_is_found_and_what_can_be_made_again_is() {
    let world = World::new();
    let hashes = library(&world).await;
    std::fs::remove_file(original(&world, hashes[1])).unwrap();
    let mut bytes = std::fs::read(original(&world, hashes[2])).unwrap();
    bytes[7] ^= 1;
    std::fs::write(original(&world, hashes[2]), &bytes).unwrap();
    std::fs::write(original(&world, hashes[3]), &bytes[..9]).unwrap();
    let thumb = BlobKey::new(hashes[4], Variant::Thumb);
    std::fs::remove_file(path(&world, &thumb.path())).unwrap();
    // A form that somebody once asked for is no thumb as every photo has one.
    std::fs::write(path(&world, &thumb.recoded().path()), b"a form").unwrap();
    let sidecar = RecordKey::Sidecar {
        sha256: hashes[5],
        owner: user(1),
    };
    std::fs::remove_file(path(&world, &sidecar.path())).unwrap();
    let before = world.stored();
    let expected = |sidecar: bool| {
        BTreeMap::from([
            ((Kind::Missing, hashes[1]), false),
            ((Kind::Corrupt, hashes[2]), false),
            ((Kind::Corrupt, hashes[3]), false),
            ((Kind::MissingVariant, hashes[4]), true),
            ((Kind::MissingSidecar, hashes[5]), sidecar),
        ])
    };
    let (tally, findings) = check(&world, false, false).await.unwrap();
    assert_eq!(found(&findings), expected(false));
    assert_eq!(tally.left(), 4);
    assert_eq!(world.stored().len(), before.len() + 1, "the thumb is back");

    let (tally, findings) = check(&world, true, true).await.unwrap();
    let mut left = expected(true);
    left.remove(&(Kind::MissingVariant, hashes[4]));
    assert_eq!(found(&findings), left);
    assert_eq!(tally.left(), 3);
    assert_eq!(
        std::fs::read(original(&world, hashes[2])).unwrap(),
        bytes,
        "a damaged original stays for whoever can mend it"
    );
    let (_, findings) = check(&world, false, false).await.unwrap();
    assert_eq!(findings.len(), 3);
    let mut catalogued: Vec<_> = world
        .gallery
        .photos()
        .into_iter()
        .map(crate::support::gallery::sidecar)
        .collect();
    catalogued.retain(|photo| photo.facts.sha256 == hashes[5]);
    assert!(
        world.sidecars().contains(&catalogued[0]),
        "the sidecar is what gallery says"
    );
}

#[tokio::test]
async fn orphans_are_removed_when_that_is_asked_for_and_old_enough_and_nobodys() {
    let world = World::new();
    let hashes = library(&world).await;
    // Of a photo that the catalogue lost: its sidecar says whose it was.
    world
        .gallery
        .catalogue()
        .photos
        .retain(|photo| photo.facts.sha256 != hashes[9]);
    for n in [7, 8] {
        world
            .gallery
            .catalogue()
            .photos
            .retain(|photo| photo.facts.sha256 != hashes[n]);
        let sidecar = RecordKey::Sidecar {
            sha256: hashes[n],
            owner: user(1),
        };
        std::fs::remove_file(path(&world, &sidecar.path())).unwrap();
    }
    // The second person's photo is gone from the catalogue, the first one's is not.
    world
        .gallery
        .catalogue()
        .photos
        .retain(|photo| photo.owner == user(1));
    for n in [0, 8, 9] {
        for key in Variant::ALL.map(|variant| BlobKey::new(hashes[n], variant)) {
            age(&path(&world, &key.path()));
        }
    }
    for (n, owner) in [(0, 1), (0, 2), (9, 1)] {
        let sidecar = RecordKey::Sidecar {
            sha256: hashes[n],
            owner: user(owner),
        };
        age(&path(&world, &sidecar.path()));
    }
    // The clock of the tests stands in 2025, that of the file system does not: what was written just now is younger.
    let expected = |removed| {
        BTreeMap::from([
            ((Kind::StraySidecar, hashes[0]), removed),
            ((Kind::Orphan, hashes[8]), removed),
            ((Kind::Unregistered, hashes[9]), false),
        ])
    };
    let before = world.stored();
    let (_, findings) = check(&world, true, false).await.unwrap();
    assert_eq!(found(&findings), expected(false));
    assert_eq!(world.stored(), before, "nothing is deleted unasked");

    let (tally, findings) = check(&world, true, true).await.unwrap();
    assert_eq!(found(&findings), expected(true));
    assert_eq!(tally.left(), 1);
    let gone = World::all_of(hashes[8]);
    let left: Vec<_> = before.into_iter().filter(|path| !gone.contains(path)).collect();
    assert_eq!(world.stored(), left);
    assert_eq!(world.sidecars().len(), 8);
    assert!(world.gallery.catalogue().claims.is_empty());
}

#[tokio::test]
async fn a_lost_catalogue_makes_no_orphans_that_are_removed() {
    let world = World::new();
    let hashes = library(&world).await;
    let sidecar = RecordKey::Sidecar {
        sha256: hashes[3],
        owner: user(1),
    };
    std::fs::remove_file(path(&world, &sidecar.path())).unwrap();
    for variant in Variant::ALL {
        age(&path(&world, &BlobKey::new(hashes[3], variant).path()));
    }
    world.gallery.catalogue().photos.clear();
    let before = world.stored();
    let error = check(&world, true, true).await.unwrap_err();
    assert!(matches!(error, CareError::EmptyCatalogue), "{error}");
    assert_eq!(world.stored(), before);
}

#[tokio::test]
async fn a_volume_that_is_not_there_is_an_outage_and_no_loss() {
    let world = World::new();
    library(&world).await;
    let files = world.folder.path().join("files");
    let blobs = photure_media::open_storage(&world.config).await.unwrap();
    let keeper = Keeper::new(
        &world.config,
        blobs,
        world.folder.path().to_owned(),
        world.clock.clone(),
    );
    std::fs::rename(&files, world.folder.path().join("unmounted")).unwrap();
    std::fs::create_dir(&files).unwrap();
    let known = Known(&world);
    let quiet = Mending { sidecars: true };
    let gone = keeper
        .check(&known, quiet, async |_, finding| panic!("{finding:?}"))
        .await;
    assert!(matches!(gone, Err(CareError::Storage(_))), "{gone:?}");

    // Another, empty volume in its place, with a marker of its own.
    let (_, other) = (photure_media::open_storage(&world.config).await.unwrap(), &keeper);
    let gone = other
        .check(&known, quiet, async |_, finding| panic!("{finding:?}"))
        .await;
    assert!(matches!(gone, Err(CareError::EmptyStorage)), "{gone:?}");
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_told_and_the_rest_is_looked_at() {
    let world = World::new();
    let hashes = library(&world).await;
    // A folder in the place of a file reads like a broken sector: an error of this one alone.
    std::fs::remove_file(original(&world, hashes[6])).unwrap();
    std::fs::create_dir(original(&world, hashes[6])).unwrap();
    std::fs::set_permissions(
        original(&world, hashes[6]),
        std::fs::Permissions::from_mode(0o750),
    )
    .unwrap();
    let (tally, findings) = check(&world, false, false).await.unwrap();
    assert_eq!(
        found(&findings),
        BTreeMap::from([((Kind::Corrupt, hashes[6]), false)])
    );
    assert_eq!(tally.originals, 9);
}

/// Administrators see what the scrub has found.
async fn seen(world: &World, media: &crate::support::Process) -> serde_json::Value {
    let admin = media.with_token(world.auth.person_with(user(1), "photos:read photos:write admin"));
    let answer = admin.get_signed_in("/api/v1/admin/integrity").await;
    assert_eq!(answer.status.as_u16(), 200, "{:?}", answer.body);
    answer.json()
}

#[tokio::test(start_paused = true)]
async fn the_scrub_comes_to_every_original_within_its_period_and_goes_on_after_a_restart() {
    let mut world = World::new();
    let mut hashes = library(&world).await;
    hashes.sort();
    let broken = hashes[7];
    std::fs::write(original(&world, broken), "rotten").unwrap();
    std::fs::remove_file(path(&world, &BlobKey::new(hashes[1], Variant::Preview).path())).unwrap();
    world.config.scrub_every = Some(30 * DAY);
    let media = world.start().await;
    media
        .get_signed_in("/api/v1/admin/integrity")
        .await
        .assert_problem(403, "forbidden");
    let until = async |media: &crate::support::Process, reached: &dyn Fn(&serde_json::Value) -> bool| {
        loop {
            let view = seen(&world, media).await;
            if reached(&view) {
                return view;
            }
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
    };
    until(&media, &|view| view["began_at"].is_string()).await;
    // Half of the time, and so about half of the hashes.
    world.clock.advance(15 * DAY);
    let half = hashes.iter().filter(|hash| hash.as_bytes()[0] < 0x80).count();
    let view = until(&media, &|view| view["tally"]["originals"] == half).await;
    assert_eq!(view["scrubbing"], true);
    assert_eq!(view["period_days"], 30);
    media.stop().await;

    let media = world.start().await;
    world.clock.advance(15 * DAY + DAY);
    let view = until(&media, &|view| view["last_round"].is_object()).await;
    assert_eq!(view["last_round"]["tally"]["originals"], 10);
    assert_eq!(view["last_round"]["tally"]["found"]["corrupt"], 1);
    assert_eq!(view["last_round"]["tally"]["mended"]["missing_variant"], 1);
    assert_eq!(view["findings_by_kind"], serde_json::json!({"corrupt": 1}));
    assert_eq!(view["findings"][0]["sha256"], broken.to_string());
    assert!(
        world
            .stored()
            .contains(&BlobKey::new(hashes[1], Variant::Preview).path())
    );
    let metrics = media.get("/metrics").await;
    let metrics = String::from_utf8(metrics.body.to_vec()).unwrap();
    assert!(
        metrics.contains("photure_scrub_findings{kind=\"corrupt\"} 1"),
        "{metrics}"
    );
    media.stop().await;
}
